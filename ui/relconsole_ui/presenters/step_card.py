"""The step card: one step whole, its clock, its checks, and what may be done with it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.facts import CheckRead, StepState
from relconsole.domain.night.state import ENDED, UNDERWAY, Attempt, RunState
from relconsole.domain.plan.guard import LeavesNoWayBack, judge_start
from relconsole.domain.plan.runbook import Check, Mode, Step, StepKind, UndoKind
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.asked import asked_effects
from relconsole_ui.presenters.lateness import StepStanding, standings
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, clock_seconds, count_down, minutes

MOST_CHECKS: Final = 9


class StepAct(StrEnum):
    """What a person may want of a step."""

    START = "start"
    COMPLETE = "complete"
    OVERRIDE = "override"
    FAIL = "fail"
    SKIP = "skip"
    NOT_NEEDED = "not-needed"
    WAIT = "wait"
    REPEAT = "repeat"
    GO_ON = "go-on"
    DROP_FOLLOWERS = "drop-followers"
    ROLL_BACK = "roll-back"
    POLL = "poll"
    ENDED_WELL = "ended-well"
    ENDED_BADLY = "ended-badly"
    NEVER_RAN = "never-ran"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something that may be done with the step; ``needs_note`` where it asks for a reason."""

    act: StepAct
    text: str
    key: str = ""
    is_first: bool = False
    needs_note: bool = False


SETTLES: Final = (
    Offer(act=StepAct.ENDED_WELL, text="Job ended well", key="E", needs_note=True),
    Offer(act=StepAct.ENDED_BADLY, text="Job failed", key="F", needs_note=True),
    Offer(act=StepAct.NEVER_RAN, text="Job never ran", key="N", needs_note=True),
)
"""What a person who looked at the target may say of a job whose end nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """A check of the step, what it read, and how it stands."""

    title: str
    value: str
    status: Status
    is_failing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCardRows:
    """The card; fractions are of the bar, which ends at the due tick or beyond it when late."""

    step: StepId
    heading: str
    mode: str
    title: str
    person: str
    role: str
    status: Status
    count: str
    count_word: str
    count_note: str
    is_late: bool
    done_share: float
    due_share: float
    start_word: str
    due_word: str
    checks: tuple[CheckLine, ...]
    more_checks: str
    attempts: tuple[str, ...]
    undo: str
    records_for: str
    offers: tuple[Offer, ...]
    waits: str

    @property
    def sentence(self) -> str:
        """Give the card as it is spoken."""
        clock = f"{self.count} {self.count_word}"
        return f"{self.heading}, {self.title}, {self.person}, {self.status}, {clock}"


def present_step_card(seen: Seen, step: StepId | None) -> StepCardRows | None:
    """Give the card of a step, None where there is no such step."""
    run = seen.run
    each = next((found for found in standings(seen) if found.step.id == step), None)
    if run is None or each is None:
        return None
    found = run.steps[each.step.id]
    attempt = found.attempt
    count, word, note = _count(seen, each, attempt)
    done, due = _shares(seen, each, attempt)
    checks = _checks(run, each.step, attempt)
    return StepCardRows(
        step=each.step.id,
        heading=f"STEP {each.number} OF {sum(not run.is_relief(it) for it in run.steps)}",
        mode=_mode(each.step),
        title=each.step.title,
        person=seen.name(each.step.owner) if each.step.owner else "No owner",
        role=_role(seen, each.step),
        status=each.status,
        count=count,
        count_word=word,
        count_note=note,
        is_late=each.is_late and each.state not in ENDED,
        done_share=done,
        due_share=due,
        start_word=_start_word(seen, attempt),
        due_word="" if each.due is None else f"{clock(each.due, seen.zone)} due",
        checks=checks[:MOST_CHECKS],
        more_checks="" if len(checks) <= MOST_CHECKS else f"{len(checks) - MOST_CHECKS} more",
        attempts=tuple(_attempt(seen, each) for each in found.attempts[:-1]),
        undo=_undo(each.step),
        records_for=_records_for(seen, each.step),
        offers=_offers(seen, run, each),
        waits=_waits(run, each),
    )


def _mode(step: Step) -> str:
    if step.kind in {StepKind.MANUAL, StepKind.AUTOMATED}:
        manner = "Read-do" if step.mode is Mode.READ_DO else "Do-confirm"
        return "Automated" if step.kind is StepKind.AUTOMATED else manner
    return step.kind.value.capitalize()


def _role(seen: Seen, step: Step) -> str:
    """Give the owner's team, and whether the owner wrote the change."""
    people = seen.state.workspace.estate.people
    if step.owner is None:
        return ""
    person = people.get(step.owner)
    team = "" if person is None else (person.team or "")
    authors = (*seen.release.authors, seen.release.requester)
    wrote = any(are_one_person(people, step.owner, author) for author in authors)
    word = "author or requester of this change" if wrote else "not an author of this change"
    return ", ".join(part for part in (team.capitalize(), word) if part)


def _count(seen: Seen, each: StepStanding, attempt: Attempt | None) -> tuple[str, str, str]:
    """Give the big clock, the word beside it, and the note under that."""
    plan = each.step.duration.likely
    if each.state in UNDERWAY and attempt is not None and each.due is not None:
        ran = minutes(seen.now - attempt.started)
        if each.is_late:
            return count_down(-each.late), "Overrun", f"plan {minutes(plan)}, now {ran}"
        return (
            count_down(-each.late),
            f"left of {minutes(plan)}",
            f"due {clock(each.due, seen.zone)}",
        )
    if each.state in ENDED:
        ended = None if attempt is None else attempt.ended
        said = "" if ended is None else f"at {clock_seconds(ended, seen.zone)}"
        took = (
            f"took {minutes(ended - attempt.started)}, plan {minutes(plan)}"
            if attempt is not None and ended is not None
            else "without an attempt"
        )
        return each.status.value.capitalize(), said, took
    if each.is_late:
        return count_down(-each.late), "late to start", f"plan {minutes(plan)}"
    word = "until its plan" if each.due is not None else "no forecast yet"
    count = "" if each.due is None else count_down(-each.late)
    return count or minutes(plan), word, f"plan {minutes(plan)}"


def _shares(seen: Seen, each: StepStanding, attempt: Attempt | None) -> tuple[float, float]:
    """Give how much of the bar is done, and where on it the due tick stands."""
    if attempt is None:
        return 0.0, 1.0
    ran = (attempt.ended or seen.now) - attempt.started
    plan = max(each.step.duration.likely, timedelta(seconds=1))
    # Running late, the bar holds a third more than what has run, so that it still grows.
    whole = plan if ran <= plan else ran * 4 / 3
    return max(0.0, ran / whole), plan / whole


def _start_word(seen: Seen, attempt: Attempt | None) -> str:
    return "not started" if attempt is None else f"{clock(attempt.started, seen.zone)} start"


def _checks(run: RunState, step: Step, attempt: Attempt | None) -> tuple[CheckLine, ...]:
    """Give the checks in the order of the plan, with what was read of them last.

    Where there are more than are shown, those that do not pass come first.
    """
    read = {} if attempt is None else {check.check: check for check in attempt.checks}
    lines = tuple(_check(check, read.get(check.id), run) for check in step.checks)
    if len(lines) <= MOST_CHECKS:
        return lines
    return tuple(sorted(lines, key=lambda line: not line.is_failing))


def _check(check: Check, read: CheckRead | None, run: RunState) -> CheckLine:
    title = f"{check.id} {_limit(check)}"
    if run.rehearsal:
        return CheckLine(title=title, value="not read in a rehearsal", status=Status.NOT_STARTED)
    if read is None:
        return CheckLine(title=title, value="not read yet", status=Status.NOT_STARTED)
    if read.passed is None or read.value is None:
        return CheckLine(title=title, value="unknown", status=Status.UNKNOWN, is_failing=True)
    if not read.passed:
        return CheckLine(
            title=title, value=f"{read.value:g}", status=Status.CRITICAL, is_failing=True
        )
    return CheckLine(title=title, value=f"{read.value:g}", status=Status.DONE)


def _limit(check: Check) -> str:
    below = f"under {check.below:g}" if check.below is not None else ""
    above = f"over {check.above:g}" if check.above is not None else ""
    return " and ".join(part for part in (above, below) if part)


def _attempt(seen: Seen, attempt: Attempt) -> str:
    """Give an earlier attempt: when, how it ended, and with which inputs."""
    ended = "" if attempt.ended is None else f" to {clock_seconds(attempt.ended, seen.zone)}"
    how = "" if attempt.ending is None else f", {attempt.ending}"
    note = f": {attempt.note}" if attempt.note else ""
    inputs = ", ".join(f"{name} {value}" for name, value in sorted(attempt.inputs.items()))
    given = f" ({inputs})" if inputs else ""
    began = clock_seconds(attempt.started, seen.zone)
    return f"Attempt {attempt.number}, {began}{ended}{how}{note}{given}"


def _undo(step: Step) -> str:
    match step.way_back:
        case UndoKind.IRREVERSIBLE:
            return f"No way back after this step{_unproven(step)}"
        case UndoKind.NONE:
            return _replay(step)
        case _:
            lasts = step.undo.duration
            took = "" if lasts is None else f", {minutes(lasts.likely)}"
            way = f"Way back: {step.undo.title or step.undo.kind}{took}"
            return ". ".join(part for part in (way, _replay(step)) if part)


def _replay(step: Step) -> str:
    """Give how a replay does nothing twice, and what proves it."""
    found = step.replays
    if found is None:
        return ""
    return f"Replays, {found.duplicates}; {found.count} and {found.amount} prove it"


def _unproven(step: Step) -> str:
    """Give what a replay does not state, so that it counts as irreversible."""
    lacks = () if step.replays is None else step.replays.lacks
    return f": it replays, and does not state {', '.join(lacks)}" if lacks else ""


def _records_for(seen: Seen, step: Step) -> str:
    """Give for whom an act would be recorded, empty where the owner acts."""
    people = seen.state.workspace.estate.people
    if step.owner is None or seen.person is None:
        return ""
    if are_one_person(people, step.owner, seen.person):
        return ""
    return seen.name(step.owner)


def _waits(run: RunState, each: StepStanding) -> str:
    if asked_effects(run, each.step.id):
        return "Nobody knows how its job ended. Look at the system, then say it here."
    if each.state is StepState.NOT_STARTED and each.waits_for:
        names = ", ".join(str(number) for number in each.waits_for)
        return f"Waits for {'step' if len(each.waits_for) == 1 else 'steps'} {names}"
    found = run.steps[each.step.id]
    return f"Waits for {found.waits_for}" if found.waits_for else ""


def _offers(seen: Seen, run: RunState, each: StepStanding) -> tuple[Offer, ...]:
    """Give what may be done now, the first of them on Enter."""
    if run.is_over or (seen.person is None and not run.rehearsal):
        return ()
    match each.state:
        case StepState.NOT_STARTED:
            return _offers_before(seen, run, each)
        case StepState.RUNNING | StepState.WAITING:
            return _offers_during(run, each)
        case StepState.FAILED | StepState.SKIPPED if run.steps[each.step.id].followers is None:
            return (
                Offer(act=StepAct.REPEAT, text="Repeat", key="Enter", is_first=True),
                Offer(act=StepAct.GO_ON, text="Let followers go on", needs_note=True),
                Offer(act=StepAct.DROP_FOLLOWERS, text="Followers not needed", needs_note=True),
                Offer(act=StepAct.ROLL_BACK, text="Roll back"),
            )
        case _:
            return (Offer(act=StepAct.REPEAT, text="Repeat", needs_note=True),)


def _offers_before(seen: Seen, run: RunState, each: StepStanding) -> tuple[Offer, ...]:
    drops = (
        Offer(act=StepAct.SKIP, text="Skip", key="S", needs_note=True),
        Offer(act=StepAct.NOT_NEEDED, text="Not needed", key="N", needs_note=True),
    )
    if each.step.kind is StepKind.GATE:
        poll = Offer(act=StepAct.POLL, text="Go to the poll", key="Enter", is_first=True)
        return (poll, *drops) if each.is_ready else drops
    if not each.is_ready:
        return drops
    return (_start(seen, run, each.step), *drops)


def _start(seen: Seen, run: RunState, step: Step) -> Offer:
    """Give the start; one that leaves no way back asks for a reason, which the second person reads.

    Whether it does is judged anew when the step is started; this is what can be told before.
    """
    figures = None if seen.forecast is None else seen.forecast.find_start(step.id)
    commits = (
        step.changes_production
        and not run.rehearsal
        and not run.is_undo(step.id)
        and figures is not None
        and isinstance(judge_start(figures, seen.now), LeavesNoWayBack)
    )
    text = "Start, two people" if commits else "Start step"
    return Offer(act=StepAct.START, text=text, key="Enter", is_first=True, needs_note=commits)


def _offers_during(run: RunState, each: StepStanding) -> tuple[Offer, ...]:
    if each.step.kind is StepKind.GATE:
        return (Offer(act=StepAct.POLL, text="Go to the poll", key="Enter", is_first=True),)
    if asked_effects(run, each.step.id):
        return SETTLES
    works = bool(run.step_effects(each.step.id, len(run.steps[each.step.id].attempts)))
    fails = Offer(act=StepAct.FAIL, text="Failed", key="F", needs_note=True)
    waits = Offer(act=StepAct.WAIT, text="Waits", key="W", needs_note=True)
    if each.failing and not run.rehearsal and _was_read(run, each.step):
        return (
            Offer(act=StepAct.OVERRIDE, text="Override, two people", needs_note=True),
            fails,
            waits,
        )
    if works:
        return (fails, waits)
    return (
        Offer(act=StepAct.COMPLETE, text="Complete step", key="Enter", is_first=True),
        fails,
        waits,
    )


def _was_read(run: RunState, step: Step) -> bool:
    """Tell whether a check of the attempt was read and did not pass; one not read yet will be."""
    attempt = run.steps[step.id].attempt
    return attempt is not None and any(not check.passed for check in attempt.checks)


def due_of(seen: Seen, step: StepId) -> datetime | None:
    """Give when a step should end or begin, None where nothing says."""
    return next((each.due for each in standings(seen) if each.step.id == step), None)

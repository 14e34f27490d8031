"""The poll of the gate on the bridge: whom to ask next, what each station said, who decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from immutables import Map

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.ahead import people_of_station
from relconsole.domain.night.answer import planned_steps
from relconsole.domain.night.decide_gates import poll_of
from relconsole.domain.night.readiness_of_steps import is_ready, lets_followers_go
from relconsole.domain.night.state import ENDED, UNDERWAY, RunState
from relconsole.domain.plan.runbook import Step, StepKind
from relconsole.domain.readiness.poll import PollResult, StationAnswer, find_poll_result
from relconsole.domain.readiness.segregation import is_partial
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.lateness import numbers
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, short_name

AUTHORS: Final = "No author or requester votes."
_SAYS: Final[Mapping[StationAnswer, tuple[Status, str]]] = {
    StationAnswer.GO: (Status.GO, "go"),
    StationAnswer.NO_GO: (Status.NO_GO, "crit"),
    StationAnswer.HOLD: (Status.HOLD, "hold"),
}
_RESULTS: Final[Mapping[PollResult, str]] = {
    PollResult.UNDECIDED: "authors do not vote",
    PollResult.GO: "the poll is GO",
    PollResult.NO_GO: "a NO-GO stands",
    PollResult.HOLD: "a HOLD stands",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffer:
    """What may be answered, with its key on a selected station, and whether it needs a reason."""

    word: StationAnswer
    text: str
    key: str
    needs_note: bool


OFFERS: Final = (
    AnswerOffer(word=StationAnswer.GO, text="Go", key="1", needs_note=False),
    AnswerOffer(word=StationAnswer.NO_GO, text="No-go", key="2", needs_note=True),
    AnswerOffer(word=StationAnswer.HOLD, text="Hold", key="3", needs_note=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What only this window knows of a poll: who was asked when, and who speaks for a station."""

    asked: Mapping[str, datetime] = field(default_factory=Map[str, datetime])
    voices: Mapping[str, PersonId] = field(default_factory=Map[str, PersonId])


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRow:
    """A station; ``voice`` is for whom an answer is recorded, ``tone`` go, crit, hold or empty.

    ``deputy`` is who may speak instead, None where nobody else does.
    """

    key: str
    who: str
    word: str
    status: Status
    tone: str
    voice: PersonId | None
    deputy: PersonId | None
    note: str = ""

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        note = f": {self.note}" if self.note else ""
        return f"{self.key}, {self.who}, {self.word}{note}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRows:
    """The poll; ``step`` is None where the plan has no gate left, and ``why`` says why not now.

    ``next_station`` is the first that has not answered, empty where all have. ``may_decide`` tells
    whether the person at this console is the one who decides.
    """

    step: StepId | None
    title: str
    note: str
    rows: tuple[StationRow, ...] = ()
    next_station: str = ""
    is_open: bool = False
    why: str = ""
    hint: str = ""
    may_decide: bool = False
    decides: str = ""

    @property
    def sentence(self) -> str:
        """Give the poll as it is spoken."""
        return ", ".join(part for part in (self.title, self.note, self.why or self.hint) if part)


def gate_on_bridge(seen: Seen) -> Step | None:
    """Give the gate that is polled, or comes next; None where none is left."""
    run = seen.run
    if run is None or run.is_over:
        return None
    gates = [step for step in planned_steps(run) if step.kind is StepKind.GATE]
    begun = [step for step in gates if run.steps[step.id].state in UNDERWAY]
    left = [step for step in gates if run.steps[step.id].state not in ENDED]
    return next(iter((*begun, *left)), None)


def present_poll(seen: Seen, asking: Asking | None = None) -> PollRows:
    """Give the poll of the gate on the bridge."""
    run, step = seen.run, gate_on_bridge(seen)
    if run is None or step is None:
        return PollRows(step=None, title="Go / No-go", note="", why=_nothing(run))
    found = asking or Asking()
    rows = tuple(_row(seen, run, step, station, found) for station in _stations(step))
    is_open = run.steps[step.id].state in UNDERWAY or is_ready(run, step, seen.now)
    unanswered = [row.key for row in rows if row.status in {Status.NOT_STARTED, Status.WAITING}]
    return PollRows(
        step=step.id,
        title=f"Go / No-go {_count(run, step)}: {step.title}",
        note=_note(seen, run, step, len(rows) - len(unanswered), is_open=is_open),
        rows=rows,
        next_station=unanswered[0] if unanswered else "",
        is_open=is_open,
        why="" if is_open else AUTHORS,
        hint=_RESULTS[_result(seen, run, step)],
        may_decide=_may_decide(seen, run),
        decides=seen.name(run.commander),
    )


def _nothing(run: RunState | None) -> str:
    if run is None:
        return "The night has not been opened."
    return "The night is over." if run.is_over else "No gate is left."


def _stations(step: Step) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.stations))


def _count(run: RunState, step: Step) -> int:
    gates = [each.id for each in planned_steps(run) if each.kind is StepKind.GATE]
    return gates.index(step.id) + 1


def _result(seen: Seen, run: RunState, step: Step) -> PollResult:
    release = None if run.rehearsal else seen.release
    return find_poll_result(seen.state.workspace.estate.people, release, poll_of(run, step))


def _may_decide(seen: Seen, run: RunState) -> bool:
    """Tell whether the person here decides; a rehearsal is played by whoever is at the console."""
    people = seen.state.workspace.estate.people
    if run.rehearsal or seen.person is None:
        return run.rehearsal
    return are_one_person(people, seen.person, run.commander)


def _note(seen: Seen, run: RunState, step: Step, answered: int, *, is_open: bool) -> str:
    """Give what stands at the right of the heading: when it opens, or how many answered."""
    decided = run.gates.get(step.id)
    if decided is not None:
        return f"decided {decided.decision.upper()}"
    if not is_open:
        return _opens(seen, run, step)
    asked = len(_stations(step))
    if not asked:
        return "no stations"
    needs = "" if step.quorum is None else f", needs {step.quorum}"
    return f"{answered} of {asked} answered{needs}"


def _opens(seen: Seen, run: RunState, step: Step) -> str:
    """Give when the gate is expected to open, or what it waits for where nothing says when."""
    told = () if seen.forecast is None else seen.forecast.steps
    opens = next((each.start for each in told if each.step == step.id), step.not_before)
    if opens is not None and opens > seen.now:
        return f"opens {clock(opens, seen.zone)}"
    counted = numbers(run)
    waits = [str(counted[each]) for each in step.after if not lets_followers_go(run, each)]
    return f"waits for {', '.join(waits)}"


def _row(seen: Seen, run: RunState, step: Step, station: str, asking: Asking) -> StationRow:
    votes = zip(run.votes.get(step.id, ()), run.voters.get(step.id, ()), strict=True)
    speakers = _speakers(seen, run, station)
    for vote, holder in votes:
        if vote.station == station:
            status, tone = _SAYS[vote.vote]
            return StationRow(
                key=station,
                who=short_name(seen.name(holder)),
                word=vote.vote.upper(),
                status=status,
                tone=tone,
                voice=holder,
                deputy=_other(speakers, holder),
                note=vote.note,
            )
    voice = asking.voices.get(station, speakers[0] if speakers else None)
    asked = asking.asked.get(station)
    return StationRow(
        key=station,
        who="nobody known" if voice is None else short_name(seen.name(voice)),
        word="not polled" if asked is None else f"asked {clock(asked, seen.zone)}",
        status=Status.NOT_STARTED if asked is None else Status.WAITING,
        tone="",
        voice=voice,
        deputy=_other(speakers, voice),
        note=_why_nobody(seen, station, speakers),
    )


def _speakers(seen: Seen, run: RunState, station: str) -> tuple[PersonId, ...]:
    """Give who may speak for a station; in a live night no author and not the requester."""
    estate = seen.state.workspace.estate
    found = people_of_station(estate, station)
    if run.rehearsal:
        return found
    return tuple(person for person in found if not is_partial(estate.people, seen.release, person))


def _other(speakers: tuple[PersonId, ...], voice: PersonId | None) -> PersonId | None:
    """Give who comes after the voice among the speakers, None where nobody else speaks."""
    if voice not in speakers:
        return next(iter(speakers), None)
    after = speakers[(speakers.index(voice) + 1) % len(speakers)]
    return None if after == voice else after


def _why_nobody(seen: Seen, station: str, speakers: tuple[PersonId, ...]) -> str:
    if speakers:
        return ""
    known = people_of_station(seen.state.workspace.estate, station)
    return "only authors of this change speak for it" if known else "no holder in the estate"

"""A run as the command line answers it; the fields are the keys of its JSON.

Only what the facts of the run say stands here; the forecast and the health are asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from immutables import Map

from relconsole.domain.kernel.ids import EffectId, PersonId, RunId, StepId, SystemId
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.change_standing import ChangeLine, change_line
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import Followers, RunOutcome, StepState
from relconsole.domain.night.readiness_of_steps import lets_followers_go, steps_of
from relconsole.domain.night.relief import ReliefLine, relief_lines
from relconsole.domain.night.standing import standing_silences
from relconsole.domain.night.state import Problem, RunState, StepRun
from relconsole.domain.night.waiting import WaitingLine, waiting_lines
from relconsole.domain.night.wording import say_person
from relconsole.domain.plan.runbook import Step, StepKind
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.record.effect import EffectState, Outcome


class RunType(StrEnum):
    """Whether the night was for real."""

    LIVE = "live"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A step; ``by`` is whose act it was last, ``recorded_by`` who recorded it for that person.

    Both are None where the console acted. ``started`` and ``finished`` are of the newest attempt,
    None once it is to be repeated; ``attempt`` is its number, 0 before the first.
    """

    title: str
    owner: PersonId | None
    state: StepState
    started: datetime | None
    finished: datetime | None
    by: PersonId | None
    recorded_by: PersonId | None
    attempt: int
    waits_for: str
    waits_until: datetime | None
    followers: Followers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """An effect; ``remote`` is the id under which the target knows it."""

    step: StepId | None
    state: EffectState
    remote: str | None
    outcome: Outcome | None
    system: SystemId
    purpose: Purpose
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """A standing hold."""

    cause: HoldCause
    thing: str
    reasons: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """An entry of the left-open list, with the act that closes it."""

    entry: str
    what: str
    owner: PersonId | None
    closes: str
    expires: datetime | None
    handed_to: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemLine:
    """A problem; ``closed`` is None while it is open."""

    problem: str
    what: str
    severity: str
    owner: PersonId | None
    step: StepId | None
    opened: datetime
    next_word: datetime | None
    question: str
    options: tuple[str, ...]
    decides: PersonId | None
    decide_by: datetime | None
    then: Followers
    closed: datetime | None
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteLine:
    """The standing answer of a station; ``by`` is whose word it is."""

    station: str
    answer: StationAnswer
    by: PersonId | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """A gate's roll call so far; ``decision`` is None before the commander decides."""

    stations: tuple[str, ...]
    quorum: int | None
    votes: tuple[VoteLine, ...]
    decision: StationAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextLine:
    """A step that its predecessors let go; ``not_before`` is its fixed start where it has one."""

    step: StepId
    title: str
    owner: PersonId | None
    not_before: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleLine:
    """Who commands, and to whom the command is offered."""

    commander: PersonId
    offered_to: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NightAnswer:
    """A run; ``outcome`` is None while it goes on and nothing holds it."""

    run: RunId
    type: RunType
    outcome: RunOutcome | None
    reasons: tuple[str, ...]
    steps: Mapping[StepId, StepLine] = field(default_factory=Map[StepId, StepLine])
    effects: Mapping[EffectId, EffectLine] = field(default_factory=Map[EffectId, EffectLine])
    gates: Mapping[StepId, GateLine] = field(default_factory=Map[StepId, GateLine])
    holds: tuple[HoldLine, ...] = ()
    triggers: tuple[str, ...] = ()
    problems: tuple[ProblemLine, ...] = ()
    left_open: tuple[OpenLine, ...] = ()
    next: tuple[NextLine, ...] = ()
    waiting: tuple[WaitingLine, ...] = ()
    change: ChangeLine | None = None
    people: PeopleLine
    relief: tuple[ReliefLine, ...] = ()


def night_answer(
    run: RunState, now: datetime | None = None, *, earlier: Iterable[RunState] = ()
) -> NightAnswer:
    """Give a run as its facts have left it.

    A step is ready when its predecessors let it go and, where ``now`` is given, its fixed start has
    come. What ``earlier`` runs still have to tell other systems is told with this one's.
    """
    ready = frozenset(step.id for step in steps_of(run) if _is_ready(run, step, now))
    steps = planned_steps(run)
    outcome, reasons = standing_outcome(run)
    return NightAnswer(
        run=run.id,
        type=RunType.REHEARSAL if run.rehearsal else RunType.LIVE,
        outcome=outcome,
        reasons=reasons,
        steps={
            step.id: step_line(step, run.steps[step.id], is_ready=step.id in ready)
            for step in steps
        },
        effects=_effect_lines(run),
        gates={step.id: _gate_line(run, step) for step in steps if step.kind is StepKind.GATE},
        holds=tuple(
            HoldLine(cause=hold.cause, thing=hold.thing, reasons=hold.reasons, since=hold.since)
            for hold in run.holds
        ),
        triggers=tuple(sorted(run.triggers)),
        problems=tuple(_problem_line(problem) for _, problem in sorted(run.problems.items())),
        left_open=open_lines(run),
        next=tuple(
            NextLine(step=step.id, title=step.title, owner=step.owner, not_before=step.not_before)
            for step in steps
            if step.id in ready
        ),
        waiting=waiting_lines((*earlier, run), now),
        change=change_line(run),
        people=PeopleLine(
            commander=run.commander, offered_to=run.handover.to if run.handover else None
        ),
        relief=relief_lines(run),
    )


def planned_steps(run: RunState) -> tuple[Step, ...]:
    """Give the steps of the plan, then those of a rollback once it was fired."""
    if run.rollback is None or run.rollback.fired_at is None:
        return run.runbook.steps
    return (*run.runbook.steps, *run.rollback.armed.steps)


def standing_outcome(run: RunState) -> tuple[RunOutcome | None, tuple[str, ...]]:
    """Give how the run stands and why; None with no reasons while nothing holds it.

    What stands now comes before what the run was left with: a hold that has ended since holds
    nothing any more.
    """
    if run.is_over:
        return run.outcome, run.ended_reasons
    holding = tuple(
        f"{hold.cause} {hold.thing}: {reason}" for hold in run.holds for reason in hold.reasons
    )
    if run.stop is not None:
        note = f": {run.stop.note}" if run.stop.note else ""
        return RunOutcome.STOPPED, (f"{say_person(run.stop.by)} stopped the line{note}", *holding)
    if run.holds:
        return RunOutcome.HELD, holding
    if run.outcome is None:
        return None, ()
    return RunOutcome.HELD, (*run.ended_reasons, "nobody runs it now; take the run up again")


def step_line(step: Step, found: StepRun, *, is_ready: bool = False) -> StepLine:
    """Give a step as it stands in a run."""
    newest = None if found.state is StepState.NOT_STARTED else found.attempt
    by, recorded_by = who_acted(found)
    return StepLine(
        title=step.title,
        owner=step.owner,
        state=StepState.READY if is_ready else found.state,
        started=newest.started if newest else None,
        finished=found.dropped_at or (newest.ended if newest else None),
        by=by,
        recorded_by=recorded_by,
        attempt=found.attempts[-1].number if found.attempts else 0,
        waits_for=found.waits_for,
        waits_until=found.waits_until,
        followers=found.followers,
    )


def who_acted(found: StepRun) -> tuple[PersonId | None, PersonId | None]:
    """Give whose act a step was last, and who recorded it for that person, each None for nobody.

    Where the console saw the end of a job, the act is the start.
    """
    if found.dropped_at is not None:
        return _whose(found.dropped_by, found.dropped_for)
    newest = found.attempt
    if newest is None or found.state is StepState.NOT_STARTED:
        return None, None
    if newest.ended_by is not None or newest.ended_for is not None:
        return _whose(newest.ended_by, newest.ended_for)
    return _whose(newest.by, newest.for_person)


def open_lines(run: RunState) -> tuple[OpenLine, ...]:
    """Give the left-open list: what was entered, by id, then the silences that still stand."""
    entered = tuple(
        OpenLine(
            entry=name,
            what=found.entry.what,
            owner=found.entry.owner,
            closes=found.entry.closes,
            expires=found.entry.expires,
            handed_to=found.handed_to,
        )
        for name, found in sorted(run.left_open.items())
    )
    silences = tuple(
        OpenLine(
            entry=found.effect.id,
            what=f"alerts muted in {found.effect.system} for {found.effect.step}",
            owner=found.intent.person,
            closes="the end of the step lifts it",
            expires=None,
            handed_to=None,
        )
        for found in standing_silences(run)
    )
    return (*entered, *silences)


def _whose(
    by: PersonId | None, for_person: PersonId | None
) -> tuple[PersonId | None, PersonId | None]:
    """Give whose act it is, and who else recorded it."""
    if for_person is None or for_person == by:
        return by, None
    return for_person, by


def _is_ready(run: RunState, step: Step, now: datetime | None) -> bool:
    """Tell whether a step may start as far as the plan goes."""
    if run.is_over or run.steps[step.id].state is not StepState.NOT_STARTED:
        return False
    if now is not None and step.not_before is not None and now < step.not_before:
        return False
    return all(lets_followers_go(run, before) for before in step.after)


def _effect_lines(run: RunState) -> Mapping[EffectId, EffectLine]:
    """Give the effects, oldest first."""
    return {
        name: EffectLine(
            step=found.effect.step,
            state=found.effect.state,
            remote=found.effect.remote,
            outcome=found.effect.outcome,
            system=found.effect.system,
            purpose=found.intent.purpose,
            says=found.says,
        )
        for name, found in sorted(run.effects.items())
    }


def _gate_line(run: RunState, step: Step) -> GateLine:
    """Give a gate with the answers that stand."""
    votes = zip(run.votes.get(step.id, ()), run.voters.get(step.id, ()), strict=True)
    decided = run.gates.get(step.id)
    return GateLine(
        stations=step.stations,
        quorum=step.quorum,
        votes=tuple(
            VoteLine(station=vote.station, answer=vote.vote, by=by, note=vote.note)
            for vote, by in votes
        ),
        decision=decided.decision if decided else None,
    )


def _problem_line(found: Problem) -> ProblemLine:
    """Give a problem."""
    opened = found.opened
    return ProblemLine(
        problem=opened.problem,
        what=opened.what,
        severity=opened.severity,
        owner=opened.owner,
        step=opened.step,
        opened=found.at,
        next_word=opened.next_word,
        question=opened.question,
        options=opened.options,
        decides=opened.decides,
        decide_by=opened.decide_by,
        then=opened.then,
        closed=found.closed,
        decision=found.decision,
    )

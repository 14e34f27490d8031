"""The plan against what happened, step by step.

The plan is the one with which the run was opened; what was amended later shows as a deviation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from immutables import Map

from relconsole.domain.estate.people import Person, are_one_person
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.answer import planned_steps, step_line, who_acted
from relconsole.domain.night.facts import RunOpened, StepEnded, StepStarted, StepState
from relconsole.domain.night.log import LoggedFact
from relconsole.domain.night.state import RunState, StepRun
from relconsole.domain.plan.runbook import Runbook, Step, StepKind
from relconsole.domain.plan.schedule import Schedule, plan_schedule
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.release.release import Release

OWNERS_OWN: Final = frozenset(
    {StepKind.MANUAL, StepKind.COMMUNICATION, StepKind.HOLD, StepKind.CHECKPOINT}
)
"""Kinds that a person does; automated steps are the console's, and gates are decided, not owned."""


class Deviation(StrEnum):
    """How a step went otherwise than planned."""

    UNPLANNED = "unplanned"
    TAKEN_OUT = "taken out of the plan"
    SKIPPED = "skipped"
    NOT_NEEDED = "not needed"
    FAILED = "failed"
    REPEATED = "repeated"
    OUT_OF_ORDER = "out of order"
    WRONG_OWNER = "not by its owner"
    BEYOND_ESTIMATE = "beyond its estimate"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A step as planned and as done; planned times are None for one that was not in the plan.

    ``started`` is of the first attempt, ``finished`` of the newest; ``took`` is the longest single
    attempt. ``estimate`` is what nine nights of ten do not exceed where that was worked out, else
    the worst case. ``by`` is whose act it was, ``recorded_by`` who recorded it in their place and
    ``heard`` how it was heard. ``undo`` marks a step of the way back.
    """

    step: StepId
    title: str
    stream: str
    kind: StepKind
    owner: PersonId | None
    undo: bool
    state: StepState
    planned_start: datetime | None
    planned_finish: datetime | None
    started: datetime | None
    finished: datetime | None
    estimate: timedelta
    took: timedelta | None
    attempts: int
    by: PersonId | None
    recorded_by: PersonId | None
    heard: str
    note: str
    deviations: tuple[Deviation, ...]


def compare_steps(
    run: RunState,
    facts: Sequence[Recorded[LoggedFact]],
    release: Release,
    people: Mapping[PersonId, Person],
    p90: Mapping[StepId, timedelta] = Map(),
) -> tuple[StepRow, ...]:
    """Give every step of the plan as it stands, then those taken out of it, in plan order."""
    opened = next(
        (each.fact.runbook for each in facts if isinstance(each.fact, RunOpened)), run.runbook
    )
    origin = run.opened_at if run.rehearsal else release.window.start
    present = planned_steps(run)
    known = {step.id for step in present}
    night = _Night(
        run=run,
        opened=opened,
        planned=plan_schedule(opened.steps, origin),
        people=people,
        p90=p90,
        ends=_ends(facts),
        heard=_heard(facts),
    )
    taken_out = tuple(step for step in opened.steps if step.id not in known)
    return tuple(_row(night, step) for step in (*present, *taken_out))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Night:
    """What every row is judged by; ``ends`` are the ends of each step, oldest first."""

    run: RunState
    opened: Runbook
    planned: Schedule
    people: Mapping[PersonId, Person]
    p90: Mapping[StepId, timedelta]
    ends: Mapping[StepId, tuple[datetime, ...]]
    heard: Mapping[StepId, str]


def _row(night: _Night, step: Step) -> StepRow:
    """Give one step as planned and as done."""
    found = night.run.steps.get(step.id, StepRun(step=step.id))
    line = step_line(step, found)
    timing = None if night.run.is_undo(step.id) else night.planned.steps.get(step.id)
    took = [each.ended - each.started for each in found.attempts if each.ended is not None]
    by, recorded_by = who_acted(found)
    return StepRow(
        step=step.id,
        title=step.title,
        stream=step.stream,
        kind=step.kind,
        owner=step.owner,
        undo=night.run.is_undo(step.id),
        state=found.state,
        planned_start=night.planned.instant_of(timing.start) if timing else None,
        planned_finish=night.planned.instant_of(timing.finish) if timing else None,
        started=found.attempts[0].started if found.attempts else None,
        finished=line.finished,
        estimate=night.p90.get(step.id, step.duration.worst),
        took=max(took, default=None),
        attempts=len(found.attempts),
        by=by,
        recorded_by=recorded_by,
        heard=night.heard.get(step.id, "") if recorded_by else "",
        note="; ".join(dict.fromkeys(each.note for each in found.attempts if each.note)),
        deviations=tuple(_deviations(night, step, found)),
    )


def _deviations(night: _Night, step: Step, found: StepRun) -> Iterator[Deviation]:
    """Give how a step went otherwise than planned."""
    undo = night.run.is_undo(step.id)
    if not undo and night.opened.find(step.id) is None:
        yield Deviation.UNPLANNED
    if not undo and night.run.runbook.find(step.id) is None:
        yield Deviation.TAKEN_OUT
    match found.state:
        case StepState.SKIPPED:
            yield Deviation.SKIPPED
        case StepState.NOT_NEEDED:
            yield Deviation.NOT_NEEDED
        case StepState.FAILED:
            yield Deviation.FAILED
        case _:
            pass
    if len(found.attempts) > 1:
        yield Deviation.REPEATED
    if found.attempts and not undo and _is_out_of_order(night, step, found.attempts[0].started):
        yield Deviation.OUT_OF_ORDER
    if step.owner is not None and step.kind in OWNERS_OWN and _others(night, found, step.owner):
        yield Deviation.WRONG_OWNER
    estimate = night.p90.get(step.id, step.duration.worst)
    if any(each.ended and each.ended - each.started > estimate for each in found.attempts):
        yield Deviation.BEYOND_ESTIMATE


def _is_out_of_order(night: _Night, step: Step, started: datetime) -> bool:
    """Tell whether a step began before something had ended that the first plan has it wait for."""
    first = night.opened.find(step.id)
    return first is not None and any(
        all(end > started for end in night.ends.get(before, ())) for before in first.after
    )


def _others(night: _Night, found: StepRun, owner: PersonId) -> bool:
    """Tell whether somebody else started or ended the owner's step.

    The console's acts do not count, and dropping a step is a decision of the bridge, not the step.
    """
    acts = (
        person
        for each in found.attempts
        for person in (each.for_person or each.by, each.ended_for or each.ended_by)
    )
    return any(
        person is not None and not are_one_person(night.people, person, owner) for person in acts
    )


def _ends(facts: Sequence[Recorded[LoggedFact]]) -> Mapping[StepId, tuple[datetime, ...]]:
    """Give when each step ended or was dropped, oldest first."""
    found: dict[StepId, tuple[datetime, ...]] = {}
    for each in facts:
        if isinstance(each.fact, StepEnded):
            found[each.fact.step] = (*found.get(each.fact.step, ()), each.at)
    return found


def _heard(facts: Sequence[Recorded[LoggedFact]]) -> Mapping[StepId, str]:
    """Give how the newest recorded-for act of each step was heard."""
    return {
        each.fact.step: each.fact.heard
        for each in facts
        if isinstance(each.fact, StepStarted | StepEnded) and each.fact.for_person is not None
    }

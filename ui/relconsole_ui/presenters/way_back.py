"""A fired rollback: how far it has come, where it can still be stopped, and what people must do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from relconsole.domain.kernel.ids import EffectId, PersonId, StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import ReconcileRow, RollbackEnding
from relconsole.domain.night.state import ENDED, RollbackRun, RunState
from relconsole.domain.night.totals import differing_totals
from relconsole.domain.plan.runbook import Step, UndoKind
from relconsole.domain.record.effect import EffectState
from relconsole.domain.rollback.totals import TotalsRow
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.lateness import STATUS_OF
from relconsole_ui.presenters.rollback_sight import RollbackSight
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock_seconds, counted, minutes


class Repair(StrEnum):
    """What a person may do about something that is not back."""

    NONE = ""
    SETTLE = "settle"
    REPEAT = "repeat"
    CLOSE_TOTAL = "close-total"


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoRow:
    """One step of the way back; ``stop`` tells whether it can still be stopped before it."""

    key: StepId
    number: int
    title: str
    says: str
    stop: str
    status: Status

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        parts = (f"{self.number}: {self.title}", self.status.value, self.says, self.stop)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRow:
    """Something that is not as it was before the release, why, and what to do about it.

    ``thing`` is the effect, step or control total that ``repair`` is about.
    """

    key: str
    item: str
    reason: str
    todo: str
    repair: Repair
    thing: str
    status: Status

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        return f"{self.item}: {self.reason}. {self.todo}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalRow:
    """A control total that differs after the rollback, and how it was explained."""

    total: str
    title: str
    amount: str
    says: str
    owner: PersonId | None
    is_open: bool

    @property
    def key(self) -> str:
        """Give what tells the row from the others."""
        return self.total

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        return f"{self.title}, {self.amount}, {self.says}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBackRows:
    """The fired rollback; ``can_go_on`` where it waits for somebody to take the night up again."""

    title: str
    status: Status
    note: str
    progress: str
    steps: tuple[UndoRow, ...]
    repairs: tuple[RepairRow, ...]
    totals: tuple[TotalRow, ...]
    can_stop: bool
    can_go_on: bool
    stopped: str
    is_back: bool
    notice: str

    @property
    def sentence(self) -> str:
        """Give the whole as it is spoken."""
        parts = (self.title, self.progress, self.stopped, self.note)
        return ". ".join(part for part in parts if part)


def present_way_back(seen: Seen, sight: RollbackSight) -> WayBackRows | None:
    """Give the fired rollback of the run on the bridge, None where none was fired."""
    run = seen.run
    rollback = None if run is None else run.rollback
    if run is None or rollback is None or rollback.fired_at is None:
        return None
    title, status = _standing(run, rollback)
    steps = _steps(run, rollback)
    done = sum(run.steps[step.id].state in ENDED for step in rollback.armed.steps)
    return WayBackRows(
        title=title,
        status=status,
        note=_note(seen, rollback),
        progress=f"{done} of {counted(len(steps), 'step')} done",
        steps=steps,
        repairs=tuple(_repairs(run, rollback)),
        totals=tuple(_total(seen, run, row) for row in differing_totals(run, seen.release)),
        can_stop=rollback.is_running and run.stop is None and not run.is_over,
        can_go_on=rollback.is_running and not sight.is_conducting and not run.is_over,
        stopped=_stopped(seen, run),
        is_back=rollback.ending is RollbackEnding.ROLLED_BACK,
        notice=sight.notice,
    )


def _standing(run: RunState, rollback: RollbackRun) -> tuple[str, Status]:
    """Give the title: rolled back is said only once desired and observed are both the old state."""
    if rollback.ending is RollbackEnding.ROLLED_BACK:
        return "Rolled back", Status.DONE
    if run.stop is not None:
        return "Rollback stopped", Status.HOLD
    match rollback.ending:
        case RollbackEnding.PARTIAL:
            return "Partly rolled back", Status.WARNING
        case RollbackEnding.UNKNOWN:
            return "What runs is unknown", Status.UNKNOWN
        case None:
            return "Rolling back", Status.RUNNING
        case _:
            assert_never(rollback.ending)


def _note(seen: Seen, rollback: RollbackRun) -> str:
    names = [seen.name(rollback.fired_by)]
    if rollback.second is not None:
        names.append(seen.name(rollback.second))
    at = rollback.fired_at or rollback.armed_at
    return f"fired {clock_seconds(at, seen.zone)} by {' and '.join(names)}"


def _stopped(seen: Seen, run: RunState) -> str:
    if run.stop is None:
        return ""
    note = f": {run.stop.note}" if run.stop.note else ""
    at = clock_seconds(run.stop.at, seen.zone)
    return f"Stopped {at} by {seen.name(run.stop.by)}{note}. Two people resume."


def _steps(run: RunState, rollback: RollbackRun) -> tuple[UndoRow, ...]:
    return tuple(
        UndoRow(
            key=step.id,
            number=number,
            title=step.title,
            says=_says(run, step),
            stop=_stop(run, step),
            status=_status(run, step),
        )
        for number, step in enumerate(rollback.armed.steps, 1)
    )


def unknown_effects(run: RunState, step: StepId) -> tuple[EffectId, ...]:
    """Give the jobs of the newest attempt of which nobody knows whether they ran."""
    attempt = len(run.steps[step].attempts)
    return tuple(
        found.effect.id
        for found in run.step_effects(step, attempt)
        if found.effect.state is EffectState.UNKNOWN
    )


def _status(run: RunState, step: Step) -> Status:
    return Status.UNKNOWN if unknown_effects(run, step.id) else STATUS_OF[run.steps[step.id].state]


def _says(run: RunState, step: Step) -> str:
    """Give the kind of way back, and how the step stands."""
    if unknown_effects(run, step.id):
        return "nobody knows whether its job ran"
    found = run.steps[step.id]
    if found.started is not None and found.ended is not None:
        return f"{found.state.replace('_', ' ')}, took {minutes(found.ended - found.started)}"
    if found.state is StepState.NOT_STARTED:
        return f"{_undo_class(step)}, {minutes(step.duration.likely)}"
    return f"{_undo_class(step)}, {found.state.replace('_', ' ')}"


def _undo_class(step: Step) -> str:
    """Give whether the step itself could be taken back."""
    match step.way_back:
        case UndoKind.IRREVERSIBLE:
            return "cannot be undone"
        case UndoKind.NONE:
            return "needs no undo"
        case UndoKind.INVERSE | UndoKind.COMPENSATION:
            return "can be done again"
        case _:
            assert_never(step.way_back)


def _stop(run: RunState, step: Step) -> str:
    """Give whether the way back can still be stopped before the step."""
    waits = run.steps[step.id].state in {StepState.NOT_STARTED, StepState.READY}
    return "can still stop here" if waits else ""


def _repairs(run: RunState, rollback: RollbackRun) -> Iterator[RepairRow]:
    """Give what people must see to: jobs nobody knows of, then what was found when it was held."""
    undone = {step.id for step in rollback.armed.steps}
    seen: set[str] = set()
    for step in rollback.armed.steps:
        for effect in unknown_effects(run, step.id):
            seen.add(step.id)
            yield RepairRow(
                key=effect,
                item=step.title,
                reason="nobody knows whether its job ran",
                todo="Look at the system, then say here what became of it.",
                repair=Repair.SETTLE,
                thing=effect,
                status=Status.UNKNOWN,
            )
    totals = {row.total for row in run.totals}
    for row in rollback.reconcile:
        if row.item not in seen and rollback.ending is not RollbackEnding.ROLLED_BACK:
            yield _repair(run, row, undone=undone, totals=totals)


def _repair(
    run: RunState, row: ReconcileRow, *, undone: set[StepId], totals: set[str]
) -> RepairRow:
    step = StepId(row.item)
    if step in undone:
        failed = run.steps[step].state in {StepState.FAILED, StepState.SKIPPED}
        repair = Repair.REPEAT if failed else Repair.NONE
        todo = "Repeat the step." if failed else "It goes on when the night is taken up."
        status = Status.FAILED if failed else STATUS_OF[run.steps[step].state]
    elif row.item in totals:
        repair, status = Repair.CLOSE_TOTAL, Status.WARNING
        todo = "Write cause and correction; somebody else than its owner closes it."
    else:
        repair, status = Repair.NONE, Status.WARNING
        todo = "Bring it to its old version by hand, then go on: it is looked at again."
    return RepairRow(
        key=row.item,
        item=row.item,
        reason=row.reason,
        todo=todo,
        repair=repair,
        thing=row.item,
        status=status,
    )


def _total(seen: Seen, run: RunState, row: TotalsRow) -> TotalRow:
    closed = next(
        (
            each
            for each in run.total_closings
            if (each.total, each.moment.value) == (row.total, row.moment.value)
        ),
        None,
    )
    amount = "unknown" if row.amount is None else f"differs by {row.amount:+g}"
    says = (
        f"tolerance {row.tolerance:g}, nobody has closed it"
        if closed is None
        else f"{seen.name(closed.owner)} owns it: {closed.cause}; {closed.correction}"
    )
    return TotalRow(
        total=row.total,
        title=row.title,
        amount=amount,
        says=says,
        owner=None if closed is None else closed.owner,
        is_open=closed is None,
    )

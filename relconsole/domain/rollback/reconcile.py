"""The reckoning after a rollback: what stands where it should, item by item, and what does not.

Only here is it said that something is rolled back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relconsole.domain.kernel.ids import EnvironmentId, ServiceId, StepId
from relconsole.domain.kernel.observation import Unknown
from relconsole.domain.rollback.preflight import FleetReading, name_strays, read_fleet
from relconsole.domain.rollback.totals import TotalsRow


class UndoState(StrEnum):
    """Where an undo step stands; only done and not needed leave nothing behind."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    DONE = "done"
    NOT_NEEDED = "not_needed"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


class RollbackState(StrEnum):
    """What became of a rollback."""

    ROLLED_BACK = "rolled_back"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemState:
    """One item after the rollback.

    ``old`` is the version to go back to, None where nobody stated one; ``desired`` the one that was
    last asked for and confirmed, None where nobody knows; ``reading`` what runs.
    """

    service: ServiceId
    environment: EnvironmentId
    old: str | None
    desired: str | None
    reading: FleetReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileRow:
    """Something not as before the release, and why; ``is_unknown`` where nobody can tell."""

    item: str
    reason: str
    is_unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """All that is left to do; nothing left means rolled back."""

    rows: tuple[ReconcileRow, ...]

    @property
    def state(self) -> RollbackState:
        """Give rolled back without rows, partial where one is known to be off, else unknown."""
        if not self.rows:
            return RollbackState.ROLLED_BACK
        if all(row.is_unknown for row in self.rows):
            return RollbackState.UNKNOWN
        return RollbackState.PARTIAL


def reconcile(
    items: Sequence[ItemState],
    undo_steps: Mapping[StepId, UndoState],
    totals: Sequence[TotalsRow],
    now: datetime,
) -> Reconciliation:
    """Give what is not as it was before the release: items, undo steps by id, control totals.

    It is rolled back only where of every item both the desired and the observed version are the old
    one on each instance, every undo step is done or not needed, and no control total is open.
    """
    rows = (
        *(row for item in items for row in _judge_item(item, now)),
        *(row for step, state in sorted(undo_steps.items()) for row in _judge_step(step, state)),
        *(
            ReconcileRow(item=row.total, reason=row.reason.says, is_unknown=row.amount is None)
            for row in totals
            if row.is_open
        ),
    )
    if not items and not undo_steps:
        nothing = ReconcileRow(item="rollback", reason="nothing was taken back", is_unknown=True)
        return Reconciliation(rows=(nothing, *rows))
    return Reconciliation(rows=rows)


def _judge_item(item: ItemState, now: datetime) -> tuple[ReconcileRow, ...]:
    """Give the row of an item that is not back, or none; what is known comes before what is not."""
    name = f"{item.service}@{item.environment}"
    if item.old is None:
        reason = "nobody stated the version to go back to"
        return (ReconcileRow(item=name, reason=reason, is_unknown=True),)
    fleet = read_fleet(item.reading, now)
    strays = "" if isinstance(fleet, Unknown) else name_strays(fleet, (item.old,))
    if strays:
        return (ReconcileRow(item=name, reason=f"should run {item.old}; {strays}"),)
    if item.desired is not None and item.desired != item.old:
        reason = f"should run {item.old}, but {item.desired} was asked for last"
        return (ReconcileRow(item=name, reason=reason),)
    if isinstance(fleet, Unknown):
        reason = f"should run {item.old}; what runs is unknown: {fleet.why}"
        return (ReconcileRow(item=name, reason=reason, is_unknown=True),)
    if item.desired is None:
        reason = f"runs {item.old}, but nobody knows which version was asked for last"
        return (ReconcileRow(item=name, reason=reason, is_unknown=True),)
    return ()


def _judge_step(step: StepId, state: UndoState) -> tuple[ReconcileRow, ...]:
    """Give the row of an undo step that has left something behind, or none."""
    if state in {UndoState.DONE, UndoState.NOT_NEEDED}:
        return ()
    return (
        ReconcileRow(
            item=step,
            reason=f"undo step is {state.replace('_', ' ')}",
            is_unknown=state is UndoState.UNKNOWN,
        ),
    )

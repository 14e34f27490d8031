"""The control totals of a night after its rollback: which differ, and which of those are open."""

from __future__ import annotations

from relconsole.domain.kernel.observation import Unknown
from relconsole.domain.night.state import RunState
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.totals import Moment, TotalsRow, compare_totals


def differing_totals(run: RunState, release: Release) -> tuple[TotalsRow, ...]:
    """Give the control totals that differ after the rollback, those closed among them."""
    if not run.totals:
        return ()
    taken = {
        (kept.total, Moment(kept.moment.value)): kept.value
        if kept.value is not None
        else Unknown(why=kept.says or "it could not be read")
        for kept in run.totals
    }
    return compare_totals(release.rollback.control_totals, taken, [Moment.AFTER_ROLLBACK])


def open_totals(run: RunState, release: Release) -> tuple[TotalsRow, ...]:
    """Give the control totals that differ after the rollback and that nobody has closed."""
    closed = {(each.total, each.moment.value) for each in run.total_closings}
    rows = differing_totals(run, release)
    return tuple(row for row in rows if (row.total, row.moment.value) not in closed)

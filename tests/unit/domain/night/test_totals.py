"""Control totals after a rollback: which differ, and which of those nobody has closed."""

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    TotalDifferenceClosed,
    TotalMoment,
)
from relconsole.domain.night.totals import differing_totals, open_totals
from relconsole.domain.release.release import ControlTotal, RollbackEdits
from tests.unit.domain.night.scenes import ASHA, INES, RUN, Night, begin, release

ROWS = ControlTotal(id="rows", title="Rows", system=SystemId("metrics"), query="rows")
RELEASE = replace(release(), rollback=RollbackEdits(control_totals=(ROWS,)))


def counted(after: float | None) -> Night:
    night = begin()
    for moment, value in ((TotalMoment.BEFORE, 100.0), (TotalMoment.AFTER_ROLLBACK, after)):
        night.add(ControlTotalTaken(run=RUN, total="rows", moment=moment, value=value), 30)
    return night


def test_that_nothing_differs_where_nothing_was_taken() -> None:
    assert differing_totals(begin().run, RELEASE) == ()


@pytest.mark.parametrize(("after", "amount"), [(93.0, -7.0), (None, None)])
def test_that_what_differs_or_is_unknown_is_a_row(
    after: float | None, amount: float | None
) -> None:
    (row,) = differing_totals(counted(after).run, RELEASE)
    assert row.amount == amount
    assert open_totals(counted(after).run, RELEASE) == (row,)


def test_that_what_agrees_is_no_row() -> None:
    assert differing_totals(counted(100.0).run, RELEASE) == ()


def test_that_a_closed_difference_still_differs_and_is_open_no_more() -> None:
    night = counted(93.0)
    closed = TotalDifferenceClosed(
        run=RUN,
        total="rows",
        moment=TotalMoment.AFTER_ROLLBACK,
        cause="seven rows",
        correction="posted",
        owner=ASHA,
    )
    night.add(closed, 40, INES)
    assert len(differing_totals(night.run, RELEASE)) == 1
    assert open_totals(night.run, RELEASE) == ()

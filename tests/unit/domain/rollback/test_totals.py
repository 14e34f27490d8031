from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.ids import PersonId, SystemId
from relconsole.domain.kernel.observation import Unknown
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.release.release import ControlTotal
from relconsole.domain.rollback.totals import (
    Moment,
    TotalsRow,
    close_row,
    compare_totals,
    explain_row,
)

NOW = datetime(2026, 4, 21, 4, tzinfo=UTC)
ASHA, BEN, MARA = PersonId("asha"), PersonId("ben"), PersonId("mara")
PEOPLE = Map(
    {
        person: Person(id=person, name=person, aliases=aliases)
        for person, aliases in ((ASHA, ("arao",)), (BEN, ("bokoye",)), (MARA, ()))
    }
)
BOOKINGS = ControlTotal(
    id="bookings", title="Open bookings", system=SystemId("metrics"), query="b", tolerance=2
)
DUE = (Moment.AFTER, Moment.AFTER_ROLLBACK)


def compare(
    before: float | Unknown | None,
    after: float | Unknown | None,
    back: float | Unknown | None,
    due: tuple[Moment, ...] = DUE,
) -> list[tuple[str, float | None]]:
    figures = zip(Moment, (before, after, back), strict=True)
    taken = {("bookings", moment): figure for moment, figure in figures if figure is not None}
    return [(row.moment, row.amount) for row in compare_totals([BOOKINGS], taken, due)]


def test_that_totals_within_the_tolerance_agree() -> None:
    assert compare(100, 102, 98) == []


def test_that_a_difference_beyond_the_tolerance_is_a_row_with_its_amount() -> None:
    assert compare(100, 103, 97) == [("after", 3), ("after_rollback", -3)]
    assert compare(100, 110, 100) == [("after", 10)]


def test_that_only_moments_that_are_due_are_asked_for() -> None:
    assert compare(100, None, None, ()) == []
    assert compare(None, None, None, ()) == []
    assert compare(100, 110, None, (Moment.AFTER,)) == [("after", 10)]
    assert compare(100, 100, None) == [("after_rollback", None)]


@pytest.mark.parametrize("unknown", [None, Unknown(why="timed out"), math.nan, math.inf])
def test_that_an_unknown_figure_is_a_row_of_its_own(unknown: float | Unknown | None) -> None:
    assert compare(100, unknown, 100) == [("after", None)]
    assert compare(unknown, 100, 100) == [("before", None)]


def test_that_a_row_says_what_differs() -> None:
    taken = {("bookings", Moment.BEFORE): 100.0, ("bookings", Moment.AFTER_ROLLBACK): 90.5}
    differs, unknown = compare_totals([BOOKINGS], taken, DUE)[::-1]
    assert differs.reason.says == "Open bookings after rollback differs by -9.5, tolerance 2"
    assert unknown.reason.says == "Open bookings after is unknown: not taken"
    assert differs.reason.rule == "control_total_open"


@given(before=st.integers(-50, 50), after=st.integers(-50, 50), tolerance=st.integers(0, 20))
def test_that_agreeing_does_not_depend_on_which_way_the_numbers_moved(
    before: int, after: int, tolerance: int
) -> None:
    total = replace(BOOKINGS, tolerance=tolerance)

    def amounts(earlier: int, later: int) -> list[float | None]:
        taken = {("bookings", Moment.BEFORE): earlier, ("bookings", Moment.AFTER): later}
        return [row.amount for row in compare_totals([total], taken, (Moment.AFTER,))]

    assert amounts(before, after) == ([after - before] if abs(after - before) > tolerance else [])
    assert len(amounts(before, after)) == len(amounts(after, before))


ROW = TotalsRow(total="bookings", title="Open bookings", moment=Moment.AFTER, amount=3, tolerance=2)


def explain(row: TotalsRow, *, cause: str = "late job", correction: str = "replayed") -> TotalsRow:
    explained = explain_row(row, cause=cause, owner=BEN, correction=correction, by=ASHA)
    assert isinstance(explained, TotalsRow)
    return explained


def find_rule(answer: TotalsRow | Refusal) -> str:
    assert isinstance(answer, Refusal)
    return answer.reasons[0].rule


def test_that_a_difference_is_explained_by_one_and_closed_by_another() -> None:
    explained = explain(ROW)
    assert explained.is_open
    assert (explained.cause, explained.owner, explained.correction) == ("late job", BEN, "replayed")
    closed = close_row(explained, PEOPLE, by=MARA, at=NOW)
    assert isinstance(closed, TotalsRow)
    assert not closed.is_open
    assert (closed.closed_by, closed.closed_at) == (MARA, NOW)


@pytest.mark.parametrize("name", ["asha", "ARAO", "ben", "bokoye"])
def test_that_neither_who_entered_nor_who_owns_it_closes_it(name: str) -> None:
    assert find_rule(close_row(explain(ROW), PEOPLE, by=PersonId(name), at=NOW)) == "same_person"


def test_that_an_unexplained_difference_is_not_closed_nor_by_a_stranger() -> None:
    assert find_rule(close_row(ROW, PEOPLE, by=MARA, at=NOW)) == "explanation_missing"
    ownerless = replace(ROW, entered_by=ASHA)
    assert find_rule(close_row(ownerless, PEOPLE, by=MARA, at=NOW)) == "explanation_missing"
    stranger = close_row(explain(ROW), PEOPLE, by=PersonId("zed"), at=NOW)
    assert find_rule(stranger) == "person_unknown"


@pytest.mark.parametrize(("cause", "correction"), [("", "replayed"), ("late job", " ")])
def test_that_a_difference_needs_cause_and_correction(cause: str, correction: str) -> None:
    answer = explain_row(ROW, cause=cause, owner=BEN, correction=correction, by=ASHA)
    assert find_rule(answer) == "explanation_missing"


def test_that_a_closed_difference_is_neither_explained_nor_closed_again() -> None:
    closed = close_row(explain(ROW), PEOPLE, by=MARA, at=NOW)
    assert isinstance(closed, TotalsRow)
    assert find_rule(close_row(closed, PEOPLE, by=MARA, at=NOW)) == "already_closed"
    again = explain_row(closed, cause="c", owner=BEN, correction="d", by=ASHA)
    assert find_rule(again) == "already_closed"

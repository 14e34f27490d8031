from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.kernel.ids import EnvironmentId, PersonId, ServiceId, StepId
from relconsole.domain.kernel.observation import Observation
from relconsole.domain.rollback.preflight import FleetReading
from relconsole.domain.rollback.reconcile import (
    ItemState,
    Reconciliation,
    RollbackState,
    UndoState,
    reconcile,
)
from relconsole.domain.rollback.totals import Moment, TotalsRow

NOW = datetime(2026, 4, 21, 4, tzinfo=UTC)
UNDO = StepId("undo-deploy")


def seen(*versions: str) -> FleetReading:
    return Observation(
        value=Map({f"api-{number}": version for number, version in enumerate(versions, start=1)}),
        source="metrics",
        observed_at=NOW,
        time_to_live=timedelta(seconds=30),
    )


BACK = ItemState(
    service=ServiceId("api"),
    environment=EnvironmentId("prod"),
    old="2.30",
    desired="2.30",
    reading=seen("2.30", "2.30"),
)
OPEN = TotalsRow(
    total="bookings", title="Open bookings", moment=Moment.AFTER_ROLLBACK, amount=3, tolerance=0
)


def judge(
    item: ItemState = BACK,
    state: UndoState = UndoState.DONE,
    totals: tuple[TotalsRow, ...] = (),
) -> Reconciliation:
    return reconcile([item], {UNDO: state}, totals, NOW)


def test_that_rolled_back_is_said_when_everything_is_as_before() -> None:
    found = judge()
    assert found.rows == ()
    assert found.state is RollbackState.ROLLED_BACK
    assert judge(state=UndoState.NOT_NEEDED).state is RollbackState.ROLLED_BACK


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (replace(BACK, reading=seen("2.30", "2.31")), "should run 2.30; api-2 runs 2.31"),
        (
            replace(BACK, desired=None, reading=seen("2.31")),
            "should run 2.30; api-1 runs 2.31",
        ),
        (replace(BACK, desired="2.31"), "should run 2.30, but 2.31 was asked for last"),
        (
            replace(BACK, desired="2.31", reading=None),
            "should run 2.30, but 2.31 was asked for last",
        ),
    ],
)
def test_that_an_item_known_to_be_off_makes_it_partial(item: ItemState, reason: str) -> None:
    found = judge(item)
    (row,) = found.rows
    assert (row.item, row.reason, row.is_unknown) == ("api@prod", reason, False)
    assert found.state is RollbackState.PARTIAL


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (
            replace(BACK, reading=None),
            "should run 2.30; what runs is unknown: nothing observes its version",
        ),
        (
            replace(BACK, desired=None),
            "runs 2.30, but nobody knows which version was asked for last",
        ),
        (replace(BACK, old=None), "nobody stated the version to go back to"),
    ],
)
def test_that_an_item_nobody_knows_makes_it_unknown(item: ItemState, reason: str) -> None:
    found = judge(item)
    (row,) = found.rows
    assert (row.reason, row.is_unknown) == (reason, True)
    assert found.state is RollbackState.UNKNOWN


@pytest.mark.parametrize(
    "state", [UndoState.NOT_STARTED, UndoState.RUNNING, UndoState.SKIPPED, UndoState.FAILED]
)
def test_that_an_undo_step_left_behind_makes_it_partial(state: UndoState) -> None:
    found = judge(state=state)
    assert [row.item for row in found.rows] == [UNDO]
    assert found.state is RollbackState.PARTIAL


def test_that_an_undo_step_of_unknown_ending_makes_it_unknown() -> None:
    found = judge(state=UndoState.UNKNOWN)
    assert found.rows[0].reason == "undo step is unknown"
    assert found.state is RollbackState.UNKNOWN


def test_that_an_open_control_total_keeps_it_from_being_rolled_back() -> None:
    found = judge(totals=(OPEN,))
    assert found.rows[0].reason == "Open bookings after rollback differs by 3, tolerance 0"
    assert found.state is RollbackState.PARTIAL
    assert judge(totals=(replace(OPEN, amount=None),)).state is RollbackState.UNKNOWN
    closed = replace(OPEN, closed_by=PersonId("mara"))
    assert judge(totals=(closed,)).state is RollbackState.ROLLED_BACK


def test_that_one_known_fault_among_unknowns_makes_it_partial() -> None:
    found = judge(replace(BACK, reading=None), UndoState.FAILED)
    assert [row.is_unknown for row in found.rows] == [True, False]
    assert found.state is RollbackState.PARTIAL


def test_that_a_rollback_of_nothing_is_not_rolled_back() -> None:
    assert reconcile([], {}, (), NOW).state is RollbackState.UNKNOWN
    assert reconcile([], {}, (OPEN,), NOW).state is RollbackState.PARTIAL
    assert reconcile([], {UNDO: UndoState.DONE}, (), NOW).state is RollbackState.ROLLED_BACK


def test_that_undo_steps_are_listed_by_id() -> None:
    steps = Map({StepId(name): UndoState.FAILED for name in ("c", "a", "b")})
    assert [row.item for row in reconcile([], steps, (), NOW).rows] == ["a", "b", "c"]


@given(
    desired=st.sampled_from(["2.30", "2.31", None]),
    versions=st.lists(st.sampled_from(["2.30", "2.31", ""]), max_size=3),
    state=st.sampled_from(UndoState),
    is_open=st.booleans(),
)
def test_that_rolled_back_is_never_said_of_anything_less(
    desired: str | None, versions: list[str], state: UndoState, is_open: bool
) -> None:
    item = replace(BACK, desired=desired, reading=seen(*versions))
    found = judge(item, state, (OPEN,) if is_open else ())
    is_back = (
        desired == "2.30"
        and set(versions) == {"2.30"}
        and state in {UndoState.DONE, UndoState.NOT_NEEDED}
        and not is_open
    )
    assert (found.state is RollbackState.ROLLED_BACK) is is_back

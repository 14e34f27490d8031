from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.kernel.ids import EnvironmentId, ServiceId
from relconsole.domain.kernel.observation import Observation, Unknown
from relconsole.domain.rollback.preflight import (
    FleetReading,
    PlannedItem,
    Preflight,
    PreflightVerdict,
    compare_fleet,
)

NOW = datetime(2026, 4, 21, 2, tzinfo=UTC)
API, DB, PROD = ServiceId("api"), ServiceId("db"), EnvironmentId("prod")


def planned(service: ServiceId = API, *before: str, after: str | None = "2.30") -> PlannedItem:
    return PlannedItem(service=service, environment=PROD, before=before, after=after)


def seen(fleet: dict[str, str], *, age: float = 0) -> FleetReading:
    return Observation(
        value=Map(fleet),
        source="metrics",
        observed_at=NOW - timedelta(seconds=age),
        time_to_live=timedelta(seconds=30),
    )


def compare(item: PlannedItem, reading: FleetReading | None) -> Preflight:
    readings = {} if reading is None else {(item.service, item.environment): reading}
    return compare_fleet([item], readings, NOW)


def test_that_a_fleet_as_planned_is_ready_and_its_end_is_predicted() -> None:
    found = compare(planned(API, "2.31"), seen({"api-2": "2.31", "api-1": "2.31"}))
    (row,) = found.rows
    assert (row.ok, row.expected, row.versions) == (True, ("2.31",), ("2.31",))
    assert row.observed == (("api-1", "2.31"), ("api-2", "2.31"))
    assert found.verdict is PreflightVerdict.READY
    assert found.reasons == ()
    (end,) = found.predicted
    assert (end.service, end.environment, end.version) == (API, PROD, "2.30")


def test_that_a_mixed_fleet_is_named_instance_by_instance() -> None:
    found = compare(planned(API, "2.31"), seen({"api-1": "2.31", "api-3": "2.30", "api-2": "2.29"}))
    assert found.verdict is PreflightVerdict.DRIFTED
    (reason,) = found.reasons
    assert reason.rule == "fleet_drifted"
    assert reason.says == "api at prod should run 2.31; api-2 runs 2.29, api-3 runs 2.30"


def test_that_a_plan_written_amid_a_step_takes_both_versions() -> None:
    item = planned(API, "2.30", "2.31")
    assert compare(item, seen({"api-1": "2.31", "api-2": "2.30"})).verdict is PreflightVerdict.READY
    (reason,) = compare(item, seen({"api-1": "2.32"})).reasons
    assert "should run 2.30 or 2.31; api-1 runs 2.32" in reason.says


@pytest.mark.parametrize(
    ("reading", "why"),
    [
        (None, "nothing observes its version"),
        (Unknown(why="timed out"), "timed out"),
        (seen({"api-1": "2.31"}, age=31), "metrics last answered 31 s ago"),
        (seen({}), "metrics saw no instance"),
        (seen({"api-1": "2.31", "api-2": ""}), "no version of api-2"),
    ],
)
def test_that_unknown_is_never_ok(reading: FleetReading | None, why: str) -> None:
    found = compare(planned(API, "2.31"), reading)
    (row,) = found.rows
    assert (row.ok, row.is_unknown, row.observed, row.why) == (False, True, (), why)
    assert found.verdict is PreflightVerdict.UNKNOWN
    assert found.reasons[0].rule == "fleet_unknown"
    assert found.reasons[0].thing == "api@prod"


def test_that_a_plan_that_names_no_start_is_unknown() -> None:
    (row,) = compare(planned(API), seen({"api-1": "2.31"})).rows
    assert row.why == "the plan does not say from which version it starts"


def test_that_a_known_difference_weighs_more_than_an_unknown() -> None:
    items = [planned(API, "2.31"), planned(DB, "14.3", after=None)]
    found = compare_fleet(items, {(API, PROD): seen({"api-1": "2.30"})}, NOW)
    assert found.verdict is PreflightVerdict.DRIFTED
    assert [end.service for end in found.predicted] == [API]
    assert [reason.rule for reason in found.reasons] == ["fleet_drifted", "fleet_unknown"]


def test_that_a_rollback_of_nothing_is_not_ready() -> None:
    found = compare_fleet([], {}, NOW)
    assert found.verdict is PreflightVerdict.UNKNOWN
    assert found.reasons[0].rule == "fleet_unknown"


FLEETS = st.dictionaries(
    st.sampled_from(["api-1", "api-2", "api-3"]), st.sampled_from(["2.30", "2.31", ""])
)


@given(fleet=FLEETS, age=st.integers(0, 60))
def test_that_ready_means_every_instance_was_just_seen_on_the_planned_version(
    fleet: dict[str, str], age: int
) -> None:
    found = compare(planned(API, "2.31"), seen(fleet, age=age))
    is_ready = age <= 30 and set(fleet.values()) == {"2.31"}
    assert (found.verdict is PreflightVerdict.READY) is is_ready
    assert (not found.reasons) is is_ready

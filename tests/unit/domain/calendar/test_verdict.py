from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.calendar.booking import Booking
from relconsole.domain.calendar.entries import (
    Calendar,
    Freeze,
    FreezeException,
    MaintenanceWindow,
    Recurring,
)
from relconsole.domain.calendar.verdict import forbids
from relconsole.domain.estate.catalogue import Environment, Estate, Service
from relconsole.domain.estate.people import Person
from relconsole.domain.estate.scope import Scope
from relconsole.domain.kernel.ids import (
    EnvironmentId,
    PersonId,
    ReleaseId,
    ServiceId,
    TeamId,
)
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.kernel.zones import Meant

API, DB = ServiceId("api"), ServiceId("db")
PROD = EnvironmentId("prod")
ESTATE = Estate(
    people=Map(
        {
            PersonId("tomas"): Person(id=PersonId("tomas"), name="Tomas", aliases=("tnovak",)),
            PersonId("ilka"): Person(id=PersonId("ilka"), name="Ilka"),
        }
    ),
    environments=Map({PROD: Environment(id=PROD, name="prod")}),
    services=Map({each: Service(id=each, name=each, team=TeamId("pay")) for each in (API, DB)}),
)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 4, day, hour, minute, tzinfo=UTC)


def meant(moment: datetime) -> Meant:
    return Meant(instant=moment, wall=moment.replace(tzinfo=None), zone="UTC")


def once(start: datetime, end: datetime, rrule: str = "") -> Recurring:
    return Recurring(start=meant(start), end=meant(end), rrule=rrule)


BOOKING = Booking(
    release=ReleaseId("pay-4"),
    planned=Interval(start=at(21, 1), end=at(21, 5)),
    pairs=((API, PROD), (DB, PROD)),
    requester=PersonId("tomas"),
)
FREEZE = Freeze(
    id="close",
    when=once(at(20), at(22)),
    reason="Quarter close",
    scope=Scope(services=(DB,)),
)
EXCEPTION = FreezeException(
    id="x-1",
    freeze="close",
    release="pay-4",
    approver=PersonId("ilka"),
    reason="a fix for the close itself",
    expires=meant(at(21, 5)),
)


def test_that_an_empty_calendar_forbids_nothing() -> None:
    assert forbids(Calendar(), ESTATE, BOOKING) == ()


def test_that_a_freeze_in_scope_forbids_and_says_when_it_ends_and_what_lifts_it() -> None:
    (reason,) = forbids(Calendar(freezes=(FREEZE,)), ESTATE, BOOKING)
    assert (reason.rule, reason.thing) == ("freeze_forbids", "close")
    assert "Quarter close" in reason.says
    assert "ends at 2026-04-22T00:00:00Z" in reason.says
    assert "at or after 2026-04-22T00:00:00Z" in reason.lifts
    assert "somebody else than tomas" in reason.lifts


def test_that_a_freeze_out_of_scope_or_only_touching_forbids_nothing() -> None:
    elsewhere = replace(FREEZE, scope=Scope(services=(ServiceId("web"),)))
    before = replace(FREEZE, when=once(at(20), at(21, 1)))
    after = replace(FREEZE, when=once(at(21, 5), at(22)))
    assert forbids(Calendar(freezes=(elsewhere, before, after)), ESTATE, BOOKING) == ()


def test_that_a_freeze_without_a_reason_of_its_own_is_still_named() -> None:
    (reason,) = forbids(Calendar(freezes=(replace(FREEZE, reason=""),)), ESTATE, BOOKING)
    assert reason.says.startswith("freeze close ends at")


def test_that_a_freeze_of_everything_holds_for_a_release_of_an_environment_as_such() -> None:
    whole = replace(BOOKING, pairs=((ServiceId(""), PROD),))
    assert forbids(Calendar(freezes=(replace(FREEZE, scope=Scope()),)), ESTATE, whole)
    assert not forbids(Calendar(freezes=(FREEZE,)), ESTATE, whole)


def test_that_a_valid_exception_lets_the_release_through() -> None:
    calendar = Calendar(freezes=(FREEZE,), exceptions=(EXCEPTION,))
    assert forbids(calendar, ESTATE, BOOKING) == ()


@pytest.mark.parametrize(
    ("exception", "why"),
    [
        (replace(EXCEPTION, approver=PersonId("tomas")), "tomas is the requester"),
        (replace(EXCEPTION, approver=PersonId("TNovak")), "TNovak is the requester"),
        (replace(EXCEPTION, approver=PersonId("iIka")), "nobody here is called iIka"),
        (replace(EXCEPTION, expires=meant(at(21, 4, 59))), "before the plan ends"),
    ],
)
def test_that_a_void_exception_lifts_nothing_and_is_named(
    exception: FreezeException, why: str
) -> None:
    calendar = Calendar(freezes=(FREEZE,), exceptions=(exception,))
    (reason,) = forbids(calendar, ESTATE, BOOKING)
    assert f"exception x-1 is void: {why}" in reason.says or why in reason.says
    assert forbids(replace(calendar, exceptions=(exception, EXCEPTION)), ESTATE, BOOKING) == ()


def test_that_an_exception_for_another_release_or_freeze_lifts_nothing() -> None:
    others = (replace(EXCEPTION, release="pay-5"), replace(EXCEPTION, freeze="other"))
    calendar = Calendar(freezes=(FREEZE,), exceptions=others)
    (reason,) = forbids(calendar, ESTATE, BOOKING)
    assert "void" not in reason.says


def test_that_each_freeze_needs_an_exception_of_its_own() -> None:
    second = replace(FREEZE, id="audit")
    calendar = Calendar(freezes=(FREEZE, second), exceptions=(EXCEPTION,))
    assert [reason.thing for reason in forbids(calendar, ESTATE, BOOKING)] == ["audit"]


def test_that_a_freeze_that_cannot_be_followed_forbids() -> None:
    broken = replace(FREEZE, when=once(at(20), at(22), "FREQ=SOMETIMES"))
    (reason,) = forbids(Calendar(freezes=(broken,)), ESTATE, BOOKING)
    assert (reason.rule, reason.thing) == ("freeze_unreadable", "close")


NIGHTS = MaintenanceWindow(
    id="nights", when=once(at(1), at(1, 6), "FREQ=DAILY"), scope=Scope(services=(DB,))
)


def test_that_a_plan_inside_a_maintenance_window_is_let_through_to_the_very_edges() -> None:
    calendar = Calendar(maintenance_windows=(NIGHTS,))
    assert forbids(calendar, ESTATE, BOOKING) == ()
    edges = replace(BOOKING, planned=Interval(start=at(21), end=at(21, 6)))
    assert forbids(calendar, ESTATE, edges) == ()


def test_that_a_plan_that_leaves_the_window_is_forbidden_and_told_the_next_opening() -> None:
    late = replace(BOOKING, planned=Interval(start=at(21, 5), end=at(21, 7)))
    (reason,) = forbids(Calendar(maintenance_windows=(NIGHTS,)), ESTATE, late)
    assert (reason.rule, reason.thing) == ("not_in_maintenance_window", "nights")
    assert "db at prod" in reason.says
    assert "api" not in reason.says
    assert "nights, which next opens at 2026-04-22T00:00:00Z" in reason.lifts


def test_that_two_windows_that_touch_do_not_hold_a_plan_together() -> None:
    early = replace(NIGHTS, id="early", when=once(at(21), at(21, 3)))
    late = replace(NIGHTS, id="late", when=once(at(21, 3), at(21, 6)))
    (reason,) = forbids(Calendar(maintenance_windows=(early, late)), ESTATE, BOOKING)
    assert reason.thing == "late"


def test_that_a_service_without_windows_needs_none() -> None:
    only_api = replace(BOOKING, pairs=((API, PROD),))
    late = replace(only_api, planned=Interval(start=at(21, 5), end=at(21, 7)))
    assert forbids(Calendar(maintenance_windows=(NIGHTS,)), ESTATE, late) == ()


def test_that_services_with_the_same_windows_share_one_reason() -> None:
    everything = replace(NIGHTS, scope=Scope(), when=once(at(1), at(2)))
    whole = replace(BOOKING, pairs=(*BOOKING.pairs, (ServiceId(""), PROD)))
    (reason,) = forbids(Calendar(maintenance_windows=(everything,)), ESTATE, whole)
    assert "api at prod, db at prod, all at prod" in reason.says
    assert reason.lifts.endswith("none of them opens again")


def test_that_a_window_that_cannot_be_followed_forbids_unless_another_holds_the_plan() -> None:
    broken = replace(NIGHTS, id="broken", when=once(at(1), at(1, 6), "FREQ=NEVER"))
    (reason,) = forbids(Calendar(maintenance_windows=(broken,)), ESTATE, BOOKING)
    assert (reason.rule, reason.thing) == ("maintenance_window_unreadable", "broken")
    assert forbids(Calendar(maintenance_windows=(broken, NIGHTS)), ESTATE, BOOKING) == ()


@given(
    start=st.integers(0, 100),
    length=st.integers(1, 30),
    planned_start=st.integers(0, 100),
    planned_length=st.integers(1, 30),
)
def test_that_inside_a_freeze_is_judged_by_the_half_open_planned_interval_alone(
    start: int, length: int, planned_start: int, planned_length: int
) -> None:
    def hour(number: int) -> datetime:
        return at(1) + timedelta(hours=number)

    freeze = replace(FREEZE, when=once(hour(start), hour(start + length)))
    planned = Interval(start=hour(planned_start), end=hour(planned_start + planned_length))
    shared = range(max(start, planned_start), min(start + length, planned_start + planned_length))
    found = forbids(Calendar(freezes=(freeze,)), ESTATE, replace(BOOKING, planned=planned))
    assert bool(found) is bool(shared)

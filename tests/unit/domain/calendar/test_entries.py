from __future__ import annotations

from datetime import UTC, datetime

from relconsole.domain.calendar.entries import Calendar, Freeze, Recurring
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import EnvironmentId, ServiceId
from relconsole.domain.kernel.zones import Meant


def test_that_an_entry_without_a_rule_is_once_and_without_a_scope_is_everything() -> None:
    start = Meant(instant=datetime(2026, 4, 30, tzinfo=UTC), wall=datetime(2026, 4, 30), zone="UTC")  # noqa: DTZ001 - a wall time has no zone of its own
    freeze = Freeze(id="month-end", when=Recurring(start=start, end=start))
    assert (freeze.when.rrule, freeze.when.exdates) == ("", ())
    assert freeze.scope.holds(ServiceId("any"), EnvironmentId("any"), Estate())


def test_that_two_empty_calendars_are_equal() -> None:
    assert Calendar() == Calendar()
    assert Calendar().freezes == ()

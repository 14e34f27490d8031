from __future__ import annotations

from datetime import UTC, datetime

import pytest

from relconsole.domain.calendar.booking import Booking
from relconsole.domain.kernel.ids import EnvironmentId, PersonId, ReleaseId, ServiceId
from relconsole.domain.kernel.instants import Interval

NIGHT = Interval(
    start=datetime(2026, 4, 20, 23, 30, tzinfo=UTC), end=datetime(2026, 4, 21, 3, tzinfo=UTC)
)


def test_that_a_booking_that_is_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match=r"pay-4 names no service"):
        Booking(release=ReleaseId("pay-4"), planned=NIGHT, pairs=(), requester=PersonId("tomas"))


def test_that_a_booking_may_be_of_an_environment_as_such() -> None:
    whole = (ServiceId(""), EnvironmentId("prod"))
    booking = Booking(
        release=ReleaseId("pay-4"), planned=NIGHT, pairs=(whole,), requester=PersonId("tomas")
    )
    assert (booking.latest_safe_start, booking.waits_for, booking.people) == (None, (), ())

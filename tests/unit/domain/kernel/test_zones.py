"""Wall times: one instant, none, or two."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.instants import Interval
from relconsole.domain.kernel.zones import (
    Doubled,
    Meant,
    Missing,
    OutsideWindow,
    find_zone,
    place_bare_wall,
    read_wall,
)


def wall(text: str) -> datetime:
    """Give a naive time, as a clock on the wall shows it."""
    return datetime.fromisoformat(text)


BERLIN = "Europe/Berlin"
ZONES = st.sampled_from(
    [
        BERLIN,
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "Africa/Casablanca",
        "UTC",
    ]
)
WALLS = st.datetimes(min_value=wall("2000-01-01T00:00"), max_value=wall("2035-01-01T00:00"))


def window(start: datetime, hours: int) -> Interval:
    return Interval(start=start, end=start + timedelta(hours=hours))


def test_that_a_zone_is_found_by_its_iana_name() -> None:
    assert find_zone(BERLIN) == ZoneInfo(BERLIN)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe", "a\0b", "\ud800"])
def test_that_another_name_is_no_zone(name: str) -> None:
    assert find_zone(name) is None


@given(WALLS, ZONES)
def test_that_a_wall_time_is_read_as_the_zone_shows_it(wall: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    match read_wall(wall, name):
        case Meant(instant=instant):
            assert instant.astimezone(zone).replace(tzinfo=None) == wall
        case Doubled(first=first, second=second):
            assert first < second
            for instant in (first, second):
                assert instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall
        case Missing(before=before, after=after):
            for instant in (before, after):
                assert instant.astimezone(zone).replace(tzinfo=None, fold=0) != wall


def test_that_a_skipped_time_gives_both_readings() -> None:
    reading = read_wall(wall("2026-03-29T02:30"), BERLIN)
    assert reading == Missing(
        wall=wall("2026-03-29T02:30"),
        zone=BERLIN,
        before=datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        after=datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    )
    assert str(reading) == (
        "2026-03-29T02:30:00 does not exist in Europe/Berlin: the clock skips it; "
        "it could mean 2026-03-29T00:30:00Z or 2026-03-29T01:30:00Z"
    )


def test_that_a_doubled_time_gives_both_readings() -> None:
    reading = read_wall(wall("2026-10-25T02:30"), BERLIN)
    assert reading == Doubled(
        wall=wall("2026-10-25T02:30"),
        zone=BERLIN,
        first=datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        second=datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )
    assert str(reading) == (
        "2026-10-25T02:30:00 exists twice in Europe/Berlin: "
        "write 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"
    )


def test_that_an_unknown_zone_is_named() -> None:
    with pytest.raises(ValueError, match="unknown zone Mars"):
        read_wall(wall("2026-01-01T00:00"), "Mars")
    with pytest.raises(ValueError, match="unknown zone Mars"):
        place_bare_wall(time(2), window(datetime(2026, 1, 1, tzinfo=UTC), 1), "Mars")


def test_that_a_wall_time_at_the_end_of_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        read_wall(wall("9999-12-31T23:30"), "America/New_York")


@given(st.times(), WALLS, ZONES)
def test_that_a_bare_time_is_the_first_at_or_after_the_start(
    bare: time, start: datetime, name: str
) -> None:
    night = window(start.replace(tzinfo=UTC), 30)
    found = place_bare_wall(bare, night, name)
    if isinstance(found, Meant):
        assert night.start <= found.instant <= night.end
        assert found.wall.time() == bare
        earlier = read_wall(found.wall - timedelta(days=1), name)
        assert not isinstance(earlier, Meant) or earlier.instant < night.start
    if isinstance(found, OutsideWindow):
        assert found.candidate > night.end


def test_that_a_bare_time_may_come_on_the_next_day() -> None:
    night = window(datetime(2026, 8, 8, 20, tzinfo=UTC), 8)
    found = place_bare_wall(time(2), night, BERLIN)
    assert isinstance(found, Meant)
    assert found.instant == datetime(2026, 8, 9, 0, tzinfo=UTC)


def test_that_a_bare_time_after_the_window_is_answered_as_such() -> None:
    night = window(datetime(2026, 8, 8, 20, tzinfo=UTC), 2)
    found = place_bare_wall(time(2), night, BERLIN)
    assert isinstance(found, OutsideWindow)
    assert str(found) == (
        "02:00 first comes at 2026-08-09T00:00:00Z, after the window ends at 2026-08-08T22:00:00Z"
    )


def test_that_a_bare_time_at_the_very_end_is_inside() -> None:
    night = window(datetime(2026, 8, 8, 20, tzinfo=UTC), 4)
    assert isinstance(place_bare_wall(time(2), night, BERLIN), Meant)


def test_that_a_doubled_or_skipped_bare_time_is_never_guessed() -> None:
    autumn = window(datetime(2026, 10, 24, 20, tzinfo=UTC), 8)
    assert isinstance(place_bare_wall(time(2, 30), autumn, BERLIN), Doubled)
    spring = window(datetime(2026, 3, 28, 20, tzinfo=UTC), 8)
    assert isinstance(place_bare_wall(time(2, 30), spring, BERLIN), Missing)


def test_that_a_clock_change_before_the_window_is_no_matter() -> None:
    after_autumn = window(datetime(2026, 10, 25, 3, tzinfo=UTC), 24)
    found = place_bare_wall(time(2, 30), after_autumn, BERLIN)
    assert isinstance(found, Meant)
    assert found.instant == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
    after_spring = window(datetime(2026, 3, 29, 3, tzinfo=UTC), 24)
    found = place_bare_wall(time(2, 30), after_spring, BERLIN)
    assert isinstance(found, Meant)
    assert found.instant == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)

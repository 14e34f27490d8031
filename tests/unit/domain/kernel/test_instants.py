"""Instants in UTC, and half-open intervals."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.instants import (
    Interval,
    format_instant,
    in_utc,
    parse_instant,
    parse_written_instant,
)


def wall(text: str) -> datetime:
    """Give a naive time, as a clock on the wall shows it."""
    return datetime.fromisoformat(text)


INSTANTS = st.datetimes(timezones=st.just(UTC))
ANYWHERE = st.datetimes(
    min_value=wall("0002-01-01T00:00"), max_value=wall("9998-01-01T00:00"), timezones=st.timezones()
)
HOURS = st.integers(min_value=0, max_value=48)
NIGHT = datetime(2026, 10, 24, 20, tzinfo=UTC)


def interval(start: int, end: int) -> Interval:
    return Interval(start=NIGHT + timedelta(hours=start), end=NIGHT + timedelta(hours=end))


INTERVALS = st.tuples(HOURS, HOURS).map(lambda pair: interval(*sorted(pair)))


@given(ANYWHERE)
def test_that_utc_is_the_same_instant(moment: datetime) -> None:
    assert in_utc(moment).tzinfo is UTC
    assert in_utc(moment).timestamp() == moment.timestamp()


def test_that_a_naive_time_is_no_instant() -> None:
    with pytest.raises(ValueError, match="no zone"):
        in_utc(wall("2026-08-08T22:00"))


def test_that_an_instant_outside_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        in_utc(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))))


@given(INSTANTS)
def test_that_a_written_instant_reads_back(moment: datetime) -> None:
    assert parse_instant(format_instant(moment)) == moment
    assert parse_written_instant(format_instant(moment)) == moment


def test_that_an_instant_is_written_in_utc_with_z() -> None:
    berlin = datetime(2026, 8, 8, 22, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert format_instant(berlin) == "2026-08-08T20:00:00Z"
    assert format_instant(berlin.replace(microsecond=5)) == "2026-08-08T20:00:00.000005Z"


def test_that_an_offset_is_understood() -> None:
    assert format_instant(parse_instant("2026-08-08T22:00+02:00")) == "2026-08-08T20:00:00Z"


@pytest.mark.parametrize(
    "text", ["", "tonight", "2026-08-08T22:00", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_that_text_without_an_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_instant(text)


@pytest.mark.parametrize(
    "text",
    ["2026-08-08T20:00Z", "2026-08-08T20:00:00+00:00", "2026-08-08 20:00:00Z", "20260808T200000Z"],
)
def test_that_a_record_has_one_spelling_of_an_instant(text: str) -> None:
    with pytest.raises(ValueError, match="not written in UTC with Z"):
        parse_written_instant(text)


def test_that_an_interval_needs_zones_and_order() -> None:
    with pytest.raises(ValueError, match="no zone"):
        Interval(start=wall("2026-01-01T00:00"), end=NIGHT)
    with pytest.raises(ValueError, match="no interval"):
        interval(2, 1)


def test_that_an_interval_over_a_clock_change_has_its_real_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    change = Interval(
        start=datetime(2026, 10, 25, 2, 30, tzinfo=berlin),
        end=datetime(2026, 10, 25, 2, 15, tzinfo=berlin, fold=1),
    )
    assert change.length == timedelta(minutes=45)


def test_that_an_end_before_its_start_is_seen_behind_the_wall_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    with pytest.raises(ValueError, match="no interval"):
        Interval(
            start=datetime(2026, 10, 25, 2, 15, tzinfo=berlin, fold=1),
            end=datetime(2026, 10, 25, 2, 30, tzinfo=berlin),
        )


@given(INTERVALS, INTERVALS)
def test_that_two_intervals_overlap_where_some_instant_is_in_both(
    one: Interval, other: Interval
) -> None:
    halves = [NIGHT + timedelta(minutes=30 * half) for half in range(100)]
    shared = any(one.holds(moment) and other.holds(moment) for moment in halves)
    assert one.overlaps(other) == other.overlaps(one) == shared


def test_that_touching_is_no_overlap() -> None:
    assert not interval(0, 2).overlaps(interval(2, 4))
    assert not interval(0, 2).holds(interval(2, 4).start)


def test_that_an_empty_interval_overlaps_nothing() -> None:
    assert not interval(1, 1).overlaps(interval(0, 2))


@given(INTERVALS, INTERVALS)
def test_that_what_is_covered_holds_no_instant_outside(one: Interval, other: Interval) -> None:
    if one.covers(other):
        assert one.start <= other.start
        assert other.length <= one.length


@given(INTERVALS, st.timedeltas(min_value=timedelta(days=-9), max_value=timedelta(days=9)))
def test_that_moving_keeps_the_length(one: Interval, by: timedelta) -> None:
    assert one.moved(by).length == one.length
    assert one.moved(by).moved(-by) == one

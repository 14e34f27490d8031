# ruff: noqa: DTZ001 - a wall time has no zone of its own
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.calendar.entries import Recurring
from relconsole.domain.calendar.recurrence import (
    check_recurring,
    find_next_opening,
    occurrences,
)
from relconsole.domain.calendar.rule import BadRule
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.kernel.zones import Doubled, Meant, Missing, read_wall

BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)


def meant(wall: datetime, zone: str = BERLIN) -> Meant:
    reading = read_wall(wall, zone)
    assert isinstance(reading, Meant)
    return reading


def recurring(
    start: datetime, end: datetime, rrule: str = "", zone: str = BERLIN, *exdates: datetime
) -> Recurring:
    return Recurring(start=meant(start, zone), end=meant(end, zone), rrule=rrule, exdates=exdates)


def span(start: datetime, end: datetime) -> Interval:
    return Interval(start=start.replace(tzinfo=UTC), end=end.replace(tzinfo=UTC))


def list_spans(when: Recurring, within: Interval) -> list[tuple[str, str]]:
    zone = ZoneInfo(when.start.zone)
    return [
        (
            each.span.start.astimezone(zone).isoformat(timespec="minutes"),
            each.span.end.astimezone(zone).isoformat(timespec="minutes"),
        )
        for each in occurrences(when, within)
    ]


def test_that_an_entry_without_a_rule_occurs_once() -> None:
    when = recurring(datetime(2026, 4, 30), datetime(2026, 5, 2))
    assert list_spans(when, span(datetime(2026, 1, 1), datetime(2027, 1, 1))) == [
        ("2026-04-30T00:00+02:00", "2026-05-02T00:00+02:00")
    ]
    assert list_spans(when, span(datetime(2026, 5, 3), datetime(2027, 1, 1))) == []


def test_that_touching_is_no_overlap_on_either_side() -> None:
    when = recurring(datetime(2026, 4, 30, 2), datetime(2026, 4, 30, 4))
    assert not list_spans(when, span(datetime(2026, 4, 29), datetime(2026, 4, 30)))
    assert not list_spans(when, span(datetime(2026, 4, 30, 2), datetime(2026, 4, 30, 3)))
    assert list_spans(when, span(datetime(2026, 4, 30, 1, 59), datetime(2026, 4, 30, 3)))


def test_that_the_last_day_of_each_month_is_found_and_exdates_are_left_out() -> None:
    when = recurring(
        datetime(2026, 4, 30),
        datetime(2026, 5, 2),
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        BERLIN,
        datetime(2026, 6, 30),
    )
    found = list_spans(when, span(datetime(2026, 5, 5), datetime(2026, 9, 1)))
    assert [start[:10] for start, _ in found] == ["2026-05-31", "2026-07-31", "2026-08-31"]


def test_that_a_whole_day_is_as_long_as_the_clock_makes_it() -> None:
    when = recurring(datetime(2026, 1, 1), datetime(2026, 1, 2), "FREQ=DAILY")
    short, long = (
        next(
            occurrences(when, span(datetime(2026, month, day, 12), datetime(2026, month, day, 13)))
        )
        for month, day in ((3, 29), (10, 25))
    )
    assert (short.span.length, long.span.length) == (23 * HOUR, 25 * HOUR)
    assert short.clock_change is None


def test_that_an_occurrence_in_a_gap_begins_at_the_first_instant_after_it() -> None:
    when = recurring(datetime(2026, 3, 1, 2, 30), datetime(2026, 3, 1, 4), "FREQ=DAILY")
    found = next(occurrences(when, span(datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 2))))
    assert found.span == span(datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 2))
    assert found.wall == datetime(2026, 3, 29, 2, 30)
    assert isinstance(found.clock_change, Missing)


def test_that_an_end_in_a_gap_is_the_first_instant_after_it() -> None:
    when = recurring(datetime(2026, 3, 1, 1), datetime(2026, 3, 1, 2, 30), "FREQ=DAILY")
    found = next(occurrences(when, span(datetime(2026, 3, 29), datetime(2026, 3, 29, 2))))
    assert found.span == span(datetime(2026, 3, 29), datetime(2026, 3, 29, 1))


def test_that_an_occurrence_wholly_in_a_gap_keeps_its_length_after_it() -> None:
    when = recurring(datetime(2026, 3, 1, 2, 10), datetime(2026, 3, 1, 2, 50), "FREQ=DAILY")
    found = next(occurrences(when, span(datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 2))))
    assert found.span == span(datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 1, 40))


def test_that_an_occurrence_at_a_time_that_exists_twice_takes_the_first() -> None:
    when = recurring(datetime(2026, 10, 1, 2, 30), datetime(2026, 10, 1, 4), "FREQ=DAILY")
    found = next(occurrences(when, span(datetime(2026, 10, 25), datetime(2026, 10, 25, 2))))
    assert found.span == span(datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 3))
    assert isinstance(found.clock_change, Doubled)


def test_that_the_first_occurrence_is_at_the_instants_that_were_stated() -> None:
    second = Meant(
        instant=datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        wall=datetime(2026, 10, 25, 2, 30),
        zone=BERLIN,
    )
    when = Recurring(start=second, end=meant(datetime(2026, 10, 25, 4)), rrule="FREQ=DAILY")
    found = next(occurrences(when, span(datetime(2026, 10, 25), datetime(2026, 10, 26))))
    assert found.span.start == second.instant


@pytest.mark.parametrize(
    ("zone", "wall", "gap_end"),
    [
        (BERLIN, datetime(2026, 3, 29, 2, 0), datetime(2026, 3, 29, 1)),
        (BERLIN, datetime(2026, 3, 29, 2, 59, 59, 999_999), datetime(2026, 3, 29, 1)),
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, 15), datetime(2026, 10, 3, 15, 30)),
        ("Africa/Cairo", datetime(2026, 4, 24, 0, 0), datetime(2026, 4, 23, 22)),
        ("Pacific/Apia", datetime(2011, 12, 30, 12), datetime(2011, 12, 30, 10)),
    ],
)
def test_that_the_end_of_a_gap_is_the_instant_of_the_clock_change(
    zone: str, wall: datetime, gap_end: datetime
) -> None:
    first = wall - timedelta(days=7)
    when = recurring(first, first + 2 * HOUR, "FREQ=DAILY", zone)
    begins = {
        each.wall: each.span.start
        for each in occurrences(when, span(gap_end - 30 * HOUR, gap_end + 30 * HOUR))
    }
    assert begins[wall] == gap_end.replace(tzinfo=UTC)


def test_that_count_counts_from_the_first_one_excluded_dates_too() -> None:
    when = recurring(
        datetime(2026, 1, 1, 22),
        datetime(2026, 1, 2, 5),
        "FREQ=DAILY;COUNT=3",
        BERLIN,
        datetime(2026, 1, 2, 22),
    )
    found = list_spans(when, span(datetime(2025, 1, 1), datetime(2027, 1, 1)))
    assert [start[:10] for start, _ in found] == ["2026-01-01", "2026-01-03"]


@given(
    wall=st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 28)),
    length=st.timedeltas(timedelta(minutes=1), timedelta(days=3)),
    zone=st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]),
)
def test_that_daily_occurrences_come_in_order_once_a_day_and_never_end_before_they_begin(
    wall: datetime, length: timedelta, zone: str
) -> None:
    start = meant(wall, zone)
    end = start.wall + length
    when = Recurring(start=start, end=meant(end, zone), rrule="FREQ=DAILY")
    year = span(datetime(2026, 2, 15), datetime(2027, 1, 31))
    found = list(occurrences(when, year))
    begins = [each.span.start for each in found]
    assert begins == sorted(set(begins))
    assert all(each.span.end > each.span.start for each in found)
    assert len({each.wall.date() for each in found}) == len(found) >= 350


def test_that_the_next_opening_is_the_first_that_begins_at_or_after_an_instant() -> None:
    when = recurring(datetime(2026, 1, 1, 22), datetime(2026, 1, 2, 5), "FREQ=WEEKLY")
    within_one = datetime(2026, 4, 16, 22, tzinfo=UTC)
    opening = find_next_opening(when, within_one)
    assert opening is not None
    assert opening.wall == datetime(2026, 4, 23, 22)
    exactly = find_next_opening(when, opening.span.start)
    assert exactly == opening


def test_that_a_rule_that_is_over_opens_never_again() -> None:
    when = recurring(
        datetime(2026, 1, 1, 22), datetime(2026, 1, 2, 5), "FREQ=WEEKLY;UNTIL=20260201T000000"
    )
    assert find_next_opening(when, datetime(2026, 4, 16, tzinfo=UTC)) is None


def test_that_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(BadRule, match="before it starts"):
        check_recurring(recurring(datetime(2026, 1, 2), datetime(2026, 1, 1)))
    check_recurring(recurring(datetime(2026, 1, 1), datetime(2026, 1, 1), "FREQ=DAILY"))


def test_that_more_occurrences_than_asked_for_are_refused_not_cut() -> None:
    when = recurring(datetime(2026, 1, 1, 22), datetime(2026, 1, 2, 5), "FREQ=DAILY")
    year = span(datetime(2026, 2, 1), datetime(2027, 2, 1))
    with pytest.raises(BadRule, match="more than 10 times"):
        list(occurrences(when, year, most=10))
    assert len(list(islice(occurrences(when, year, most=10), 10))) == 10

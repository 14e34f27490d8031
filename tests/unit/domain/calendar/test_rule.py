# ruff: noqa: DTZ001 - a wall time has no zone of its own
from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice, takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.calendar.rule import (
    BadRule,
    Frequency,
    Rule,
    expand_rule,
    parse_rule,
)

BERLIN = "Europe/Berlin"
FIRST = datetime(2026, 1, 1, 22)


def list_walls(
    text: str, first: datetime, last: datetime, skip_to: datetime | None = None
) -> list[datetime]:
    return list(expand_rule(parse_rule(text, BERLIN), first, last, skip_to=skip_to or first))


def list_days(text: str, first: datetime, last: datetime) -> list[str]:
    return [f"{wall:%Y-%m-%d}" for wall in list_walls(text, first, last)]


# What no rule of RFC 5545 may combine is left out; so is a week of which BYSETPOS counts from the
# first day, because dateutil begins the first week at the first occurrence.
DAY_PARTS = {
    "DAILY": ["BYMONTHDAY=-1,15", "BYDAY=MO,FR", "BYMONTH=2,4,12", "BYMONTHDAY=31"],
    "WEEKLY": ["BYDAY=TU", "BYDAY=SU,MO", "BYMONTH=1,3", "BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"],
    "MONTHLY": [
        "BYMONTHDAY=-1",
        "BYMONTHDAY=1,15,31",
        "BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-3,-2,-1",
        "BYDAY=+2TH",
        "BYDAY=-1FR,1MO",
        "BYDAY=FR;BYMONTHDAY=13",
        "BYMONTH=2,6",
        "BYDAY=SU;BYSETPOS=5",
    ],
    "YEARLY": [
        "BYWEEKNO=20;BYDAY=MO",
        "BYWEEKNO=1,-1",
        "BYWEEKNO=53;BYDAY=TH",
        "BYYEARDAY=-1,100",
        "BYMONTH=2;BYMONTHDAY=29",
        "BYMONTH=3,10;BYDAY=-1SU",
        "BYDAY=20MO,-1TU",
        "BYMONTH=5",
        "BYMONTHDAY=13;BYDAY=FR",
        "BYDAY=MO,TU;BYSETPOS=1,-1",
    ],
}


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(list(DAY_PARTS)))
    parts = [f"FREQ={frequency}"]
    parts += draw(st.lists(st.sampled_from(DAY_PARTS[frequency]), max_size=1))
    parts += draw(st.sampled_from([[], ["INTERVAL=2"], ["INTERVAL=3"], ["INTERVAL=7"]]))
    parts += draw(st.sampled_from([[], ["WKST=SU"], ["WKST=TH"]]))
    parts += draw(st.sampled_from([[], ["BYHOUR=1,13"], ["BYHOUR=0,5;BYMINUTE=0,30"]]))
    parts += draw(st.sampled_from([[], ["COUNT=7"], ["UNTIL=20240229T120000"]]))
    return ";".join(parts)


@given(
    text=rules(),
    first=st.datetimes(datetime(2019, 12, 1), datetime(2021, 2, 1)),
    days=st.integers(0, 365 * 9),
    skipped=st.integers(0, 365 * 9),
)
def test_that_a_rule_names_the_times_that_dateutil_names(
    text: str, first: datetime, days: int, skipped: int
) -> None:
    first = first.replace(microsecond=0)
    last, skip_to = first + timedelta(days=days), first + timedelta(days=skipped)
    known = list(takewhile(lambda wall: wall <= last, rrulestr(text, dtstart=first)))
    assert list_walls(text, first, last) == known
    after = [wall for wall in list_walls(text, first, last, skip_to) if wall >= skip_to]
    assert after == [wall for wall in known if wall >= skip_to]


@pytest.mark.parametrize(
    "text",
    [
        ";".join(part for part in (f"FREQ={frequency}", days, interval) if part)
        for frequency, parts in DAY_PARTS.items()
        for days in ("", *parts)
        for interval in ("", "INTERVAL=3")
    ],
)
def test_that_each_part_alone_names_the_times_that_dateutil_names(text: str) -> None:
    first, last = datetime(2020, 1, 28, 22), datetime(2033, 1, 1)
    known = list(takewhile(lambda wall: wall <= last, rrulestr(text, dtstart=first)))
    assert list_walls(text, first, last) == known


def test_that_mixed_counted_and_plain_weekdays_are_all_named() -> None:
    found = list_days("FREQ=MONTHLY;BYDAY=SU,1MO", datetime(2026, 1, 1), datetime(2026, 1, 31))
    assert found == ["2026-01-04", "2026-01-05", "2026-01-11", "2026-01-18", "2026-01-25"]


def test_that_positions_in_a_first_week_count_from_the_start_of_the_week() -> None:
    text = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1"
    assert list_days(text, datetime(2026, 1, 1), datetime(2026, 1, 12)) == [
        "2026-01-05",
        "2026-01-12",
    ]


def test_that_microseconds_of_the_first_time_are_kept() -> None:
    first = datetime(2026, 1, 1, 22, 0, 0, 250_000)
    assert list_walls("FREQ=DAILY", first, first + timedelta(days=1))[1].microsecond == 250_000


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260103T220000", "2026-01-03"),
        ("20260103T215959", "2026-01-02"),
        ("20260103T210000Z", "2026-01-03"),
        ("20260103T205959Z", "2026-01-02"),
        ("20260103", "2026-01-03"),
        ("20251231", None),
    ],
)
def test_that_until_is_the_last_begin_included(until: str, last: str | None) -> None:
    found = list_days(f"FREQ=DAILY;UNTIL={until}", FIRST, datetime(2027, 1, 1))
    assert found[-1:] == ([last] if last else [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY",
        "BYDAY=MO",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=10000000000",
        "FREQ=DAILY;INTERVAL=x",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1000000",
        "FREQ=DAILY;COUNT=3;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;UNTIL=20271301",
        "FREQ=DAILY;UNTIL=20270101T250000",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;BYDAY",
        "FREQ=DAILY;BYDAY=",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=WEEKLY;WKST=1MO",
        "FREQ=WEEKLY;WKST=MO,TU",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYEASTER=1",
        "FREQ=DAILY;BYWEEKNO=1",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYYEARDAY=1",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=2MO",
        "FREQ=DAILY\nEXDATE:20260101",
        "DTSTART:20260101",
        "FREQ=DAILY;BYHOUR=" + ",".join(["1"] * 1000),
    ],
)
def test_that_what_no_calendar_needs_is_no_rule(text: str) -> None:
    with pytest.raises(BadRule):
        parse_rule(text, BERLIN)


def test_that_a_rule_is_read_in_any_case_with_its_prefix() -> None:
    assert parse_rule("RRULE:freq=monthly;interval=2;byday=tu,-1fr;wkst=su", BERLIN) == Rule(
        frequency=Frequency.MONTHLY, interval=2, weekdays=((0, 1), (-1, 4)), week_start=6
    )
    assert parse_rule("FREQ=DAILY;BYHOUR=3,0,3;COUNT=5;", BERLIN) == Rule(
        frequency=Frequency.DAILY, count=5, numbers=Map({"BYHOUR": (0, 3)})
    )


EVERY_MINUTE = (
    f"BYHOUR={','.join(str(hour) for hour in range(24))}"
    f";BYMINUTE={','.join(str(minute) for minute in range(60))}"
)


def test_that_a_rule_too_dense_to_follow_is_refused() -> None:
    with pytest.raises(BadRule, match="too dense"):
        list_walls(f"FREQ=DAILY;{EVERY_MINUTE}", FIRST, datetime(2027, 1, 1))


def test_that_a_dense_rule_is_followed_as_far_as_it_is_asked() -> None:
    walls = expand_rule(
        parse_rule(f"FREQ=DAILY;{EVERY_MINUTE}", BERLIN),
        FIRST,
        datetime(2026, 2, 1),
        skip_to=datetime(2026, 1, 20),
    )
    assert list(islice(walls, 2)) == [datetime(2026, 1, 20), datetime(2026, 1, 20, 0, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=DAILY;BYSETPOS=2",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1",
    ],
)
def test_that_what_never_comes_is_not_searched_beyond_the_last_moment(text: str) -> None:
    assert list_walls(text, FIRST, datetime(2060, 1, 1)) == []


def test_that_a_count_from_the_far_past_is_refused() -> None:
    text = "FREQ=DAILY;COUNT=1;BYMONTH=2;BYMONTHDAY=30"
    with pytest.raises(BadRule, match="too far"):
        list_walls(text, datetime(1600, 1, 1), FIRST)


@pytest.mark.parametrize(
    ("frequency", "count"), [("DAILY", 2), ("WEEKLY", 1), ("MONTHLY", 1), ("YEARLY", 1)]
)
def test_that_a_rule_ends_with_the_calendar(frequency: str, count: int) -> None:
    first = datetime(9999, 12, 20, 1)
    found = list_walls(f"FREQ={frequency};INTERVAL=6", first, datetime(9999, 12, 31, 23))
    assert found[0] == first
    assert len(found) == count

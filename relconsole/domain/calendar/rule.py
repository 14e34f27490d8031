"""Recurrence rules of RFC 5545, taken apart strictly and expanded in wall time.

What a wall time means in a zone is not known here. The rules are expanded by our own hands because
the usual library searches to the year 9999 for what never comes, and a rule is another's text.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import product
from typing import Final, assert_never

from immutables import Map

from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.zones import find_zone

MOST_OCCURRENCES: Final = 10_000
_MOST_CANDIDATES: Final = 200_000
_MOST_DAYS: Final = 100_000
_MOST_INTERVAL: Final = 1_000
_LONGEST_TEXT: Final = 1_000
_DAY: Final = timedelta(days=1)
_MONTHS: Final = 12
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NUMBERS: Final = {
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
    "BYSETPOS": (-366, 366),
}
_HAS_ZERO: Final = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_NAMES_DAY: Final = frozenset({"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"})
_WEEKDAY: Final = re.compile(r"(?P<nth>[+-]?[1-9]\d?)?(?P<day>MO|TU|WE|TH|FR|SA|SU)")
_UNTIL: Final = re.compile(r"(?P<day>\d{8})(?:T(?P<clock>\d{6})(?P<utc>Z?))?")
_LAST_NTH: Final = 53


class BadRule(PersonMustAct):
    """A recurrence that is no rule of RFC 5545, or one that no calendar needs."""


class Frequency(StrEnum):
    """How often a rule asks which days it names."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


_FORBIDDEN: Final = {
    Frequency.DAILY: frozenset({"BYWEEKNO", "BYYEARDAY"}),
    Frequency.WEEKLY: frozenset({"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY"}),
    Frequency.MONTHLY: frozenset({"BYWEEKNO", "BYYEARDAY"}),
    Frequency.YEARLY: frozenset[str](),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A recurrence rule taken apart.

    ``until`` is the last wall time, included, in the zone of the entry. ``numbers`` are the parts
    BYMONTH to BYSETPOS that are there; ``weekdays`` are pairs of which one (0 for each, negative
    from the end) and the day, Monday 0; ``week_start`` is such a day.
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    week_start: int = 0
    numbers: Map[str, tuple[int, ...]] = field(default_factory=Map)
    weekdays: tuple[tuple[int, int], ...] = ()


def parse_rule(text: str, zone: str) -> Rule:
    """Give the rule of an RFC 5545 text; BadRule for anything else.

    An UNTIL with ``Z`` is turned into wall time of the zone; one that is a bare date means the
    whole of that day. Nothing repeats more often than daily; BYHOUR names several times of a day.
    """
    parts = _split(text)
    try:
        frequency = Frequency(parts.pop("FREQ", ""))
    except ValueError as wrong:
        names = ", ".join(Frequency)
        raise BadRule(f"{text!r} has no FREQ of its own.", do=f"Write one of {names}.") from wrong
    interval = _read_number(parts.pop("INTERVAL", "1"), "INTERVAL", 1, _MOST_INTERVAL)
    count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    if count is not None and until is not None:
        raise BadRule(f"{text!r} has both COUNT and UNTIL.", do="Write one of them.")
    week_start = parts.pop("WKST", "MO")
    if week_start not in _WEEKDAYS:
        raise BadRule(f"WKST={week_start} is no day of the week.")
    weekdays = _read_weekdays(parts.pop("BYDAY", ""), frequency, parts)
    return Rule(
        frequency=frequency,
        interval=interval,
        count=None if count is None else _read_number(count, "COUNT", 1, MOST_OCCURRENCES),
        until=None if until is None else _read_until(until, zone),
        week_start=_WEEKDAYS.index(week_start),
        numbers=Map({key: _read_part(key, parts[key], frequency) for key in parts}),
        weekdays=weekdays,
    )


def _split(text: str) -> dict[str, str]:
    """Give the parts of a rule by name."""
    if len(text) > _LONGEST_TEXT:
        raise BadRule(f"A recurrence rule of {len(text)} characters is too long.")
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").removesuffix(";").split(";"):
        key, equals, value = part.partition("=")
        if not equals or not value or key in parts:
            raise BadRule(f"{part!r} in {text!r} is not one KEY=VALUE, each key once.")
        parts[key] = value
    return parts


def _read_part(key: str, value: str, frequency: Frequency) -> tuple[int, ...]:
    """Give the numbers of a BY part, sorted, each once."""
    if key not in _NUMBERS:
        raise BadRule(f"{key} is no part of a recurrence rule.")
    if key in _FORBIDDEN[frequency]:
        raise BadRule(f"{key} has no meaning in a {frequency} rule.")
    found = {_read_number(number, key, *_NUMBERS[key]) for number in value.split(",")}
    if 0 in found and key not in _HAS_ZERO:
        raise BadRule(f"{key}={value}: counting starts at 1 or -1.")
    return tuple(sorted(found))


def _read_weekdays(
    value: str, frequency: Frequency, parts: Mapping[str, str]
) -> tuple[tuple[int, int], ...]:
    """Give the weekdays of BYDAY."""
    found: list[tuple[int, int]] = []
    for day in value.split(",") if value else ():
        weekday = _WEEKDAY.fullmatch(day)
        if weekday is None or abs(int(weekday["nth"] or 0)) > _LAST_NTH:
            raise BadRule(f"BYDAY={value}: {day!r} is no weekday such as MO, 2TU or -1FR.")
        takes_nth = frequency in {Frequency.MONTHLY, Frequency.YEARLY} and "BYWEEKNO" not in parts
        if weekday["nth"] and not takes_nth:
            raise BadRule(f"BYDAY={value}: {day} counts weekdays, which this rule cannot.")
        found.append((int(weekday["nth"] or 0), _WEEKDAYS.index(weekday["day"])))
    return tuple(found)


def _read_number(text: str, key: str, low: int, high: int) -> int:
    """Give the whole number of a part within its range."""
    if re.fullmatch(r"[+-]?[0-9]{1,6}", text) is None or not low <= int(text) <= high:
        raise BadRule(f"{key}={text} is not a whole number from {low} to {high}.")
    return int(text)


def _read_until(text: str, zone: str) -> datetime:
    """Give the last wall time of a rule, included."""
    found = _UNTIL.fullmatch(text)
    if found is None:
        raise BadRule(f"UNTIL={text} is neither a date nor a date and time.")
    try:
        if found["clock"] is None:
            return datetime.combine(date.fromisoformat(found["day"]), time.max)
        wall = datetime.fromisoformat(f"{found['day']}T{found['clock']}")
    except ValueError as wrong:
        raise BadRule(f"UNTIL={text} is no date of the calendar.") from wrong
    if not found["utc"]:
        return wall
    return wall.replace(tzinfo=UTC).astimezone(find_zone(zone)).replace(tzinfo=None, fold=0)


def expand_rule(
    rule: Rule, first: datetime, last: datetime, *, skip_to: datetime
) -> Iterator[datetime]:
    """Give the wall times of a rule from its first up to the last, included, in order.

    What lies before ``skip_to`` may be left out. BadRule where more would have to be looked at than
    a calendar is worth.
    """
    end = min(last, rule.until or last)
    times = _list_times(rule, first)
    candidates = days_seen = 0
    index = _find_period(rule, first.date(), skip_to.date())
    while True:
        days = _list_days(rule, first.date(), index)
        if not days or datetime.combine(days[0], time.min) > end:
            return
        days_seen += len(days)
        if days_seen > _MOST_DAYS:
            raise BadRule(f"A {rule.frequency} rule from {first.date()} reaches too far.")
        matching = [day for day in days if _holds(rule, first.date(), day)]
        for wall in _pick(rule, matching, times):
            if wall < first:
                continue
            candidates += 1
            if wall > end or (rule.count is not None and candidates > rule.count):
                return
            if candidates > _MOST_CANDIDATES:
                raise BadRule(f"A {rule.frequency} rule from {first.date()} is too dense.")
            yield wall
        index += rule.interval


def _list_times(rule: Rule, first: datetime) -> list[time]:
    """Give the times of a day that a rule names, in order."""
    return [
        time(hour, minute, second, first.microsecond)
        for hour, minute, second in product(
            rule.numbers.get("BYHOUR", (first.hour,)),
            rule.numbers.get("BYMINUTE", (first.minute,)),
            rule.numbers.get("BYSECOND", (first.second,)),
        )
    ]


def _find_period(rule: Rule, first: date, target: date) -> int:
    """Give the number of a period in step with the first, at or before the target.

    The period of the first is 0. Where occurrences are counted, none may be left out.
    """
    if rule.count is not None or target <= first:
        return 0
    match rule.frequency:
        case Frequency.DAILY:
            passed = (target - first).days
        case Frequency.WEEKLY:
            passed = (target - first).days // 7
        case Frequency.MONTHLY:
            passed = (target.year - first.year) * _MONTHS + target.month - first.month
        case Frequency.YEARLY:
            passed = target.year - first.year
        case _:
            assert_never(rule.frequency)
    return passed // rule.interval * rule.interval


def _list_days(rule: Rule, first: date, index: int) -> Sequence[date]:
    """Give the days of a period, in order; none where the calendar ends."""
    try:
        match rule.frequency:
            case Frequency.DAILY:
                return (first + index * _DAY,)
            case Frequency.WEEKLY:
                begin = first + (7 * index - (first.weekday() - rule.week_start) % 7) * _DAY
                return [begin + day * _DAY for day in range(7)]
            case Frequency.MONTHLY:
                years, month = divmod(first.month - 1 + index, _MONTHS)
                begin = date(first.year + years, month + 1, 1)
                length = _count_month_days(begin)
            case Frequency.YEARLY:
                begin = date(first.year + index, 1, 1)
                length = _count_year_days(begin)
            case _:
                assert_never(rule.frequency)
    except (ValueError, OverflowError):
        return ()
    return [begin + day * _DAY for day in range(length)]


def _holds(rule: Rule, first: date, day: date) -> bool:
    """Tell whether a day is one that the rule names; what it leaves out the first day says."""
    numbers = rule.numbers
    if not rule.weekdays and _NAMES_DAY.isdisjoint(numbers):
        if not _is_like_first(rule, first, day):
            return False
    elif rule.weekdays and not any(_is_weekday(rule, day, *each) for each in rule.weekdays):
        return False
    return (
        ("BYMONTH" not in numbers or day.month in numbers["BYMONTH"])
        and (
            "BYMONTHDAY" not in numbers
            or _is_among(numbers["BYMONTHDAY"], day.day, _count_month_days(day))
        )
        and (
            "BYYEARDAY" not in numbers
            or _is_among(numbers["BYYEARDAY"], _number_in_year(day), _count_year_days(day))
        )
        and (
            "BYWEEKNO" not in numbers
            or _is_among(numbers["BYWEEKNO"], *_number_week(day, rule.week_start))
        )
    )


def _is_like_first(rule: Rule, first: date, day: date) -> bool:
    """Tell whether a day is the first one's like in its period."""
    match rule.frequency:
        case Frequency.DAILY:
            return True
        case Frequency.WEEKLY:
            return day.weekday() == first.weekday()
        case Frequency.MONTHLY:
            return day.day == first.day
        case Frequency.YEARLY:
            return day.day == first.day and ("BYMONTH" in rule.numbers or day.month == first.month)
        case _:
            assert_never(rule.frequency)


def _is_among(wanted: tuple[int, ...], number: int, of: int) -> bool:
    """Tell whether a number, or its distance from the end, is wanted."""
    return number in wanted or number - of - 1 in wanted


def _is_weekday(rule: Rule, day: date, nth: int, weekday: int) -> bool:
    """Tell whether a day is this weekday, and the nth of its month or year where one is asked."""
    if day.weekday() != weekday:
        return False
    if nth == 0:
        return True
    if rule.frequency is Frequency.MONTHLY or "BYMONTH" in rule.numbers:
        number, length = day.day, _count_month_days(day)
    else:
        number, length = _number_in_year(day), _count_year_days(day)
    return nth in {(number - 1) // 7 + 1, -((length - number) // 7 + 1)}


def _count_month_days(day: date) -> int:
    """Give how many days the month of a day has."""
    return monthrange(day.year, day.month)[1]


def _number_in_year(day: date) -> int:
    """Give the number of a day in its year, from 1."""
    return day.timetuple().tm_yday


def _count_year_days(day: date) -> int:
    """Give how many days the year of a day has."""
    return _number_in_year(day.replace(month=12, day=31))


def _number_week(day: date, week_start: int) -> tuple[int, int]:
    """Give the number of a day's week and of weeks in that week's year.

    Week 1 is the first with four days in the year, as in ISO 8601, for any start of the week.
    """
    middle = day + (3 - (day.weekday() - week_start) % 7) * _DAY
    last = date(middle.year, 12, 28)
    last_middle = last + (3 - (last.weekday() - week_start) % 7) * _DAY
    return (_number_in_year(middle) - 1) // 7 + 1, (_number_in_year(last_middle) - 1) // 7 + 1


def _pick(rule: Rule, days: Sequence[date], times: Sequence[time]) -> Iterator[datetime]:
    """Give the wall times of a period, those at the positions of BYSETPOS where it is there."""
    size = len(days) * len(times)
    wanted = rule.numbers.get("BYSETPOS")
    if wanted is None:
        positions: Sequence[int] = range(size)
    else:
        counted = (each - 1 if each > 0 else size + each for each in wanted)
        positions = sorted({each for each in counted if 0 <= each < size})
    for position in positions:
        day, clock = divmod(position, len(times))
        yield datetime.combine(days[day], times[clock])

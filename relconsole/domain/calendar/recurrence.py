"""Occurrences of a recurring span: expanded in wall time, then read as instants.

An occurrence whose wall time a clock change skips is not dropped, as RFC 5545 would have it, so
that a freeze never vanishes. The rules themselves are in ``rule``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from relconsole.domain.calendar.entries import Recurring
from relconsole.domain.calendar.rule import MOST_OCCURRENCES, BadRule, expand_rule, parse_rule
from relconsole.domain.kernel.instants import Interval, in_utc
from relconsole.domain.kernel.zones import Doubled, Meant, Missing, Reading, find_zone, read_wall

_MARGIN: Final = timedelta(days=2)
"""More than two wall clocks of one zone can differ, and than a clock change can move one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One occurrence: its span in UTC, and the wall time at which it was meant to begin.

    ``clock_change`` is the reading of that wall time where it does not exist or exists twice.
    """

    span: Interval
    wall: datetime
    clock_change: Missing | Doubled | None = None


def check_recurring(when: Recurring) -> None:
    """Raise BadRule where a recurring span cannot be expanded."""
    if when.rrule:
        parse_rule(when.rrule, when.start.zone)
    if when.end.instant < when.start.instant:
        raise BadRule(f"It ends at {when.end.wall}, before it starts at {when.start.wall}.")


def occurrences(
    when: Recurring, within: Interval, *, most: int = MOST_OCCURRENCES
) -> Iterator[Occurrence]:
    """Give the occurrences that overlap an interval, in order, as they are asked for.

    Each begins at its wall time read in the zone of the start, and ends as much wall time later as
    the first one does. A begin or end that a clock change skips is the first instant after the gap;
    one that exists twice is the first, save for the first occurrence, whose instants were stated.
    An occurrence that lies wholly in a gap keeps its length after it. BadRule for more than
    ``most``.
    """
    check_recurring(when)
    given = 0
    excluded = frozenset(when.exdates)
    for wall in _expand(when, within):
        if wall in excluded:
            continue
        occurrence = _place(when, wall)
        if not occurrence.span.overlaps(within):
            continue
        given += 1
        if given > most:
            raise BadRule(
                f"{when.rrule!r} occurs more than {most} times from {within.start} to {within.end}."
            )
        yield occurrence


def find_next_opening(
    when: Recurring, moment: datetime, *, horizon: timedelta = timedelta(days=800)
) -> Occurrence | None:
    """Give the first occurrence that begins at or after an instant, None within the horizon."""
    ahead = Interval(start=moment, end=moment + horizon)
    return next((each for each in occurrences(when, ahead) if each.span.start >= moment), None)


def _expand(when: Recurring, within: Interval) -> Iterator[datetime]:
    """Give the wall times of the rule up to the end of the interval, most of the past skipped."""
    first, zone = when.start.wall, find_zone(when.start.zone)
    if not when.rrule:
        return iter((first,))
    begin, end = (
        moment.astimezone(zone).replace(tzinfo=None, fold=0)
        for moment in (within.start, within.end)
    )
    skip_to = begin - _length(when) - _MARGIN
    rule = parse_rule(when.rrule, when.start.zone)
    return expand_rule(rule, first, end + _MARGIN, skip_to=skip_to)


def _length(when: Recurring) -> timedelta:
    """Give how much wall time a span takes, at least none."""
    return max(when.end.wall - when.start.wall, timedelta(0))


def _place(when: Recurring, wall: datetime) -> Occurrence:
    """Give the occurrence that is meant to begin at a wall time."""
    if wall == when.start.wall:
        return Occurrence(
            span=Interval(start=in_utc(when.start.instant), end=in_utc(when.end.instant)), wall=wall
        )
    reading = read_wall(wall, when.start.zone)
    start = _settle(reading)
    end = _settle(read_wall(wall + _length(when), when.start.zone))
    if end <= start:
        end = start + _length(when)
    return Occurrence(
        span=Interval(start=start, end=end),
        wall=wall,
        clock_change=None if isinstance(reading, Meant) else reading,
    )


def _settle(reading: Reading) -> datetime:
    """Give the one instant of a reading: the first of two, or the first after a gap."""
    match reading:
        case Meant(instant=instant):
            return instant
        case Doubled(first=first):
            return first
        case Missing():
            return _find_gap_end(reading)
        case _:
            assert_never(reading)


def _find_gap_end(missing: Missing) -> datetime:
    """Give the instant of the clock change between the two readings of a skipped wall time."""
    zone = ZoneInfo(missing.zone)
    before, after = missing.after.replace(microsecond=0), missing.before + timedelta(seconds=1)
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after

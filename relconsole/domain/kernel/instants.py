"""Instants in UTC and half-open intervals between them.

Every datetime inside the program is aware and in UTC: subtracting two aware datetimes of one zone
across a clock change gives wall time, so nothing here ever computes in a local zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


def in_utc(moment: datetime) -> datetime:
    """Give the same instant in UTC.

    ValueError for a naive datetime, and for one that lies outside the years 1 to 9999 in UTC.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as outside:
        raise ValueError(f"{moment.isoformat()} is outside the calendar in UTC") from outside


def format_instant(moment: datetime) -> str:
    """Give RFC 3339 in UTC with ``Z``; microseconds only where there are any."""
    return in_utc(moment).replace(tzinfo=None).isoformat() + "Z"


def parse_instant(text: str) -> datetime:
    """Give the instant that an ISO 8601 text with offset names; ValueError where it names none."""
    return in_utc(datetime.fromisoformat(text))


def parse_written_instant(text: str) -> datetime:
    """Give the instant of a text that ``format_instant`` wrote; ValueError for another spelling.

    For records, of which each value has one form only.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not UTC or moment.isoformat() != f"{text[:-1]}+00:00" or text[-1] != "Z":
        raise ValueError(f"{text!r} is not written in UTC with Z")
    return moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The time from ``start`` up to, not including, ``end``; touching is no overlap.

    Both ends are kept in UTC, whatever zone they came in. ValueError for a naive end, and for an
    end before its start; the two may be equal, and then no instant lies inside.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Bring both ends to UTC, since two of one zone would be compared by the wall."""
        object.__setattr__(self, "start", in_utc(self.start))
        object.__setattr__(self, "end", in_utc(self.end))
        if self.end < self.start:
            raise ValueError(f"no interval from {self.start} to {self.end}")

    @property
    def length(self) -> timedelta:
        """Give the real time between the ends, across clock changes too."""
        return self.end - self.start

    def overlaps(self, other: Interval) -> bool:
        """Tell whether some instant lies in both."""
        return max(self.start, other.start) < min(self.end, other.end)

    def holds(self, moment: datetime) -> bool:
        """Tell whether the instant lies inside."""
        return self.start <= moment < self.end

    def covers(self, other: Interval) -> bool:
        """Tell whether the other lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def moved(self, by: timedelta) -> Interval:
        """Give the interval of the same length, later by this much."""
        return Interval(start=self.start + by, end=self.end + by)

"""Wall times and what they mean in a zone: one instant, none, or two.

A wall time that does not exist or exists twice is never guessed: the caller gets both readings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from relconsole.domain.kernel.instants import Interval, format_instant, in_utc

WALL_MARK: Final = "wall time"
WallTime: TypeAlias = Annotated[datetime, WALL_MARK]
"""A naive datetime on purpose: what a clock on the wall shows, in a zone named beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """An instant together with the wall time and the IANA zone that the person meant.

    ``instant`` is in UTC; ``wall`` is local without offset.
    """

    instant: datetime
    wall: WallTime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The wall time is skipped by a clock change; ``before`` and ``after`` are its readings in UTC.

    ``before`` reads it with the offset in force before the change, ``after`` with the later one.
    """

    wall: datetime
    zone: str
    before: datetime
    after: datetime

    def __str__(self) -> str:
        """Name the wall time and both readings."""
        return (
            f"{self.wall.isoformat()} does not exist in {self.zone}: the clock skips it; "
            f"it could mean {format_instant(self.after)} or {format_instant(self.before)}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubled:
    """The wall time exists twice; ``first`` and ``second`` are the two instants in UTC."""

    wall: datetime
    zone: str
    first: datetime
    second: datetime

    def __str__(self) -> str:
        """Name the wall time and both readings with their offsets."""
        zone = ZoneInfo(self.zone)
        readings = " or ".join(
            moment.astimezone(zone).isoformat() for moment in (self.first, self.second)
        )
        return f"{self.wall.isoformat()} exists twice in {self.zone}: write {readings}"


Reading = Meant | Missing | Doubled


def find_zone(name: str) -> ZoneInfo | None:
    """Give the IANA zone of this name, or None where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def read_wall(wall: datetime, zone: str) -> Reading:
    """Give what a naive wall time means in an IANA zone.

    ValueError for an unknown zone, and for a time outside the years 1 to 9999 in UTC.
    PEP 495: an ambiguous time differs by fold and maps back to itself; a skipped one does not.
    """
    found = find_zone(zone)
    if found is None:
        message = f"unknown zone {zone}"
        raise ValueError(message)
    naive = wall.replace(tzinfo=None, fold=0)
    first = in_utc(naive.replace(tzinfo=found))
    second = in_utc(naive.replace(tzinfo=found, fold=1))
    if first == second:
        return Meant(instant=first, wall=naive, zone=zone)
    if first.astimezone(found).replace(tzinfo=None, fold=0) == naive:
        return Doubled(wall=naive, zone=zone, first=first, second=second)
    return Missing(wall=naive, zone=zone, before=first, after=second)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideWindow:
    """A bare wall time that does not come before the window ends.

    ``candidate`` is the first such time at or after the window's start, in UTC.
    """

    bare: time
    window: Interval
    candidate: datetime

    def __str__(self) -> str:
        """Name the time and the window that it misses."""
        return (
            f"{self.bare.isoformat('minutes')} first comes at {format_instant(self.candidate)}, "
            f"after the window ends at {format_instant(self.window.end)}"
        )


def place_bare_wall(bare: time, window: Interval, zone: str) -> Reading | OutsideWindow:
    """Give the first such wall time at or after the window's start, in the window's zone.

    A time after the window's end, a skipped one and a doubled one are answered as such, for the
    caller to refuse. ValueError for an unknown zone.
    """
    found = find_zone(zone)
    if found is None:
        message = f"unknown zone {zone}"
        raise ValueError(message)
    day = window.start.astimezone(found).date()
    while True:
        reading = read_wall(datetime.combine(day, bare), zone)
        day += timedelta(days=1)
        match reading:
            case Meant(instant=instant) if instant < window.start:
                continue
            case Meant(instant=instant):
                if instant > window.end:
                    return OutsideWindow(bare=bare, window=window, candidate=instant)
            case Doubled(second=second) if second < window.start:
                continue
            case Missing(before=latest) if latest < window.start:
                continue
            case _:
                pass
        return reading

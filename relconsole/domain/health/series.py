"""An indicator over the last half hour, and the band in which it lay at this hour of other weeks.

Points come from the monitoring's own history once, and from readings after that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from relconsole.domain.kernel.instants import Interval
from relconsole.domain.kernel.observation import Observation
from relconsole.domain.kernel.zones import Doubled, Meant, Missing, find_zone, read_wall

KEPT: Final = timedelta(minutes=30)
WEEKS: Final = 4
_WEEK: Final = timedelta(days=7)
_HALF_HOUR: Final = timedelta(minutes=30)
_ENOUGH: Final = 20
"""Values from which on the outer twentieths are left out of a band."""
_OUTER: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value, observed at an instant in UTC; always a finite number."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Between which values the indicator usually lies, from so many ``weeks`` that had any."""

    low: float
    high: float
    weeks: int

    def holds(self, value: float) -> bool:
        """Tell whether a value lies in the band, its edges included."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The points of an indicator, oldest first; ``no_band`` says why there is no band."""

    points: tuple[Point, ...] = ()
    band: Band | None = None
    no_band: str = "not read yet"

    def with_reading(self, reading: Observation[float]) -> Series:
        """Give the series with a reading that is newer than its last point, else unchanged."""
        newest = Point(at=reading.observed_at, value=reading.value)
        if not math.isfinite(newest.value) or (self.points and newest.at <= self.points[-1].at):
            return self
        oldest = newest.at - KEPT
        first = next((at for at, point in enumerate(self.points) if point.at >= oldest), None)
        kept = () if first is None else self.points[first:]
        return replace(self, points=(*kept, newest))

    def with_history(self, points: Iterable[Point]) -> Series:
        """Give the series with older points before those that it has."""
        first = self.points[0].at if self.points else None
        older = [
            point
            for point in points
            if math.isfinite(point.value) and (first is None or point.at < first)
        ]
        return replace(self, points=(*sorted(older, key=lambda point: point.at), *self.points))


def same_hours(now: datetime, zone: str) -> tuple[Interval, ...]:
    """Give the hour around the same wall time of the last four weeks, the latest first.

    By the wall of an IANA zone, since people's load follows it across a clock change; in UTC for an
    unknown one.
    """
    name = zone if find_zone(zone) is not None else "UTC"
    local = now.astimezone(find_zone(name)).replace(tzinfo=None)
    middles = [_instant(local - _WEEK * week, name) for week in range(1, WEEKS + 1)]
    return tuple(Interval(start=middle - _HALF_HOUR, end=middle + _HALF_HOUR) for middle in middles)


def find_band(weeks: Sequence[Sequence[float]]) -> Band | None:
    """Give the band of the values of several weeks, None where there are none.

    From twenty values on the lowest and the highest twentieth are left out.
    """
    values = sorted(value for week in weeks for value in week if math.isfinite(value))
    if not values:
        return None
    outer = len(values) // _OUTER if len(values) >= _ENOUGH else 0
    return Band(
        low=values[outer],
        high=values[-1 - outer],
        weeks=sum(any(math.isfinite(value) for value in week) for week in weeks),
    )


def _instant(wall: datetime, zone: str) -> datetime:
    """Give what a wall time means, the earlier of two and the later where it was skipped."""
    reading = read_wall(wall, zone)
    match reading:
        case Meant(instant=instant):
            return instant
        case Doubled(first=first):
            return first
        case Missing(after=after):
            return after
        case _:
            assert_never(reading)

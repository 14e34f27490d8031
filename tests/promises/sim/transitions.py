"""Clock changes of the zones of the world, and an oracle that reads wall times by trying."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

FIRST: Final = datetime(2024, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2031, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_NEAR: Final = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Pair:
    """An instant near a clock change of a zone; ``change`` is the first instant after it."""

    zone: str
    change: datetime
    instant: datetime


@lru_cache(maxsize=1)
def zones_with_changes() -> tuple[str, ...]:
    """Give the zones whose clocks change in the years looked at, one of each pattern and more."""
    return tuple(zone for zone in sorted(available_timezones()) if changes(zone))


@lru_cache(maxsize=1_000)
def changes(zone: str) -> tuple[datetime, ...]:
    """Give the first instant after each clock change of a zone, found by days and then halving."""
    found = ZoneInfo(zone)
    answers: list[datetime] = []
    day = FIRST
    while day < LAST:
        after = day + timedelta(days=2)
        if day.astimezone(found).utcoffset() != after.astimezone(found).utcoffset():
            answers.append(_halve(found, day, after))
        day = after
    return tuple(answers)


def _halve(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def draw(number: int) -> Pair:
    """Give a pair by its number."""
    chance = random.Random(f"pair {number}")
    zone = chance.choice(zones_with_changes())
    change = chance.choice(changes(zone))
    return Pair(zone, change, change + timedelta(seconds=chance.randrange(-10_800, 10_800)))


def instants_of(wall: datetime, zone: str) -> Sequence[datetime]:
    """Give every instant at which the clocks of a zone show a wall time, by trying each offset."""
    found = ZoneInfo(zone)
    about = wall.replace(tzinfo=UTC)
    offsets = {
        (about + timedelta(hours=hours)).astimezone(found).utcoffset() for hours in range(-36, 37)
    }
    tried = {about - offset for offset in offsets if offset is not None}
    return sorted(each for each in tried if wall_of(each, zone) == wall)


def wall_of(instant: datetime, zone: str) -> datetime:
    """Give what the clocks of a zone show at an instant."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)

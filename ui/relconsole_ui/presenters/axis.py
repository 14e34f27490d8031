"""A time axis in a zone: ticks at round wall times for any stretch and width."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from relconsole.domain.kernel.zones import find_zone

STEPS: Final = (
    60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800, 2_419_200,
)  # fmt: skip
"""Seconds between two ticks that a person finds round."""
_DAY: Final = 86_400
_HALVED: Final = 1_800
"""The shortest step with an unlabelled tick in its middle."""
_MARGIN: Final = timedelta(hours=3)
_MONDAY: Final = datetime(1970, 1, 5)  # noqa: DTZ001 - a wall time on purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A tick, ``at`` seconds after the axis' origin; ``label`` is empty for a minor one."""

    at: float
    label: str = ""


def axis_ticks(
    origin: datetime, zone: str, first: float, last: float, most: int
) -> tuple[Tick, ...]:
    """Give at most about ``most`` labelled ticks between two seconds after the origin.

    They stand at round wall times, on both sides of a clock change; there, and at midnight, the
    label says so. From half an hour on an unlabelled tick stands half-way between two.
    """
    step = next((each for each in STEPS if (last - first) / each <= max(1, most)), STEPS[-1])
    minor = step // 2 if step >= _HALVED else step
    found = _zone(zone)
    ticks: list[Tick] = []
    offset: timedelta | None = None
    for moment in _round_times(origin, first, last, minor, found):
        at = (moment - origin).total_seconds()
        local = moment.astimezone(found)
        if (local.replace(tzinfo=None) - _MONDAY) % timedelta(seconds=step):
            ticks.append(Tick(at=at))
            continue
        ticks.append(Tick(at=at, label=_label(local, step, offset)))
        offset = local.utcoffset()
    return tuple(ticks)


def _label(local: datetime, step: int, offset: timedelta | None) -> str:
    """Give the text of a tick; ``offset`` is the one in force at the label before."""
    if step > _DAY:
        return f"{local.day} {local:%b}"
    if (local.hour, local.minute) == (0, 0):
        return f"{local:%a} {local.day}"
    if offset is not None and local.utcoffset() != offset:
        return f"{local:%H:%M %Z}"
    return f"{local:%H:%M}"


def _round_times(
    origin: datetime, first: float, last: float, step: int, zone: tzinfo
) -> list[datetime]:
    """Give the instants, in UTC and in order, at which the wall shows a multiple of a step.

    A wall time that a clock change skips is left out, one that comes twice is there twice.
    """
    start, end = origin + timedelta(seconds=first), origin + timedelta(seconds=last)
    length = timedelta(seconds=step)
    # Some hours more on both sides, since the offset may change between the two ends.
    wall = start.astimezone(zone).replace(tzinfo=None) - _MARGIN
    wall -= (wall - _MONDAY) % length
    beyond = end.astimezone(zone).replace(tzinfo=None) + _MARGIN
    found: set[datetime] = set()
    while wall <= beyond:
        for fold in (0, 1):
            moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
            if start <= moment <= end and moment.astimezone(zone).replace(tzinfo=None) == wall:
                found.add(moment)
        wall += length
    return sorted(found)


def _zone(name: str) -> tzinfo:
    """Give the zone of an IANA name, UTC where there is none."""
    return find_zone(name) or UTC

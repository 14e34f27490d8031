"""Durations as people write them, and three-point durations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_UNITS: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_WRITTEN: Final = re.compile(
    r"(?:(?P<d>[0-9]+)d)?(?:(?P<h>[0-9]+)h)?(?:(?P<m>[0-9]+)m)?"
    r"(?:(?P<s>[0-9]+)(?:\.(?P<fraction>[0-9]{1,6}))?s)?"
)
_LONGEST_NUMBER: Final = 16
"""Digits of one part; more than any plan holds, and few enough to compute with."""


def parse_duration(text: str) -> timedelta:
    """Give the duration that ``90s``, ``8m``, ``1h30m`` or ``3d`` names; ValueError otherwise.

    Exact to the microsecond, however long.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        raise ValueError(f"{text!r} is no duration such as 90s, 8m or 1h30m")
    parts = {unit: found[unit] or "0" for unit in _UNITS}
    if any(len(part) > _LONGEST_NUMBER for part in parts.values()):
        raise ValueError(f"a duration of {len(text)} characters is longer than any plan")
    seconds = sum(int(part) * _UNITS[unit] for unit, part in parts.items())
    try:
        return timedelta(
            seconds=seconds, microseconds=int((found["fraction"] or "0").ljust(6, "0"))
        )
    except OverflowError as overflow:
        raise ValueError(f"{text!r} is longer than any plan") from overflow


def format_duration(duration: timedelta) -> str:
    """Give the text, in the largest whole units, that ``parse_duration`` reads back as the same.

    ValueError for a negative duration.
    """
    if duration < timedelta(0):
        raise ValueError(f"negative duration {duration}")
    rest = duration // timedelta(microseconds=1)
    parts: list[str] = []
    for unit in ("d", "h", "m"):
        count, rest = divmod(rest, _UNITS[unit] * 1_000_000)
        if count:
            parts.append(f"{count}{unit}")
    if rest or not parts:
        whole, fraction = divmod(rest, 1_000_000)
        tail = f".{fraction:06d}".rstrip("0") if fraction else ""
        parts.append(f"{whole}{tail}s")
    return "".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreePoint:
    """A duration by its best, likely and worst case, in this order; ValueError otherwise."""

    best: timedelta
    likely: timedelta
    worst: timedelta

    def __post_init__(self) -> None:
        """Refuse a negative or unordered estimate."""
        if not timedelta(0) <= self.best <= self.likely <= self.worst:
            message = f"best {self.best}, likely {self.likely}, worst {self.worst}: not in order"
            raise ValueError(message)

    @property
    def expected_seconds(self) -> float:
        """Give (best + 4 likely + worst) / 6 in seconds, the PERT expectation."""
        return (self.best + 4 * self.likely + self.worst).total_seconds() / 6

    @property
    def has_range(self) -> bool:
        """Tell whether the cases differ."""
        return self.best != self.worst

    def scaled(self, factor: float) -> ThreePoint:
        """Give each case times a factor, at least 0."""
        return ThreePoint(
            best=self.best * factor, likely=self.likely * factor, worst=self.worst * factor
        )


def plain(duration: timedelta) -> ThreePoint:
    """Give the three-point form of a duration without a range."""
    return ThreePoint(best=duration, likely=duration, worst=duration)

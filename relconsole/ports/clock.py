"""Time and randomness, as ports, so that a seeded virtual night runs in a second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeAlias

Chance: TypeAlias = Callable[[], float]
"""Draws a number from 0 up to, not including, 1."""


class Clock(Protocol):
    """Wall time for people and records, monotonic time for durations."""

    def now(self) -> datetime:
        """Give the wall clock in UTC."""
        ...

    def tick(self) -> float:
        """Give seconds of a clock that never jumps; only differences mean anything."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait so long by the monotonic clock."""
        ...


class Ids(Protocol):
    """Fresh ids and fresh random bytes."""

    def fresh(self) -> str:
        """Give an id that sorts by time and never repeats: 32 lower-case hexadecimal digits."""
        ...

    def secret_bytes(self, count: int) -> bytes:
        """Give unpredictable bytes, for keys."""
        ...

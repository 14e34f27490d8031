"""The clock, standing still until a test moves it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 8, 8, 20, 0, tzinfo=UTC)


class FakeClock:
    """Wall and monotonic time that only `advance` and `jump` move."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._tick = 1_000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def tick(self) -> float:
        return self._tick

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wakes: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._tick + seconds, wakes))
        await wakes

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks, and wake whoever has slept long enough."""
        self._now += timedelta(seconds=seconds)
        self._tick += seconds
        due = [sleeper for sleeper in self._sleepers if sleeper[0] <= self._tick]
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > self._tick]
        for _, wakes in sorted(due, key=lambda sleeper: sleeper[0]):
            if not wakes.done():
                wakes.set_result(None)

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward, or back with a negative number; no time passes."""
        self._now += timedelta(seconds=seconds)

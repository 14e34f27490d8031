"""The clocks of a program on the virtual loop: the wall clock may jump, the other never does."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from tests.promises.sim.loop import VirtualLoop


class VirtualClock:
    """Wall time from an instant on; `jump` sets it forward, or back with a negative number."""

    def __init__(self, loop: VirtualLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start
        self.born = loop.time()
        self._jumped = timedelta(0)

    def now(self) -> datetime:
        return self._start + self._jumped + timedelta(seconds=self._loop.time() - self.born)

    def tick(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def jump(self, seconds: float) -> None:
        self._jumped += timedelta(seconds=seconds)

"""The only place in the child that creates tasks: one group for the life of the process."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Self


class Tasks:
    """The calls that run; leaving it ends them."""

    def __init__(self) -> None:
        """Begin with none."""
        self._group = asyncio.TaskGroup()
        self._running: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        """Open the group."""
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Cancel what still runs and wait for its end."""
        for task in self._running.values():
            task.cancel()
        await self._group.__aexit__(kind, error, trace)

    def start(self, name: str, work: Coroutine[None, None, None]) -> None:
        """Run it under a readable name."""
        task = self._group.create_task(work, name=name)
        self._running[name] = task
        task.add_done_callback(lambda _: self._running.pop(name, None))

    def cancel(self, name: str) -> None:
        """Cancel it where it still runs."""
        if name in self._running:
            self._running[name].cancel()

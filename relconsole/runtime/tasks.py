"""The only place of the console that creates tasks; each has a name and a guard inside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Final

Call = Callable[[], Coroutine[None, None, None]]

DRAIN_SECONDS: Final = 5.0
"""How long commands that are on their way may take when the window closes."""


class AsyncioTasks:
    """Runs calls side by side on the loop."""

    async def together(self, calls: Sequence[Call]) -> None:
        """Run every call to its end, also when one fails; then raise the first error there was."""
        if len(calls) == 1:
            await calls[0]()
            return
        failures: list[Exception] = []
        async with asyncio.TaskGroup() as group:
            for number, call in enumerate(calls):
                # Without the guard one failure would cancel the siblings in the middle of their
                # call.
                group.create_task(_guarded(call, failures.append), name=f"together {number}")
        if failures:
            raise failures[0]


class WindowTasks:
    """Owns what runs for the life of a window: polls, which are cancelled, and commands, drained.

    A failure ends the task that failed and is told by its name; the others go on.
    """

    def __init__(self, failed: Callable[[str, Exception], None]) -> None:
        """Take whom to tell of a task that failed."""
        self._failed = failed
        self._polls: set[asyncio.Task[None]] = set()
        self._commands: set[asyncio.Task[None]] = set()
        self._is_closing = False

    @property
    def names(self) -> tuple[str, ...]:
        """Give the names of what runs."""
        return tuple(sorted(task.get_name() for task in (*self._polls, *self._commands)))

    def poll(self, name: str, call: Call) -> None:
        """Run a call that may be cancelled at any time."""
        self._start(self._polls, name, call)

    def command(self, name: str, call: Call) -> bool:
        """Run a call that is drained before the end; False where the window closes already."""
        if self._is_closing:
            return False
        self._start(self._commands, name, call)
        return True

    def _start(self, among: set[asyncio.Task[None]], name: str, call: Call) -> None:
        task = asyncio.get_running_loop().create_task(
            _guarded(call, lambda failure: self._failed(name, failure)), name=name
        )
        among.add(task)
        task.add_done_callback(among.discard)

    async def close(self, seconds: float = DRAIN_SECONDS) -> tuple[str, ...]:
        """Refuse what is new, cancel the polls, drain the commands; give those that did not end."""
        self._is_closing = True
        await _cancel(self._polls)
        if self._commands:
            await asyncio.wait(self._commands, timeout=seconds)
        left = tuple(sorted(task.get_name() for task in self._commands))
        await _cancel(self._commands)
        return left


async def _cancel(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel tasks and wait until they have ended."""
    for task in tuple(tasks):
        task.cancel()
    await asyncio.gather(*tuple(tasks), return_exceptions=True)


async def _guarded(call: Call, failed: Callable[[Exception], None]) -> None:
    """Run a call and hand its failure on."""
    try:
        await call()
    except Exception as failure:  # noqa: BLE001 - the task guard
        failed(failure)

"""A loop on virtual time: it jumps to the next timer, and shuffles what is ready by a seed.

It reads no socket and starts no thread: what would go on one is done at once. Waiting for something
that no timer brings is a deadlock and said so at once. It leans on the inside of `BaseEventLoop`,
which its tests hold to account on each Python.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from asyncio import base_events, events
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

Given = TypeVar("Given")


class Deadlock(Exception):
    """Everything waits and no timer is set."""


class Crash(BaseException):
    """The program ends here, as by SIGKILL: nothing after this point is done."""


class VirtualLoop(base_events.BaseEventLoop):
    """One loop for many runs; `chance` decides the order of what is ready."""

    def __init__(self, chance: random.Random | None = None) -> None:
        super().__init__()
        self._virtual = 0.0
        self._crashed = False
        self.chance = chance
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._virtual

    def _process_events(self, event_list: Any) -> None:
        """Nothing comes from outside."""

    def _write_to_self(self) -> None:
        """Nobody sleeps, so nobody is woken."""

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """Do at once what would go on a thread."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as failed:  # noqa: BLE001 - whatever it is, the one who waits gets it
            done.set_exception(failed)
        return done

    def _run_once(self) -> None:
        scheduled: list[Any] = vars(self)["_scheduled"]
        ready: Any = vars(self)["_ready"]
        while scheduled and scheduled[0]._cancelled:
            heapq.heappop(scheduled)._scheduled = False
        if not ready:
            if not scheduled:
                if vars(self)["_stopping"]:
                    return
                raise Deadlock("everything waits and no timer is set")
            self._virtual = max(self._virtual, scheduled[0]._when)
        while scheduled and scheduled[0]._when <= self._virtual:
            timer = heapq.heappop(scheduled)
            timer._scheduled = False
            if not timer._cancelled:
                ready.append(timer)
        count = len(ready)
        if count > 1 and self.chance is not None:
            some = list(ready)
            self.chance.shuffle(some)
            ready.clear()
            ready.extend(some)
        for _ in range(count):
            if self._crashed:
                return
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def crash(self) -> NoReturn:
        """End the program at this very point."""
        self._crashed = True
        self.stop()
        raise Crash

    def play(self, scene: Coroutine[Any, Any, Given]) -> Given:
        """Run a scene to its end, or to the crash of the program in it, which is raised.

        After a crash nothing of the program runs again: what waited is closed where it stood.
        """
        tasks: list[asyncio.Task[Any]] = []
        self._crashed = False
        self.set_task_factory(_keeping(tasks))
        main = self.create_task(scene)
        main.add_done_callback(_stop_at_the_end)
        try:
            self.run_forever()
        finally:
            for task in tasks:
                _bury(task)
            vars(self)["_ready"].clear()
            vars(self)["_scheduled"].clear()
        if self._crashed:
            raise Crash
        return main.result()


def _stop_at_the_end(task: asyncio.Task[Any]) -> None:
    task.get_loop().stop()


def _keeping(tasks: list[asyncio.Task[Any]]) -> Any:
    def make(loop: asyncio.AbstractEventLoop, coro: Any, **more: Any) -> asyncio.Task[Any]:
        task = asyncio.Task[Any](coro, loop=loop, **more)
        tasks.append(task)
        return task

    return make


def _bury(task: asyncio.Task[Any]) -> None:
    """Close what a dead program was in the middle of, without letting it do anything more."""
    if task.done():
        if not task.cancelled():
            task.exception()
        return
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    coroutine: Any = task.get_coro()
    previous = events._get_running_loop()
    events._set_running_loop(None)
    try:
        coroutine.close()
    finally:
        events._set_running_loop(previous)

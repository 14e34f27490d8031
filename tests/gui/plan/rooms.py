"""The room of a staged night whose commands may wait for threads: each has a loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from relconsole_ui.controllers.room import Room
from tests.gui.bridge import rooms
from tests.unit.presenters.scenes import Stage


class TasksInALoop:
    """Does what is wanted before it returns, but for forecasts, which are made beside the loop."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._waiting: list[Callable[[], Coroutine[None, None, None]]] = []
        self._is_running = False

    def command(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> bool:
        if name != "forecast":
            self.done.append(name)
            self._waiting.append(call)
            self._run()
        return True

    def _run(self) -> None:
        """Run what waits; what is wanted meanwhile comes after it."""
        if self._is_running:
            return
        self._is_running = True
        try:
            while self._waiting:
                asyncio.run(self._waiting.pop(0)())
        finally:
            self._is_running = False

    def poll(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> None:
        del call
        self.done.append(name)


def room_of(stage: Stage) -> Room:
    """Give the room in which a staged night is seen and acted upon."""
    room = rooms.room_of(stage)
    room._tasks = TasksInALoop()
    return room

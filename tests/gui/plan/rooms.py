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

    def command(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> bool:
        if name != "forecast":
            self.done.append(name)
            asyncio.run(call())
        return True

    def poll(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> None:
        del call
        self.done.append(name)


def room_of(stage: Stage) -> Room:
    """Give the room in which a staged night is seen and acted upon."""
    room = rooms.room_of(stage)
    room._tasks = TasksInALoop()
    return room

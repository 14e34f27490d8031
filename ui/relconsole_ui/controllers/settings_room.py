"""What the settings share: the console as it is seen, with or without a release, and commands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.record.file_form import JournalKind
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.clock import Clock
from relconsole.ports.plugins import Standing
from relconsole.services.desk import Desk
from relconsole_ui.controllers.room import (
    FRAME_SECONDS,
    Answer,
    FactListener,
    Tasks,
    answer_of,
)
from relconsole_ui.presenters.settings_seen import SettingsSeen
from relconsole_ui.presenters.sources import present_sources

SettingsListener = Callable[[SettingsSeen], None]


class SettingsRoom:
    """The settings of one console; whoever has a bridge beside it tells that too."""

    def __init__(
        self,
        *,
        desk: Desk,
        tasks: Tasks,
        clock: Clock,
        standing: Callable[[], tuple[Standing, ...]],
        kind: JournalKind,
        zone: Callable[[], str],
    ) -> None:
        """Take the desk, the owner of tasks, how the systems stand, and the zone of times."""
        self.desk: Final = desk
        self.clock: Final = clock
        self._tasks = tasks
        self._standing = standing
        self._kind = kind
        self._zone = zone
        self._listeners: list[SettingsListener] = []
        self._fact_listeners: list[FactListener] = []
        self._is_due = False

    def seen(self) -> SettingsSeen:
        """Give the console as it is at this instant."""
        now = self.clock.now()
        return SettingsSeen(
            state=self.desk.state,
            kind=self._kind,
            now=now,
            zone=self._zone(),
            person=self.desk.person,
            sources=present_sources(self._standing(), now),
        )

    def follow(self, listener: SettingsListener) -> None:
        """Call this with what is seen: now, at each fact, and whenever it is shown again."""
        self._listeners.append(listener)
        listener(self.seen())

    def follow_facts(self, listener: FactListener) -> None:
        """Call this with each fact, once it is recorded, and the state after it."""
        self._fact_listeners.append(listener)

    def unfollow(self) -> None:
        """Let nobody follow any more, before the views go."""
        self._listeners.clear()
        self._fact_listeners.clear()

    def take_fact(self, recorded: Recorded[ConsoleFact], state: ConsoleState) -> None:
        """Take a fact that was recorded; all that come within a frame are shown together."""
        for listener in self._fact_listeners:
            listener(recorded, state)
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(FRAME_SECONDS, self.show)

    def show(self) -> None:
        """Show everybody what is seen now."""
        self._is_due = False
        seen = self.seen()
        for listener in self._listeners:
            listener(seen)

    def command(
        self,
        name: str,
        act: Callable[[], Awaitable[object]],
        answered: Callable[[Answer], None],
    ) -> None:
        """Do what a person wants, under this name, and hand on what it came to."""

        async def do() -> None:
            answered(await answer_of(act))
            self.show()

        self._tasks.command(name, do)

    def poll(self, name: str, look: Callable[[], Awaitable[object]]) -> None:
        """Look for something until the window closes."""

        async def do() -> None:
            await look()

        self._tasks.poll(name, do)

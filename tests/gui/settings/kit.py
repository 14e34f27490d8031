"""Settings over a staged record: its people and keys, plugins that are said to be here, a taste."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.signature import SigningKey
from relconsole.ports.plugins import Standing
from relconsole.services.connections_edit import ConnectionsEditor
from relconsole.services.keeping_keys import KeyKeeper
from relconsole_ui.controllers.settings_room import SettingsRoom
from relconsole_ui.controllers.tastes import Tastes
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.taste import Desktop, Taste
from relconsole_ui.shell.actions import ActionTable
from relconsole_ui.shell.bars import TopBar
from relconsole_ui.shell.building import build_at_once
from relconsole_ui.shell.settings import SettingsParts, SettingsTools
from tests.gui.bot import Bot
from tests.helpers.fakes.credentials import FakeCredentials
from tests.helpers.fakes.person_keys import FakePersonKeys
from tests.helpers.fakes.signing import FakeRequests, passphrase_of
from tests.helpers.fakes.trials import FakeTrials, JsonText
from tests.unit.presenters.night_plan import ASHA, JO, MARA, ZONE
from tests.unit.presenters.scenes import Stage

Given = TypeVar("Given")

KEYS = {
    person: SigningKey(bytes([number]) * 32) for number, person in enumerate((MARA, JO, ASHA), 11)
}
MARKS = {person: key.public.fingerprint for person, key in KEYS.items()}
ZONES = frozenset({"UTC", "Europe/Berlin", "Europe/Lisbon", "America/New_York", "Asia/Kolkata"})


@dataclass(slots=True)
class TasksAtOnce:
    """Does what is wanted before it returns, what that itself wants after it; keeps polls."""

    done: list[str] = field(default_factory=list[str])
    polls: list[Callable[[], Coroutine[None, None, None]]] = field(
        default_factory=list[Callable[[], Coroutine[None, None, None]]]
    )

    _waiting: list[Callable[[], Coroutine[None, None, None]]] = field(
        default_factory=list[Callable[[], Coroutine[None, None, None]]]
    )

    def command(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> bool:
        self.done.append(name)
        self._waiting.append(call)
        if len(self._waiting) == 1:
            while self._waiting:
                run(self._waiting[0]())
                del self._waiting[0]
        return True

    def poll(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> None:
        self.done.append(name)
        self.polls.append(call)


def run(doing: Coroutine[Any, Any, Given]) -> Given:
    """Give what a coroutine comes to, on a loop of its own."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(doing)
    finally:
        loop.close()


class Kit:
    """Everything that the settings are given, and what became of it."""

    def __init__(
        self,
        look: Look,
        bot: Bot,
        stage: Stage | None = None,
        *,
        durable: bool = True,
        desktop: Desktop | None = None,
        is_demo: bool = False,
    ) -> None:
        self.stage = stage or Stage()
        desk, clock = self.stage.desk, self.stage.clock
        desk.sign_as(None)
        desk._announce = self._take_fact
        self.keys = FakePersonKeys(
            {person: (key, passphrase_of(person)) for person, key in KEYS.items()}, durable=durable
        )
        self.credentials = FakeCredentials(durable=durable)
        self.trials = FakeTrials()
        self.requests = FakeRequests(KEYS, clock.now)
        self.tasks = TasksAtOnce()
        self.standing: tuple[Standing, ...] = ()
        self.kept: list[Taste] = []
        self.tastes = Tastes(lambda: self.kept[-1] if self.kept else Taste(), self.kept.append)
        self.desktop = desktop or Desktop()
        self.told: list[str] = []
        self.last = ""
        self.window = bot.add(QWidget())
        self.table = ActionTable(self.window)
        self.bar = bot.add(TopBar(look))
        self.room = SettingsRoom(
            desk=desk,
            tasks=self.tasks,
            clock=clock,
            standing=lambda: self.standing,
            kind=self.stage.kind,
            zone=lambda: self.tastes.known.zone or ZONE,
        )
        self.parts = SettingsParts(
            look,
            self.room,
            self.table,
            SettingsTools(
                keeper=KeyKeeper(desk=desk, keys=self.keys, requests=self.requests, clock=clock),
                editor=ConnectionsEditor(
                    desk=desk,
                    trials=self.trials,
                    text=JsonText(),
                    credentials=self.credentials,
                    secret_name=lambda system, url: f"{system} at {url}",
                ),
                tastes=self.tastes,
                desktop=lambda: self.desktop,
                zones=self._zones,
                ask_all=self._ask_all,
                copy=lambda text: self.told.append(f"copied {text}"),
                last=lambda: self.last,
                remember=self._remember,
                show_person=self.bar.show_person,
                person_changed=lambda: self.told.append("person changed"),
                zone_changed=lambda zone: self.told.append(f"zone {zone}"),
                show_page=lambda: self.told.append("page"),
                connect_elsewhere=(lambda: self.told.append("store")) if is_demo else None,
            ),
        )
        build_at_once(self.parts.build())
        bot.add(self.parts.page)
        bot.add(self.parts.key_form)

    def do(self, command: ConsoleCommand) -> None:
        """Record something, which must not be refused."""
        run(self.stage.desk.must(command))
        self.room.show()

    def _take_fact(self, recorded: Recorded[ConsoleFact], state: ConsoleState) -> None:
        self.stage.facts.append(recorded)
        self.room.take_fact(recorded, state)

    def _remember(self, person: str) -> None:
        self.last = person

    async def _zones(self) -> frozenset[str]:
        return ZONES

    async def _ask_all(self) -> None:
        self.told.append("asked all")

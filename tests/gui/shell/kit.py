"""A whole window over a staged night: bars, rail, bridge, docks, palette and keys."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from relconsole.domain.console.facts import make_codec
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.ports.paper import Printed
from relconsole.services.amending import Amender
from relconsole.services.attend import Attendance
from relconsole.services.closing import Closer
from relconsole.services.opening import Holder, Opener
from relconsole.services.reporting import Reporter
from relconsole_ui.controllers.conducting import Attended, Conducting
from relconsole_ui.controllers.room import Room
from relconsole_ui.design.look import Look
from relconsole_ui.shell.bridge import BridgeRoom
from relconsole_ui.shell.building import build_at_once
from relconsole_ui.shell.plans import PlanTools
from relconsole_ui.shell.window import ConsoleWindow
from tests.gui.bot import Bot
from tests.gui.plan.rooms import room_of
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.plugins import WELL, FakePlugins, World
from tests.unit.presenters.scenes import Stage

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


class NoPaper:
    """Prints nothing."""

    async def print(self, release: ReleaseId) -> Printed:
        raise PersonMustAct(f"{release} cannot be printed here.")


@dataclass(slots=True, kw_only=True)
class Shell:
    """A window with a release on its bridge."""

    bot: Bot
    stage: Stage
    room: Room
    window: ConsoleWindow
    bridge: BridgeRoom
    conducting: Conducting
    released: list[str] = field(default_factory=list[str])

    @property
    def focus(self) -> QWidget | None:
        """What has the keyboard."""
        return self.window.focusWidget()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
        """Press a key as the platform hands it to the window, so that shortcuts count."""
        handle = self.window.windowHandle()
        assert handle is not None
        QTest.keyClick(handle, key, modifier)
        self.bot.settle()

    def types(self, text: str) -> None:
        """Type where the keyboard is, as the platform hands it to the window."""
        handle = self.window.windowHandle()
        assert handle is not None
        for letter in text:
            QTest.keyClick(handle, letter)  # type: ignore[call-overload]
        self.bot.settle()

    def palette_for(self, text: str) -> None:
        """Open the palette by its keys, type and take the first."""
        self.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        self.types(text)
        self.key(Qt.Key.Key_Return)


def no_attendance(*_: object) -> Attended:
    """Nobody conducts in these tests."""
    raise AssertionError(Attendance)


def plan_tools_of(stage: Stage, plugins: FakePlugins) -> PlanTools:
    """Give the services behind a plan and its papers; nothing is delivered or printed."""

    async def deliver(_run: object) -> None:
        return None

    desk, clock = stage.desk, stage.clock
    return PlanTools(
        amender=Amender(desk=desk, plugins=plugins, clock=clock),
        reporter=Reporter(desk=desk, clock=clock, codec=make_codec()),
        closer=Closer(desk=desk, clock=clock, deliver=deliver),
        paper=NoPaper(),
    )


def window_with_start(look: Look) -> ConsoleWindow:
    """Give a window with nothing but the page from which everything begins."""
    window = ConsoleWindow(look)
    window.add_page("start", QLabel("start"))
    window.frame(rail=True, bars=False)
    return window


def bridge_of(
    stage: Stage, look: Look, window: ConsoleWindow
) -> tuple[Room, Conducting, BridgeRoom]:
    """Give the bridge over a night, not yet built, with its room."""
    room = room_of(stage)
    desk, clock = stage.desk, stage.clock
    plugins = FakePlugins(World(time=clock.tick, wall=clock.now, goes=lambda _verb, _at: WELL))
    opener = Opener(
        desk=desk,
        plugins=plugins,
        clock=clock,
        ids=FakeIds(),
        holder=Holder(name="console", lease_seconds=30, console="0.1.0"),
    )
    conducting = Conducting(room, opener, no_attendance)
    tools = plan_tools_of(stage, plugins)
    return room, conducting, BridgeRoom(look, window, room, conducting, tools)


@contextmanager
def shell_of(
    stage: Stage, look: Look, bot: Bot, width: int = 1600, height: int = 1000
) -> Generator[Shell]:
    """Give the window over a night, and take the night out of it in the end."""
    window = window_with_start(look)
    room, conducting, bridge = bridge_of(stage, look, window)
    build_at_once(bridge.build())
    found = Shell(
        bot=bot,
        stage=stage,
        room=room,
        window=window,
        bridge=bridge,
        conducting=conducting,
    )
    bridge.on_release = found.released.append
    bot.show(window, width, height)
    bot.wait_until(window.isActiveWindow)
    try:
        yield found
    finally:
        bridge.close()
        QApplication.processEvents()

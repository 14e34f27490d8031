"""A window with the rollback's views over a real desk, whose tasks are pumped by the test."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.rollback_facts import RollbackArmed
from relconsole.domain.night.state import RollbackRun
from relconsole.domain.record.file_form import JournalKind
from relconsole.domain.record.request import parse_request
from relconsole.services.arming import Armourer
from relconsole.services.asking import Interviewer
from relconsole.services.dry_runs import DryRuns
from relconsole.services.falling_back import Retreat
from relconsole.services.forecasting import Forecaster
from relconsole.services.patience import Patience
from relconsole.services.restore import RestoreKeeper
from relconsole.services.seconding import Seconding
from relconsole_ui.controllers.relief import ReliefController
from relconsole_ui.controllers.rollback import RollbackController, RollbackTools, RollbackViews
from relconsole_ui.controllers.room import Room, Sight, Tools
from relconsole_ui.controllers.way_back import WayBackController
from relconsole_ui.design.look import Look
from relconsole_ui.views.rollback.armed import ArmedSheet
from relconsole_ui.views.rollback.card import RollbackCard
from relconsole_ui.views.rollback.overlay import SheetOverlay
from relconsole_ui.views.rollback.way_back import WayBackSheet
from tests.gui.bot import Bot
from tests.helpers.fakes.evidence import FakeEvidence
from tests.helpers.fakes.questions import FakeAsker
from tests.helpers.fakes.signing import FakeRequests
from tests.unit.services.rooms import Room as Night
from tests.unit.services.rooms_s2 import KEYS

FRAME = 0.025


class PumpedTasks:
    """Tasks on the loop of the test; what failed is kept and fails it."""

    def __init__(self) -> None:
        self.running: set[asyncio.Task[None]] = set()
        self.names: list[str] = []
        self.failed: list[BaseException] = []

    def command(self, name: str, call: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        self._start(name, call)
        return True

    def poll(self, name: str, call: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._start(name, call)

    def _start(self, name: str, call: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.names.append(name)
        task = asyncio.get_running_loop().create_task(call(), name=name)
        self.running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.failed.append(error)

    async def close(self) -> None:
        for task in tuple(self.running):
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)


@dataclass(slots=True, kw_only=True)
class Bridge:
    """Everything that a test of the rollback's views looks at and moves."""

    night: Night
    bot: Bot
    room: Room
    tasks: PumpedTasks
    requests: FakeRequests
    window: QWidget
    typing: QLineEdit
    card: RollbackCard
    sheet: ArmedSheet
    back: WayBackSheet
    overlay: SheetOverlay
    ticks: list[float] = field(default_factory=lambda: [1_000.0])
    conducts: list[bool] = field(default_factory=lambda: [True])
    taken_up: list[None] = field(default_factory=list[None])
    kept: list[object] = field(default_factory=list[object])
    controller: RollbackController = field(init=False)
    way_back: WayBackController = field(init=False)
    relief: ReliefController = field(init=False)

    def rollback(self) -> RollbackRun | None:
        """The rollback as it is on disk."""
        return self.night.run.rollback

    @property
    def second(self) -> PersonId:
        """Who is asked to sign now."""
        asked = parse_request(list(self.requests.requests.values())[-1].encode()).person_asked
        assert asked is not None
        return asked

    def is_fired(self) -> bool:
        """Tell whether it was fired, as it is on disk."""
        found = self.rollback()
        return found is not None and found.fired_at is not None

    def is_docked(self) -> bool:
        """Tell whether the sheet stands beside everything."""
        return self.overlay.is_docked

    def armed(self) -> RollbackArmed:
        """Give what is armed, as it is on disk."""
        found = self.rollback()
        assert found is not None
        return found.armed

    async def settle(self, rounds: int = 12) -> None:
        """Let tasks and Qt come to rest."""
        for _ in range(rounds):
            await asyncio.sleep(0.002)
            QApplication.processEvents()
        assert not self.tasks.failed, self.tasks.failed

    async def show(self) -> None:
        """Let a second's look at the room come by."""
        self.room.show()
        await self.settle()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so, or fail."""
        for _ in range(500):
            if is_so():
                return
            await self.settle(1)
        raise AssertionError("what was waited for did not come")

    def chord(self) -> None:
        """Press Ctrl+Shift+R, which the shell's action table binds to arming."""
        self.controller.arm()

    def escape(self) -> None:
        """Press Esc as the platform hands it to the window."""
        handle = self.window.windowHandle()
        assert handle is not None
        QTest.keyClick(handle, Qt.Key.Key_Escape)

    async def hold(self, seconds: float) -> None:
        """Hold the fire button with the pointer for so long, and let it go."""
        button = self.sheet.fire.hold
        QTest.mousePress(button, Qt.MouseButton.LeftButton, pos=button.rect().center())
        self.pass_time(seconds)
        QTest.mouseRelease(button, Qt.MouseButton.LeftButton, pos=button.rect().center())
        await self.settle()

    def pass_time(self, seconds: float) -> None:
        """Let the clock of the button go on."""
        for _ in range(round(seconds / FRAME)):
            self.ticks[0] += FRAME
            self.sheet.fire.hold.look_at_clock()

    async def arms(self) -> None:
        """Arm in one chord, and have a second person asked."""
        self.chord()
        await self.until(lambda: bool(self.requests.requests))
        await self.show()

    async def is_signed(self) -> None:
        """Let whoever is asked sign elsewhere, so that the rollback may be fired."""
        self.requests.signs(self.second)
        self.night.clock.advance(1)
        await self.until(self.sheet.fire.hold.isEnabled)


def bridge_of(night: Night, look: Look, bot: Bot) -> Bridge:
    """Give the window over a night; what a test types elsewhere stands in `typing`."""
    desk, plugins, clock = night.desk, night.plugins, night.clock
    forecaster = Forecaster()
    requests = FakeRequests(KEYS, clock.now)
    armourer = Armourer(desk=desk, plugins=plugins, clock=clock)
    tasks = PumpedTasks()
    requests = FakeRequests(KEYS, clock.now)
    tools = Tools(
        desk=desk,
        mover=night.mover(),
        interviewer=Interviewer(desk=desk, clock=clock, mover=night.mover(), asker=FakeAsker()),
        armourer=armourer,
        retreat=Retreat(
            desk=desk,
            plugins=plugins,
            clock=clock,
            evidence=FakeEvidence(),
            armourer=armourer,
            keeper=RestoreKeeper(desk=desk, plugins=plugins),
            patience=Patience(clock, random.Random(11).random),
        ),
        clock=clock,
        requests=requests,
    )
    room = Room(
        tools=tools,
        tasks=tasks,
        sight=Sight(forecaster=forecaster),
        release=night.release.id,
        kind=JournalKind.LIVE,
        zone="UTC",
    )
    ticks = [1_000.0]
    window, typing = QWidget(), QLineEdit()
    card, sheet, back = RollbackCard(look), ArmedSheet(look, lambda: ticks[0]), WayBackSheet(look)
    column = QVBoxLayout(window)
    column.addWidget(typing)
    column.addWidget(card)
    overlay = SheetOverlay(look, window)
    overlay.add(sheet)
    overlay.add(back)
    found = Bridge(
        night=night,
        bot=bot,
        room=room,
        tasks=tasks,
        requests=requests,
        window=window,
        typing=typing,
        card=card,
        sheet=sheet,
        back=back,
        overlay=overlay,
        ticks=ticks,
    )
    found.way_back = WayBackController(
        room, back, lambda: found.conducts[0], lambda: found.taken_up.append(None)
    )
    found.controller = RollbackController(
        room,
        RollbackViews(card=card, sheet=sheet),
        RollbackTools(
            dry_runs=DryRuns(desk=desk, armourer=armourer, clock=clock),
            seconding=Seconding(desk=desk, requests=requests),
            is_conducting=lambda: found.conducts[0],
            take_up=lambda: found.taken_up.append(None),
            show_way_back=found.way_back.open,
        ),
    )
    found.relief = ReliefController(room, lambda: found.conducts[0])
    for panel in (sheet.relief, back.relief):
        found.relief.serve(panel)
    bot.show(window, 1000, 900)
    return found

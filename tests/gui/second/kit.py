"""A window in which acts of two people are wanted: the step card, the line, and the sheet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.step_commands import Said
from relconsole.domain.plan.runbook import Check, Step, Undo, UndoKind
from relconsole.services.seconding import Seconding
from relconsole_ui.controllers.line import LineController
from relconsole_ui.controllers.second_acts import SecondActs
from relconsole_ui.controllers.seconded import SecondedController
from relconsole_ui.controllers.steps import StepsController
from relconsole_ui.design.look import Look
from relconsole_ui.views.bridge.line import LineControl
from relconsole_ui.views.bridge.running import RunningList
from relconsole_ui.views.bridge.step_card import StepCard
from relconsole_ui.views.second.sheet import SecondSheet
from tests.gui.bot import Bot
from tests.gui.rollback.kit import Bridge, bridge_of
from tests.helpers.fakes.signing import passphrase_of
from tests.unit.services.rooms import JO, METRICS, Room, manual
from tests.unit.services.rooms_s2 import night, start, versions

SHIFT, SWITCH = StepId("shift"), StepId("switch")
LAG = Check(id="lag", system=METRICS, query="lag", below=1.0)
P95 = Check(id="p95", system=METRICS, query="p95", below=0.8)
TOO_HIGH, WELL = 1.4, 0.5


def checked(*checks: Check) -> Step:
    """Jo shifts the traffic, after which these checks must pass."""
    return replace(manual(SHIFT), title="Shift the traffic", owner=JO, checks=checks)


def for_good(*after: str) -> Step:
    """A step that cannot be undone."""
    return replace(
        manual(SWITCH, *after), title="Switch the ids", undo=Undo(kind=UndoKind.IRREVERSIBLE)
    )


@dataclass(slots=True, kw_only=True)
class Desk:
    """What a test of two people looks at and moves."""

    bridge: Bridge
    card: StepCard
    line: LineControl
    sheet: SecondSheet
    steps: StepsController
    seconded: SecondedController
    lines: LineController

    @property
    def night(self) -> Room:
        """The night as it is on disk."""
        return self.bridge.night

    def state(self, step: StepId) -> StepState:
        """Where a step stands, as it is on disk."""
        return self.night.run.steps[step].state

    @property
    def may(self) -> bool:
        """Whether the act may be done now."""
        return self.sheet.foot_rows.confirm.isEnabled()

    def press(self, text: str) -> None:
        """Press the visible button of this label, by key."""
        button = next(
            each
            for each in self.bridge.window.findChildren(QAbstractButton)
            if each.isVisible() and each.isEnabled() and each.text() == text
        )
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Return)

    def enter(self) -> None:
        """Press Enter where the keyboard is."""
        self.key(Qt.Key.Key_Return)

    def key(self, key: Qt.Key) -> None:
        """Press a key where the keyboard is."""
        focus = self.bridge.window.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key)

    def types(self, text: str) -> None:
        """Type where the keyboard is."""
        focus = self.bridge.window.focusWidget()
        assert focus is not None
        QTest.keyClicks(focus, text)

    async def wants_override(self, reason: str = "the peak is known and short") -> None:
        """Want the checks of the shift overridden, by keys, until a second person is asked."""
        before = len(self.bridge.requests.requests)
        self.press("Override, two people")
        self.types(reason)
        self.enter()
        await self.is_asked(before)

    async def is_asked(self, before: int = 0) -> None:
        """Wait until one more request lies there than before."""
        await self.bridge.until(lambda: len(self.bridge.requests.requests) > before)
        await self.bridge.show()

    async def signs_here(self, words: str = "") -> None:
        """Let the second person type their words, the right ones unless others are given."""
        self.sheet.setFocus()
        self.key(Qt.Key.Key_S)
        self.types(words or passphrase_of(self.bridge.second))
        self.enter()
        await self.bridge.settle()


Scene = Callable[[Desk], Awaitable[None]]
Play = Callable[[Scene], None]


async def shifting(look: Look, bot: Bot, *checks: Check, value: float = TOO_HIGH) -> Desk:
    """The traffic is shifted, and a check of it was read."""
    found = await night(versions(checked(*checks), for_good(SHIFT)))
    begun = replace(start(found, SHIFT), said=Said(for_person=JO, heard="voice"))
    await found.desk.must(begun)
    for check in checks:
        found.reads(check.query, value)
        await found.mover().read_check(found.run.id, checked(*checks), check, 1)
    return desk_of(found, look, bot)


async def before_the_switch(look: Look, bot: Bot) -> Desk:
    """Nothing runs, and the next step cannot be undone."""
    found = await night(versions(for_good()))
    desk = desk_of(found, look, bot)
    await desk.bridge.show()
    await desk.bridge.until(lambda: desk.bridge.room.seen().forecast is not None)
    await desk.bridge.show()
    return desk


def desk_of(found: Room, look: Look, bot: Bot) -> Desk:
    """The window over a night."""
    bridge = bridge_of(found, look, bot)
    room = bridge.room
    card, line, sheet = StepCard(look), LineControl(look), SecondSheet(look)
    running = RunningList(look)
    layout = bridge.window.layout()
    assert layout is not None
    for part in (line, running, card):
        layout.addWidget(part)
    bridge.overlay.add(sheet)
    bridge.overlay.place()
    steps = StepsController(room, running, card)
    seconding = Seconding(desk=room.tools.desk, requests=room.tools.requests)
    seconded = SecondedController(room, sheet, seconding)
    acts = SecondActs(room, seconded)
    steps.on_override, steps.on_commit = acts.override, acts.commit
    lines = LineController(room, line)
    lines.on_resume = acts.resume(line.show_failure)
    return Desk(
        bridge=bridge,
        card=card,
        line=line,
        sheet=sheet,
        steps=steps,
        seconded=seconded,
        lines=lines,
    )


def played_at(make: Callable[[], Awaitable[Desk]], scene: Scene) -> None:
    """Play a scene at a desk, and end what runs in it."""

    async def whole() -> None:
        desk = await make()
        await desk.bridge.show()
        try:
            await scene(desk)
        finally:
            desk.seconded.leave()
            desk.bridge.controller.disarm()
            await desk.bridge.tasks.close()

    asyncio.run(whole())

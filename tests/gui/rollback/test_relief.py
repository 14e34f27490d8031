"""Relief stands first in the sheet, one button each, and nowhere where the plan has none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from relconsole.domain.estate.policy import Policy, ReliefRule
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.relief import entry_of
from relconsole.domain.record.effect import Outcome
from relconsole.domain.release.release import Release
from relconsole.services.dry_runs import DryRuns
from relconsole_ui.controllers.rollbacks import RollbacksController
from relconsole_ui.design.look import Look
from relconsole_ui.views.rollback.prepared import RollbacksView
from tests.gui.bot import Bot
from tests.gui.rollback.kit import Bridge, bridge_of
from tests.unit.services.rooms_s2 import (
    LEDGER,
    deploy,
    deploys,
    job_of,
    night,
    page,
    versions,
    with_relief,
)

BARE = versions(deploy("pay"), deploy("ledger", LEDGER))
PLAN = with_relief(BARE, page(), page("notice", by_hand=True))
PAGE = StepId("page")
Scene = Callable[[Bridge], Awaitable[None]]


@pytest.fixture
def play(look: Look, bot: Bot) -> Callable[..., None]:
    """Play a scene in a night that has brought the payments to their new version."""

    def run(scene: Scene, *, release: Release = PLAN, policy: Policy | None = None) -> None:
        async def whole() -> None:
            found = await night(release, policy=policy)
            await deploys(found, "pay")
            bridge = bridge_of(found, look, bot)
            await bridge.until(lambda: bridge.controller.dry_run.dry is not None)
            await bridge.show()
            try:
                await scene(bridge)
            finally:
                bridge.controller.disarm()
                await bridge.tasks.close()

        asyncio.run(whole())

    return run


async def comes_on(it: Bridge) -> None:
    """Let the job of the relief succeed, as the loop would find out."""
    await it.night.comes_to(job_of(it.night, "page").effect.id, Outcome.SUCCEEDED)
    await it.night.mover().finish_jobs(it.night.run.id)
    await it.show()


def test_that_relief_stands_first_in_the_sheet_and_is_used_by_one_key(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        it.chord()
        await it.show()
        relief = it.sheet.relief
        first = it.sheet.body.itemAt(0)
        assert first is not None
        assert first.widget() is relief
        assert list(relief.lines) == ["page", "notice"]
        assert relief.lines["page"].says.text() == "not used · deploy: service shop, version closed"
        it.sheet.setFocus()
        QTest.keyClick(it.sheet, Qt.Key.Key_1)
        await it.until(lambda: bool(it.night.run.steps[PAGE].attempts))
        await it.show()
        assert not relief.lines["page"].button.isEnabled()
        assert relief.lines["page"].button.why == "It is being turned on."
        await comes_on(it)
        assert relief.lines["page"].button.label == "Turn off"
        assert relief.lines["page"].says.text().startswith("on since ")
        assert entry_of(PAGE) in it.night.run.left_open
        it.bot.click(relief.lines["page"].button)
        await it.until(lambda: bool(it.night.run.steps[StepId("undo-page")].attempts))

    play(scene)


def test_that_a_plan_without_relief_shows_none(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        it.chord()
        await it.show()
        assert not it.sheet.relief.isVisible()
        QTest.keyClick(it.sheet, Qt.Key.Key_1)
        await it.settle()

    play(scene, release=BARE)


def test_that_relief_asks_for_a_reason_where_the_policy_does(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        it.chord()
        await it.show()
        relief = it.sheet.relief
        relief.press(1)
        assert relief.reason.isVisible()
        relief.reason.setText("  ")
        QTest.keyClick(relief.reason, Qt.Key.Key_Return)
        assert relief.reason.isVisible()
        relief.reason.setText("customers wait")
        QTest.keyClick(relief.reason, Qt.Key.Key_Return)
        await it.until(lambda: bool(it.night.run.steps[PAGE].attempts))
        assert it.night.run.steps[PAGE].attempts[0].note == "customers wait"
        assert not relief.reason.isVisible()
        relief.press(3)

    play(scene, policy=Policy(relief=ReliefRule(reason=True)))


def test_that_the_focus_waits_at_relief_that_is_moving(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        it.chord()
        await it.show()
        relief = it.sheet.relief
        relief.lines["page"].button.setFocus()
        QTest.keyClick(relief.lines["page"].button, Qt.Key.Key_Space)
        await it.until(lambda: bool(it.night.run.steps[PAGE].attempts))
        await it.show()
        assert not relief.lines["page"].button.isEnabled()
        assert QApplication.focusWidget() is relief.lines["page"]

    play(scene)


def test_that_a_key_held_down_uses_relief_once(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        it.chord()
        await it.show()
        held = QKeyEvent(
            QKeyEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", True, 1
        )
        QApplication.sendEvent(it.sheet, held)
        await it.settle()
        assert not it.night.run.steps[PAGE].attempts

    play(scene)


def test_that_what_is_asked_for_comes_into_sight_in_a_low_window(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        it.chord()
        await it.until(it.sheet.form.isVisible)
        it.sheet.form.reason.setText("checkout fails")
        QTest.keyClick(it.sheet.form.reason, Qt.Key.Key_Return)
        await it.until(lambda: bool(it.requests.requests))
        await it.show()
        it.window.resize(1000, 480)
        await it.settle()
        it.sheet.setFocus()
        asked = it.sheet.people.form.passphrase
        QTest.keyClick(it.sheet, Qt.Key.Key_S)
        await it.until(lambda: not asked.visibleRegion().isEmpty())
        reason = it.sheet.relief.reason
        assert reason.visibleRegion().isEmpty()
        it.sheet.relief.press(1)
        await it.until(lambda: not reason.visibleRegion().isEmpty())

    play(scene, policy=Policy(relief=ReliefRule(reason=True)))


def test_that_relief_by_hand_is_started_and_said_to_be_done(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        it.chord()
        await it.show()
        line = it.sheet.relief.lines["notice"]
        it.bot.click(line.button)
        await it.until(lambda: it.night.run.steps[StepId("notice")].state is StepState.RUNNING)
        await it.show()
        assert line.button.label == "Done"
        it.bot.click(line.button)
        await it.until(lambda: it.night.run.steps[StepId("notice")].was_done)

    play(scene)


def test_that_what_stands_against_relief_is_said_beside_it(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        it.conducts[0] = False
        it.chord()
        await it.show()
        relief = it.sheet.relief
        assert "does not conduct" in relief.lines["page"].says.text()
        relief.press(1)
        await it.settle()
        assert not it.night.run.steps[PAGE].attempts
        it.conducts[0] = True
        await it.show()
        relief.show_failure("It was refused.")
        assert relief.notice.isVisible()
        it.sheet.leave()
        assert relief.notice.text() == ""

    play(scene)


def test_that_the_page_of_rollbacks_offers_the_relief_of_the_bridge(
    play: Callable[..., None], look: Look
) -> None:
    async def scene(it: Bridge) -> None:
        view = it.bot.add(RollbacksView(look))
        it.relief.serve(view.relief)
        runs = DryRuns(desk=it.night.desk, armourer=it.room.tools.armourer, clock=it.night.clock)
        it.kept.append(
            RollbacksController(
                it.room, view, runs, lambda: it.controller.dry_run.dry, lambda: None
            )
        )
        it.bot.show(view, 1200, 700)
        await it.show()
        assert view.relief.isVisible()
        it.bot.click(view.relief.lines["page"].button)
        await it.until(lambda: bool(it.night.run.steps[PAGE].attempts))

    play(scene)

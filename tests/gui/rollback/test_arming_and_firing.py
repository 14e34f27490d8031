"""Arming takes one chord, firing two people and two seconds; everything less changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import Shiboken

from relconsole.domain.console.commands import CountRehearsal
from relconsole.domain.kernel.ids import Digest, RunId
from relconsole.domain.night.bridge_commands import StandTrigger
from relconsole.domain.night.bridge_facts import TriggerStood
from relconsole.domain.night.rollback_commands import DisarmRollback
from relconsole.domain.night.rollback_facts import RehearsalCounted, RehearsedTarget
from relconsole.domain.release.release import Release
from relconsole.services.arming import Armourer, Prepared
from relconsole_ui.design.look import Look
from tests.gui.bot import Bot
from tests.gui.rollback.kit import Bridge, bridge_of
from tests.helpers.fakes.signing import passphrase_of
from tests.unit.services.rooms import MARA, PAY
from tests.unit.services.rooms import Room as Night
from tests.unit.services.rooms_s2 import (
    LEDGER,
    NEW,
    OLD,
    deploy,
    deploys,
    night,
    shows,
    versions,
)

PLAN = versions(deploy("pay"), deploy("ledger", LEDGER))
Scene = Callable[[Bridge], Awaitable[None]]


async def rehearsed(found: Night) -> None:
    """Let a rehearsal of this very rollback count, of an hour ago."""
    armourer = Armourer(desk=found.desk, plugins=found.plugins, clock=found.clock)
    prepared = await armourer.prepare(found.run.id, None)
    assert isinstance(prepared, Prepared)
    targets = {item.service: item.after or "" for item in prepared.plan.items}
    counted = RehearsalCounted(
        run=RunId("rehearsal-1"),
        release=PLAN.id,
        plan=found.run.plan,
        rollback_plan=prepared.plan.digest,
        at=found.clock.now(),
        journal="rehearsals",
        size=1,
        root=Digest("c" * 64),
        forward=(),
        undo=(),
        targets=tuple(
            RehearsedTarget(service=service, version=version)
            for service, version in sorted(targets.items())
        ),
    )
    await found.desk.must(CountRehearsal(counted=counted), found.desk.console)


@pytest.fixture
def play(look: Look, bot: Bot) -> Callable[..., None]:
    """Play a scene in a night that has brought the payments to their new version."""

    def run(scene: Scene, *, release: Release = PLAN, is_rehearsed: bool = True) -> None:
        async def whole() -> None:
            found = await night(release)
            await deploys(found, "pay")
            if is_rehearsed:
                await rehearsed(found)
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


def test_that_one_chord_arms_and_shows_what_will_change(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        assert it.card.button.isEnabled()
        it.chord()
        assert it.sheet.isVisible()
        assert [row.before for row in it.sheet.changes.rows] == [NEW]
        await it.until(lambda: it.rollback() is not None)
        await it.show()
        assert it.sheet.title.text() == "Rollback armed"
        assert QApplication.activeModalWidget() is None

    play(scene)


def test_that_a_dry_run_writes_nothing(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        size = len(it.night.stored.envelopes)
        it.controller.dry_run.ask(it.room.seen())
        await it.until(lambda: not it.controller.dry_run.is_preparing)
        assert len(it.night.stored.envelopes) == size
        assert it.night.calls("perform") == []
        assert it.night.calls("cancel") == []

    play(scene)


def test_that_two_dry_runs_are_never_made_at_once(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        before = it.tasks.names.count("dry run of the rollback")
        it.controller.dry_run.ask(it.room.seen())
        it.controller.dry_run.ask(it.room.seen())
        it.room.show()
        assert it.tasks.names.count("dry run of the rollback") == before + 1
        await it.settle()

    play(scene)


def test_that_two_seconds_and_a_second_person_fire(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        assert not it.sheet.fire.hold.isEnabled()
        await it.is_signed()
        await it.hold(2.1)
        await it.until(it.is_fired)
        await it.show()
        assert not it.sheet.isVisible()
        assert it.back.isVisible()
        assert it.back.title.text() == "Rolling back"

    play(scene)


def test_that_nothing_can_be_fired_before_what_will_change_stands_there(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        assert not it.sheet.fire.hold.isEnabled()
        await it.arms()
        await it.is_signed()
        rows = it.sheet.changes.rows
        assert [(row.about, row.before, row.after) for row in rows] == [(PAY, NEW, OLD)]

    play(scene)


def test_that_letting_go_early_fires_nothing(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        await it.is_signed()
        await it.hold(1.9)
        assert it.rollback() is not None
        assert not it.is_fired()
        assert "fire the rollback" not in it.tasks.names

    play(scene)


def test_that_losing_the_focus_cancels_the_hold(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        await it.is_signed()
        it.bot.focus(it.sheet.fire.hold)
        QTest.keyPress(it.sheet.fire.hold, Qt.Key.Key_Space)
        it.pass_time(1.0)
        it.bot.focus(it.typing)
        it.pass_time(2.0)
        await it.settle()
        assert "fire the rollback" not in it.tasks.names

    play(scene)


def test_that_the_typed_name_fires_without_holding(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        typed = it.sheet.fire.typed
        assert not typed.isEnabled()
        await it.is_signed()
        QTest.keyClicks(typed, "pay-5")
        QTest.keyClick(typed, Qt.Key.Key_Return)
        await it.settle()
        assert "fire the rollback" not in it.tasks.names
        typed.setText("")
        QTest.keyClicks(typed, PLAN.id)
        QTest.keyClick(typed, Qt.Key.Key_Return)
        await it.until(it.is_fired)

    play(scene)


def focusable(it: Bridge) -> list[QWidget]:
    """Everything in the window that the keyboard can come to now."""
    return [
        widget
        for widget in it.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
    ]


def test_that_esc_disarms_from_every_widget(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        it.sheet.people.open_form()
        count = len(focusable(it))
        assert count > 8
        for number in range(count):
            if it.rollback() is None:
                it.requests.requests.clear()
                await it.arms()
                it.sheet.people.open_form()
            widget = focusable(it)[number]
            widget.setFocus()
            it.escape()
            await it.until(lambda: it.rollback() is None)
            assert not it.sheet.isVisible(), widget

    play(scene)


def test_that_esc_disarms_from_another_window_and_after_that_window_is_gone(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        gone, other = QWidget(), QLineEdit()
        gone.show()
        gone.activateWindow()
        await it.settle()
        it.bot.show(other, 200, 100)
        Shiboken.delete(gone)
        handle = other.windowHandle()
        assert handle is not None
        QTest.keyClick(handle, Qt.Key.Key_Escape)
        await it.until(lambda: it.rollback() is None)
        assert not it.sheet.isVisible()

    play(scene)


def test_that_esc_while_arming_puts_it_away_as_soon_as_it_stands(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        it.chord()
        it.escape()
        assert not it.sheet.isVisible()
        await it.until(lambda: it.night.facts("rollback_disarmed") == 1)
        assert it.rollback() is None
        assert it.night.facts("signature_asked") == 0

    play(scene)


def test_that_what_was_typed_elsewhere_keeps_the_focus_while_it_stands_armed(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        it.bot.focus(it.typing)
        await it.is_signed()
        assert it.typing.hasFocus()
        QTest.keyClicks(it.typing, "say")
        assert it.typing.text() == "say"

    play(scene)


def test_that_five_minutes_disarm_by_themselves_and_it_is_recorded(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        it.night.clock.advance(299)
        await it.show()
        assert it.rollback() is not None
        assert it.sheet.aside.text() == "disarms in 00:01"
        it.night.clock.advance(1)
        await it.show()
        await it.until(lambda: it.rollback() is None)
        assert it.night.facts("rollback_disarmed") == 1
        assert not it.sheet.isVisible()

    play(scene)


def test_that_a_second_person_signs_here_by_their_own_passphrase(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        it.sheet.setFocus()
        QTest.keyClick(it.sheet, Qt.Key.Key_S)
        form = it.sheet.people.form
        assert form.isVisible()
        QTest.keyClicks(form.passphrase, "wrong words")
        assert form.passphrase.displayText() != "wrong words"
        QTest.keyClick(form.passphrase, Qt.Key.Key_Return)
        assert form.passphrase.text() == ""
        await it.until(lambda: "does not open the key" in it.sheet.notice.text())
        assert not it.sheet.fire.hold.isEnabled()
        it.sheet.people.open_form()
        QTest.keyClicks(form.passphrase, passphrase_of(it.second))
        QTest.keyClick(form.passphrase, Qt.Key.Key_Return)
        await it.until(it.sheet.fire.hold.isEnabled)
        assert not form.passphrase.isUndoAvailable()

    play(scene)


def test_that_who_armed_cannot_be_the_second_person(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        names = [row.name for row in it.sheet.people._rows.candidates if not row.why]  # type: ignore[union-attr]
        assert "Mara" not in names
        it.requests.signs(MARA)
        it.night.clock.advance(1)
        await it.until(lambda: "does not count" in it.sheet.people.lines[1].says.text())
        assert not it.sheet.fire.hold.isEnabled()

    play(scene)


def test_that_somebody_else_can_be_asked(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        first = it.sheet.people.lines[1].name.text()
        it.bot.click(it.sheet.people.other)
        await it.until(lambda: it.night.facts("signature_asked") == 2)
        await it.show()
        assert it.sheet.people.lines[1].name.text() != first
        await it.is_signed()

    play(scene)


def test_that_the_place_of_the_request_is_shown_and_copied(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        assert not it.sheet.people.request.isVisible()
        it.bot.click(it.sheet.people.file)
        assert it.sheet.people.request.isVisible()
        it.bot.click(it.sheet.people.copy)
        assert QApplication.clipboard().text() == it.sheet.people.place.text()

    play(scene)


def test_that_a_bad_answer_is_said_and_waited_on(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        it.requests.broken = "The answer cannot be read."
        it.night.clock.advance(1)
        await it.until(lambda: it.sheet.notice.text() == "The answer cannot be read.")
        it.requests.broken = ""
        await it.is_signed()

    play(scene)


def test_that_a_rollback_that_was_never_rehearsed_asks_a_reason_before_it_is_armed(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        it.chord()
        await it.settle()
        assert it.rollback() is None
        assert "never rehearsed" in it.sheet.form.asks.text()
        assert it.sheet.form.reason.hasFocus()
        QTest.keyClick(it.sheet.form.reason, Qt.Key.Key_Return)
        await it.settle()
        assert it.rollback() is None
        QTest.keyClicks(it.sheet.form.reason, "checkout fails")
        QTest.keyClick(it.sheet.form.reason, Qt.Key.Key_Return)
        await it.until(lambda: it.rollback() is not None)
        await it.show()
        assert it.armed().reason == "checkout fails"
        assert it.sheet.hasFocus()
        await it.until(lambda: bool(it.requests.requests))
        assert "checkout fails" in next(iter(it.requests.requests.values()))

    play(scene, is_rehearsed=False)


def test_that_a_fleet_that_differs_asks_a_reason_before_it_is_armed(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        shows(it.night, PAY, NEW, OLD)
        it.controller.dry_run.ask(it.room.seen())
        await it.until(lambda: not it.controller.dry_run.is_preparing)
        await it.show()
        assert it.card.heading.text() == "Fleet differs"
        it.chord()
        await it.settle()
        assert it.rollback() is None
        QTest.keyClicks(it.sheet.form.reason, "one instance was left")
        it.bot.click(it.sheet.form.arm)
        await it.until(lambda: it.rollback() is not None)
        assert it.armed().forced

    play(scene)


def test_that_a_fleet_that_is_as_planned_again_by_the_chord_is_armed_without_a_reason(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        shows(it.night, PAY, NEW, OLD)
        it.controller.dry_run.ask(it.room.seen())
        await it.until(lambda: not it.controller.dry_run.is_preparing)
        shows(it.night, PAY, NEW)
        it.chord()
        assert it.sheet.form.isVisible()
        await it.until(lambda: it.rollback() is not None)
        assert it.armed().reason == ""
        assert not it.armed().forced

    play(scene)


def test_that_a_fleet_nobody_can_see_is_never_armed(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        it.night.world.values.clear()
        it.controller.dry_run.ask(it.room.seen())
        await it.until(lambda: not it.controller.dry_run.is_preparing)
        await it.show()
        assert not it.card.button.isEnabled()
        assert "unknown" in it.card.caution.text()
        it.chord()
        await it.until(lambda: not it.controller.dry_run.is_preparing)
        await it.settle()
        assert it.rollback() is None
        assert it.sheet.title.text() == "Rollback not possible"

    play(scene)


def test_that_a_fleet_that_moved_since_arming_is_armed_again_before_it_fires(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        await it.is_signed()
        shows(it.night, PAY, NEW, NEW, OLD)
        it.night.clock.advance(30)
        await it.show()
        await it.until(it.sheet.fire.again.isVisible)
        assert not it.sheet.fire.hold.isEnabled()
        it.bot.click(it.sheet.fire.again)
        await it.until(lambda: it.rollback() is None)
        await it.until(it.sheet.form.isVisible)

    play(scene)


def test_that_a_window_that_does_not_conduct_fires_nothing_and_offers_to_take_up(
    play: Callable[..., None],
) -> None:
    async def scene(it: Bridge) -> None:
        it.conducts[0] = False
        await it.arms()
        it.requests.signs(it.second)
        it.night.clock.advance(1)
        await it.settle()
        await it.show()
        assert not it.sheet.fire.hold.isEnabled()
        assert it.sheet.fire.why.text() == "This window does not conduct the night"
        it.bot.click(it.sheet.fire.take_up)
        assert it.taken_up == [None]

    play(scene)


def test_that_a_rollback_put_away_elsewhere_closes_the_sheet(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        await it.night.desk.must(DisarmRollback(run=it.night.run.id))
        await it.show()
        assert not it.sheet.isVisible()

    play(scene)


def kind_of(it: Bridge) -> str:
    """How much the button of the card asks to be pressed."""
    return it.card.button.kind


def test_that_the_button_is_red_only_while_a_trigger_is_true(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        assert kind_of(it) == "plain"
        before = it.card.button.geometry()
        stood = TriggerStood(
            run=it.night.run.id, trigger="p95", value=1.4, since=it.night.clock.now(), reasons=()
        )
        await it.night.sees(StandTrigger(run=it.night.run.id, stood=stood))
        await it.show()
        assert kind_of(it) == "danger"
        assert it.card.button.geometry().size() == before.size()

    play(scene)


def test_that_the_sheet_covers_nothing_where_there_is_room(play: Callable[..., None]) -> None:
    async def scene(it: Bridge) -> None:
        await it.arms()
        assert not it.is_docked()
        assert it.card.geometry().right() > it.sheet.geometry().left()
        it.window.resize(2300, 900)
        await it.settle()
        assert it.is_docked()
        assert it.card.geometry().right() < it.sheet.geometry().left()
        it.escape()
        await it.settle()
        assert it.card.geometry().right() > 1_800

    play(scene)

"""The bridge is built over many turns: nothing leads to half of it, and none of it is left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel

from relconsole_ui.design.look import Look
from relconsole_ui.shell.building import Building, build_at_once, build_in_turns
from relconsole_ui.shell.rail import RailButton
from relconsole_ui.shell.window import ConsoleWindow
from tests.gui.bot import Bot
from tests.gui.shell.kit import bridge_of, window_with_start
from tests.unit.presenters.scenes import calm

MOST_WIDGETS = 160
"""How many widgets one act may make, those within others too."""

MOST_SECONDS = 0.5
"""Of this thread's own processor time, many times what an act takes: it finds one gone astray."""


@pytest.fixture
def window(dressed: Look, bot: Bot) -> Iterator[ConsoleWindow]:
    """A window in which nothing is open."""
    found = bot.show(window_with_start(dressed), 1600, 1000)
    yield found
    let_go()


def let_go() -> None:
    """Let everything go that is to be deleted, as the loop of the window does."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def remains(window: ConsoleWindow) -> tuple[object, ...]:
    """What of a release can be found in a window: pages, keys, views, docks, bars."""
    return (
        window.pages.count(),
        window.actions_.names,
        [each.text() for each in window.findChildren(RailButton) if not each.isHidden()],
        [each.windowTitle() for each in window.findChildren(QDockWidget)],
        window.top_bar.isVisible(),
        window.page,
    )


def acts_of(dressed: Look, window: ConsoleWindow) -> int:
    """In how many acts a bridge is built."""
    _room, _conducting, bridge = bridge_of(calm(), dressed, window)
    count = sum(1 for _ in bridge.build())
    bridge.close()
    let_go()
    return count


def test_that_a_bridge_that_is_left_after_any_act_leaves_nothing(
    dressed: Look, bot: Bot, window: ConsoleWindow
) -> None:
    nothing = remains(window)
    for count in range(acts_of(dressed, window) + 1):
        bot.settle()
        room, _conducting, bridge = bridge_of(calm(), dressed, window)
        building = bridge.build()
        for _ in range(count):
            next(building, None)
            bot.settle()
        building.close()
        bridge.close()
        let_go()
        assert remains(window) == nothing, count
        assert room.is_left
        # Whatever is still on its way finds nobody who would show it.
        room.show()


def test_that_another_release_can_come_after_any_act(
    dressed: Look, bot: Bot, window: ConsoleWindow
) -> None:
    for count in range(0, acts_of(dressed, window), 5):
        _room, _conducting, left = bridge_of(calm(), dressed, window)
        building = left.build()
        for _ in range(count):
            next(building)
        building.close()
        left.close()
        _room, _conducting, bridge = bridge_of(calm(), dressed, window)
        build_at_once(bridge.build())
        bot.settle()
        assert window.page == "bridge"
        assert window.focusWidget() is bridge.panels.card
        bridge.close()
        let_go()


def test_that_nothing_leads_to_the_bridge_before_all_of_it_stands(
    dressed: Look, bot: Bot, window: ConsoleWindow
) -> None:
    bound = window.actions_.names
    _room, _conducting, bridge = bridge_of(calm(), dressed, window)
    for _ in bridge.build():
        bot.settle()
        is_led_to = "open-night" in window.actions_.names
        words = [each.text() for each in window.findChildren(RailButton)]
        assert window.page == "start"
        assert ("Bridge" in words) is is_led_to
        assert window.top_bar.isVisible() is is_led_to
        if not is_led_to:
            assert window.actions_.names == bound
            assert not [each for each in window.findChildren(QDockWidget) if each.isVisible()]
    assert window.page == "bridge"
    bridge.close()


def test_that_whoever_went_elsewhere_meanwhile_stays_there(
    dressed: Look, bot: Bot, window: ConsoleWindow
) -> None:
    page = QLabel("settings")
    page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.add_page("settings", page)
    _room, _conducting, bridge = bridge_of(calm(), dressed, window)
    building = bridge.build()
    for _ in range(5):
        next(building)
    window.open_page("settings")
    bot.focus(page)
    build_at_once(building)
    bridge.stand_where(page="rollbacks", step="", docks="")
    bot.settle()
    assert window.page == "settings"
    assert window.focusWidget() is page
    bridge.stand_at_card()
    assert window.focusWidget() is bridge.panels.card
    bridge.close()


def test_that_facts_are_seen_by_what_stands_and_in_the_end_by_all(
    dressed: Look, bot: Bot, window: ConsoleWindow
) -> None:
    room, _conducting, bridge = bridge_of(calm(), dressed, window)
    for _ in bridge.build():
        room.show()
        bot.settle()
    assert bridge.panels.card.title.text()
    bridge.close()


def test_that_no_act_builds_too_much(dressed: Look, bot: Bot, window: ConsoleWindow) -> None:
    _room, _conducting, bridge = bridge_of(calm(), dressed, window)
    building = bridge.build()
    over: list[str] = []
    at = 0
    while True:
        at += 1
        widgets, began = len(QApplication.allWidgets()), time.thread_time()
        is_over = next(building, building) is building
        made, took = len(QApplication.allWidgets()) - widgets, time.thread_time() - began
        if made > MOST_WIDGETS or took > MOST_SECONDS:
            over.append(f"act {at}: {made} widgets in {took:.3f} s")
        bot.settle()
        if is_over:
            break
    bridge.close()
    assert over == []


def counted(done: list[str], most: int = 3) -> Building:
    """A building of some acts, which tells of each and of its end."""
    try:
        for number in range(most):
            done.append(f"act {number}")
            yield
    finally:
        done.append("end")


def test_that_others_have_a_turn_between_two_acts() -> None:
    done: list[str] = []

    async def play() -> bool:
        loop = asyncio.get_running_loop()

        def note(count: int) -> None:
            done.append("other")
            if count:
                loop.call_soon(note, count - 1)

        loop.call_soon(note, 1)
        return await build_in_turns(counted(done), lambda: True)

    assert asyncio.run(play())
    assert done == ["act 0", "other", "act 1", "other", "act 2", "end"]


def test_that_a_building_that_is_not_wanted_any_more_ends_after_its_act() -> None:
    done: list[str] = []
    assert not asyncio.run(build_in_turns(counted(done), lambda: len(done) < 2))
    assert done == ["act 0", "act 1", "end"]

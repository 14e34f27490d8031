"""Laying the bridge out anew moves only the panels whose place is another."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.views.bridge.bridge import LEFT, MIDDLE, PAIR, RIGHT, BridgeView
from tests.gui.bot import Bot

BEHIND = {"muster", "message", "left_open", "decision", "poll"}
NAMES = (*LEFT, *MIDDLE, *PAIR, *RIGHT, "health")


class Moves(QObject):
    """Counts the widgets that were taken from one place to another."""

    def __init__(self) -> None:
        super().__init__()
        self.moved: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.ParentChange:
            self.moved.append(watched.objectName())
        return False


@pytest.fixture
def bridge(dressed: Look, bot: Bot) -> BridgeView:
    host = bot.show(QWidget(), 1600, 1000)
    # Within another widget it can be made smaller than its panels would like.
    view = BridgeView(dressed, host)
    for name in NAMES:
        view.place(name, QLabel(name))
    view.resize(1528, 900)
    view.show()
    bot.settle()
    return view


def _moves(bridge: BridgeView, bot: Bot, width: int, height: int) -> list[str]:
    """Give the panels that changed their place when the bridge was made so large."""
    moves = Moves()
    for name in NAMES:
        panel = bridge.panel(name)
        assert panel is not None
        panel.installEventFilter(moves)
    bridge.resize(width, height)
    bot.settle()
    return moves.moved


def _shown(bridge: BridgeView) -> set[str]:
    panels = ((name, bridge.panel(name)) for name in NAMES)
    return {name for name, panel in panels if panel is not None and panel.isVisible()}


def test_that_a_little_less_height_moves_no_panel(bridge: BridgeView, bot: Bot) -> None:
    assert _shown(bridge) == set(NAMES)
    assert _moves(bridge, bot, 1528, 800) == []
    running = bridge.panel("running")
    assert running is not None
    assert running.height() == 214


def test_that_another_width_moves_no_panel(bridge: BridgeView, bot: Bot) -> None:
    assert _moves(bridge, bot, 1300, 900) == []


def test_that_only_what_goes_behind_tabs_is_moved_and_comes_back(
    bridge: BridgeView, bot: Bot
) -> None:
    assert set(_moves(bridge, bot, 1528, 700)) == BEHIND
    assert _shown(bridge) == set(NAMES) - {"message", "left_open", "poll"}
    bridge.resize(1528, 900)
    bot.settle()
    assert _shown(bridge) == set(NAMES)


def test_that_little_room_keeps_what_one_acts_on(bridge: BridgeView, bot: Bot) -> None:
    bridge.resize(1528, 500)
    bot.settle()
    kept = {"running", "step", "timeline", "rollback"}
    assert _shown(bridge) == {*kept, "poll"}
    for name in ("decision", "poll"):
        wanted = bridge.panel(name)
        assert wanted is not None
        bridge.bring_forward(wanted)
        assert _shown(bridge) == {*kept, name}
    bridge.resize(1528, 900)
    bot.settle()
    assert _shown(bridge) == set(NAMES)

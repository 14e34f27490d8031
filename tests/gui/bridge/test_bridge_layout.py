"""The bridge at every size: each panel in its place, none lost, and the keyboard where it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import Shiboken

from relconsole_ui.design.look import Look
from relconsole_ui.views.bridge.bridge import BridgeView, Room, shape_for
from tests.gui.bot import Bot

NAMES = (
    "running",
    "step",
    "timeline",
    "left_open",
    "message",
    "muster",
    "decision",
    "poll",
    "rollback",
    "health",
)
SIZES = ((1528, 880), (1208, 780), (1208, 640), (900, 640), (900, 420), (1528, 420))
NEVER_LEAVE = {"running", "step", "timeline", "poll", "rollback"}


class Panes(BridgeView):
    """The bridge with a line to write on in each panel."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.lines: dict[str, QLineEdit] = {}
        for name in NAMES:
            panel = QWidget()
            column = QVBoxLayout(panel)
            self.lines[name] = QLineEdit()
            column.addWidget(self.lines[name])
            self.place(name, panel)

    def seen(self) -> set[str]:
        """The panels in sight, those behind tabs too."""
        return {
            name
            for name in NAMES
            if (panel := self.panel(name)) is not None
            and (panel.isVisible() or self._is_behind_a_tab(panel))
        }

    def _is_behind_a_tab(self, panel: QWidget) -> bool:
        both = (self._tabs, self._side_tabs)
        return any(tabs.isVisible() and tabs.indexOf(panel) >= 0 for tabs in both)


@pytest.fixture
def panes(dressed: Look, bot: Bot) -> Panes:
    """The bridge, as designed."""
    host = QStackedWidget()
    # As in the window: the page that wants most forbids no size.
    host.setMinimumSize(640, 360)
    found = Panes(dressed)
    host.addWidget(found)
    bot.show(host, *SIZES[0])
    return found


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [
        (1508, 846, ("wide", Room.TALL)),
        (1507, 845, ("middle", Room.FAIR)),
        (1208, 766, ("middle", Room.FAIR)),
        (1207, 765, ("narrow", Room.LOW)),
        (640, 520, ("narrow", Room.LOW)),
        (640, 519, ("narrow", Room.SHORT)),
        (0, 0, ("narrow", Room.SHORT)),
    ],
)
def test_that_the_shape_follows_the_room_there_is(
    width: int, height: int, shape: tuple[str, Room]
) -> None:
    found = shape_for(width, height)
    assert (found.width, found.height) == shape
    assert found.has_tabs is (shape[1] is Room.LOW)
    assert found.is_short is (shape[1] is Room.SHORT)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_that_what_one_acts_on_is_there_at_every_size(
    panes: Panes, bot: Bot, width: int, height: int
) -> None:
    panes.window().resize(width, height)
    bot.settle()
    assert panes.seen() >= NEVER_LEAVE
    if not shape_for(width, height).is_short:
        assert panes.seen() == set(NAMES)


def test_that_no_panel_is_lost_however_often_the_size_changes(panes: Panes, bot: Bot) -> None:
    for turn in range(20):
        panes.window().resize(*SIZES[turn % len(SIZES)])
        bot.settle()
        assert all(Shiboken.isValid(pane) for pane in panes.panes)
        assert [pane.objectName() for pane in panes.panes if not Shiboken.isValid(pane)] == []
    panes.window().resize(*SIZES[0])
    bot.settle()
    assert panes.seen() == set(NAMES)
    assert len(panes.panes) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_that_the_keyboard_stays_where_it_was(panes: Panes, bot: Bot, name: str) -> None:
    line = panes.lines[name]
    bot.focus(line)
    for size in (SIZES[2], SIZES[0], SIZES[3], SIZES[1]):
        panes.window().resize(*size)
        bot.settle()
        assert line.hasFocus(), size
        assert line.isVisible(), size


def test_that_the_keyboard_goes_to_the_step_where_its_panel_has_no_room(
    panes: Panes, bot: Bot
) -> None:
    step = panes.panel("step")
    assert step is not None
    step.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    bot.focus(panes.lines["muster"])
    panes.window().resize(*SIZES[4])
    bot.settle()
    assert step.hasFocus()


def test_that_a_panel_behind_a_tab_can_be_brought_forward(panes: Panes, bot: Bot) -> None:
    panes.window().resize(*SIZES[2])
    bot.settle()
    message = panes.panel("message")
    running = panes.panel("running")
    assert message is not None
    assert running is not None
    assert not message.isVisible()
    panes.bring_forward(message)
    assert message.isVisible()
    panes.bring_forward(running)
    assert message.isVisible()


def test_that_a_bridge_without_some_panels_is_laid_out_all_the_same(
    dressed: Look, bot: Bot
) -> None:
    view = BridgeView(dressed)
    view.place("timeline", QWidget())
    bot.show(view, *SIZES[0])
    for size in SIZES:
        view.resize(*size)
        bot.settle()
    assert [pane.objectName() for pane in view.panes] == ["timeline"]
    assert view.panel("running") is None


def test_that_a_larger_scale_lays_out_anew_for_the_room_that_is_left(
    panes: Panes, bot: Bot, dressed: Look
) -> None:
    dressed.change(scale=2.0)
    bot.settle()
    assert panes.seen() >= NEVER_LEAVE
    dressed.change(scale=1.0)
    bot.settle()
    assert panes.seen() == set(NAMES)

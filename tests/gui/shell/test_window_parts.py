"""The frame: rail, bars, notices, docks, and where the window may stand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QMainWindow, QWidget
from shiboken6 import Shiboken

from relconsole_ui.design.look import Look
from relconsole_ui.shell.docks import Docks
from relconsole_ui.shell.focus import first_within, give_back
from relconsole_ui.shell.notice import MOST, NoticeLine
from relconsole_ui.shell.rail import Rail, RailButton
from relconsole_ui.shell.screens import Box, OnScreen, place_within
from relconsole_ui.shell.window import ConsoleWindow
from tests.gui.bot import Bot
from tests.gui.shell.kit import shell_of
from tests.unit.presenters.scenes import calm

MAIN = Box(left=0, top=0, width=1920, height=1080)
SIDE = Box(left=1920, top=0, width=1280, height=1024)


def words(rail: Rail) -> list[str]:
    """The views from top to bottom."""
    buttons = [each for each in rail.findChildren(RailButton) if each.isVisible()]
    return [each.text() for each in sorted(buttons, key=lambda each: each.y())]


@pytest.fixture
def docked(dressed: Look, bot: Bot) -> Iterator[tuple[QMainWindow, Docks, QLineEdit, QLineEdit]]:
    """A window with a line to write on, and another in each of two docks."""
    window, page, line = QMainWindow(), QLineEdit(), QLineEdit()
    window.setCentralWidget(page)
    docks = Docks(dressed, window)
    docks.add("log", "Log", line)
    docks.add("plan", "Plan", QLabel("plan"))
    bot.show(window, 800, 600)
    yield window, docks, page, line
    docks.close()


def test_that_the_rail_keeps_its_order_however_views_come(dressed: Look, bot: Bot) -> None:
    rail = Rail(dressed)
    bot.show(rail, 72, 900)
    for view in ("import", "settings", "reports", "bridge", "rollbacks"):
        rail.add(view)
    bot.settle()
    assert words(rail) == ["Bridge", "Rollbacks", "Reports", "Import", "Settings"]
    rail.remove("reports")
    rail.remove("reports")
    rail.add("reports")
    bot.settle()
    assert words(rail) == ["Bridge", "Rollbacks", "Reports", "Import", "Settings"]


def test_that_the_rail_knows_only_its_views(dressed: Look, bot: Bot) -> None:
    rail = bot.add(Rail(dressed))
    with pytest.raises(KeyError):
        rail.add("hologram")


def test_that_a_view_of_the_rail_is_opened_by_key_and_marked(dressed: Look, bot: Bot) -> None:
    window = ConsoleWindow(dressed)
    for name in ("bridge", "reports"):
        window.add_page(name, QLabel(name))
        window.rail.add(name)
    bot.show(window, 1280, 800)
    button = next(it for it in window.rail.findChildren(RailButton) if it.text() == "Reports")
    bot.focus(button)
    bot.key(button, Qt.Key.Key_Space)
    assert window.page == "reports"
    assert button.isChecked()
    assert button.accessibleName() == "Reports, key Ctrl 3"
    window.remove_page("reports")
    assert not window.has_page("reports")
    assert window.page == "bridge"


def test_that_the_top_bar_says_what_is_on_the_bridge(dressed: Look, bot: Bot) -> None:
    with shell_of(calm(), dressed, bot) as shell:
        bar = shell.window.top_bar
        assert bar.title.text() == "Payments Core 2026.4 cutover"
        assert bar.clock.text().startswith("02:11:42")
        assert bar.isVisible()
        figures = shell.window.figures.figures
        assert all(each.accessibleName() for each in figures)
        bot.focus(figures[0])
        assert figures[0].why.text() != ""


def test_that_the_bars_go_with_the_release(dressed: Look, bot: Bot) -> None:
    with shell_of(calm(), dressed, bot) as shell:
        assert shell.window.figures.isVisible()
    assert not shell.window.figures.isVisible()
    assert shell.window.page == "start"


def test_that_a_page_wants_to_close_first_and_the_window_goes_after(
    dressed: Look, bot: Bot
) -> None:
    window = ConsoleWindow(dressed)
    bot.show(window, 1280, 800)
    wishes = bot.heard(window.closing)
    window.close()
    assert window.isVisible()
    assert len(wishes) == 1
    window.let_close()
    assert not window.isVisible()


def test_that_sentences_wait_for_one_another_until_they_are_read(dressed: Look, bot: Bot) -> None:
    line = NoticeLine(dressed)
    line.say("")
    assert line.isHidden()
    bot.show(line, 800, 48)
    for text in ("first", "second", "first"):
        line.say(text)
    assert (line.words.text(), line.read.label) == ("first", "Read, 1 more")
    bot.click(line.read)
    assert (line.words.text(), line.read.label) == ("second", "Read")
    bot.key(line, Qt.Key.Key_Escape)
    assert line.isHidden()


def test_that_a_flood_of_sentences_keeps_the_newest(dressed: Look, bot: Bot) -> None:
    line = NoticeLine(dressed)
    bot.show(line, 800, 48)
    for number in range(MOST + 5):
        line.say(f"sentence {number}")
    assert line.words.text() == "sentence 5"
    line.clear()
    assert line.isHidden()


def test_that_a_dock_takes_the_keyboard_and_gives_it_back(
    docked: tuple[QMainWindow, Docks, QLineEdit, QLineEdit], bot: Bot
) -> None:
    _, docks, page, line = docked
    bot.focus(page)
    shown: list[tuple[str, ...]] = []
    for holder in (line, page):
        docks.toggle("log")
        bot.settle()
        assert holder.hasFocus()
        shown.append(docks.shown)
    assert shown == [("log",), ()]


def test_that_a_dock_behind_another_comes_to_the_front(
    docked: tuple[QMainWindow, Docks, QLineEdit, QLineEdit], bot: Bot
) -> None:
    _, docks, _, line = docked
    docks.toggle("log")
    docks.toggle("plan")
    bot.settle()
    assert line.visibleRegion().isEmpty()
    docks.toggle("log")
    bot.settle()
    assert not line.visibleRegion().isEmpty()
    assert line.hasFocus()


def test_that_docks_are_found_again_where_they_were(
    docked: tuple[QMainWindow, Docks, QLineEdit, QLineEdit], bot: Bot
) -> None:
    _, docks, _, _ = docked
    docks.show("log")
    bot.settle()
    kept = docks.state()
    docks.hide("log")
    assert docks.restore(kept)
    assert docks.shown == ("log",)


@pytest.mark.parametrize("text", ["", "AAAA", "no base64 at all \u2603"])
def test_that_a_layout_that_is_none_changes_nothing(
    docked: tuple[QMainWindow, Docks, QLineEdit, QLineEdit], text: str
) -> None:
    _, docks, _, _ = docked
    docks.show("log")
    assert not docks.restore(text)
    assert docks.shown == ("log",)


def test_that_locked_docks_stay_also_those_that_come_later(
    docked: tuple[QMainWindow, Docks, QLineEdit, QLineEdit],
) -> None:
    _, docks, _, line = docked
    dock = line.parentWidget()
    assert dock is not None
    docks.lock(is_locked=True)
    docks.add("late", "Late", QLabel("late"))
    movable = docks._docks["late"].DockWidgetFeature.DockWidgetMovable
    assert docks.is_locked
    assert not any(each.features() & movable for each in docks._docks.values())
    docks.lock(is_locked=False)
    assert all(each.features() & movable for each in docks._docks.values())


@pytest.mark.parametrize(
    ("box", "screens", "place"),
    [
        (Box(left=10, top=10, width=800, height=600), (MAIN,), None),
        (Box(left=2000, top=50, width=1000, height=800), (MAIN, SIDE), None),
        (
            Box(left=2000, top=50, width=1000, height=800),
            (MAIN,),
            Box(left=460, top=140, width=1000, height=800),
        ),
        (
            Box(left=5000, top=5000, width=4000, height=3000),
            (MAIN, SIDE),
            Box(left=0, top=0, width=1920, height=1080),
        ),
        (
            Box(left=100, top=1060, width=800, height=600),
            (MAIN,),
            Box(left=560, top=240, width=800, height=600),
        ),
        (
            Box(left=1900, top=10, width=800, height=600),
            (MAIN,),
            Box(left=560, top=240, width=800, height=600),
        ),
        (Box(left=1900, top=-30, width=800, height=600), (), None),
        (Box(left=100, top=20, width=60, height=40), (MAIN,), None),
    ],
    ids=["there", "second screen", "screen gone", "too large", "foot", "edge", "none", "small"],
)
def test_that_c13_a_window_stands_where_its_head_is_in_reach(
    box: Box, screens: tuple[Box, ...], place: Box | None
) -> None:
    assert place_within(box, screens) == (box if place is None else place)


def test_that_c13_a_window_and_its_floating_docks_come_back(
    docked: tuple[QMainWindow, Docks, QLineEdit, QLineEdit], bot: Bot
) -> None:
    window, docks, _, line = docked
    docks.show("log")
    dock = docks._docks["log"]
    dock.setFloating(True)
    bot.settle()
    on_screen = OnScreen(window)
    for widget in (window, dock):
        widget.setGeometry(9_000, 9_000, 300, 200)
    on_screen.look()
    bot.settle()
    there = window.screen().availableGeometry()
    assert there.contains(window.geometry().topLeft())
    assert there.contains(dock.geometry().topLeft())
    dock.setFloating(False)
    assert Shiboken.isValid(line)


def test_that_the_keyboard_is_not_given_to_what_is_gone(bot: Bot) -> None:
    gone = QWidget()
    Shiboken.delete(gone)
    give_back(gone)
    give_back(None)
    empty = bot.show(QWidget(), 100, 100)
    assert first_within(empty) is None

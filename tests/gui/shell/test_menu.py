"""The menu at the mark of the rail: everything that can be done, with keys, and why not now."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from relconsole_ui.design.look import Look
from relconsole_ui.shell.actions import MENUS
from relconsole_ui.shell.window import ConsoleWindow
from tests.gui.bot import Bot


def window_with(look: Look, bot: Bot, *deeds: str) -> tuple[ConsoleWindow, list[str]]:
    """A window in which these can be done, and what was done."""
    window = ConsoleWindow(look)
    done: list[str] = []
    window.frame(rail=True, bars=False)
    for deed in deeds:
        window.actions_.bind(deed, partial(done.append, deed))
    bot.show(window, 1280, 800)
    return window, done


def opened(window: ConsoleWindow) -> QMenu:
    """The menu that is open."""
    menu = window.menu.menu
    assert menu is not None
    assert menu.isVisible()
    return menu


def below(menu: QMenu, name: str) -> QMenu:
    """One of the menus below it."""
    found = next(each.menu() for each in menu.actions() if each.text() == name)
    assert isinstance(found, QMenu)
    return found


def test_that_f10_opens_the_menu_with_every_action_and_esc_leaves_it(
    dressed: Look, bot: Bot
) -> None:
    window, done = window_with(dressed, bot, "arm", "hold", "quit")
    bot.key(window, Qt.Key.Key_F10)
    menu = opened(window)
    assert menu.activeAction() is menu.actions()[0]
    names = [each.text() for each in menu.actions()]
    assert names == [name for name in MENUS if name in {"File", "Night", "Rollback"}]
    assert [each.text() for each in below(menu, "Rollback").actions()] == ["Arm rollback"]
    below(menu, "Rollback").actions()[0].trigger()
    assert done == ["arm"]
    bot.key(menu, Qt.Key.Key_Escape)
    bot.settle()
    assert window.menu.menu is None


def test_that_the_mark_opens_the_menu_and_says_so(dressed: Look, bot: Bot) -> None:
    window, _ = window_with(dressed, bot, "quit")
    assert window.rail.mark.accessibleName() == "Menu, key F10"
    window.rail.mark.click()
    menu = opened(window)
    shortcuts = [each.shortcut().toString() for each in below(menu, "File").actions()]
    assert shortcuts == ["Ctrl+Q"]
    menu.close()
    bot.settle()


def test_that_what_cannot_be_done_now_stands_in_the_menu_with_its_reason(
    dressed: Look, bot: Bot
) -> None:
    window, done = window_with(dressed, bot, "hold")
    window.actions_.set_possible("hold", False, "The night has not been opened.")
    window.rail.mark.click()
    (hold,) = below(opened(window), "Night").actions()
    assert not hold.isEnabled()
    assert "The night has not been opened." in hold.toolTip()
    hold.trigger()
    assert done == []
    opened(window).close()
    bot.settle()

"""Help for what is in focus, by its key, over the window and gone again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from relconsole_ui.design.look import Look
from relconsole_ui.presenters.help import HELP
from relconsole_ui.shell.focus import first_within
from relconsole_ui.shell.help_sheet import Help, HelpSheet
from tests.gui.bot import Bot
from tests.gui.shell.kit import Shell, shell_of
from tests.unit.presenters.scenes import calm


@pytest.fixture
def helped(dressed: Look, bot: Bot) -> Iterator[Shell]:
    """A calm night in a window with help."""
    with shell_of(calm(), dressed, bot) as shell:
        Help(dressed, shell.window, "/home/mara/night")
        yield shell


def sheet_of(shell: Shell) -> HelpSheet:
    (sheet,) = shell.window.findChildren(HelpSheet)
    return sheet


@pytest.mark.parametrize("panel", ["running", "step", "timeline"])
def test_that_f1_tells_of_the_panel_that_has_the_keyboard(helped: Shell, panel: str) -> None:
    view = helped.bridge.panels.view.panel(panel)
    assert view is not None
    taker = first_within(view)
    assert taker is not None
    helped.bot.focus(taker)
    helped.key(Qt.Key.Key_F1)
    sheet = sheet_of(helped)
    assert sheet.isVisible()
    assert sheet.accessibleName() == HELP[panel].title
    shown = [each.text() for each in sheet.findChildren(QLabel) if each.isVisible()]
    assert set(HELP[panel].says) <= set(shown)
    helped.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert taker.hasFocus()


def test_that_a_page_has_help_and_f1_closes_it_again(helped: Shell) -> None:
    helped.key(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    helped.key(Qt.Key.Key_F1)
    sheet = sheet_of(helped)
    assert sheet.accessibleName() == "Prepared rollbacks"
    helped.key(Qt.Key.Key_F1)
    assert not sheet.isVisible()


def test_that_the_program_says_which_version_it_is_and_where_its_record_lies(
    helped: Shell,
) -> None:
    about = helped.window.actions_.find("about")
    assert about is not None
    about.trigger()
    sheet = sheet_of(helped)
    assert "/home/mara/night" in sheet.accessibleDescription()
    assert "Version " in sheet.accessibleDescription()

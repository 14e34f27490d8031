"""Layouts of the docks: named, kept, gone through, and found again at the next start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from PySide6.QtCore import Qt

from relconsole_ui.design.look import Look
from relconsole_ui.shell.layouts import BARE, KeptLayouts
from tests.gui.bot import Bot
from tests.gui.shell.kit import Shell, shell_of
from tests.unit.presenters.scenes import calm

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Kept:
    """What is kept, as a file would keep it."""

    def __init__(self) -> None:
        self.layouts: Mapping[str, str] = {}

    def write(self, layouts: Mapping[str, str]) -> None:
        self.layouts = dict(layouts)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def shell(kept: Kept, dressed: Look, bot: Bot) -> Iterator[Shell]:
    """A calm night whose layouts can be named."""
    with shell_of(calm(), dressed, bot) as found:
        found.bridge.keep_layouts(KeptLayouts(read=lambda: kept.layouts, write=kept.write))
        yield found


def name_it(shell: Shell, name: str) -> None:
    """Keep the layout as it stands, by keys alone."""
    shell.palette_for("keep this layout")
    shell.types(name)
    shell.key(Qt.Key.Key_Return)


def said(shell: Shell) -> str:
    text = shell.window.notice.words.text()
    shell.window.notice.clear()
    return text


def test_that_a_layout_is_named_and_gone_to_by_keys(shell: Shell, kept: Kept) -> None:
    shell.bridge.docks.show("log")
    name_it(shell, "night")
    assert said(shell) == "Layout kept: night."
    assert set(kept.layouts) == {"night"}
    shell.key(Qt.Key.Key_Y, CTRL_SHIFT)
    assert said(shell) == f"Layout: {BARE}."
    assert not shell.bridge.docks.shown
    shell.key(Qt.Key.Key_Y, CTRL_SHIFT)
    assert said(shell) == "Layout: night."
    assert shell.bridge.docks.shown == ("log",)


def test_that_naming_a_layout_can_be_left_with_the_keyboard_where_it_was(
    shell: Shell, kept: Kept
) -> None:
    shell.bot.focus(shell.bridge.panels.card)
    shell.palette_for("keep this layout")
    shell.types("half a na")
    shell.key(Qt.Key.Key_Escape)
    assert shell.bridge.panels.card.hasFocus()
    assert not kept.layouts


def test_that_the_bare_layout_keeps_its_name(shell: Shell, kept: Kept) -> None:
    name_it(shell, BARE)
    assert "always there" in said(shell)
    assert not kept.layouts


def test_that_without_a_named_layout_it_is_said_how_to_get_one(shell: Shell) -> None:
    shell.key(Qt.Key.Key_Y, CTRL_SHIFT)
    assert said(shell) == f"Layout: {BARE}. There is no other: keep one first."


def test_that_a_layout_of_another_version_is_left_out_and_said(shell: Shell, kept: Kept) -> None:
    kept.layouts = {"old": "bm90IFF0J3M="}
    shell.bridge.docks.show("log")
    shell.key(Qt.Key.Key_Y, CTRL_SHIFT)
    assert "old" in said(shell)
    assert shell.bridge.docks.shown == ("log",)

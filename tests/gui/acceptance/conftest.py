"""Consoles in their states, closed in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtTest import QTest

from relconsole_ui.design.look import Look
from tests.gui.bot import Bot
from tests.gui.screens.console import ConsoleOnStage
from tests.gui.screens.states import STATES

Open = Callable[..., ConsoleOnStage]


@pytest.fixture
def opened(dressed: Look, bot: Bot) -> Iterator[Open]:
    """Opens the window in a state, at the size that it is pictured in or another."""
    consoles: list[ConsoleOnStage] = []

    def open_state(name: str, size: tuple[int, int] | None = None) -> ConsoleOnStage:
        console = STATES[name].make(dressed)
        consoles.append(console)
        console.show(*(size or STATES[name].size))
        console.window.activateWindow()
        assert QTest.qWaitForWindowActive(console.window)
        return console

    yield open_state
    for console in consoles:
        console.close()

"""Nights in which an act takes two people."""

from __future__ import annotations

import pytest

from relconsole_ui.design.look import Look
from tests.gui.bot import Bot
from tests.gui.second.kit import LAG, Play, before_the_switch, played_at, shifting


@pytest.fixture
def shift(look: Look, bot: Bot) -> Play:
    """Play a scene while the shift runs and its check is too high."""
    return lambda scene: played_at(lambda: shifting(look, bot, LAG), scene)


@pytest.fixture
def switch(look: Look, bot: Bot) -> Play:
    """Play a scene before a step that cannot be undone."""
    return lambda scene: played_at(lambda: before_the_switch(look, bot), scene)

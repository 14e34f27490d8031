"""What a person likes: taken up before the first frame, kept as it changes, found again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt

from relconsole.adapters.settings import SettingsFile, WindowSettings
from relconsole_ui.application.taste import Taste, taste_of
from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import SCALES, ThemeName
from relconsole_ui.shell.window import USUAL, ConsoleWindow
from tests.gui.bot import Bot


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own, and where the window keeps its settings in it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    path = Taste(Look()).file.path
    assert path.is_relative_to(tmp_path)
    return path


def open_window(bot: Bot, look: Look) -> tuple[ConsoleWindow, Taste]:
    """The window of somebody who comes back."""
    taste = Taste(look)
    window = ConsoleWindow(look)
    taste.follow(window)
    bot.show(window)
    return window, taste


def trigger(window: ConsoleWindow, deed: str) -> None:
    """Do an action of the table."""
    action = window.actions_.find(deed)
    assert action is not None
    action.trigger()


@pytest.mark.parametrize("theme", list(ThemeName))
def test_that_a_chosen_theme_counts(theme: ThemeName) -> None:
    assert taste_of(WindowSettings(theme=theme.value)) is theme


def test_that_without_a_choice_the_desktop_counts_and_dark_where_it_wishes_nothing(
    bot: Bot,
) -> None:
    assert taste_of(WindowSettings()) in {ThemeName.DARK, ThemeName.LIGHT}
    assert taste_of(WindowSettings(theme="neon")) is taste_of(WindowSettings())


def test_that_theme_and_scale_are_found_again(home: Path, bot: Bot) -> None:
    look = Look()
    window, _ = open_window(bot, look)
    before = look.theme.name
    trigger(window, "theme")
    trigger(window, "larger")
    assert look.theme.name is not before
    assert look.scale > 1.0
    again = Look()
    open_window(bot, again)
    assert (again.theme.name, again.scale) == (look.theme.name, look.scale)


def test_that_the_scale_stays_within_what_can_be_laid_out(home: Path, bot: Bot) -> None:
    look = Look()
    window, taste = open_window(bot, look)
    for _ in SCALES:
        trigger(window, "larger")
    assert look.scale == SCALES[-1]
    for _ in SCALES:
        trigger(window, "smaller")
    assert look.scale == SCALES[0]
    trigger(window, "real-size")
    assert look.scale == 1.0
    taste.keep(reduced_motion=True)
    assert SettingsFile(home).known.reduced_motion


def test_that_the_keys_of_the_taste_work(home: Path, bot: Bot) -> None:
    window, _ = open_window(bot, Look())
    for deed in ("theme", "larger", "smaller", "real-size"):
        action = window.actions_.find(deed)
        assert action is not None
        assert action.shortcuts()


def test_that_the_window_is_found_again_in_its_size(home: Path, bot: Bot) -> None:
    window, _ = open_window(bot, Look())
    window.resize(1300, 820)
    bot.settle()
    window.close()
    assert SettingsFile(home).known.geometry
    again, _ = open_window(bot, Look())
    there = again.screen().availableGeometry()
    assert again.height() <= max(820, there.height())
    assert (again.width(), again.height()) != USUAL


@pytest.mark.parametrize("geometry", ["AAAA", "no base64 \u2603"])
def test_that_a_place_that_is_none_keeps_nobody_out(home: Path, bot: Bot, geometry: str) -> None:
    file = SettingsFile(home)
    file.write(msgspec.structs.replace(WindowSettings(), geometry=geometry))
    window, _ = open_window(bot, Look())
    assert window.isVisible()


def test_that_letters_stay_switched_off(home: Path, bot: Bot) -> None:
    SettingsFile(home).write(WindowSettings(letters=False))
    window, _ = open_window(bot, Look())
    action = window.actions_.bind("hold", lambda: None)
    assert not action.shortcuts()
    assert window.actions_.bind("arm", lambda: None).shortcuts()


def test_that_a_settings_file_of_garbage_keeps_nobody_out(home: Path, bot: Bot) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_bytes(b"\xff{[")
    window, _ = open_window(bot, Look())
    assert window.isVisible()
    assert window.windowState() == Qt.WindowState.WindowNoState

"""What a person likes and where they were: taken up before the first frame, kept as it changes.

The theme is the console's own. What the desktop wishes is read once, at the start, so that nothing
switches in the middle of a night unless somebody asks for it.
"""

from __future__ import annotations

from typing import Final

import msgspec
from platformdirs import user_config_path
from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from relconsole.adapters.settings import SettingsFile, WindowSettings
from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import SCALES, ThemeName
from relconsole_ui.shell.screens import OnScreen
from relconsole_ui.shell.window import ConsoleWindow

KEEP_AFTER_MS: Final = 500
THEMES: Final = (ThemeName.DARK, ThemeName.LIGHT, ThemeName.CONTRAST)


def taste_of(settings: WindowSettings) -> ThemeName:
    """Give the theme for what was chosen; where nothing was, what the desktop wishes, else dark."""
    if settings.theme in {each.value for each in ThemeName}:
        return ThemeName(settings.theme)
    wish = QGuiApplication.styleHints().colorScheme()
    return ThemeName.LIGHT if wish is Qt.ColorScheme.Light else ThemeName.DARK


class Taste:
    """The settings of the window, applied and kept."""

    def __init__(self, look: Look) -> None:
        self.file = SettingsFile(user_config_path("relconsole") / "window.json")
        self._look = look
        known = self.file.known
        look.change(theme=taste_of(known), scale=known.scale, reduced_motion=known.reduced_motion)

    def follow(self, window: ConsoleWindow) -> None:
        """Put the window where it was, bind what changes its look, and keep what changes."""
        self._window = window
        known = self.file.known
        if known.geometry:
            window.restoreGeometry(QByteArray.fromBase64(known.geometry.encode()))
        self._on_screen = OnScreen(window)
        self._on_screen.look()
        window.actions_.set_letters(known.letters)
        for deed, act in (
            ("larger", lambda: self._step_scale(1)),
            ("smaller", lambda: self._step_scale(-1)),
            ("real-size", lambda: self.keep(scale=1.0)),
            ("theme", self._next_theme),
        ):
            window.actions_.bind(deed, act)
        self._later = QTimer(window)
        self._later.setSingleShot(True)
        self._later.setInterval(KEEP_AFTER_MS)
        self._later.timeout.connect(self.keep_place)
        window.resized.connect(self._later.start)
        window.closing.connect(self.keep_place)

    def keep(
        self,
        *,
        theme: ThemeName | None = None,
        scale: float | None = None,
        reduced_motion: bool | None = None,
    ) -> None:
        """Change the look and keep it."""
        self._look.change(theme=theme, scale=scale, reduced_motion=reduced_motion)
        known = self.file.known
        self.file.write(
            msgspec.structs.replace(
                known,
                theme=known.theme if theme is None else theme.value,
                scale=self._look.scale,
                reduced_motion=self._look.reduced_motion,
            )
        )

    def keep_place(self) -> None:
        """Keep where the window stands."""
        place = bytes(self._window.saveGeometry().toBase64().data()).decode("ascii")
        self.file.write(msgspec.structs.replace(self.file.known, geometry=place))

    def _step_scale(self, step: int) -> None:
        """Go to the next larger or smaller of the scales."""
        at = min(range(len(SCALES)), key=lambda i: abs(SCALES[i] - self._look.scale))
        self.keep(scale=SCALES[min(max(at + step, 0), len(SCALES) - 1)])

    def _next_theme(self) -> None:
        at = THEMES.index(self._look.theme.name)
        self.keep(theme=THEMES[(at + 1) % len(THEMES)])

"""How everything looks at the moment: theme, scale and motion, with colours and fonts of them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from relconsole_ui.design.fonts import load_fonts, make_font
from relconsole_ui.design.tokens import THEMES, TextRole, Theme, ThemeName

SMALLEST_SCALE: Final = 0.75
LARGEST_SCALE: Final = 3.0


class Look(QObject):
    """The theme, the scale and whether things may move; ``changed`` says that one of them did.

    One is made by the application and given to every view. Colours and fonts that it gives are
    shared: whoever wants to alter one makes a copy.
    """

    changed = Signal()

    def __init__(
        self,
        theme: ThemeName = ThemeName.DARK,
        scale: float = 1.0,
        *,
        reduced_motion: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        load_fonts()
        self._theme = THEMES[theme]
        self._scale = scale
        self._reduced_motion = reduced_motion
        self._colours: dict[str, QColor] = {}
        self._fonts: dict[TextRole, QFont] = {}
        self._metrics: dict[TextRole, QFontMetricsF] = {}

    @property
    def theme(self) -> Theme:
        """The colours by token."""
        return self._theme

    @property
    def scale(self) -> float:
        """How much larger than designed everything is."""
        return self._scale

    @property
    def reduced_motion(self) -> bool:
        """Whether nothing may move that need not."""
        return self._reduced_motion

    def set_theme(self, name: ThemeName) -> None:
        """Change to another theme."""
        self.change(theme=name)

    def set_scale(self, scale: float) -> None:
        """Change to another scale, held within what can still be laid out."""
        self.change(scale=scale)

    def set_reduced_motion(self, reduced_motion: bool) -> None:
        """Let things move, or stand still."""
        self.change(reduced_motion=reduced_motion)

    def change(
        self,
        *,
        theme: ThemeName | None = None,
        scale: float | None = None,
        reduced_motion: bool | None = None,
    ) -> None:
        """Change what is given, and say so once, if anything came out different."""
        before = (self._theme, self._scale, self._reduced_motion)
        if theme is not None:
            self._theme = THEMES[theme]
        if scale is not None:
            self._scale = min(LARGEST_SCALE, max(SMALLEST_SCALE, scale))
        if reduced_motion is not None:
            self._reduced_motion = reduced_motion
        if before == (self._theme, self._scale, self._reduced_motion):
            return
        self._colours.clear()
        self._fonts.clear()
        self._metrics.clear()
        self.changed.emit()

    def colour(self, token: str) -> QColor:
        """Give the colour of a token such as ``t1`` or ``crit_fill``; do not alter it."""
        colour = self._colours.get(token)
        if colour is None:
            colour = self._colours[token] = QColor(str(getattr(self._theme, token)))
        return colour

    def font(self, role: TextRole) -> QFont:
        """Give the font of a role at this scale; do not alter it."""
        font = self._fonts.get(role)
        if font is None:
            font = self._fonts[role] = make_font(role, self._scale)
        return font

    def metrics(self, role: TextRole) -> QFontMetricsF:
        """Give the measures of the font of a role."""
        metrics = self._metrics.get(role)
        if metrics is None:
            metrics = self._metrics[role] = QFontMetricsF(self.font(role))
        return metrics

    def px(self, pixels: float) -> int:
        """Give whole pixels at this scale for ``pixels`` at 100 per cent; never 0 for more."""
        return max(1, round(pixels * self._scale)) if pixels > 0 else 0

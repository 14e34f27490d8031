"""A small tag with one or two words, such as PROD, at risk or a count."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE, paint_bar, paint_text, text_width
from relconsole_ui.design.text import safe_text, spoken_text
from relconsole_ui.design.tokens import RADIUS_CHIP, TextRole

ChipTone: TypeAlias = Literal["plain", "strong", "acc", "crit", "warn", "go", "dashed"]
"""``strong`` is the neutral inverse of PROD; ``dashed`` says that something has not happened."""

HEIGHT: Final = 22
SIDE: Final = 8
_SURFACES: Final[dict[ChipTone, tuple[str, str, str]]] = {
    # fill, outline, ink
    "plain": ("", "ctl", "t1"),
    "strong": ("hold_fill", "", "on_hold"),
    "acc": ("acc_fill", "", "on_acc"),
    "crit": ("crit_fill", "", "on_crit"),
    "warn": ("warn_fill", "", "on_warn"),
    "go": ("go_fill", "", "on_go"),
    "dashed": ("", "t1", "t1"),
}


class Chip(QWidget):
    """A tag; its words are what a screen reader hears."""

    def __init__(
        self, look: Look, text: str = "", tone: ChipTone = "plain", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._text = ""
        self._tone: ChipTone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_words(text, tone)
        look.changed.connect(self._follow_look)

    @property
    def text(self) -> str:
        """What stands on it."""
        return self._text

    def show_words(self, text: str, tone: ChipTone = "plain") -> None:
        """Show other words, in another tone."""
        self._text = safe_text(text)
        self._tone = tone
        self.setAccessibleName(spoken_text(self._text))
        self._follow_look()

    def sizeHint(self) -> QSize:
        """Give the size of the words with room around them."""
        width = text_width(self._look, self._text, TextRole.NOTE_STRONG)
        return QSize(int(width + 2 * self._look.px(SIDE)) + 1, self._look.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Give the same: a tag is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tag."""
        paint_chip(QPainter(self), self._look, QRectF(self.rect()), self._text, self._tone)

    def _follow_look(self) -> None:
        self.updateGeometry()
        self.update()


def paint_chip(
    painter: QPainter, look: Look, rect: QRectF, text: str, tone: ChipTone = "plain"
) -> None:
    """Paint a tag that fills ``rect``, for views that paint themselves."""
    fill, outline, ink = _SURFACES[tone]
    dashed = tone == "dashed"
    paint_bar(painter, look, rect, fill, outline, radius=RADIUS_CHIP, width=1.2, dashed=dashed)
    paint_text(painter, look, rect, text, TextRole.NOTE_STRONG, ink, MIDDLE)

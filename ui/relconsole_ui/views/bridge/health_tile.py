"""One tile of the health strip: a value, where it stands, and its last half hour."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_focus_ring, paint_text
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.text import spoken_text, tip_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.health_strip import Tile
from relconsole_ui.views.bridge.sparkline import paint_sparkline

TITLE: Final = 18
VALUE: Final = 34
SMALL_VALUE: Final = 26
WORDS: Final = 18
GLYPH: Final = 16
INSET: Final = 4
SPARK_LEAST: Final = 26
NARROWEST: Final = 96
"""Pixels at 100 per cent below which a tile cannot say its value."""
SPARK_NARROWEST: Final = 112


class HealthTile(QWidget):
    """Shows a tile; ``opened`` names its indicator."""

    opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tile: Tile | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        look.changed.connect(self._follow_look)

    @property
    def tile(self) -> Tile | None:
        """What is shown."""
        return self._tile

    @property
    def has_sparkline(self) -> bool:
        """Whether there is room for the half hour."""
        return self.width() >= self._look.px(
            SPARK_NARROWEST
        ) and self._spark().height() >= self._look.px(SPARK_LEAST)

    def minimumSizeHint(self) -> QSize:
        """Give the size at which title, value and words are read."""
        return QSize(
            self._look.px(NARROWEST), self._look.px(TITLE + SMALL_VALUE + WORDS + 2 * INSET)
        )

    def show_tile(self, tile: Tile) -> None:
        """Show another state of the indicator."""
        if tile == self._tile:
            return
        self._tile = tile
        self.setAccessibleName(spoken_text(tile.title))
        self.setAccessibleDescription(spoken_text(tile.says))
        self.setToolTip(tip_text(tile.says))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint title, glyph, value, the half hour where it fits, and the words."""
        tile = self._tile
        if tile is None:
            return
        look = self._look
        painter = QPainter(self)
        area = self._area()
        glyph = look.px(GLYPH)
        room = area.width() - (glyph + look.px(4) if tile.status is not None else 0)
        title = QRectF(area.left(), area.top(), room, look.px(TITLE))
        paint_text(painter, look, title, tile.title, TextRole.ROW_STRONG, "t2")
        if tile.status is not None:
            corner = QRectF(area.right() - glyph, area.top() + 1, glyph, glyph)
            paint_status(painter, look, corner, tile.status)
        ink = _ink(tile)
        tall = self.has_sparkline
        role = TextRole.METRIC if tall else TextRole.TITLE
        value = QRectF(
            area.left(), title.bottom(), area.width(), look.px(VALUE if tall else SMALL_VALUE)
        )
        paint_text(painter, look, value, tile.value, role, ink)
        if tall:
            paint_sparkline(painter, look, self._spark(), tile)
        words = QRectF(area.left(), area.bottom() - look.px(WORDS), area.width(), look.px(WORDS))
        if not tall:
            words.moveTop(value.bottom())
        colour = ink if tile.tone in {"crit", "warn"} else ("t1" if tile.status else "t2")
        paint_text(painter, look, words, tile.words, TextRole.NOTE_STRONG, colour)
        if self.hasFocus():
            paint_focus_ring(painter, look, QRectF(self.rect()), 4)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the indicator."""
        self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the indicator on Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if self._tile is not None:
            self.opened.emit(self._tile.indicator)

    def _area(self) -> QRectF:
        inset = self._look.px(INSET)
        return QRectF(self.rect()).adjusted(2 * inset, inset, -2 * inset, -inset)

    def _spark(self) -> QRectF:
        """Give the place of the half hour."""
        area = self._area()
        top = area.top() + self._look.px(TITLE + VALUE + 4)
        bottom = area.bottom() - self._look.px(WORDS + 2)
        return QRectF(QPointF(area.left(), top), QPointF(area.right(), max(top, bottom)))

    def _follow_look(self) -> None:
        self.updateGeometry()
        self.update()


def _ink(tile: Tile) -> str:
    """Give the colour of the value: its tone while it is fresh, grey where it is not."""
    if tile.stale_from is not None:
        return "t3"
    return tile.tone or "t1"

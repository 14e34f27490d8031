"""The legend of the timeline: what an outline, a solid bar, a hatch and a white edge mean."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import hatch_brush, paint_bar, paint_text, text_width
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole

_SWATCH: Final = 26
_GAP: Final = 8
_BETWEEN: Final = 18
_HEIGHT: Final = 20


class TimelineLegend(QWidget):
    """Four swatches with their words; those that do not fit are left out from the right."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._resumed = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def show_resumed(self, *, resumed: bool) -> None:
        """Say whether the forecast only holds if the night is resumed now."""
        if resumed != self._resumed:
            self._resumed = resumed
            self._follow_look()

    def sizeHint(self) -> QSize:
        """Give the size at which all four fit."""
        widths = (text_width(self._look, words, TextRole.ROW) for words in self._words())
        each = self._look.px(_SWATCH + _GAP + _BETWEEN)
        return QSize(int(sum(widths)) + 4 * each, self._look.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Give the size of none."""
        return QSize(0, self._look.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the swatches and their words."""
        painter = QPainter(self)
        look = self._look
        left = float(look.px(_BETWEEN))
        for number, words in enumerate(self._words()):
            width = text_width(look, words, TextRole.ROW)
            right = left + look.px(_SWATCH + _GAP) + width
            if right > self.width():
                return
            self._paint_swatch(painter, number, left)
            rect = QRectF(left + look.px(_SWATCH + _GAP), 0, width + 1, self.height())
            paint_text(painter, look, rect, words, TextRole.ROW, "t2")
            left = right + look.px(_BETWEEN)

    def _words(self) -> tuple[str, ...]:
        forecast = "forecast, if resumed now" if self._resumed else "forecast"
        return ("planned", "actual", forecast, "critical path")

    def _paint_swatch(self, painter: QPainter, number: int, left: float) -> None:
        look = self._look
        middle = self.height() / 2
        rect = QRectF(left, middle - look.px(6), look.px(_SWATCH), look.px(12))
        match number:
            case 0:
                thin = rect.adjusted(0, look.px(2), 0, -look.px(2))
                paint_bar(painter, look, thin, outline="ctl", width=1.5)
            case 1:
                paint_bar(painter, look, rect, "bar_done")
            case 2:
                hatch = hatch_brush(look, "bar", self.devicePixelRatioF())
                paint_bar(painter, look, rect, hatch, "bar")
            case _:
                painter.setPen(QPen(look.colour("t1"), look.scale * 2))
                painter.drawLine(QLineF(rect.left(), middle, rect.right(), middle))

    def _follow_look(self) -> None:
        self.setAccessibleName(spoken_text(f"Legend: {', '.join(self._words())}"))
        self.updateGeometry()
        self.update()

"""How far something has come against what was planned: a thin bar with a tick where it is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar
from relconsole_ui.design.text import spoken_text

HEIGHT: Final = 12
BAR: Final = 8
TICK: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRow:
    """Shares of the width from 0 to 1: what is done, and where it is due (None for nowhere).

    ``sentence`` says the same in words.
    """

    done: float
    due: float | None = None
    sentence: str = ""


class ThinProgress(QWidget):
    """The bar: blue up to the tick, amber beyond it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._row = ProgressRow(done=0.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._follow_look)

    def show_rows(self, row: ProgressRow) -> None:
        """Show how far it has come."""
        if row != self._row:
            self._row = row
            self.setAccessibleName(spoken_text(row.sentence))
            self.update()

    def sizeHint(self) -> QSize:
        """Give a height; the width is what there is."""
        return QSize(self._look.px(80), self._look.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint track, bar, overrun and tick; it fills from where lines begin."""
        painter = QPainter(self)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        paint_progress(painter, self._look, QRectF(self.rect()), self._row)

    def _follow_look(self) -> None:
        self.updateGeometry()
        self.update()


def paint_progress(painter: QPainter, look: Look, rect: QRectF, row: ProgressRow) -> None:
    """Paint the bar in the middle of ``rect``, for views that paint themselves."""
    bar = QRectF(rect.left(), 0, rect.width(), min(look.px(BAR), rect.height()))
    bar.moveCenter(rect.center())
    done = bar.width() * min(1.0, max(0.0, row.done))
    due = bar.width() * min(1.0, max(0.0, row.due)) if row.due is not None else bar.width()
    paint_bar(painter, look, bar, "bg3", radius=BAR)
    painter.save()
    painter.setClipRect(QRectF(bar.left(), bar.top(), min(done, due), bar.height()))
    paint_bar(painter, look, bar, "acc", radius=BAR)
    if done > due:
        painter.setClipRect(QRectF(bar.left() + due, bar.top(), done - due, bar.height()))
        paint_bar(painter, look, bar, "warn_fill", radius=BAR)
    painter.restore()
    if row.due is not None:
        width = look.px(TICK)
        left = min(bar.left() + due, bar.right() - width)
        painter.fillRect(QRectF(left, rect.top(), width, rect.height()), look.colour("t1"))

"""The stages of taking in, in a row: which are done and which are worked on."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar, paint_text, text_width
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import RADIUS_BUTTON, TextRole
from relconsole_ui.presenters.importing import StageRow

HEIGHT: Final = 32
SIDE: Final = 12
GAP: Final = 8
BETWEEN: Final = 6
GLYPH: Final = 16


class StagesRow(QWidget):
    """The stages as labels, painted; a screen reader hears them as one sentence."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: tuple[StageRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._follow_look)

    def show_rows(self, rows: tuple[StageRow, ...]) -> None:
        """Show where it stands."""
        self._rows = rows
        self.setAccessibleName("Stages")
        self.setAccessibleDescription(spoken_text("; ".join(row.sentence for row in rows)))
        self._follow_look()

    def sizeHint(self) -> QSize:
        """Give the room of all labels."""
        between = self._look.px(BETWEEN) * max(0, len(self._rows) - 1)
        return QSize(int(sum(map(self._width, self._rows))) + between, self._look.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the labels from the left."""
        look, painter, left = self._look, QPainter(self), 0.0
        for row in self._rows:
            rect = QRectF(left, 0, self._width(row), self.height())
            outline = "acc" if row.is_open else "line"
            paint_bar(
                painter, look, rect, "sel" if row.is_open else "bg1", outline, radius=RADIUS_BUTTON
            )
            inner = rect.adjusted(look.px(SIDE), 0, -look.px(SIDE), 0)
            mark = QRectF(inner.left(), 0, look.px(GLYPH), look.px(GLYPH))
            mark.moveTop(inner.center().y() - mark.height() / 2)
            if row.is_done:
                paint_status(painter, look, mark, Status.DONE)
            else:
                place = QRectF(mark.left(), inner.top(), mark.width(), inner.height())
                paint_text(painter, look, place, str(row.number), TextRole.BODY_STRONG, elide=False)
            words = inner.adjusted(look.px(GLYPH + GAP), 0, look.px(SIDE), 0)
            paint_text(painter, look, words, row.stage, TextRole.BODY_STRONG, elide=False)
            left += rect.width() + look.px(BETWEEN)

    def _width(self, row: StageRow) -> float:
        px = self._look.px
        words = text_width(self._look, row.stage, TextRole.BODY_STRONG)
        return words + 2 * px(SIDE) + px(GLYPH + GAP)

    def _follow_look(self) -> None:
        self.updateGeometry()
        self.update()

"""What an amendment would do, a line each: shape, what it is, how it becomes, by how much."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_LEFT, paint_text
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.amend_effect import EffectRow
from relconsole_ui.views.parts.rows import RowList

ROW = 44
GLYPH = 18


class EffectList(RowList[EffectRow]):
    """The lines of an effect."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, self._paint_line, ROW, parent, fits_rows=True)
        self.setAccessibleName("What the amendment does")

    def _paint_line(self, painter: QPainter, rect: QRectF, row: EffectRow) -> None:
        look, px = self._look, self._look.px
        glyph = QRectF(rect.left() + px(8), 0, px(GLYPH), px(GLYPH))
        glyph.moveTop(rect.center().y() - glyph.height() / 2)
        paint_status(painter, look, glyph, row.status)
        left, half = glyph.right() + px(10), rect.height() / 2
        width = rect.right() - px(8) - left
        upper = QRectF(left, rect.top() + px(3), width, half - px(2))
        lower = upper.translated(0, half - px(3))
        head = f"{row.label}, {row.note}" if row.note else row.label
        paint_text(painter, look, upper, head, TextRole.ROW, "t2", MIDDLE_LEFT)
        paint_text(painter, look, lower, row.value, TextRole.BODY_STRONG, "t1", MIDDLE_LEFT)

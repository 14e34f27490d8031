"""The list of what runs now; its selected row is the step on the step card."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_LEFT, MIDDLE_RIGHT, paint_text
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.running import RunningRow, RunningRows
from relconsole_ui.views.bridge.standing import StandingLine
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words

ROW = 40
GLYPH = 20


class RunningList(Panel):
    """Every running, late and waiting step, the most urgent first."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Running now", parent)
        self.rows: RowList[RunningRow] = RowList(look, self._paint_row, ROW)
        self.rows.setAccessibleName("Running now")
        self.empty = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.standing = StandingLine(look)
        self._close_up()
        look.changed.connect(self._close_up)
        self.body.addWidget(self.standing)
        self.body.addWidget(self.rows, 1)
        self.body.addWidget(self.empty)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.rows.chosen.connect(self.chosen)
        self.rows.opened.connect(self.opened)

    def show_rows(self, rows: RunningRows, selected: str) -> None:
        """Show these rows with one of them selected."""
        self.set_note(rows.note)
        self.rows.show_rows(rows.rows)
        self.rows.select(selected)
        self.rows.setVisible(bool(rows.rows))
        self.empty.setText(rows.empty)
        self.empty.setVisible(bool(rows.empty))

    def _close_up(self) -> None:
        self.body.setSpacing(self._look.px(4))

    def _paint_row(self, painter: QPainter, rect: QRectF, row: RunningRow) -> None:
        """Paint shape, number, title over owner, and lateness over what it waits for."""
        look = self._look
        px = look.px
        upper = QRectF(rect.left(), rect.top() + px(3), rect.width(), rect.height() / 2 - px(2))
        lower = upper.translated(0, rect.height() / 2 - px(2))
        left = rect.left() + px(12)
        glyph = QRectF(left, rect.center().y() - px(GLYPH) / 2, px(GLYPH), px(GLYPH))
        paint_status(painter, look, glyph, row.status)
        number = QRectF(glyph.right() + px(4), rect.top(), px(24), rect.height())
        paint_text(painter, look, number, row.number, TextRole.BODY_STRONG, "t1", MIDDLE_RIGHT)
        ink = "warn" if row.tone == "warn" else "t1"
        width = px(92)
        right = rect.right() - px(8) - width
        for line, text, role, colour in (
            (upper, row.right, TextRole.BODY_STRONG, ink),
            (lower, row.below, TextRole.NOTE, "t2"),
        ):
            place = QRectF(right, line.top(), width, line.height())
            paint_text(painter, look, place, text, role, colour, MIDDLE_RIGHT)
        start = number.right() + px(10)
        for line, text, role, colour in (
            (upper, row.title, TextRole.BODY_STRONG, "t1"),
            (lower, row.who, TextRole.NOTE, "t2"),
        ):
            place = QRectF(start, line.top(), right - start - px(8), line.height())
            paint_text(painter, look, place, text, role, colour, MIDDLE_LEFT)

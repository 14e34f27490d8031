"""Control totals that differ after a rollback, each explained and closed by a second person."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_RIGHT, paint_text, text_width
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.way_back import TotalRow
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.rollback.lists import UNDO, fitting_list

LONGEST: Final = 500
FIELDS: Final = (
    ("owner", "Owner, who is not you"),
    ("cause", "Cause"),
    ("correction", "Correction"),
)


class TotalForm(QWidget):
    """The differing totals; ``closed`` gives the chosen one with owner, cause and correction."""

    closed = Signal(str, str, str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.rows = fitting_list(look, "Control totals that differ", self._paint, UNDO)
        self.fields = {name: self._field(says) for name, says in FIELDS}
        self.record = ActionButton(look, "Close the difference", kind="primary")
        self.record.clicked.connect(self._send)
        self.form = QWidget()
        grid = QGridLayout(self.form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.px(6))
        grid.addWidget(self.fields["owner"], 0, 0)
        grid.addWidget(self.fields["cause"], 0, 1)
        grid.addWidget(self.fields["correction"], 1, 0)
        grid.addWidget(self.record, 1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(6))
        column.addWidget(self.rows)
        column.addWidget(self.form)

    def show_rows(self, rows: tuple[TotalRow, ...]) -> None:
        """Show these; the first open one is chosen."""
        self.setVisible(bool(rows))
        self.rows.show_rows(rows)
        still_open = [row.key for row in rows if row.is_open]
        if self.rows.selected not in still_open and still_open:
            self.rows.select(still_open[0])
        self.form.setVisible(bool(still_open))

    def _field(self, says: str) -> QLineEdit:
        field = QLineEdit()
        field.setMaxLength(LONGEST)
        field.setPlaceholderText(says)
        field.setAccessibleName(spoken_text(says))
        field.returnPressed.connect(self._send)
        return field

    def _send(self) -> None:
        told = {name: field.text().strip() for name, field in self.fields.items()}
        if self.rows.selected and all(told.values()):
            self.closed.emit(self.rows.selected, told["owner"], told["cause"], told["correction"])
            for field in self.fields.values():
                field.setText("")

    def _paint(self, painter: QPainter, rect: QRectF, row: TotalRow) -> None:
        look = self._look
        inner = rect.adjusted(look.px(8), look.px(3), -look.px(4), -look.px(3))
        upper = QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2)
        wide = text_width(look, row.amount, TextRole.BODY_STRONG)
        right = QRectF(upper.right() - wide, upper.top(), wide, upper.height())
        paint_text(painter, look, right, row.amount, TextRole.BODY_STRONG, "t1", MIDDLE_RIGHT)
        title = QRectF(upper)
        title.setRight(right.left() - look.px(8))
        paint_text(painter, look, title, row.title, TextRole.BODY_STRONG, "t1")
        says = upper.translated(0, upper.height())
        paint_text(painter, look, says, row.says, TextRole.ROW, "t2")

"""The plan as it will be taken in, as a table whose open cells show a question mark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_LEFT, MIDDLE_RIGHT, paint_text
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.status import Status
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.models.import_preview import ImportPreviewModel
from relconsole_ui.presenters.importing_preview import PREVIEW, PreviewColumn
from relconsole_ui.views.parts.twin_table import TwinTable

Index = QModelIndex | QPersistentModelIndex

ROW: Final = 34
SIDE: Final = 8
GLYPH: Final = 16
BAR: Final = 3
WIDTHS: Final[Mapping[PreviewColumn, int]] = {
    PreviewColumn.ROW: 52,
    PreviewColumn.STEP: 60,
    PreviewColumn.TITLE: 340,
    PreviewColumn.STREAM: 132,
    PreviewColumn.OWNER: 156,
    PreviewColumn.START: 76,
    PreviewColumn.MINUTES: 88,
    PreviewColumn.AFTER: 84,
    PreviewColumn.KIND: 132,
    PreviewColumn.NOTE: 300,
}
_STRONG: Final = frozenset({PreviewColumn.STEP})
_ASIDE: Final = frozenset(
    {PreviewColumn.ROW, PreviewColumn.STREAM, PreviewColumn.AFTER, PreviewColumn.KIND}
)


class PreviewTable(TwinTable):
    """The rows; one stands on a row, and the open ones are tinted."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        self.rows = ImportPreviewModel()
        super().__init__(look, self.rows, "Preview, as it will be taken in", parent)
        self.rows.setParent(self)
        self._preview_look = look
        self.setAlternatingRowColors(False)
        self.setItemDelegate(_CellDelegate(look, self.rows, self))
        self._follow_scale()
        look.changed.connect(self._follow_scale)

    def go_to(self, key: str) -> None:
        """Stand on the row of this number of the sheet."""
        at = next((n for n, row in enumerate(self.rows.rows) if row.key == key), -1)
        if at >= 0:
            self.select_row(at)
            self.scrollTo(self.rows.index(at, 0))

    def _follow_scale(self) -> None:
        px = self._preview_look.px
        for at, column in enumerate(PREVIEW):
            self.setColumnWidth(at, px(WIDTHS[column]))
        self.verticalHeader().setDefaultSectionSize(px(ROW))


class _CellDelegate(QStyledItemDelegate):
    """Paints a cell as all text is painted."""

    def __init__(self, look: Look, rows: ImportPreviewModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._rows = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._look.px(SIDE), self._look.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = self._look
        row, cell = self._rows.rows[index.row()], self._rows.cell(index)
        column = PREVIEW[index.column()]
        rect = QRectF(option.rect)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setLayoutDirection(option.direction)
        if row.is_open:
            painter.fillRect(rect, look.colour("warn_bg"))
        elif is_selected:
            painter.fillRect(rect, look.colour("bg3"))
        if is_selected and index.column() == 0:
            bar = QRectF(rect.left(), rect.top(), look.px(BAR), rect.height())
            painter.fillRect(bar, look.colour("acc"))
        inner = rect.adjusted(look.px(SIDE), 0, -look.px(SIDE), 0)
        if cell.is_open:
            glyph = QRectF(inner.left(), 0, look.px(GLYPH), look.px(GLYPH))
            glyph.moveCenter(
                QRectF(glyph.left(), inner.top(), glyph.width(), inner.height()).center()
            )
            paint_status(painter, look, glyph, Status.UNKNOWN)
        else:
            role, colour = _ink(column, is_open=row.is_open)
            is_figure = column is PreviewColumn.MINUTES
            align = MIDDLE_RIGHT if is_figure else MIDDLE_LEFT
            paint_text(painter, look, inner, cell.text, role, colour, align)
        painter.restore()


def _ink(column: PreviewColumn, *, is_open: bool) -> tuple[TextRole, str]:
    """Give how a cell is written."""
    if column in _STRONG or (is_open and column is PreviewColumn.NOTE):
        return TextRole.BODY_STRONG, "t1"
    return TextRole.BODY, "t2" if column in _ASIDE else "t1"

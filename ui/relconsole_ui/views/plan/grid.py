"""The grid of the plan table: its cells painted as all text is, its keys, its editors."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_LEFT, MIDDLE_RIGHT, paint_bar, paint_text
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.models.plan_table import PlanModel
from relconsole_ui.presenters.plan_table import COLUMNS, PlanColumn

Index = QModelIndex | QPersistentModelIndex

ROW: Final = 32
GLYPH: Final = 16
BAR: Final = 3
SIDE: Final = 8
LONGEST: Final = 400
WIDTHS: Final[Mapping[PlanColumn, int]] = {
    PlanColumn.NUMBER: 48,
    PlanColumn.TITLE: 272,
    PlanColumn.STREAM: 112,
    PlanColumn.OWNER: 128,
    PlanColumn.KIND: 136,
    PlanColumn.STATE: 204,
    PlanColumn.PLANNED_START: 112,
    PlanColumn.PLANNED_END: 104,
    PlanColumn.ACTUAL_START: 104,
    PlanColumn.ACTUAL_END: 96,
    PlanColumn.FORECAST_START: 116,
    PlanColumn.FORECAST_END: 112,
    PlanColumn.FLOAT: 88,
    PlanColumn.CRITICAL: 80,
    PlanColumn.DURATION: 128,
    PlanColumn.NOT_BEFORE: 96,
    PlanColumn.AFTER: 88,
    PlanColumn.UNDO: 160,
    PlanColumn.CHECKS: 200,
}
RIGHT: Final = frozenset(
    {
        PlanColumn.NUMBER,
        PlanColumn.PLANNED_START,
        PlanColumn.PLANNED_END,
        PlanColumn.ACTUAL_START,
        PlanColumn.ACTUAL_END,
        PlanColumn.FORECAST_START,
        PlanColumn.FORECAST_END,
        PlanColumn.FLOAT,
        PlanColumn.NOT_BEFORE,
    }
)
"""Columns of figures, which stand at the right."""

ONLY_RUN: Final = (
    PlanColumn.STATE,
    PlanColumn.ACTUAL_START,
    PlanColumn.ACTUAL_END,
    PlanColumn.FORECAST_START,
    PlanColumn.FORECAST_END,
)
"""Columns that say something once a night was opened."""


class PlanGrid(QTableView):
    """The rows and cells; ``opened`` gives the step of a row, ``asked`` what a key wants.

    ``typing_changed`` tells that a cell began or ceased to be typed into.
    """

    opened = Signal(str)
    asked = Signal(str)
    chosen = Signal(str)
    sort_wanted = Signal(str)

    def __init__(self, look: Look, model: PlanModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows = model
        self.choices: dict[PlanColumn, tuple[str, ...]] = {}
        self.is_editing = False
        self.found: AbstractSet[str] = frozenset()
        self.setModel(model)
        self.setItemDelegate(_CellDelegate(look, model, self))
        self.setAccessibleName("Plan table")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setDefaultAlignment(MIDDLE_LEFT)
        header.sectionClicked.connect(self._sort)
        self.doubleClicked.connect(self._double)
        self._follow_look()
        look.changed.connect(self._follow_look)

    @property
    def step(self) -> str:
        """The step of the current row; empty for none."""
        at = self.currentIndex().row()
        return self._rows.rows[at].key if at >= 0 else ""

    def selected_steps(self) -> tuple[str, ...]:
        """Give the steps of the selected rows, from the top."""
        at = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._rows.rows[row].key for row in at)

    def choose(self, step: str) -> None:
        """Stand on the row of a step, in the column where one stands already."""
        at = self._rows.row_of(step)
        if at >= 0:
            column = max(0, self.currentIndex().column())
            self.setCurrentIndex(self._rows.index(at, column))
            self.scrollTo(self._rows.index(at, column))

    def stand_in(self, column: PlanColumn) -> None:
        """Stand in a column of the current row."""
        self.setCurrentIndex(self._rows.index(self.currentIndex().row(), COLUMNS.index(column)))

    def show_run(self, has_run: bool) -> None:
        """Show the columns of a night, or leave them out."""
        for column in ONLY_RUN:
            self.setColumnHidden(COLUMNS.index(column), not has_run)

    def mark_found(self, steps: AbstractSet[str]) -> None:
        """Mark the rows that were looked for."""
        if steps != self.found:
            self.found = steps
            self.viewport().update()

    def let_edit(self, may_edit: bool) -> None:
        """Let cells be typed into, or not."""
        self.is_editing = may_edit
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
            if may_edit
            else triggers.NoEditTriggers
        )

    def show_sort(self, column: PlanColumn, is_descending: bool) -> None:
        """Show by which column the rows are sorted."""
        order = Qt.SortOrder.DescendingOrder if is_descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(COLUMNS.index(column), order)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Say on which step a person came to stand."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit(self._rows.rows[current.row()].key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Stand on the first row where one stands on none."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._rows.rows:
            self.setCurrentIndex(self._rows.index(0, COLUMNS.index(PlanColumn.TITLE)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open a row, copy rows, find, and while the plan is edited change its order."""
        if self.state() is QAbstractItemView.State.EditingState:
            # The editor has taken the key; it must not begin another one.
            event.accept()
            return
        wish = self._wish(event)
        if wish:
            event.accept()
            self.asked.emit(wish)
            return
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and not self.is_editing and self.step:
            event.accept()
            self.opened.emit(self.step)
            return
        if is_enter and self.is_editing and self.currentIndex().isValid():
            event.accept()
            self.edit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _wish(self, event: QKeyEvent) -> str:
        """Give what a key asks of the table as a whole; empty where it is for the grid."""
        if event.matches(QKeySequence.StandardKey.Copy):
            return "copy"
        if event.matches(QKeySequence.StandardKey.Find):
            return "find"
        if event.key() == Qt.Key.Key_F3:
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            return "previous" if back else "next"
        if not self.is_editing:
            return ""
        if event.modifiers() == Qt.KeyboardModifier.AltModifier:
            return {Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down"}.get(Qt.Key(event.key()), "")
        if event.modifiers() == Qt.KeyboardModifier.NoModifier:
            keys = {Qt.Key.Key_Insert: "insert", Qt.Key.Key_Delete: "delete"}
            return keys.get(Qt.Key(event.key()), "")
        return ""

    def _sort(self, section: int) -> None:
        self.sort_wanted.emit(COLUMNS[section].value)

    def _double(self, index: QModelIndex) -> None:
        if not self.is_editing:
            self.opened.emit(self._rows.rows[index.row()].key)

    def _follow_look(self) -> None:
        px = self._look.px
        self.verticalHeader().setDefaultSectionSize(px(ROW))
        self.horizontalHeader().setMinimumSectionSize(px(40))
        for at, column in enumerate(COLUMNS):
            self.setColumnWidth(at, px(WIDTHS[column]))
        self.viewport().update()


class _CellDelegate(QStyledItemDelegate):
    """Paints a cell, and gives what it is typed into with."""

    def __init__(self, look: Look, rows: PlanModel, grid: PlanGrid) -> None:
        super().__init__(grid)
        self._look = look
        self._rows = rows
        self._grid = grid

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._look.px(WIDTHS[COLUMNS[index.column()]]), self._look.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, column = self._look, COLUMNS[index.column()]
        row, cell = self._rows.rows[index.row()], self._rows.cell(index)
        rect = QRectF(option.rect)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setLayoutDirection(option.direction)
        ground = "bg3" if is_selected else "sel" if row.key in self._grid.found else ""
        if ground:
            painter.fillRect(rect, look.colour(ground))
        if is_selected and column is PlanColumn.NUMBER:
            bar = QRectF(rect.left(), rect.top(), look.px(BAR), rect.height())
            painter.fillRect(bar, look.colour("acc"))
        if bool(option.state & QStyle.StateFlag.State_HasFocus) and self._grid.hasFocus():
            paint_bar(painter, look, rect, outline="acc", radius=2, width=2)
        elif cell.problem:
            paint_bar(painter, look, rect.adjusted(1, 1, -1, -1), outline="crit", radius=2)
        inner = rect.adjusted(look.px(SIDE), 0, -look.px(SIDE), 0)
        if column is PlanColumn.STATE:
            glyph = QRectF(inner.left(), 0, look.px(GLYPH), look.px(GLYPH))
            glyph.moveTop(inner.center().y() - glyph.height() / 2)
            paint_status(painter, look, glyph, row.status)
            inner.setLeft(glyph.right() + look.px(SIDE))
        role = TextRole.BODY_STRONG if column is PlanColumn.TITLE else TextRole.BODY
        ink = "t3" if row.is_over and column is not PlanColumn.STATE else "t1"
        colour = "crit" if cell.problem else "acc" if cell.is_new else ink
        align = MIDDLE_RIGHT if column in RIGHT else MIDDLE_LEFT
        paint_text(painter, look, inner, cell.text, role, colour, align)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        column = COLUMNS[index.column()]
        choices = self._grid.choices.get(column, ())
        if column is PlanColumn.KIND:
            box = QComboBox(parent)
            box.addItems(list(choices))
            box.setAccessibleName(spoken_text(column.value))
            return box
        line = QLineEdit(parent)
        line.setMaxLength(LONGEST)
        line.setAccessibleName(spoken_text(column.value))
        if choices:
            known = QCompleter(list(choices), line)
            known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            known.setFilterMode(Qt.MatchFlag.MatchContains)
            line.setCompleter(known)
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        text = self._rows.cell(index).text
        if isinstance(editor, QComboBox):
            editor.setCurrentText(text)
        elif isinstance(editor, QLineEdit):
            editor.setText(text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        if isinstance(editor, QComboBox):
            self._rows.setData(index, editor.currentText())
        elif isinstance(editor, QLineEdit):
            self._rows.setData(index, editor.text())

"""A list of rows that a view paints itself, with selection, keys and a sentence a row.

Qt's own item view does what is hard: keys, scrolling, and telling a screen reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Generic, Protocol, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar
from relconsole_ui.design.text import safe_text, tip_text
from relconsole_ui.design.tokens import RADIUS_CHIP

SELECTED_BAR: Final = 3
FRAME: Final = 2

Index = QModelIndex | QPersistentModelIndex


class Row(Protocol):
    """What a list knows of a row: its name among the rows, and what a screen reader says."""

    @property
    def key(self) -> str:
        """What tells this row from the others, and stays the same as it changes."""
        ...

    @property
    def sentence(self) -> str:
        """The whole row in words."""
        ...


AnyRow = TypeVar("AnyRow", bound=Row)
PaintRow = Callable[[QPainter, QRectF, AnyRow], None]
"""Paints a row into a rectangle; the ground of the selection is painted already."""


class RowsModel(QAbstractListModel, Generic[AnyRow]):
    """Rows by position; showing others says only what differs, so a selection stays."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[AnyRow, ...] = ()

    @property
    def rows(self) -> tuple[AnyRow, ...]:
        """The rows from the top."""
        return self._rows

    def row_of(self, key: str) -> int:
        """Give the position of a row, -1 if there is none of that key."""
        return next((at for at, row in enumerate(self._rows) if row.key == key), -1)

    def show_rows(self, rows: Sequence[AnyRow]) -> None:
        """Take over ``rows``; the same keys in the same order are a mere change of content."""
        before, after = self._rows, tuple(rows)
        if [row.key for row in before] != [row.key for row in after]:
            self.beginResetModel()
            self._rows = after
            self.endResetModel()
            return
        self._rows = after
        for at, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(at), self.index(at))

    def rowCount(self, parent: Index | None = None) -> int:
        """Give how many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Give the sentence of a row; what is painted comes from the row itself."""
        readable = {
            int(Qt.ItemDataRole.DisplayRole),
            int(Qt.ItemDataRole.AccessibleTextRole),
        }
        if index.isValid() and role in readable:
            return safe_text(self._rows[index.row()].sentence)
        if index.isValid() and role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(self._rows[index.row()].sentence)
        return None


class RowList(QListView, Generic[AnyRow]):
    """The list; ``height`` of a row is in pixels at 100 per cent, ``tint`` a token or empty.

    ``chosen`` gives the key of the row on which a person came to stand, ``opened`` of the one that
    was activated by Enter or twice clicked. Showing other rows emits neither.
    """

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(
        self,
        look: Look,
        paint_row: PaintRow[AnyRow],
        height: int,
        parent: QWidget | None = None,
        *,
        tint: Callable[[AnyRow], str] | None = None,
        fits_rows: bool = False,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._fits_rows = fits_rows
        self._is_showing = False
        self._rows: RowsModel[AnyRow] = RowsModel(self)
        self.setModel(self._rows)
        self.setItemDelegate(_RowDelegate(look, self._rows, paint_row, height, tint, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        if fits_rows:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._height = height
        self.activated.connect(self._open)
        self.selectionModel().currentChanged.connect(self._choose)
        look.changed.connect(self._follow_look)

    @property
    def rows(self) -> tuple[AnyRow, ...]:
        """The rows from the top."""
        return self._rows.rows

    @property
    def selected(self) -> str:
        """The key of the selected row; empty for none."""
        at = self.currentIndex().row()
        return self._rows.rows[at].key if at >= 0 else ""

    def show_rows(self, rows: Sequence[AnyRow]) -> None:
        """Show ``rows``; the selection stays with its key, and goes if its row does."""
        kept, count = self.selected, len(self._rows.rows)
        self._is_showing = True
        self._rows.show_rows(rows)
        self.select(kept)
        self._is_showing = False
        if self._fits_rows and count != len(rows):
            self.updateGeometry()

    def select(self, key: str) -> None:
        """Select the row of ``key``, or none if there is no such row; ``chosen`` is not emitted."""
        if key == self.selected:
            return
        was_showing, self._is_showing = self._is_showing, True
        at = self._rows.row_of(key)
        self.setCurrentIndex(self._rows.index(at) if at >= 0 else QModelIndex())
        self._is_showing = was_showing

    def sizeHint(self) -> QSize:
        """Give the height of all rows where the list shall fit them."""
        hint = super().sizeHint()
        if self._fits_rows:
            hint.setHeight(len(self._rows.rows) * self._look.px(self._height) + 2 * FRAME)
        return hint

    def minimumSizeHint(self) -> QSize:
        """Give the same height, or that of one row."""
        if self._fits_rows:
            return QSize(self._look.px(80), self.sizeHint().height())
        return QSize(self._look.px(80), self._look.px(self._height) + 2 * FRAME)

    def _choose(self, current: QModelIndex) -> None:
        # Coming by Tab, Qt makes a row the current one without selecting it.
        how = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(current, how)
        if current.isValid() and not self._is_showing:
            self.chosen.emit(self._rows.rows[current.row()].key)

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self._rows.rows[index.row()].key)

    def _follow_look(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()
        self.viewport().update()


class _RowDelegate(QStyledItemDelegate, Generic[AnyRow]):
    """Paints the ground of a row, and lets the view paint the rest."""

    def __init__(
        self,
        look: Look,
        rows: RowsModel[AnyRow],
        paint_row: PaintRow[AnyRow],
        height: int,
        tint: Callable[[AnyRow], str] | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._rows = rows
        self._paint_row = paint_row
        self._height = height
        self._tint = tint

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._look.px(80), self._look.px(self._height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._rows.rows[index.row()]
        rect = QRectF(option.rect)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ground = self._tint(row) if self._tint is not None else ""
        if is_selected:
            ground = ground or "bg3"
        painter.save()
        painter.setLayoutDirection(option.direction)
        if ground:
            paint_bar(painter, self._look, rect, ground, radius=RADIUS_CHIP)
        if is_selected:
            bar = QRectF(rect.left(), rect.top(), self._look.px(SELECTED_BAR), rect.height())
            if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
                bar.moveRight(rect.right())
            painter.fillRect(bar, self._look.colour("acc"))
        self._paint_row(painter, rect, row)
        painter.restore()

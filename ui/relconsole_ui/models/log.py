"""The lines of the bridge log for a table; showing others says only what differs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from relconsole_ui.design.text import safe_text, tip_text
from relconsole_ui.presenters.log import HEADINGS, LogRow

Index = QModelIndex | QPersistentModelIndex


class LogModel(QAbstractTableModel):
    """Rows by position, told to be appended, taken out or changed where they are."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[LogRow] = []

    @property
    def rows(self) -> Sequence[LogRow]:
        """The rows from the top."""
        return self._rows

    def row_of(self, key: int) -> int:
        """Give the position of a line, -1 if it is not shown."""
        return next((at for at, row in enumerate(self._rows) if row.key == key), -1)

    def show_rows(self, rows: Sequence[LogRow]) -> None:
        """Take over ``rows``: what is alike at the top and at the bottom stays as it is."""
        before = self._rows
        same = 0
        while same < min(len(before), len(rows)) and before[same].key == rows[same].key:
            same += 1
        tail = 0
        most = min(len(before), len(rows)) - same
        while tail < most and before[-1 - tail].key == rows[-1 - tail].key:
            tail += 1
        self._take_out(same, len(before) - tail)
        self._put_in(same, rows[same : len(rows) - tail])
        for at, row in enumerate(rows):
            if self._rows[at] != row:
                self._rows[at] = row
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(HEADINGS) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        """Give how many lines there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Give the number of headings."""
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Give a cell, or what a screen reader says of the whole line."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return safe_text(row.cells[index.column()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return safe_text(row.sentence)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(row.cells[index.column()])
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Give a heading."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return None

    def _take_out(self, first: int, end: int) -> None:
        if first < end:
            self.beginRemoveRows(QModelIndex(), first, end - 1)
            del self._rows[first:end]
            self.endRemoveRows()

    def _put_in(self, first: int, rows: Sequence[LogRow]) -> None:
        if rows:
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows[first:first] = rows
            self.endInsertRows()

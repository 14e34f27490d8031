"""The plan table as a Qt model: what differs is all that is told."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from relconsole_ui.design.text import safe_text, tip_text
from relconsole_ui.presenters.plan_table import COLUMNS, PlanCell, PlanColumn, PlanRow

Index = QModelIndex | QPersistentModelIndex


class PlanModel(QAbstractTableModel):
    """Rows by position and columns by ``COLUMNS``; ``edited`` gives step, column and text."""

    edited = Signal(str, str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[PlanRow, ...] = ()
        self._editable: AbstractSet[PlanColumn] = frozenset()

    @property
    def rows(self) -> tuple[PlanRow, ...]:
        """The rows from the top."""
        return self._rows

    def row_of(self, key: str) -> int:
        """Give the position of a row, -1 if there is none of that key."""
        return next((at for at, row in enumerate(self._rows) if row.key == key), -1)

    def cell(self, index: Index) -> PlanCell:
        """Give the cell at a place of the table."""
        return self._rows[index.row()].cells[index.column()]

    def set_editable(self, columns: AbstractSet[PlanColumn]) -> None:
        """Let cells of these columns be typed into."""
        self._editable = columns

    def show_rows(self, rows: Sequence[PlanRow]) -> None:
        """Take over ``rows``: removing what is gone, moving, putting in, telling changed cells."""
        wanted = tuple(rows)
        self._remove_gone({row.key for row in wanted})
        self._reorder([row.key for row in wanted])
        self._insert_new(wanted)
        self._change_cells(wanted)

    def _remove_gone(self, kept: AbstractSet[str]) -> None:
        at = len(self._rows)
        while at:
            last = at
            while at and self._rows[at - 1].key not in kept:
                at -= 1
            if at < last:
                self.beginRemoveRows(QModelIndex(), at, last - 1)
                self._rows = (*self._rows[:at], *self._rows[last:])
                self.endRemoveRows()
            else:
                at -= 1

    def _reorder(self, wanted: list[str]) -> None:
        """Bring the rows that stay into their new order, and indexes of the outside with them."""
        known = {row.key: row for row in self._rows}
        after = tuple(known[key] for key in wanted if key in known)
        if after == self._rows:
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        places = {row.key: at for at, row in enumerate(after)}
        new = [self.index(places[self._rows[it.row()].key], it.column()) for it in old]
        self._rows = after
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _insert_new(self, wanted: tuple[PlanRow, ...]) -> None:
        known = {row.key for row in self._rows}
        at = 0
        while at < len(wanted):
            last = at
            while last < len(wanted) and wanted[last].key not in known:
                last += 1
            if last > at:
                self.beginInsertRows(QModelIndex(), at, last - 1)
                self._rows = (*self._rows[:at], *wanted[at:last], *self._rows[at:])
                self.endInsertRows()
            at = last + 1

    def _change_cells(self, wanted: tuple[PlanRow, ...]) -> None:
        before, self._rows = self._rows, wanted
        for number, (old, new) in enumerate(zip(before, wanted, strict=True)):
            if old == new:
                continue
            changed = [
                column for column in range(len(COLUMNS)) if old.cells[column] != new.cells[column]
            ]
            if old.status is not new.status:
                changed.append(COLUMNS.index(PlanColumn.STATE))
            for column in dict.fromkeys(changed):
                self.dataChanged.emit(self.index(number, column), self.index(number, column))

    def rowCount(self, parent: Index | None = None) -> int:
        """Give how many steps there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Give how many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Tell whether a cell may be typed into."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if COLUMNS[index.column()] in self._editable:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Give the text of a cell; read aloud, the first one says the whole row."""
        if not index.isValid():
            return None
        row, cell = self._rows[index.row()], self.cell(index)
        column = COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return safe_text(cell.text)
            case Qt.ItemDataRole.EditRole:
                return cell.text
            case Qt.ItemDataRole.ToolTipRole:
                return tip_text(cell.problem or cell.text)
            case Qt.ItemDataRole.AccessibleTextRole:
                if index.column() == 0:
                    return safe_text(row.sentence)
                said = f"{column}: {cell.text or 'none'}"
                return safe_text(f"{said}, {cell.problem}" if cell.problem else said)
            case _:
                return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Say what was typed; the table shows it once it is shown the rows that come of it."""
        if role != Qt.ItemDataRole.EditRole or str(value) == self.cell(index).text:
            return False
        self.edited.emit(self._rows[index.row()].key, COLUMNS[index.column()].value, str(value))
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Give the heading of a column."""
        is_heading = orientation is Qt.Orientation.Horizontal
        if is_heading and role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return COLUMNS[section].value
        return None

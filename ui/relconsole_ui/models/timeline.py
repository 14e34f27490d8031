"""The timeline as a table, for the keyboard, screen readers and whoever reads rather than looks."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from relconsole_ui.design.text import safe_text, tip_text
from relconsole_ui.presenters.timeline_words import HEADINGS, TwinRow

StepRole = Qt.ItemDataRole.UserRole


class TimelineModel(QAbstractTableModel):
    """Rows of the timeline.

    What changes is told once for all rows, since a view and a screen reader look at each telling.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[TwinRow, ...] = ()

    def show_rows(self, rows: tuple[TwinRow, ...]) -> None:
        """Show other rows; the table is made anew only where their number is another."""
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        before, self._rows = self._rows, rows
        pairs = enumerate(zip(before, rows, strict=True))
        changed = [number for number, (old, new) in pairs if old != new]
        if changed:
            last = self.index(changed[-1], len(HEADINGS) - 1)
            self.dataChanged.emit(self.index(changed[0], 0), last)

    def row_of(self, step: str | None) -> int | None:
        """Give the row of a step, None where there is none."""
        return next((at for at, row in enumerate(self._rows) if row.step == step), None)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Give how many steps there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Give how many columns there are."""
        return 0 if parent.isValid() else len(HEADINGS)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Give the text of a cell; read aloud, the first one says the whole row."""
        row = self._rows[index.row()]
        cell = safe_text(row.cells[index.column()])
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell
            case Qt.ItemDataRole.ToolTipRole:
                return tip_text(row.says)
            case Qt.ItemDataRole.AccessibleTextRole:
                named = f"{HEADINGS[index.column()]}: {cell or 'none'}"
                return safe_text(row.says) if index.column() == 0 else named
            case Qt.ItemDataRole.UserRole:
                return row.step
            case _:
                return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> str | None:
        """Give the heading of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return None

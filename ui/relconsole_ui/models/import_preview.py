"""The rows of a workbook, as they will be taken in, for a table."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from relconsole_ui.design.text import safe_text, tip_text
from relconsole_ui.presenters.importing_preview import PREVIEW, PreviewCell, PreviewRow

Index = QModelIndex | QPersistentModelIndex


class ImportPreviewModel(QAbstractTableModel):
    """Rows by position; the same rows with other content are a mere change."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[PreviewRow, ...] = ()

    @property
    def rows(self) -> tuple[PreviewRow, ...]:
        """The rows from the top."""
        return self._rows

    def show_rows(self, rows: tuple[PreviewRow, ...]) -> None:
        """Take over rows."""
        before = self._rows
        if [row.key for row in before] != [row.key for row in rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        self._rows = rows
        for at, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(PREVIEW) - 1))

    def cell(self, index: Index) -> PreviewCell:
        """Give the cell at a place."""
        return self._rows[index.row()].cells[index.column()]

    def rowCount(self, parent: Index | None = None) -> int:
        """Give how many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Give how many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(PREVIEW)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Give the text of a cell; read aloud, the first one says the whole row."""
        if not index.isValid():
            return None
        cell = self.cell(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return "" if cell.is_open else safe_text(cell.text)
            case Qt.ItemDataRole.ToolTipRole:
                return tip_text(cell.text)
            case Qt.ItemDataRole.AccessibleTextRole:
                if index.column() == 0:
                    return safe_text(self._rows[index.row()].sentence)
                said = "open" if cell.is_open else cell.text or "none"
                return safe_text(f"{PREVIEW[index.column()]}: {said}")
            case _:
                return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Give the heading of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return PREVIEW[section].value
        return None

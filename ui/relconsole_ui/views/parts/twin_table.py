"""The table that stands beside a painted view: the same rows for keys and screen readers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text

ROW: Final = 32
NARROWEST: Final = 64


class TwinTable(QTableView):
    """A table of whole rows that is only read; its rows grow with the scale.

    ``name`` is what a screen reader calls it.
    """

    def __init__(
        self, look: Look, model: QAbstractItemModel, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self.setModel(model)
        self.setAccessibleName(spoken_text(name))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().setVisible(False)
        across = self.horizontalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        across.setStretchLastSection(True)
        across.setHighlightSections(False)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def selected_row(self) -> int:
        """Give the position of the selected row, -1 for none."""
        return self.currentIndex().row()

    def select_row(self, row: int) -> None:
        """Select a row, or none with -1."""
        index = self.model().index(row, 0) if row >= 0 else QModelIndex()
        self.setCurrentIndex(index)

    def fit_columns(self) -> None:
        """Make every column as wide as what it holds."""
        self.resizeColumnsToContents()

    def _follow_look(self) -> None:
        down = self.verticalHeader()
        down.setMinimumSectionSize(self._look.px(ROW))
        down.setDefaultSectionSize(self._look.px(ROW))
        self.horizontalHeader().setMinimumSectionSize(self._look.px(NARROWEST))

"""The timeline as a card, with its legend, and the table that says the same behind one key."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStackedLayout,
    QTableView,
    QWidget,
)

from relconsole.domain.kernel.ids import StepId
from relconsole_ui.design.look import Look
from relconsole_ui.models.timeline import StepRole, TimelineModel
from relconsole_ui.presenters.timeline_rows import TimelineRows
from relconsole_ui.presenters.timeline_words import twin_rows
from relconsole_ui.views.bridge.timeline import Timeline
from relconsole_ui.views.bridge.timeline_legend import TimelineLegend
from relconsole_ui.views.parts.panel import Panel

TABLE_KEY = "T"
ROW = 28
MEASURED_ROWS = 0
"""The rows by which the width of a column is found: those in sight; all of them take too long."""


class TimelinePanel(Panel):
    """``selected`` and ``opened`` name a step; ``T`` goes from the picture to the table and back.

    The table is filled only while it is seen.
    """

    selected = Signal(str)
    opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Timeline", parent)
        self._rows: TimelineRows | None = None
        self._chosen: StepId | None = None
        self.timeline = Timeline(look)
        self.table = QTableView()
        self.model = TimelineModel(self)
        self.legend = TimelineLegend(look)
        self.head.insertWidget(1, self.legend, 1)
        # What the heading leaves is the legend's; it gives way first where there is little room.
        self.heading.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.head.setStretch(0, 0)
        self.heading.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.timeline)
        self._pages.addWidget(self.table)
        self.body.addLayout(self._pages, 1)
        self._prepare_table()
        self.timeline.selected.connect(self._choose_by_hand)
        self.timeline.opened.connect(self.opened)
        self._key = QShortcut(QKeySequence(TABLE_KEY), self)
        self._key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._key.activated.connect(self.turn)
        self._follow_scale()
        look.changed.connect(self._follow_scale)

    @property
    def shows_table(self) -> bool:
        """Whether the table is in front."""
        return self._pages.currentWidget() is self.table

    def allow_letter_key(self, *, allowed: bool) -> None:
        """Let the single letter work, or not; the turn stays reachable as an action."""
        self._key.setEnabled(allowed)

    def show_rows(self, rows: TimelineRows) -> None:
        """Show another state of the night."""
        self._rows = rows
        self.legend.show_resumed(resumed=bool(rows.resumed))
        self.timeline.show_rows(rows)
        if self.shows_table:
            self._fill_table(rows)

    def choose(self, step: StepId | None) -> None:
        """Choose a step from outside, without a signal."""
        self._chosen = step
        self.timeline.choose(step)
        if self.shows_table:
            self._choose_row()

    def turn(self) -> None:
        """Go from the picture to the table, or back, with the keyboard and the choice."""
        had_focus = self.timeline.hasFocus() or self.table.hasFocus()
        front: QWidget = self.timeline if self.shows_table else self.table
        if front is self.table and self._rows is not None:
            self._fill_table(self._rows)
        self._pages.setCurrentWidget(front)
        if had_focus:
            front.setFocus()

    def _prepare_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Timeline as a table")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.verticalHeader().setVisible(False)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        table.horizontalHeader().setResizeContentsPrecision(MEASURED_ROWS)
        table.horizontalHeader().setStretchLastSection(True)
        table.selectionModel().currentRowChanged.connect(self._follow_row)
        table.activated.connect(self._open_row)

    def _fill_table(self, rows: TimelineRows) -> None:
        count = self.model.rowCount()
        self.model.show_rows(twin_rows(rows))
        if self.model.rowCount() != count:
            # Once, and not at each word that changes: a view measures its cells slowly.
            self.table.resizeColumnsToContents()
        self._choose_row()

    def _choose_row(self) -> None:
        """Put the table's choice where the timeline's is, without a signal."""
        row = self.model.row_of(self._chosen)
        if row is not None and row != self.table.currentIndex().row():
            selection = self.table.selectionModel()
            was = selection.blockSignals(True)
            self.table.selectRow(row)
            selection.blockSignals(was)
            self.table.viewport().update()

    def _choose_by_hand(self, step: str) -> None:
        self._chosen = StepId(step)
        self.selected.emit(step)

    def _follow_row(self, current: QModelIndex) -> None:
        step = current.data(StepRole)
        if isinstance(step, str) and step != self._chosen:
            self.timeline.choose(StepId(step))
            self._choose_by_hand(step)

    def _open_row(self, index: QModelIndex) -> None:
        step = index.data(StepRole)
        if isinstance(step, str):
            self.opened.emit(step)

    def _follow_scale(self) -> None:
        self.table.verticalHeader().setDefaultSectionSize(self._look.px(ROW))

"""The columns of a sheet: what stands in each, what it becomes, and how it is read."""

from __future__ import annotations

import functools
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QScrollArea, QSpinBox, QWidget

from relconsole.domain.plan.taking_in.mapping import Field
from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.importing import FIELD_WORDS, ColumnRow, ImportRows
from relconsole_ui.views.parts.chip import Chip
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.words import Words

HEADS: Final = ("Col.", "In the sheet", "First value", "Becomes", "", "How it is read")
_FIELDS: Final = tuple(FIELD_WORDS)
_MOST_ROWS: Final = 1_000


class StillBox(QComboBox):
    """A box that the wheel of a mouse leaves as it is: it turns the page around it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        event.ignore()


class _Line:
    """The widgets of one column."""

    def __init__(self, look: Look, grid: QGridLayout, at: int) -> None:
        self.letters = Chip(look)
        self.heading = Words(look, TextRole.BODY_STRONG, elides=True)
        self.first = Words(look, TextRole.BODY, "", "t2", elides=True)
        self.becomes = StillBox()
        self.glyph = StatusGlyph(look)
        self.reads = Words(look, TextRole.BODY, "", "t2", elides=True)
        for field, words in FIELD_WORDS.items():
            self.becomes.addItem(words, field.value)
        parts = (self.letters, self.heading, self.first, self.becomes, self.glyph, self.reads)
        for column, part in enumerate(parts):
            grid.addWidget(part, at, column)
        self.parts: tuple[QWidget, ...] = parts

    def show(self, row: ColumnRow) -> None:
        """Show a column."""
        self.letters.show_words(row.letters)
        self.heading.setText(row.heading or "no heading")
        self.first.setText(row.first or "empty")
        self.becomes.blockSignals(True)
        self.becomes.setCurrentIndex(_FIELDS.index(row.becomes))
        self.becomes.blockSignals(False)
        self.becomes.setAccessibleName(spoken_text(f"{row.sentence}. Becomes"))
        self.becomes.setAccessibleDescription(spoken_text(row.reads))
        self.glyph.set_status(row.status)
        self.reads.setText(row.reads)


class ColumnsPanel(Panel):
    """The columns; ``became`` gives letters and field.

    ``sheet_wanted`` gives the name of a sheet, ``head_wanted`` the row of its headings.
    """

    became = Signal(str, str)
    sheet_wanted = Signal(str)
    head_wanted = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Columns", parent)
        self._columns_look = look
        self._lines: list[_Line] = []
        self._letters: tuple[str, ...] = ()
        self.sheet = StillBox()
        self.sheet.setAccessibleName("Sheet that holds the runbook")
        self.head_row = QSpinBox()
        self.head_row.setRange(1, _MOST_ROWS)
        self.head_row.setPrefix("headings in row ")
        self.head_row.setKeyboardTracking(False)
        self.head_row.setAccessibleName("Row of the headings")
        top = QHBoxLayout()
        top.addWidget(self.sheet, 1)
        top.addWidget(self.head_row)
        self.body.addLayout(top)
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(2, 3)
        self._grid.setColumnStretch(5, 4)
        for column, head in enumerate(HEADS):
            words = Words(look, TextRole.ROW, head, "t2")
            self._grid.addWidget(words, 0, column)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inside)
        for ground in (inside, self.area.viewport()):
            ground.setAutoFillBackground(False)
        self.body.addWidget(self.area, 1)
        self._layout.setAlignment(self.body, Qt.AlignmentFlag(0))
        self.sheet.currentTextChanged.connect(self.sheet_wanted)
        self.head_row.valueChanged.connect(self.head_wanted)

    def show_import(self, rows: ImportRows) -> None:
        """Show the columns of a sheet."""
        self.set_note(rows.mapping_note)
        self._show_sheet(rows)
        letters = tuple(row.letters for row in rows.columns)
        if letters != self._letters:
            self._letters = letters
            self._make_lines(len(letters))
        for line, row in zip(self._lines, rows.columns, strict=True):
            line.show(row)

    def box_of(self, letters: str) -> QComboBox:
        """Give the box in which a column's meaning is chosen."""
        return self._lines[self._letters.index(letters)].becomes

    def _show_sheet(self, rows: ImportRows) -> None:
        for part in (self.sheet, self.head_row):
            part.blockSignals(True)
        if tuple(self.sheet.itemText(at) for at in range(self.sheet.count())) != rows.sheets:
            self.sheet.clear()
            self.sheet.addItems(list(rows.sheets))
        self.sheet.setCurrentText(rows.sheet)
        self.head_row.setValue(rows.header_row)
        for part in (self.sheet, self.head_row):
            part.blockSignals(False)

    def _make_lines(self, count: int) -> None:
        for line in self._lines:
            for part in line.parts:
                self._grid.removeWidget(part)
                part.deleteLater()
        self._lines = [_Line(self._columns_look, self._grid, at + 1) for at in range(count)]
        for at, line in enumerate(self._lines):
            line.becomes.currentIndexChanged.connect(functools.partial(self._become, at))
        self._grid.setRowStretch(count + 1, 1)

    def _become(self, at: int, chosen: int) -> None:
        field: Field = _FIELDS[chosen]
        self.became.emit(self._letters[at], field.value)

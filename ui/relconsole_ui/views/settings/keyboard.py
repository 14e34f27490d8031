"""The keys of the window as a list to search, and the switch for single letters."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_RIGHT, paint_text, text_width
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.key_rows import KeyLine, KeyLines
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.parts.chip import paint_chip
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words

ROW = 34
KEYS = 150
MENU = 110
CHIP = 22


class KeyboardView(QWidget):
    """The section; ``searched`` gives the words, ``letters_chosen`` whether letters work."""

    searched = Signal(str)
    letters_chosen = Signal(bool)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.panel = Panel(look, "Keys")
        self.letters = QCheckBox("Single letters work outside text fields")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search an action or a key")
        self.search.setAccessibleName("Search an action or a key")
        self.search.setMaxLength(80)
        self.rows: RowList[KeyLine] = RowList(look, self._paint_row, ROW)
        self.rows.setAccessibleName("Actions and their keys")
        self.empty = Words(look, TextRole.BODY, "", "t2")
        for part in (self.letters, self.search, self.empty):
            self.panel.body.addWidget(part)
        self.panel.body.addWidget(self.rows, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        self.search.textEdited.connect(self.searched)
        self.letters.clicked.connect(self.letters_chosen)

    def show_rows(self, rows: KeyLines, *, letters: bool) -> None:
        """Show the actions that were searched for."""
        self.letters.setChecked(letters)
        self.panel.set_note(rows.note)
        self.rows.show_rows(rows.rows)
        self.rows.setVisible(bool(rows.rows))
        self.empty.setText(rows.empty)
        self.empty.setVisible(bool(rows.empty))

    def _paint_row(self, painter: QPainter, rect: QRectF, row: KeyLine) -> None:
        look = self._look
        cells = Cells(look, painter, rect, before=12, after=12)
        menu = cells.take_end(look.px(MENU), gap=12)
        paint_text(painter, look, menu, row.menu, TextRole.BODY, "t2", MIDDLE_RIGHT)
        keys = cells.take(KEYS, gap=12)
        if row.keys:
            width = text_width(look, row.keys, TextRole.NOTE_STRONG) + 2 * look.px(8)
            height = look.px(CHIP)
            chip = QRectF(keys.left(), keys.center().y() - height / 2, width, height)
            paint_chip(painter, look, chip, row.keys, "dashed" if row.note else "plain")
        note = cells.take_end(look.px(40), gap=8)
        paint_text(painter, look, note, row.note, TextRole.BODY, "t2", MIDDLE_RIGHT)
        ink = "t2" if row.note else "t1"
        paint_text(painter, look, cells.rest, row.text, TextRole.BODY, ink)

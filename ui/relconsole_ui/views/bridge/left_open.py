"""The panel of what the night holds open."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_RIGHT, paint_text, text_width
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.left_open import LeftOpenRow, LeftOpenRows
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.bridge.keys_of import KeysOf
from relconsole_ui.views.bridge.note_line import NoteLine
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words

ROW = 24
SMALL = 24
BOTTOM = 6
UNTIL_SHARE = 0.34
WHO = 78
_INK = {"": "t1", "warn": "warn", "quiet": "t3"}


class LeftOpenView(Panel):
    """Entries with owner and expiry; the selected one can be closed or taken over."""

    closed = Signal(str, str)
    taken_over = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Left open", parent)
        self._rows = LeftOpenRows(rows=(), note="")
        self._takes_over = False
        self.list: RowList[LeftOpenRow] = RowList(look, self._paint_row, ROW)
        self.list.setAccessibleName("Left open")
        self.empty = Words(look, TextRole.BODY, "", "t2")
        self.close_entry = ActionButton(look, "Close", "C", height=SMALL)
        self.take_over = ActionButton(look, "Take over", "T", height=SMALL)
        self.note_line = NoteLine(look)
        self.notice = Notice(look)
        for button in (self.take_over, self.close_entry):
            self.head.addWidget(button)
            button.setVisible(False)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.list, 100)
        self.body.addWidget(self.notice)
        self.body.addWidget(self.note_line)
        self.body.addStretch(1)
        self.note_line.setVisible(False)
        self.close_entry.clicked.connect(self.ask_close)
        self.take_over.clicked.connect(self.ask_take_over)
        self.note_line.given.connect(self._give)
        self.note_line.left.connect(self.leave_note)
        self.list.chosen.connect(self._follow_selection)
        self._keys = KeysOf(
            self.list,
            {
                Qt.Key.Key_C: self.ask_close,
                Qt.Key.Key_T: self.ask_take_over,
                Qt.Key.Key_Escape: self.leave_selection,
            },
        )
        look.changed.connect(self._follow_list_look)
        self._follow_list_look()
        self.show_rows(self._rows)

    def show_rows(self, rows: LeftOpenRows) -> None:
        """Show the list."""
        self._rows = rows
        selected = self.list.selected
        self.list.show_rows(rows.rows)
        self.list.setVisible(bool(rows.rows))
        self.empty.setText(rows.empty)
        self.empty.setVisible(bool(rows.empty))
        if selected and not self.list.selected:
            self.leave_note()
        self._follow_selection()

    def ask_close(self) -> None:
        """Ask how the selected entry was closed."""
        self._ask("How it was closed", "Close", takes_over=False)

    def ask_take_over(self) -> None:
        """Ask for a note to the taking over of the selected entry."""
        self._ask("Note, where one is needed", "Take over", takes_over=True)

    def leave_note(self) -> None:
        """Go back from the line for the note."""
        self.notice.say("")
        self.note_line.setVisible(False)

    def leave_selection(self) -> None:
        """Stand on no entry."""
        self.leave_note()
        self.list.select("")
        self._follow_selection()

    def show_failure(self, words: str) -> None:
        """Say why an entry was not closed or taken over."""
        self.notice.say(words)

    def _ask(self, asks: str, button: str, *, takes_over: bool) -> None:
        row = self._selected()
        if row is None:
            return
        if row.why:
            self.notice.say(f"Nobody closes it by hand: {row.why}.")
            return
        self._takes_over = takes_over
        self.notice.say("")
        self.note_line.setVisible(True)
        self.note_line.ask(asks, button, needs_note=False)

    def _give(self, note: str) -> None:
        wanted = self.taken_over if self._takes_over else self.closed
        wanted.emit(self.list.selected, note)

    def _selected(self) -> LeftOpenRow | None:
        return next((row for row in self._rows.rows if row.key == self.list.selected), None)

    def _follow_selection(self) -> None:
        is_on_one = self._selected() is not None
        self.set_note("")
        for button in (self.close_entry, self.take_over):
            button.setVisible(is_on_one)
        tone = "warn" if self._rows.is_overdue else "t2"
        self.set_note("" if is_on_one else self._rows.note, tone)

    def _follow_list_look(self) -> None:
        margins = self._layout.contentsMargins()
        margins.setBottom(self._look.px(BOTTOM))
        self._layout.setContentsMargins(margins)
        self._layout.setSpacing(self._look.px(4))
        self.body.setSpacing(self._look.px(4))

    def _paint_row(self, painter: QPainter, rect: QRectF, row: LeftOpenRow) -> None:
        look = self._look
        cells = Cells(look, painter, rect, before=6, after=6)
        strong = TextRole.BODY_STRONG
        widest = max(text_width(look, each.until, strong) for each in self._rows.rows) + 1
        until = min(widest, rect.width() * UNTIL_SHARE)
        place = cells.take_end(until, gap=10)
        paint_text(painter, look, place, row.until, strong, _INK[row.tone], MIDDLE_RIGHT)
        if row.tone == "warn":
            paint_status(painter, look, cells.take_end(look.px(14), gap=8), row.status)
        who = cells.take_end(look.px(WHO), gap=8)
        paint_text(painter, look, who, row.who, TextRole.ROW, "t2")
        paint_text(painter, look, cells.rest, row.what, TextRole.BODY)

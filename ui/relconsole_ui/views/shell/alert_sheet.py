"""The sheet of alerts: what stands with its action, what is put aside, and what is over."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_RIGHT, paint_text, text_width
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.alerts import AlertRow, AlertRows
from relconsole_ui.presenters.problem_form import Choice
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.bridge.choice_box import chosen_of, fill_box, narrow_box
from relconsole_ui.views.bridge.keys_of import KeysOf
from relconsole_ui.views.bridge.note_line import NoteLine
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.bridge.side_sheet import SideSheet
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words

ROW, LINE = 66, 18
BUTTON = 32
FOLDED = 24
TIMES = (
    Choice(key="15", says="for 15 min"),
    Choice(key="30", says="for 30 min"),
    Choice(key="60", says="for 60 min"),
    Choice(key="step", says="while its step runs"),
)


class AlertSheet(SideSheet):
    """All alerts; ``shelved`` gives an alert, for how long, and why."""

    acknowledged = Signal(str)
    shelved = Signal(str, str, str)
    taken_back = Signal(str)
    opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Alerts", parent)
        self._rows = AlertRows(rows=(), note="")
        self.list: RowList[AlertRow] = RowList(look, self._paint_row, ROW)
        self.list.setAccessibleName("Alerts")
        self.empty = Words(look, TextRole.BODY, "", "t2")
        self.action = Words(look, TextRole.BODY, "", "t1", wraps=True)
        self.acknowledge = ActionButton(look, "Acknowledge", "A", height=BUTTON)
        self.shelve = ActionButton(look, "Shelve", "S", height=BUTTON)
        self.take_back = ActionButton(look, "Take back", height=BUTTON)
        self.time = narrow_box("How long it is shelved")
        fill_box(self.time, TIMES, "15")
        self.note_line = NoteLine(look)
        self.notice = Notice(look)
        self._lay_out()
        self.list.chosen.connect(self._follow_selection)
        self.list.opened.connect(self.opened)
        self.acknowledge.clicked.connect(self.acknowledge_selected)
        self.shelve.clicked.connect(self.ask_shelf)
        self.take_back.clicked.connect(lambda: self.taken_back.emit(self.list.selected))
        self.note_line.given.connect(self._shelve)
        self.note_line.left.connect(self.leave_shelf)
        self._keys = KeysOf(
            self.list, {Qt.Key.Key_A: self.acknowledge_selected, Qt.Key.Key_S: self.ask_shelf}
        )
        self.show_rows(self._rows)

    def show_rows(self, rows: AlertRows) -> None:
        """Show the list."""
        self._rows = rows
        self.set_note(rows.note)
        self.list.show_rows(rows.rows)
        self.list.setVisible(bool(rows.rows))
        self.empty.setText(rows.empty)
        self.empty.setVisible(bool(rows.empty))
        self._follow_selection()

    def stand_on(self, key: str) -> None:
        """Stand on an alert with the keyboard."""
        self.list.select(key)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._follow_selection()

    def acknowledge_selected(self) -> None:
        """Say that the selected alert was seen."""
        row = self._selected()
        if row is not None and row.calls:
            self.acknowledged.emit(row.key)

    def ask_shelf(self) -> None:
        """Ask why the selected alert is put aside, and for how long."""
        row = self._selected()
        if row is None or not row.may_shelve or row.is_over:
            return
        self.notice.say("")
        for part in (self.time, self.note_line):
            part.setVisible(True)
        self.note_line.ask("Why it is shelved", "Shelve")

    def leave_shelf(self) -> None:
        """Go back from asking for the reason."""
        self.notice.say("")
        self._hide_shelf()

    def show_failure(self, words: str) -> None:
        """Say why something was not done."""
        self.notice.say(words)

    def _shelve(self, why: str) -> None:
        self.shelved.emit(self.list.selected, chosen_of(self.time), why)

    def _selected(self) -> AlertRow | None:
        return next((row for row in self._rows.rows if row.key == self.list.selected), None)

    def _follow_selection(self) -> None:
        row = self._selected()
        self.action.setText("" if row is None else row.action)
        self.action.setVisible(row is not None and bool(row.action))
        self.acknowledge.setVisible(row is not None and row.calls)
        self.shelve.setVisible(row is not None and row.may_shelve and not row.is_over)
        self.take_back.setVisible(row is not None and row.is_shelved)
        if row is None:
            self._hide_shelf()

    def _hide_shelf(self) -> None:
        for part in (self.time, self.note_line):
            part.setVisible(False)

    def _lay_out(self) -> None:
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(self._look.px(8))
        for button in (self.acknowledge, self.shelve, self.take_back):
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.list, 100)
        self.body.addWidget(self.action)
        self.body.addLayout(self._buttons)
        self.body.addWidget(self.notice)
        self.body.addWidget(self.time)
        self.body.addWidget(self.note_line)
        self.leave_shelf()

    def _paint_row(self, painter: QPainter, rect: QRectF, row: AlertRow) -> None:
        look = self._look
        before = 10 + (FOLDED if row.is_rest else 0)
        cells = Cells(look, painter, rect, before=before, after=10)
        paint_status(painter, look, cells.take(18, gap=10), row.status)
        place = cells.rest
        line = look.px(LINE)
        top = place.top() + (place.height() - 3 * line) / 2
        lines = [QRectF(place.left(), top + at * line, place.width(), line) for at in range(3)]
        ink = "t3" if row.is_over or row.is_shelved else "t1"
        role = TextRole.BODY_STRONG if row.calls else TextRole.BODY
        paint_text(painter, look, lines[0], row.says, role, ink)
        paint_text(painter, look, lines[1], row.below, TextRole.ROW, "t2")
        over = text_width(look, row.below, TextRole.ROW) + look.px(12)
        if row.state:
            state = lines[1].adjusted(over, 0, 0, 0)
            paint_text(painter, look, state, row.state, TextRole.ROW, "t2", MIDDLE_RIGHT)
        paint_text(painter, look, lines[2], row.action, TextRole.NOTE, "t2")
        rule = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
        painter.fillRect(rule, look.colour("line"))

"""The panel of the people who are needed soon, with their telephones."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from relconsole_ui.design.icons import paint_icon
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_RIGHT, paint_text, text_width
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.muster import HERE, MusterRow, MusterRows
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.bridge.keys_of import KeysOf
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words

ROW = 46
SMALL = 24
WORD = 62
PHONE_ICON = 15


class MusterView(Panel):
    """People in groups; the selected one was called, is here, or is gone."""

    called = Signal(str)
    answered = Signal(str, bool)
    spread_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Needed", parent)
        self._rows = MusterRows(title="Needed", note="", rows=())
        self.list: RowList[MusterRow] = RowList(look, self._paint_row, ROW)
        self.list.setAccessibleName("People needed")
        self.empty = Words(look, TextRole.BODY, "", "t2", elides=True)
        self.call = ActionButton(look, "Called", "C", height=SMALL)
        self.here = ActionButton(look, "Here", "H", height=SMALL)
        self.gone = ActionButton(look, "Gone", "X", height=SMALL)
        self.notice = Notice(look)
        for button in (self.call, self.here, self.gone):
            self.head.addWidget(button)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.list, 100)
        self.body.addWidget(self.notice)
        self.call.clicked.connect(self.call_selected)
        self.here.clicked.connect(lambda: self.answer_selected(is_here=True))
        self.gone.clicked.connect(lambda: self.answer_selected(is_here=False))
        self.list.chosen.connect(self._follow_selection)
        self.list.opened.connect(self._open)
        self._keys = KeysOf(
            self.list,
            {
                Qt.Key.Key_C: self.call_selected,
                Qt.Key.Key_H: lambda: self.answer_selected(is_here=True),
                Qt.Key.Key_X: lambda: self.answer_selected(is_here=False),
                Qt.Key.Key_Escape: self.leave_selection,
            },
        )
        look.changed.connect(self._follow_list_look)
        self._follow_list_look()
        self.show_rows(self._rows)

    def show_rows(self, rows: MusterRows) -> None:
        """Show who is needed."""
        self._rows = rows
        self.set_title(rows.title)
        self.list.show_rows(rows.rows)
        self.list.setVisible(bool(rows.rows))
        self.empty.setText(rows.empty)
        self.empty.setVisible(bool(rows.empty))
        self._follow_selection()

    def call_selected(self) -> None:
        """Say that the selected person was called."""
        row = self._selected()
        if row is not None and row.person is not None:
            self.called.emit(row.person)

    def answer_selected(self, *, is_here: bool) -> None:
        """Say that the selected person is here, or is gone."""
        row = self._selected()
        if row is not None and row.person is not None and row.is_here != is_here:
            self.answered.emit(row.person, is_here)

    def leave_selection(self) -> None:
        """Stand on nobody."""
        self.notice.say("")
        self.list.select("")
        self._follow_selection()

    def show_failure(self, words: str) -> None:
        """Say why something was not recorded."""
        self.notice.say(words)

    def _open(self, key: str) -> None:
        row = self._selected()
        if key == HERE or (row is not None and row.is_here):
            self.spread_wanted.emit()

    def _selected(self) -> MusterRow | None:
        return next((row for row in self._rows.rows if row.key == self.list.selected), None)

    def _follow_selection(self) -> None:
        row = self._selected()
        may = row is not None and row.person is not None
        is_here = row is not None and row.is_here
        self.set_note("")
        self.call.setVisible(may and not is_here)
        self.here.setVisible(may and not is_here)
        self.gone.setVisible(may and is_here)
        self.set_note("" if may else self._rows.note)

    def _follow_list_look(self) -> None:
        self._layout.setSpacing(self._look.px(4))

    def _paint_row(self, painter: QPainter, rect: QRectF, row: MusterRow) -> None:
        look = self._look
        cells = Cells(look, painter, rect, before=6, after=6)
        paint_status(painter, look, cells.take(18, gap=10), row.status)
        ink = "t1" if row.is_urgent else "t2"
        role = TextRole.BODY_STRONG if row.is_urgent else TextRole.BODY
        paint_text(painter, look, cells.take(WORD, gap=8), row.word, role, ink)
        if row.reach:
            strong = TextRole.BODY_STRONG
            reach = cells.take_end(text_width(look, row.reach, strong) + 1, gap=8)
            upper = reach.adjusted(0, look.px(4), 0, -reach.height() / 2 + look.px(3))
            paint_text(painter, look, upper, row.reach, strong, "t1", MIDDLE_RIGHT)
            phone = cells.take_end(look.px(PHONE_ICON), gap=10)
            if row.reach.startswith("+"):
                place = QRectF(phone.left(), upper.top(), phone.width(), upper.height())
                paint_icon(painter, look, place, "phone", "t2")
        place = cells.rest
        half = place.height() / 2
        above = place.adjusted(0, look.px(4), 0, -half + look.px(3))
        below = QRectF(place.left(), place.top() + half, rect.right() - place.left(), half)
        below.adjust(0, -look.px(1), -look.px(6), -look.px(5))
        paint_text(painter, look, above, row.name, TextRole.BODY_STRONG)
        paint_text(painter, look, below, row.below, TextRole.NOTE, "t2")
        rule = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
        painter.fillRect(rule, look.colour("line"))

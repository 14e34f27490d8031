"""The panel of the poll: the stations in their order, and the answer of the selected one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_RIGHT, paint_text, text_width
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.poll import OFFERS, PollRows, StationRow
from relconsole_ui.views.bridge.answer_bar import BUTTON, GAP, AnswerBar
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.bridge.keys_of import KeysOf
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words

ROW = 24
GLYPH = 16
STATION = 78
_INK = {"go": "go", "crit": "crit", "hold": "t1", "": "t1"}
_TINT = {"crit": "crit_bg", "hold": "bg3"}


class PollView(Panel):
    """The poll; a station is asked, answers, and in the end somebody decides.

    ``answered`` gives station, word and note; ``decided`` word and note.
    """

    ask_wanted = Signal()
    deputy_wanted = Signal(str)
    answered = Signal(str, str, str)
    decided = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Go / No-go", parent)
        self._rows = PollRows(step=None, title="Go / No-go", note="")
        self._is_deciding = False
        self._asked = ""
        self.list: RowList[StationRow] = RowList(
            look, self._paint_row, ROW, tint=lambda row: _TINT.get(row.tone, "")
        )
        self.list.setAccessibleName("Stations of the gate")
        self.notice = Notice(look)
        self.bar = AnswerBar(look)
        self.ask = ActionButton(look, "Ask", "G", height=BUTTON)
        self.decide = ActionButton(look, "Decide", height=BUTTON)
        self.hint = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._idle = QWidget()
        self._line = QHBoxLayout(self._idle)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.addWidget(self.ask)
        self._line.addWidget(self.decide)
        self._line.addWidget(self.hint, 1)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._idle)
        self.body.addWidget(self.bar)
        self.ask.clicked.connect(self.ask_wanted)
        self.decide.clicked.connect(self.open_decision)
        self.bar.answered.connect(self._answer)
        self.bar.left.connect(self.stop_asking)
        self.list.chosen.connect(self._move)
        self.list.opened.connect(self._choose)
        self.list.clicked.connect(self._choose_selected)
        self._keys = KeysOf(
            self.list,
            {
                Qt.Key.Key_1: lambda: self.bar.take(OFFERS[0]),
                Qt.Key.Key_2: lambda: self.bar.take(OFFERS[1]),
                Qt.Key.Key_3: lambda: self.bar.take(OFFERS[2]),
                Qt.Key.Key_D: lambda: self.deputy_wanted.emit(self.list.selected),
                Qt.Key.Key_Escape: self.stop_asking,
            },
        )
        look.changed.connect(self._follow_poll_look)
        self._follow_poll_look()
        self.show_rows(self._rows)

    def show_rows(self, rows: PollRows) -> None:
        """Show a poll."""
        was_on = self._rows.step
        self._rows = rows
        self.set_title(rows.title)
        self.set_note(rows.note)
        self.setAccessibleDescription(spoken_text(rows.sentence))
        self.list.show_rows(rows.rows)
        if was_on != rows.step or not rows.is_open:
            self.stop_asking()
        asks = f"Ask {rows.next_station}"
        if rows.next_station and self.ask.label != asks:
            self.ask.set_label(asks)
        self.ask.setVisible(rows.is_open and bool(rows.next_station))
        self.decide.setVisible(rows.is_open and not rows.next_station)
        self.decide.set_possible(rows.may_decide, f"{rows.decides} decides")
        self.hint.setText(rows.why or rows.hint)

    def ask_station(self, station: str) -> None:
        """Stand on a station and offer its answers."""
        self._is_deciding = False
        self.list.select(station)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._asked = station
        self._offer(station)

    def open_decision(self) -> None:
        """Offer the decision at the gate."""
        if self._rows.is_open and self._rows.may_decide:
            self._is_deciding = True
            self._offer("the decision")
            self.bar.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def stop_asking(self) -> None:
        """Go back to asking the next station; the keyboard stays on the poll."""
        if _has_keyboard(self.bar):
            # Qt would hand it to whatever comes next, which may be a button that arms.
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._is_deciding = False
        self._asked = ""
        self.notice.say("")
        self.bar.setVisible(False)
        self._idle.setVisible(True)

    def show_failure(self, words: str) -> None:
        """Say why an answer or a decision was not taken."""
        self.notice.say(words)

    def _offer(self, whose: str) -> None:
        self.notice.say("")
        self._idle.setVisible(False)
        self.bar.setVisible(True)
        self.bar.offer(whose, always_notes=self._is_deciding)

    def _choose(self, station: str) -> None:
        if self._rows.is_open and station:
            self.ask_station(station)

    def _choose_selected(self) -> None:
        self._choose(self.list.selected)

    def _move(self, station: str) -> None:
        if self._asked and station != self._asked:
            self.stop_asking()

    def _answer(self, word: str, note: str) -> None:
        if self._is_deciding:
            self.decided.emit(word, note)
        else:
            self.answered.emit(self._asked, word, note)

    def _paint_row(self, painter: QPainter, rect: QRectF, row: StationRow) -> None:
        look = self._look
        cells = Cells(look, painter, rect, before=10, after=10)
        paint_status(painter, look, cells.take(GLYPH, gap=10), row.status)
        strong = TextRole.BODY_STRONG
        name = max(float(look.px(STATION)), text_width(look, row.key, strong))
        paint_text(painter, look, cells.take_exactly(name, gap=8), row.key, strong)
        role = strong if row.tone else TextRole.ROW_STRONG
        word = cells.take_end(text_width(look, row.word, role) + 1, gap=8)
        paint_text(painter, look, word, row.word, role, _INK[row.tone], MIDDLE_RIGHT)
        who = f"{row.who}: {row.note}" if row.note else row.who
        paint_text(painter, look, cells.rest, who, TextRole.ROW, "t2")

    def _follow_poll_look(self) -> None:
        self._line.setSpacing(self._look.px(GAP))
        self.body.setSpacing(self._look.px(2))
        # Six stations fit whole beside the decision and the way back.
        self.set_air(8)


def _has_keyboard(widget: QWidget) -> bool:
    """Tell whether the keyboard is on a widget, or on something within."""
    focus = QApplication.focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))

"""The panel of problems and decisions: the decision box, or what the next decision is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar, paint_text
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.problem_form import ProblemForm
from relconsole_ui.presenters.problems import OptionRow, ProblemRows
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.bridge.fact_lines import FactLines
from relconsole_ui.views.bridge.keys_of import KeysOf
from relconsole_ui.views.bridge.note_line import NoteLine
from relconsole_ui.views.bridge.notice import Notice
from relconsole_ui.views.bridge.problem_form import ProblemFormView
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words

BUTTON = 32
OPTION = 38
RADIO = 16
_INK = {"": "t1", "warn": "warn", "crit": "crit"}


class ProblemsView(Panel):
    """Open problems and their choices.

    ``closed`` gives a problem, what was decided, and a note; ``given`` what the form asked.
    """

    closed = Signal(str, str, str)
    next_wanted = Signal()
    given = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "", parent)
        self._rows = ProblemRows(heading="", note="")
        self._picked = ""
        self.glyph = StatusGlyph(look, 18)
        self.more = ActionButton(look, "", kind="quiet", height=24)
        self.lead = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.title = Words(look, TextRole.TITLE, elides=True)
        self.facts = FactLines(look)
        self.options: RowList[OptionRow] = RowList(
            look, self._paint_option, OPTION, tint=lambda _row: "bg2"
        )
        self.options.setAccessibleName("Options")
        self.decides = Words(look, TextRole.BODY_STRONG, elides=True)
        self.left = Words(look, TextRole.BODY_STRONG)
        self.otherwise = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.record = ActionButton(look, "Record choice", height=BUTTON)
        self.note_line = NoteLine(look)
        self.notice = Notice(look)
        self.form = ProblemFormView(look)
        self._pages = QStackedWidget()
        self._lay_out()
        self.more.clicked.connect(self.next_wanted)
        self.record.clicked.connect(self.take_choice)
        self.options.opened.connect(self.pick)
        self.options.clicked.connect(self._pick_selected)
        self._keys = KeysOf(self.options, {Qt.Key.Key_Space: self._pick_selected})
        self.note_line.given.connect(self._close)
        self.note_line.left.connect(self.leave_note)
        self.form.given.connect(self.given)
        self.form.left.connect(self.leave_form)
        self.show_rows(self._rows)

    def show_rows(self, rows: ProblemRows) -> None:
        """Show a problem, or that none is open."""
        if rows.problem != self._rows.problem:
            self._picked = ""
            self.leave_note()
        self._rows = rows
        is_open = bool(rows.problem)
        self.glyph.setVisible(is_open)
        self.glyph.set_status(rows.status)
        self.heading.set_role(TextRole.HEADING if is_open else TextRole.BODY_STRONG)
        self.heading.set_colour("t1" if is_open else "t2")
        self.more.setVisible(rows.others > 0)
        if rows.others:
            self.more.set_label(f"{rows.others} more")
        self._follow_page()
        self.lead.setText(rows.lead)
        self.lead.setVisible(bool(rows.lead) and not rows.options)
        self.title.setText(rows.title)
        self.facts.show_lines(rows.facts)
        self.options.show_rows(rows.options)
        self.options.setVisible(bool(rows.options))
        self.decides.setText(rows.decides)
        self.left.show_words(rows.left, _INK[rows.tone])
        for part in (self.decides, self.left):
            part.setVisible(rows.needs_choice)
        self.otherwise.setText(rows.otherwise)
        self.setAccessibleDescription(spoken_text(rows.sentence))
        self._follow_choice()

    def ask_problem(self, form: ProblemForm) -> None:
        """Put the form in the place of the panel."""
        self._pages.setCurrentIndex(1)
        self._follow_page()
        self.form.ask(form)

    def leave_form(self) -> None:
        """Go back to the problems."""
        self._pages.setCurrentIndex(0)
        self._follow_page()

    def pick(self, option: str) -> None:
        """Choose an option; nothing is recorded by that."""
        self._picked = option
        self.options.viewport().update()
        self._follow_choice()

    def _pick_selected(self) -> None:
        self.pick(self.options.selected)

    def take_choice(self) -> None:
        """Record the chosen option, or ask for what was decided, or with what it closes."""
        if self.options.isVisible():
            if self._picked:
                self.closed.emit(self._rows.problem, self._picked, "")
            return
        decides = self._rows.needs_choice
        asks = "What was decided" if decides else "How it ended"
        self.note_line.setVisible(True)
        self._foot.setVisible(False)
        self.note_line.ask(asks, "Record" if decides else "Close", needs_note=decides)

    def leave_note(self) -> None:
        """Go back from the line for the note."""
        self.notice.say("")
        self.note_line.setVisible(False)
        self._foot.setVisible(bool(self._rows.problem))

    def show_failure(self, words: str) -> None:
        """Say why something was not done, in the form where it is open."""
        (self.form.notice if self._pages.currentIndex() else self.notice).say(words)

    def _close(self, text: str) -> None:
        decision, note = (text, "") if self._rows.needs_choice else ("", text)
        self.closed.emit(self._rows.problem, decision, note)

    def _follow_choice(self) -> None:
        rows = self._rows
        self._foot.setVisible(bool(rows.problem) and self.note_line.isHidden())
        self.record.set_label("Record choice" if rows.needs_choice else "Close problem")
        unchosen = bool(rows.options) and not self._picked
        why = rows.why or ("Choose an option." if unchosen else "")
        self.record.set_possible(not why, why)
        if rows.why:
            self.otherwise.setText(rows.why)

    def _follow_page(self) -> None:
        asks = self._pages.currentIndex() == 1
        self.set_title("New problem" if asks else self._rows.heading)
        self.set_note("" if asks else self._rows.note)

    def _paint_option(self, painter: QPainter, rect: QRectF, row: OptionRow) -> None:
        look = self._look
        cells = Cells(look, painter, rect, before=12, after=10)
        ring = QRectF(0, 0, look.px(RADIO), look.px(RADIO))
        ring.moveCenter(cells.take(RADIO, gap=10).center())
        is_chosen = row.key == self._picked
        outline = "acc" if is_chosen else "ctl"
        paint_bar(painter, look, ring, outline=outline, radius=RADIO / 2, width=1.6)
        if is_chosen:
            inner = ring.adjusted(*(look.px(4) * side for side in (1, 1, -1, -1)))
            paint_bar(painter, look, inner, "acc", radius=RADIO / 2)
        place = cells.rest
        if not row.follows:
            paint_text(painter, look, place, row.title, TextRole.BODY_STRONG)
            return
        half = place.height() / 2
        above = place.adjusted(0, look.px(2), 0, -half + look.px(2))
        below = place.adjusted(0, half, 0, -look.px(2))
        paint_text(painter, look, above, row.title, TextRole.BODY_STRONG)
        paint_text(painter, look, below, row.follows, TextRole.NOTE, "t2")

    def _lay_out(self) -> None:
        px = self._look.px
        self.head.insertWidget(0, self.glyph)
        self.head.addWidget(self.more)
        by = QHBoxLayout()
        by.addWidget(self.decides, 1)
        by.addWidget(self.left)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(px(8))
        foot.addWidget(self.otherwise, 1)
        foot.addWidget(self.record, 0, Qt.AlignmentFlag.AlignRight)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(5))
        for part in (self.lead, self.title, self.facts):
            column.addWidget(part)
        column.addWidget(self.options, 1)
        column.addStretch(0)
        column.addLayout(by)
        column.addWidget(self.notice)
        column.addWidget(self._foot)
        column.addWidget(self.note_line)
        self.note_line.setVisible(False)
        self.set_air(8)
        self._pages.addWidget(box)
        self._pages.addWidget(self.form)
        self.body.addWidget(self._pages, 1)

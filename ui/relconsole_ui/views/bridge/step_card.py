"""The step card: one step whole, with its clock, its checks and what may be done now."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_focus_ring
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import RADIUS_PANEL, TextRole
from relconsole_ui.presenters.step_card import Offer, StepCardRows
from relconsole_ui.views.bridge.act_form import ActForm
from relconsole_ui.views.bridge.checks import CheckRows
from relconsole_ui.views.bridge.offers import IN_ONE_ROW, OfferButtons
from relconsole_ui.views.parts.avatar import Avatar
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.thin_progress import ProgressRow, ThinProgress
from relconsole_ui.views.parts.words import Words

LOW, ROW = 345, 44
"""Pixels of height at 100 per cent below which the clock is written smaller, and what each further
row of buttons adds to them."""

COUNT, LOW_COUNT = 58, 40
"""Heights of the clock at 100 per cent: digits reach neither the top nor the foot of their line."""


class StepCard(Panel):
    """The selected step; Enter does its first act while the card has the focus.

    ``wanted`` gives an act and, where the form was open, the note and how it was heard; ``let_go``
    says by Esc that the card may follow the night again.
    """

    wanted = Signal(str, str, str)
    let_go = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "", parent)
        self._rows: StepCardRows | None = None
        self._pending: Offer | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.heading.set_role(TextRole.NOTE_STRONG)
        self.heading.set_colour("acc")
        self.none = Words(look, TextRole.BODY, "No step is left to work on.", "t2")
        self._whole = QWidget()
        self.title = Words(look, TextRole.STEP_TITLE, elides=True)
        self.avatar = Avatar(look)
        self.person = Words(look, TextRole.BODY_STRONG)
        self.role = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.count = Words(look, TextRole.COUNTDOWN)
        self.count_glyph = StatusGlyph(look, 18, Status.WARNING)
        self.count_word = Words(look, TextRole.HEADING, elides=True)
        self.count_note = Words(look, TextRole.ROW, "", "t2", elides=True)
        self.progress = ThinProgress(look)
        self.start_word = Words(look, TextRole.NOTE, "", "t2")
        self.due_word = Words(look, TextRole.NOTE, "", "t2")
        self.undo = Words(look, TextRole.NOTE, "", "t3", elides=True)
        self.failure = Words(look, TextRole.BODY, "", "crit", wraps=True)
        self._checks = CheckRows(look)
        self.form = ActForm(look)
        self.form.answered.connect(self._send)
        self.form.left.connect(self.leave_form)
        self._buttons = OfferButtons(look, self.form.leave)
        self._buttons.pressed.connect(self._press)
        self._buttons.arranged.connect(self._follow_height)
        self._lay_out()
        self.show_failure("")
        self.form.hide()
        look.changed.connect(self._follow_height)
        self._follow_height()

    def _lay_out(self) -> None:
        px = self._look.px
        person = QHBoxLayout()
        person.setSpacing(px(8))
        for part in (self.avatar, self.person):
            person.addWidget(part)
        person.addWidget(self.role, 1)
        word = QHBoxLayout()
        word.setSpacing(px(6))
        word.addWidget(self.count_glyph)
        word.addWidget(self.count_word, 1)
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addStretch(1)
        words.addLayout(word)
        words.addWidget(self.count_note)
        words.addStretch(1)
        clock = QHBoxLayout()
        clock.setSpacing(px(20))
        clock.addWidget(self.count)
        clock.addLayout(words, 1)
        times = QHBoxLayout()
        times.addWidget(self.start_word)
        times.addStretch(1)
        times.addWidget(self.due_word)
        column = QVBoxLayout(self._whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        column.addWidget(self.title)
        column.addLayout(person)
        column.addLayout(clock)
        bar = QVBoxLayout()
        bar.setSpacing(px(2))
        bar.addWidget(self.progress)
        bar.addLayout(times)
        column.addLayout(bar)
        column.addWidget(self._checks)
        column.addWidget(self.undo)
        column.addStretch(1)
        column.addWidget(self.failure)
        column.addWidget(self.form)
        column.addWidget(self._buttons)
        self.body.addWidget(self.none)
        self.body.addWidget(self._whole, 1)

    def show_rows(self, rows: StepCardRows | None) -> None:
        """Show this step, or that none is chosen."""
        if self._rows is not None and (rows is None or rows.step != self._rows.step):
            self.leave_form()
            self.show_failure("")
        self._rows = rows
        self._whole.setVisible(rows is not None)
        self.none.setVisible(rows is None)
        if rows is None:
            self.set_title("")
            self.set_note("")
            self.setAccessibleName(spoken_text(self.none.text()))
            return
        self._show_step(rows)
        self._show_clock(rows)
        self._buttons.show_offers(rows.offers)
        self._show_course(rows, is_low=self._is_low)
        self.setAccessibleName(spoken_text(rows.sentence))

    def say_none(self, why: str) -> None:
        """Say why there is no step to show."""
        self.none.setText(why or "No step is left to work on.")
        if self._rows is None:
            self.setAccessibleName(spoken_text(self.none.text()))

    def show_failure(self, why: str) -> None:
        """Show why the last act was not done; empty where it was, and its reason is spent."""
        if not why:
            self.form.forget()
        self.failure.setText(why)
        self.failure.setVisible(bool(why))

    @property
    def asks_about(self) -> str:
        """Give the step whose form is open, which stays on the card meanwhile; else empty."""
        rows = self._rows
        return "" if self._pending is None or rows is None else rows.step

    def _show_step(self, rows: StepCardRows) -> None:
        self.set_title(rows.heading)
        self.set_note(rows.mode)
        self.title.setText(rows.title)
        initials = "".join(part[0] for part in rows.person.split()[:2])
        self.avatar.show_person(initials, rows.person)
        self.person.setText(rows.person)
        self.role.setText(rows.role)
        self.undo.setText(rows.waits or rows.undo)
        self.undo.setVisible(bool(rows.waits or rows.undo))

    def _show_clock(self, rows: StepCardRows) -> None:
        self.count.show_words(rows.count, "warn" if rows.is_late else "t1")
        self.count_glyph.setVisible(rows.is_late)
        self.count_word.setText(rows.count_word)
        self.count_note.setText(rows.count_note)
        self.progress.show_rows(
            ProgressRow(done=rows.done_share, due=rows.due_share, sentence=rows.sentence)
        )
        self.start_word.setText(rows.start_word)
        self.due_word.setText(rows.due_word)

    def _show_course(self, rows: StepCardRows, *, is_low: bool) -> None:
        # Where there is more to decide than fits in one row, nothing goes on that has a course.
        goes_on = len(rows.offers) <= IN_ONE_ROW
        self.progress.setVisible(goes_on)
        for part in (self.start_word, self.due_word):
            part.setVisible(goes_on and not is_low)
        # Where there is little height, what passes needs nobody; what does not is never left out.
        lines = [each for each in rows.checks if each.is_failing or not is_low]
        self._checks.show_lines(lines, rows.more_checks)

    def _press(self, at: int) -> None:
        rows = self._rows
        if rows is not None and at < len(rows.offers):
            self._do(rows, rows.offers[at])

    def press_first(self) -> None:
        """Do the first act of the step, as Enter does."""
        rows = self._rows
        if rows is not None and rows.offers and rows.offers[0].is_first:
            self._do(rows, rows.offers[0])

    def _do(self, rows: StepCardRows, offer: Offer) -> None:
        self.failure.hide()
        if offer.needs_note:
            self._pending = offer
            self.form.open(offer.text, rows.records_for)
            return
        heard = "voice" if rows.records_for else ""
        self.wanted.emit(offer.act.value, "", heard)

    def _send(self, note: str, heard: str) -> None:
        if self._pending is not None:
            self.wanted.emit(self._pending.act.value, note, heard)
        self.leave_form()

    def leave_form(self) -> None:
        """Ask no more, with the keyboard on the card if it was in the form."""
        self._pending = None
        focus = self.window().focusWidget()
        if self.form.isVisible() and self.form.isAncestorOf(focus):
            self.setFocus()
        self.form.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter do the first act, a letter the act it stands on, and Esc close or let go."""
        if event.key() == Qt.Key.Key_Escape:
            if self.form.isVisible():
                self.leave_form()
            else:
                self.let_go.emit()
        elif event.isAutoRepeat():
            super().keyPressEvent(event)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.press_first()
        elif not self._press_letter(event):
            super().keyPressEvent(event)

    def _press_letter(self, event: QKeyEvent) -> bool:
        """Do the act whose letter was pressed; True where there is one."""
        rows, letter = self._rows, event.text().upper()
        if rows is None or not letter or event.modifiers():
            return False
        offer = next((each for each in rows.offers if each.key == letter), None)
        if offer is not None:
            self._do(rows, offer)
        return offer is not None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card, and the ring of the focus while Enter acts on it."""
        super().paintEvent(event)
        if self.hasFocus():
            paint_focus_ring(QPainter(self), self._look, QRectF(self.rect()), RADIUS_PANEL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less, and smaller, where there is little height."""
        super().resizeEvent(event)
        self._follow_height()

    def _follow_height(self) -> None:
        is_low = self._is_low
        self.count.set_role(TextRole.METRIC_PANEL if is_low else TextRole.COUNTDOWN)
        self.count.setFixedHeight(self._look.px(LOW_COUNT if is_low else COUNT))
        if self._rows is not None:
            self._show_course(self._rows, is_low=is_low)

    @property
    def _is_low(self) -> bool:
        return self.height() < self._look.px(LOW + ROW * (self._buttons.rows - 1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Paint the ring of the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring of the focus away."""
        super().focusOutEvent(event)
        self.update()

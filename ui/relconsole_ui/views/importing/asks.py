"""What has to be answered before a workbook is taken in, and what was read with a remark."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import safe_text, spoken_text
from relconsole_ui.design.tokens import RADIUS_BUTTON, TextRole
from relconsole_ui.presenters.importing import AskRow, ImportRows, RemarkRow
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.words import Words

LONGEST: Final = 500
SHOWN_REMARKS: Final = 40


class _Card(QWidget):
    """One line of the list with its glyph, place and value, on a ground of its own."""

    def __init__(self, look: Look, status: Status, place: str, where: str, value: str) -> None:
        super().__init__()
        self._look = look
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(look.px(10), look.px(8), look.px(10), look.px(8))
        self.column.setSpacing(look.px(4))
        head = QHBoxLayout()
        head.setSpacing(look.px(10))
        head.addWidget(StatusGlyph(look, status=status))
        head.addWidget(Words(look, TextRole.BODY_STRONG, place))
        head.addWidget(Words(look, TextRole.BODY, where, "t2", elides=True), 1)
        shown = Words(look, TextRole.BODY_STRONG, value, elides=True)
        shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(shown, 1)
        self.column.addLayout(head)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        whole = QRectF(self.rect())
        paint_bar(QPainter(self), self._look, whole, "bg2", "line", radius=RADIUS_BUTTON)


class AskCard(_Card):
    """One question; ``answered`` gives key, answer and whether it holds for all of its value."""

    answered = Signal(str, str, bool)

    def __init__(self, look: Look, row: AskRow) -> None:
        super().__init__(look, Status.WARNING, row.place, row.where, row.value)
        self.row = row
        self.setAccessibleName(spoken_text(row.sentence))
        self.column.addWidget(Words(look, TextRole.BODY, row.question, wraps=True))
        self.field = QLineEdit()
        self.field.setMaxLength(LONGEST)
        self.field.setPlaceholderText("Name" if row.names else "Answer")
        self.field.setAccessibleName(spoken_text(f"Answer to {row.sentence}"))
        self.field.returnPressed.connect(self._type)
        if row.names:
            names = QCompleter([safe_text(name) for name in row.names], self)
            names.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            names.setFilterMode(Qt.MatchFlag.MatchContains)
            self.field.setCompleter(names)
        self.everywhere = QCheckBox(f"in {row.same} more rows")
        self.everywhere.setAccessibleName(spoken_text(f"The answer holds in {row.same} more rows"))
        if not row.same:
            self.everywhere.hide()
        self.buttons = tuple(ActionButton(look, it.label, height=32) for it in row.options)
        line = QHBoxLayout()
        line.setSpacing(look.px(8))
        line.addWidget(self.field, 1)
        line.addWidget(self.everywhere)
        for button, option in zip(self.buttons, row.options, strict=True):
            button.clicked.connect(lambda _checked=False, said=option.answer: self._say(said))
            button.setAccessibleDescription(spoken_text(row.sentence))
            line.addWidget(button)
        self.column.addLayout(line)

    @property
    def first(self) -> QWidget:
        """What takes the keyboard when one comes to the question.

        Where all that is offered is to leave it empty, it is the field: Enter gives nothing away.
        """
        return self.buttons[0] if len(self.buttons) > 1 else self.field

    def _type(self) -> None:
        if self.field.text().strip():
            self._say(self.field.text().strip())

    def _say(self, answer: str) -> None:
        self.answered.emit(self.row.key, answer, self.everywhere.isChecked())


class AsksPanel(Panel):
    """The questions and remarks; ``answered`` gives key, answer and whether it holds for all."""

    answered = Signal(str, str, bool)
    looked_at = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Problems", parent)
        self._asks_look = look
        self.cards: list[AskCard] = []
        self._shown: tuple[object, ...] = ()
        self._inside = QWidget()
        self._list = QVBoxLayout(self._inside)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(look.px(8))
        self._list.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self._inside)
        for ground in (self._inside, self.area.viewport()):
            ground.setAutoFillBackground(False)
        self.body.addWidget(self.area, 1)
        self._layout.setAlignment(self.body, Qt.AlignmentFlag(0))

    def show_import(self, rows: ImportRows) -> None:
        """Show what is open; whoever stood on a question comes to the next one."""
        self.set_note(f"{rows.asks_note}, next by F8" if rows.asks else rows.asks_note)
        wanted = (rows.asks, rows.remarks)
        if wanted == self._shown:
            return
        at = self._place_of_focus()
        self._shown = wanted
        self._clear()
        self.cards = [AskCard(self._asks_look, row) for row in rows.asks]
        for place, card in enumerate(self.cards):
            self._list.insertWidget(place, card)
            card.answered.connect(self.answered)
        for row in rows.remarks[:SHOWN_REMARKS]:
            self._list.insertWidget(self._list.count() - 1, _remark_card(self._asks_look, row))
        more = len(rows.remarks) - SHOWN_REMARKS
        if more > 0:
            words = Words(self._asks_look, TextRole.BODY, f"{more} more remarks", "t2")
            self._list.insertWidget(self._list.count() - 1, words)
        if at >= 0 and self.cards:
            self.go_to(min(at, len(self.cards) - 1))

    @property
    def has_keyboard(self) -> bool:
        """Whether the keyboard is on a question."""
        return self._place_of_focus() >= 0

    def go_to(self, at: int) -> None:
        """Give the keyboard to a question, and bring it into sight."""
        card = self.cards[at]
        card.first.setFocus(Qt.FocusReason.TabFocusReason)
        self.area.ensureWidgetVisible(card)
        self.looked_at.emit(card.row.key)

    def go_on(self) -> None:
        """Go to the next question, from the last one to the first."""
        if self.cards:
            self.go_to((self._place_of_focus() + 1) % len(self.cards))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next question by F8."""
        if event.key() == Qt.Key.Key_F8:
            self.go_on()
        else:
            super().keyPressEvent(event)

    def _place_of_focus(self) -> int:
        """Give which question holds the keyboard, -1 for none."""
        focus = QApplication.focusWidget()
        if focus is None:
            return -1
        places = (at for at, card in enumerate(self.cards) if card.isAncestorOf(focus))
        return next(places, -1)

    def _clear(self) -> None:
        while self._list.count() > 1:
            item = self._list.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _remark_card(look: Look, row: RemarkRow) -> QWidget:
    """Give the card of a remark."""
    card = _Card(look, Status.ADVISORY, row.place, row.where, row.value)
    card.setAccessibleName(spoken_text(row.sentence))
    card.column.addWidget(Words(look, TextRole.BODY, row.says, "t2", wraps=True))
    return card

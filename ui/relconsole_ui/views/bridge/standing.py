"""What keeps the night from going on by itself, with the act that lets it, over what runs now."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import RADIUS_PANEL, TextRole
from relconsole_ui.presenters.standing import StandingRows
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.words import Words


class StandingLine(QWidget):
    """The line; it is not there while everything goes on."""

    wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows = StandingRows()
        self.glyph = StatusGlyph(look, 18, Status.HOLD)
        self.says = Words(look, TextRole.BODY_STRONG, elides=True)
        self.more = Words(look, TextRole.NOTE, "", "t2", elides=True)
        self.failure = Words(look, TextRole.NOTE_STRONG, "", "crit", elides=True)
        self.act = ActionButton(look, "", height=32)
        self.act.clicked.connect(self.wanted)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.glyph)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        for line in (self.says, self.more, self.failure):
            words.addWidget(line)
        words.addStretch(1)
        self._row.addLayout(words, 1)
        self._row.addWidget(self.act)
        self.show_failure("")
        self._follow_look()
        look.changed.connect(self._follow_look)

    def show_rows(self, rows: StandingRows) -> None:
        """Show why the night stands still, or go; another reason takes an old failure away."""
        if rows != self._rows and self._rows.says:
            self.show_failure("")
        self._rows = rows
        self.glyph.set_status(rows.status)
        self.says.setText(rows.says)
        self.more.setText(rows.more)
        self._follow_words()
        self.act.setVisible(bool(rows.text))
        if rows.text and self.act.label != rows.text:
            self.act.set_label(rows.text, rows.key)
        self.setAccessibleName(spoken_text(rows.sentence))

    def show_failure(self, why: str) -> None:
        """Show why the act was not done, empty to take it away."""
        self.failure.setText(why)
        self._follow_words()

    def _follow_words(self) -> None:
        """Take room while there is something to say, a failure also where nothing stands still."""
        rows, why = self._rows, self.failure.text()
        self.failure.setVisible(bool(why))
        self.says.setVisible(bool(rows.says))
        self.more.setVisible(bool(rows.more) and not why)
        self.setVisible(bool(rows.says or why))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        rect = QRectF(self.rect())
        paint_bar(QPainter(self), self._look, rect, "bg2", "hold", radius=RADIUS_PANEL)

    def _follow_look(self) -> None:
        px = self._look.px
        self._row.setContentsMargins(px(10), px(2), px(4), px(2))
        self._row.setSpacing(px(10))
        self.setFixedHeight(px(40))
        self.update()

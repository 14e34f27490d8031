"""One line for what has no place of its own: an error of something in the background."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import GUTTER, RADIUS_PANEL, TextRole
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words

MOST: Final = 20
"""Sentences that wait to be read; of more, the oldest go."""


class NoticeLine(QWidget):
    """A sentence that stays until it is read; it covers nothing and takes no focus.

    Others wait behind it, each once.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._waiting: list[str] = []
        self.words = Words(look, TextRole.BODY, "", "t1", elides=True)
        self.read = ActionButton(look, "Read", kind="quiet", height=28)
        self.read.clicked.connect(self.turn)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.read)
        self._follow_look()
        look.changed.connect(self._follow_look)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence, or let it wait until the earlier ones were read."""
        if not text or text in self._waiting:
            return
        self._waiting = [*self._waiting, text][-MOST:]
        self._show_first()

    def turn(self) -> None:
        """Take the sentence away that was read, and show the next one."""
        self._waiting = self._waiting[1:]
        self._show_first()

    def clear(self) -> None:
        """Take every sentence away."""
        self._waiting = []
        self._show_first()

    def _show_first(self) -> None:
        text = self._waiting[0] if self._waiting else ""
        self.words.setText(text)
        self.setAccessibleName(spoken_text(text))
        more = len(self._waiting) - 1
        self.read.set_label(f"Read, {more} more" if more > 0 else "Read")
        self.setVisible(bool(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc take it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.turn()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        inner = QRectF(self.contentsRect()).adjusted(
            self._look.px(GUTTER), self._look.px(8), -self._look.px(GUTTER), 0
        )
        paint_bar(QPainter(self), self._look, inner, "bg2", "ctl", radius=RADIUS_PANEL)

    def _follow_look(self) -> None:
        px = self._look.px
        self._row.setContentsMargins(px(GUTTER + 16), px(12), px(GUTTER + 8), px(4))
        self.setFixedHeight(px(48))
        self.update()

"""The buttons with which a station answers or somebody decides, and the reason it may need."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.presenters.poll import OFFERS, AnswerOffer
from relconsole_ui.views.bridge.note_line import NoteLine
from relconsole_ui.views.parts.button import ActionButton

BUTTON = 32
GAP = 8


class AnswerBar(QStackedWidget):
    """Go, no-go and hold; ``answered`` gives the word and the note, ``left`` says never mind."""

    answered = Signal(str, str)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._pending = OFFERS[0]
        self._always_notes = False
        words = QWidget()
        self._layout = QHBoxLayout(words)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.buttons = tuple(
            ActionButton(look, offer.text, offer.key, height=BUTTON) for offer in OFFERS
        )
        for button, offer in zip(self.buttons, OFFERS, strict=True):
            self._layout.addWidget(button)
            button.clicked.connect(lambda _=False, offer=offer: self.take(offer))
        self._layout.addStretch(1)
        self.note = NoteLine(look)
        self.note.given.connect(self._give)
        self.note.left.connect(self.left)
        self.addWidget(words)
        self.addWidget(self.note)
        look.changed.connect(self._follow_look)
        self._follow_look()

    def offer(self, whose: str, *, always_notes: bool = False) -> None:
        """Offer the three words for somebody; ``always_notes`` asks for a reason for go too."""
        self._always_notes = always_notes
        for button, offer in zip(self.buttons, OFFERS, strict=True):
            button.setAccessibleDescription(spoken_text(f"{offer.text} for {whose}"))
        self.setCurrentIndex(0)

    def take(self, offer: AnswerOffer) -> None:
        """Take a word, with the reason that it needs."""
        if self.currentIndex() != 0 or not self.isVisible():
            return
        self._pending = offer
        if offer.needs_note or self._always_notes:
            self.setCurrentIndex(1)
            optional = not offer.needs_note
            asks = f"Why {offer.text.lower()}" + (", where one is against it" if optional else "")
            self.note.ask(asks, offer.text, needs_note=offer.needs_note)
            return
        self.answered.emit(offer.word.value, "")

    def _give(self, note: str) -> None:
        self.answered.emit(self._pending.word.value, note)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the key that stands on a button, whichever of them has the keyboard."""
        taken = next((offer for offer in OFFERS if offer.key == event.text()), None)
        if taken is None or self.currentIndex() != 0 or event.isAutoRepeat():
            super().keyPressEvent(event)
            return
        self.take(taken)

    def _follow_look(self) -> None:
        self._layout.setSpacing(self._look.px(GAP))
        self.setFixedHeight(self._look.px(BUTTON))

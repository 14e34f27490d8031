"""A rounded card with a heading, a note at its right, and a body."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import PADDING, RADIUS_PANEL, TextRole
from relconsole_ui.views.parts.words import Words

Tone: TypeAlias = Literal["", "crit", "acc"]
"""Whether a panel asks for attention: red for critical, blue for what one is working on."""

CRITICAL_BORDER: Final = 1.5
GAP: Final = 8


class Panel(QFrame):
    """A card; views add to ``body``, and to ``head`` what stands before the heading."""

    def __init__(self, look: Look, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tone: Tone = ""
        self._air = PADDING - 4
        self.heading = Words(look, TextRole.BODY_STRONG, title, "t2", elides=True)
        self.note = Words(look, TextRole.ROW, "", "t2")
        self.head = QHBoxLayout()
        self.head.addWidget(self.heading, 1)
        self.head.addWidget(self.note)
        self.body = QVBoxLayout()
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self.head)
        self._layout.addLayout(self.body, 1)
        # A body of which nothing grows stays at the top, instead of being spread out.
        self._layout.setAlignment(self.body, Qt.AlignmentFlag.AlignTop)
        self.set_title(title)
        self.set_note("")
        self._follow_look()
        look.changed.connect(self._follow_look)

    def set_title(self, title: str) -> None:
        """Change the heading; empty for none."""
        self.heading.setText(title)
        self.heading.setVisible(bool(title))
        self.setAccessibleName(spoken_text(self.heading.text()))

    def set_note(self, text: str, colour: str = "t2") -> None:
        """Change what stands at the right of the heading; empty for nothing."""
        self.note.show_words(text, colour)
        self.note.setVisible(bool(text))

    def set_tone(self, tone: Tone) -> None:
        """Ask for attention by the border, or stop to."""
        if tone != self._tone:
            self._tone = tone
            self.update()

    def set_air(self, pixels: int) -> None:
        """Change how much is left free above and below, in pixels at 100 per cent."""
        if pixels != self._air:
            self._air = pixels
            self._follow_look()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        border = float(self._look.theme.border)
        painter = QPainter(self)
        paint_bar(
            painter,
            self._look,
            QRectF(self.rect()),
            "bg1",
            self._tone or "line",
            radius=RADIUS_PANEL,
            width=max(border, CRITICAL_BORDER) if self._tone else border,
        )

    def _follow_look(self) -> None:
        side, top = self._look.px(PADDING), self._look.px(self._air)
        self._layout.setContentsMargins(side, top, side, top)
        self._layout.setSpacing(self._look.px(GAP))
        self.head.setSpacing(self._look.px(GAP))
        self.body.setSpacing(self._look.px(GAP))
        self.update()

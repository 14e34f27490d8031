"""A line for a note or a reason, with what it is for on the button beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.views.parts.button import ActionButton, Kind

BUTTON = 32
GAP = 8
LONGEST_NOTE = 1_000


class NoteLine(QWidget):
    """Asks for one line of words; ``given`` by Enter or the button, ``left`` by Esc.

    Where a note is needed, an empty one is not given.
    """

    given = Signal(str)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._needs_note = True
        self.field = QLineEdit()
        self.field.setMaxLength(LONGEST_NOTE)
        self.button = ActionButton(look, "Record", "Enter", height=BUTTON)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.field, 1)
        self._layout.addWidget(self.button)
        self.field.returnPressed.connect(self._give)
        self.field.textChanged.connect(self._follow_text)
        self.button.clicked.connect(self._give)
        look.changed.connect(self._follow_look)
        self._follow_look()

    def ask(self, asks: str, button: str, *, needs_note: bool = True, kind: Kind = "plain") -> None:
        """Ask for a note in these words, and take the keyboard."""
        self._needs_note = needs_note
        self.field.setPlaceholderText(asks)
        self.field.setAccessibleName(spoken_text(asks))
        self.field.clear()
        self.button.set_label(button)
        self.button.set_kind(kind)
        self._follow_text()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _give(self) -> None:
        text = self.field.text().strip()
        if text or not self._needs_note:
            self.given.emit(text)

    def _follow_text(self) -> None:
        is_given = bool(self.field.text().strip()) or not self._needs_note
        self.button.set_possible(is_given, "a note is needed")

    def _follow_look(self) -> None:
        self._layout.setSpacing(self._look.px(GAP))

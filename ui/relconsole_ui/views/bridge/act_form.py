"""A reason and how it was heard, asked for in place: what an act with a note needs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words

WAYS = ("voice", "chat", "paper")
LONGEST = 500


class ActForm(QWidget):
    """One line for the reason; Enter records, Esc leaves it.

    What was typed stays for the same act until it is forgotten: an act that was refused is wanted
    again with the same reason.
    """

    answered = Signal(str, str)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._asked = ("", "")
        self.says = Words(look, TextRole.BODY_STRONG, wraps=True)
        self.lacks = Words(look, TextRole.BODY, "", "crit")
        self.note = QLineEdit()
        self.note.setMaxLength(LONGEST)
        self.note.setPlaceholderText("Reason")
        self.note.setAccessibleName("Reason")
        self.heard = QComboBox()
        self.heard.addItems(list(WAYS))
        self.heard.setAccessibleName("How it was heard")
        self.record = ActionButton(look, "Record", "Enter", "primary")
        self.leave = ActionButton(look, "Leave", "Esc", "quiet")
        self.record.clicked.connect(self._send)
        self.leave.clicked.connect(self._leave)
        self.note.returnPressed.connect(self._send)
        fields = QHBoxLayout()
        fields.addWidget(self.note, 1)
        fields.addWidget(self.heard)
        buttons = QHBoxLayout()
        buttons.addWidget(self.record)
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.says)
        column.addWidget(self.lacks)
        column.addLayout(fields)
        column.addLayout(buttons)

    def open(self, act: str, records_for: str) -> None:
        """Ask for the reason of an act, recorded for somebody where a name is given."""
        self.says.setText(f"{act}, recorded for {records_for}" if records_for else act)
        self.heard.setVisible(bool(records_for))
        if self._asked != (act, records_for):
            self.note.clear()
        self._asked = (act, records_for)
        self._show_lack("")
        self.show()
        self.note.setFocus()
        self.note.selectAll()

    def forget(self) -> None:
        """Begin with an empty line the next time."""
        self._asked = ("", "")

    def _send(self) -> None:
        note = self.note.text().strip()
        if not note:
            self._show_lack("This needs a reason.")
            self.note.setFocus()
            return
        heard = self.heard.currentText() if self.heard.isVisible() else ""
        self.answered.emit(note, heard)

    def _leave(self) -> None:
        self.forget()
        self.left.emit()

    def _show_lack(self, what: str) -> None:
        self.lacks.setText(what)
        self.lacks.setVisible(bool(what))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc leave."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            # The line itself has recorded; the card behind must not act on it too.
            event.accept()
        else:
            super().keyPressEvent(event)

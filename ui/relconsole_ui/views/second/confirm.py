"""The foot of the sheet: what does the act once it is signed, and what leaves it undone."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.second_sheet import ConfirmRows
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words

TALL = 44
LONGEST_WORD = 200


class ConfirmFoot(QWidget):
    """Does the act by Enter, or by a typed word where something is lost for good."""

    confirmed = Signal()
    leave_wanted = Signal()
    again_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = ""
        self.why = Words(look, TextRole.BODY_STRONG, "", "t1", wraps=True)
        self.typed = QLineEdit()
        self.typed.setMaxLength(LONGEST_WORD)
        self.confirm = ActionButton(look, "Confirm", "Enter", "primary", height=TALL)
        self.leave = ActionButton(look, "Leave", "Esc", "quiet", height=TALL)
        self.again = ActionButton(look, "Ask again", height=TALL)
        # Nothing is done before it was said that it may.
        self.confirm.set_possible(False)
        self.typed.setEnabled(False)
        self.confirm.clicked.connect(self.press)
        self.typed.returnPressed.connect(self.press)
        self.leave.clicked.connect(self.leave_wanted)
        self.again.clicked.connect(self.again_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(look.px(8))
        buttons.addWidget(self.confirm)
        buttons.addWidget(self.again)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(8))
        column.addWidget(self.why)
        column.addWidget(self.typed)
        column.addLayout(buttons)

    def show_rows(self, rows: ConfirmRows, *, can_ask_again: bool) -> None:
        """Show whether it may be done, and why not."""
        if rows.word != self._word:
            self._word = rows.word
            self.typed.setText("")
            self.typed.setPlaceholderText(f"Type {rows.word}, Enter")
            self.typed.setAccessibleName(
                spoken_text(f"Type {rows.word} and press Enter to confirm")
            )
        if self.confirm.label != rows.label:
            self.confirm.set_label(rows.label)
        self.confirm.set_possible(rows.is_possible, rows.why)
        self.typed.setVisible(bool(rows.word))
        self.typed.setEnabled(rows.is_possible)
        self.why.setText(rows.why)
        self.why.setVisible(bool(rows.why))
        self.again.setVisible(can_ask_again)

    def press(self) -> None:
        """Do it, where it may be done and the word was typed."""
        if not self.confirm.isEnabled():
            return
        if self._word and self.typed.text().strip() != self._word:
            self.typed.setFocus()
            return
        self.typed.setText("")
        self.confirmed.emit()

    @property
    def holds_keyboard(self) -> bool:
        """Whether the next key would do the act, or write the word for it."""
        return self.confirm.hasFocus() or self.typed.hasFocus()

    def take_keyboard(self) -> None:
        """Let the next thing that is pressed be what all this is for."""
        (self.typed if self._word else self.confirm).setFocus()

    def forget(self) -> None:
        """Forget what was typed."""
        self.typed.setText("")

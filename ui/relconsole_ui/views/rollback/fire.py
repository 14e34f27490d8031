"""The foot of the armed sheet: the button that fires, the words that may be typed instead, Esc."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.armed_sheet import FireRows
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.hold_button import HoldButton
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.rollback.frame import SectionHead


class FireFoot(QWidget):
    """What fires the rollback; nothing in it does before ``FireRows`` says that it may."""

    fired = Signal()
    disarm_wanted = Signal()
    take_up_wanted = Signal()
    arm_again_wanted = Signal()

    def __init__(
        self, look: Look, tick: Callable[[], float], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._word = ""
        self.head = SectionHead(look, "Roll back")
        self.head.note.set_role(TextRole.BODY)
        self.head.note.set_colour("t1")
        self.hold = HoldButton(look, "Hold 2 s", tick, icon_name="lock-simple-fill")
        self.hold.held.connect(self.fired)
        self.typed = QLineEdit()
        self.typed.returnPressed.connect(self._fire_typed)
        # Nothing fires before it was said that it may.
        self.hold.set_possible(False)
        self.typed.setEnabled(False)
        self.why = Words(look, TextRole.BODY_STRONG, "", "t1", elides=True)
        self.disarm = ActionButton(look, "Disarm", "Esc")
        self.take_up = ActionButton(look, "Take up the night")
        self.again = ActionButton(look, "Arm again")
        self.disarm.clicked.connect(self.disarm_wanted)
        self.take_up.clicked.connect(self.take_up_wanted)
        self.again.clicked.connect(self.arm_again_wanted)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(look.px(8))
        for button in (self.disarm, self.take_up, self.again):
            self._buttons.addWidget(button)
        self._buttons.addWidget(self.typed, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(6))
        column.addWidget(self.head)
        column.addWidget(self.hold)
        column.addWidget(self.why)
        column.addLayout(self._buttons)

    def show_rows(self, rows: FireRows, *, must_take_up: bool, must_arm_again: bool) -> None:
        """Show whether it may fire, and why not."""
        if rows.word != self._word:
            self._word = rows.word
            self.typed.setPlaceholderText(f"Or type {rows.word}, Enter")
            self.typed.setAccessibleName(
                spoken_text(f"Type {rows.word} and press Enter to roll back")
            )
        self.head.title.setText(rows.heading)
        self.head.show_note(rows.estimate, "t1")
        if self.hold.text() != rows.label:
            self.hold.set_label(rows.label)
        if self.disarm.label != rows.leave:
            self.disarm.set_label(rows.leave)
        self.hold.set_possible(rows.is_possible, rows.why)
        self.typed.setEnabled(rows.is_possible)
        self.why.setText(rows.why)
        self.why.setVisible(bool(rows.why))
        self.take_up.setVisible(must_take_up)
        self.again.setVisible(must_arm_again)

    def forget(self) -> None:
        """Stop what is being held and forget what was typed."""
        self.hold.cancel()
        self.typed.setText("")

    def _fire_typed(self) -> None:
        if self.hold.isEnabled() and self.typed.text().strip() == self._word:
            self.typed.setText("")
            self.fired.emit()

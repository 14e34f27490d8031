"""Where to begin: the demo, or a runbook of one's own; and what is waited for while it loads."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words


class StartPage(QWidget):
    """One sentence and the ways to go on; while something loads, only the sentence."""

    demo_wanted = Signal()
    import_wanted = Signal()
    again_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.says = Words(look, TextRole.STEP_TITLE)
        self.more = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.more.setFixedWidth(look.px(640))
        self.more.setMinimumHeight(look.px(48))
        self.demo = ActionButton(look, "Open the demo night", kind="primary", height=44)
        self.runbook = ActionButton(look, "Import a runbook", "Ctrl I", height=44)
        self.demo.clicked.connect(self.demo_wanted)
        self.runbook.clicked.connect(self.import_wanted)
        self.again = ActionButton(look, "Try again", height=44)
        self.again.clicked.connect(self.again_wanted)
        self._buttons = (self.again, self.demo, self.runbook)
        row = QHBoxLayout()
        row.setSpacing(look.px(12))
        row.addStretch(1)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(look.px(16))
        column.addStretch(2)
        for words in (self.says, self.more):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(row)
        column.addStretch(3)
        self.show_loading("Opening")

    def show_loading(self, what: str, more: str = "") -> None:
        """Show what is waited for."""
        self.says.setText(what)
        self.more.setText(more)
        for button in self._buttons:
            button.hide()

    def show_choice(self, says: str) -> None:
        """Show the ways to begin; ``says`` is why the record could not be opened, if that is so."""
        self.says.setText("No release is here yet" if not says else "The record is not open")
        self.more.setText(
            says or "See a whole night on real services of this machine, or bring your own runbook."
        )
        self.again.setVisible(bool(says))
        self.demo.show()
        self.runbook.setVisible(not says)
        self.again.set_kind("primary")
        self.demo.set_kind("plain" if says else "primary")
        (self.again if says else self.demo).setFocus()

"""A sheet beside what one works on, never over the whole: it goes with Esc."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel

BUTTON = 28


class SideSheet(Panel):
    """A panel that can be sent away; ``left`` says that it was."""

    left = Signal()

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(look, title, parent)
        self.leave = ActionButton(look, "Close", "Esc", "quiet", height=BUTTON)
        self.leave.clicked.connect(self.left)
        self.head.addWidget(self.leave)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

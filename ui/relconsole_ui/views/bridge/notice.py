"""Why something was not done, at the place where it was wanted."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.views.parts.words import Words


class Notice(Words):
    """A sentence or more that wraps; it takes no room while there is nothing to say."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, TextRole.BODY_STRONG, "", "warn", parent, wraps=True)
        self.setAccessibleName("Why not")
        self.setVisible(False)

    def say(self, text: str) -> None:
        """Show why not; empty for nothing."""
        self.setText(text)
        self.setAccessibleDescription(spoken_text(self.text()))
        self.setVisible(bool(text))

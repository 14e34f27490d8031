"""A field for what nobody else may read: masked, without undo, and empty once it was taken."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from relconsole_ui.design.text import spoken_text

LONGEST: Final = 4_096


class SecretField(QLineEdit):
    """A masked line; it is read once, by ``take``."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
        )
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Change what it asks for."""
        self.setAccessibleName(spoken_text(name))
        self.setPlaceholderText(name)

    def take(self) -> str:
        """Give what was typed, and forget it."""
        typed = self.text()
        self.forget()
        return typed

    def forget(self) -> None:
        """Forget what was typed, also what could be undone."""
        # Unlike clear(), this also forgets what could be undone.
        self.setText("")

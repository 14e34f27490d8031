"""Single keys that count only while the keyboard is on one widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class KeysOf(QObject):
    """Calls what belongs to a key that is pressed, without modifiers, on the widget."""

    def __init__(self, widget: QWidget, acts: Mapping[Qt.Key, Callable[[], None]]) -> None:
        super().__init__(widget)
        self._acts = dict(acts)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that are known here, and let all others pass."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        act = self._acts.get(Qt.Key(event.key()))
        if act is None or plain != Qt.KeyboardModifier.NoModifier:
            return False
        act()
        return True

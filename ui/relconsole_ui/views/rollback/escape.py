"""Esc from anywhere: in every window and whatever has the focus, before anything else sees it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from shiboken6 import Shiboken


class EscapeWatch(QObject):
    """Emits ``pressed`` at Esc while it is on; what has the focus does not hear of it then."""

    pressed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._windows: list[QWindow] = []
        self._is_on = False

    def set_on(self, is_on: bool) -> None:
        """Begin or stop to listen."""
        if is_on == self._is_on:
            return
        self._is_on = is_on
        application = QGuiApplication.instance()
        if not isinstance(application, QGuiApplication):
            return
        if is_on:
            application.focusWindowChanged.connect(self._follow)
            for window in QGuiApplication.topLevelWindows():
                self._follow(window)
        else:
            application.focusWindowChanged.disconnect(self._follow)
            for window in self._windows:
                if Shiboken.isValid(window):
                    window.removeEventFilter(self)
            self._windows.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Esc, and nothing else."""
        is_key = event.type() in {QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride}
        if not is_key or not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return False
        if event.type() is QEvent.Type.KeyPress and not event.isAutoRepeat():
            self.pressed.emit()
        event.accept()
        return True

    def _follow(self, window: QWindow | None) -> None:
        if window is not None and window not in self._windows:
            window.installEventFilter(self)
            self._windows.append(window)

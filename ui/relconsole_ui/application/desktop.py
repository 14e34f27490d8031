"""What the desktop wishes of the look: of Qt where it knows, else of the desktop's own portal."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher
from PySide6.QtGui import QGuiApplication

from relconsole_ui.presenters.taste import Desktop

PORTAL: Final = "org.freedesktop.portal.Desktop"
PLACE: Final = "/org/freedesktop/portal/desktop"
SETTINGS: Final = "org.freedesktop.portal.Settings"
APPEARANCE: Final = "org.freedesktop.appearance"
SCHEME, CONTRAST, MOTION = "color-scheme", "contrast", "reduced-motion"
PATIENCE_MS: Final = 2_000
_DARK, _LIGHT = 1, 2


class DesktopWish(QObject):
    """The wish as it is known; ``changed`` tells that more of it, or something else, is known.

    Nobody waits for the portal: what it says comes when it comes.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._said: dict[str, int] = {}
        self._asked: list[QDBusPendingCallWatcher] = []
        self._known = Desktop()
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self.ask)
        hints.accessibility().contrastPreferenceChanged.connect(self.ask)
        self.ask()

    def wish(self) -> Desktop:
        """Give what the desktop wishes, as far as it is known."""
        return self._known

    def ask(self) -> None:
        """Ask anew; Qt answers at once."""
        self._know()
        bus = QDBusConnection.sessionBus()
        if not sys.platform.startswith("linux") or not bus.isConnected():
            return
        for name in (SCHEME, CONTRAST, MOTION):
            call = QDBusMessage.createMethodCall(PORTAL, PLACE, SETTINGS, "ReadOne")
            call.setArguments([APPEARANCE, name])
            watcher = QDBusPendingCallWatcher(bus.asyncCall(call, PATIENCE_MS), self)
            watcher.setObjectName(name)
            watcher.finished.connect(self._hear)
            self._asked.append(watcher)

    def _hear(self, watcher: QDBusPendingCallWatcher) -> None:
        """Take an answer of the portal; where there is none, nothing is said."""
        reply = watcher.reply()
        if reply.type() is QDBusMessage.MessageType.ReplyMessage:
            self._said[watcher.objectName()] = number_of(reply.arguments())
        self._asked.remove(watcher)
        watcher.deleteLater()
        self._know()

    def _know(self) -> None:
        known = heard(self._said, of_qt())
        if known != self._known:
            self._known = known
            self.changed.emit()


def of_qt() -> Desktop:
    """Give what Qt knows of the wish; on bare X nothing."""
    hints = QGuiApplication.styleHints()
    scheme = hints.colorScheme()
    wanted = hints.accessibility().contrastPreference()
    return Desktop(
        is_dark=None if scheme is Qt.ColorScheme.Unknown else scheme is Qt.ColorScheme.Dark,
        high_contrast=wanted is Qt.ContrastPreference.HighContrast,
    )


def heard(said: dict[str, int], known: Desktop) -> Desktop:
    """Give what is known with what the portal said, by the names of its settings."""
    of_portal = {_DARK: True, _LIGHT: False}.get(said.get(SCHEME, 0))
    return replace(
        known,
        is_dark=of_portal if known.is_dark is None else known.is_dark,
        high_contrast=known.high_contrast or said.get(CONTRAST) == 1,
        reduced_motion=said.get(MOTION) == 1,
    )


def number_of(arguments: list[object]) -> int:
    """Give the number of an answer, 0 where it is none."""
    value = arguments[0] if arguments else 0
    variant = getattr(value, "variant", None)
    found = variant() if callable(variant) else value
    return found if isinstance(found, int) else 0

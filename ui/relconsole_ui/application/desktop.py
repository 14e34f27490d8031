"""What the desktop wishes of the look: of Qt where it knows, else of the desktop's own portal."""

from __future__ import annotations

import sys
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtDBus import QDBusConnection, QDBusInterface, QDBusMessage
from PySide6.QtGui import QGuiApplication

from relconsole_ui.presenters.taste import Desktop

PORTAL: Final = "org.freedesktop.portal.Desktop"
APPEARANCE: Final = "org.freedesktop.appearance"
PATIENCE_MS: Final = 250
_DARK, _LIGHT, _MORE_CONTRAST = 1, 2, 1


class DesktopWish(QObject):
    """Reads the wish once and again when the desktop tells of a change; never while painting."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: Desktop | None = None
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self.read_again)
        hints.accessibility().contrastPreferenceChanged.connect(self.read_again)

    def wish(self) -> Desktop:
        """Give what the desktop wishes, read at the first question."""
        if self._known is None:
            self._known = read_desktop()
        return self._known

    def read_again(self) -> None:
        """Read it anew, and tell if it came out different."""
        before, self._known = self._known, read_desktop()
        if before != self._known:
            self.changed.emit()


def read_desktop() -> Desktop:
    """Give what the desktop wishes now; on bare X nobody says anything."""
    hints = QGuiApplication.styleHints()
    scheme = hints.colorScheme()
    wants_contrast = hints.accessibility().contrastPreference()
    has_portal = sys.platform.startswith("linux") and QDBusConnection.sessionBus().isConnected()
    is_dark = None if scheme is Qt.ColorScheme.Unknown else scheme is Qt.ColorScheme.Dark
    high = wants_contrast is Qt.ContrastPreference.HighContrast
    if not has_portal:
        return Desktop(is_dark=is_dark, high_contrast=high)
    portal = QDBusInterface(
        PORTAL, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings"
    )
    portal.setTimeout(PATIENCE_MS)
    if is_dark is None:
        is_dark = {_DARK: True, _LIGHT: False}.get(_number(portal, "color-scheme"))
    return Desktop(
        is_dark=is_dark,
        high_contrast=high or _number(portal, "contrast") == _MORE_CONTRAST,
        reduced_motion=_number(portal, "reduced-motion") == 1,
    )


def _number(portal: QDBusInterface, name: str) -> int:
    """Give a number of the portal, 0 where it does not say."""
    reply = portal.call("ReadOne", APPEARANCE, name)
    if reply.type() is not QDBusMessage.MessageType.ReplyMessage:
        return 0
    said = reply.arguments()
    value: object = said[0] if said else 0
    variant = getattr(value, "variant", None)
    found = variant() if callable(variant) else value
    return found if isinstance(found, int) else 0

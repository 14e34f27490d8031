"""The docks beside the pages, and the layouts that a person names and finds again."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from relconsole_ui.shell.focus import focus_in, give_back

BOTTOM: Final = Qt.DockWidgetArea.BottomDockWidgetArea
SHARE: Final = 0.4
"""How much of the window's height a dock takes when it comes into sight."""


class Docks:
    """What stands beside the page; locked docks stay where they are."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._is_locked = False
        self._came_from: QWidget | None = None

    def add(self, name: str, title: str, widget: QWidget) -> None:
        """Add a dock at the foot, out of sight at first."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock-{name}")
        dock.setAccessibleName(title)
        dock.setWidget(widget)
        self._window.addDockWidget(BOTTOM, dock)
        dock.hide()
        earlier = [each for each in self._docks.values() if each is not dock]
        if earlier:
            self._window.tabifyDockWidget(earlier[-1], dock)
        self._docks[name] = dock
        self.lock(self._is_locked)

    def toggle(self, name: str) -> None:
        """Bring a dock into sight with the keyboard on it, or take it away."""
        dock = self._docks[name]
        # Behind another tab a dock counts as visible to Qt, though nothing of it is seen.
        if dock.isVisible() and not dock.visibleRegion().isEmpty():
            self.hide(name)
        else:
            self.show(name)

    def hide(self, name: str) -> None:
        """Take a dock out of sight, and give the keyboard back if it was there."""
        dock, focus = self._docks[name], focus_in(self._window)
        had_focus = focus is not None and dock.isAncestorOf(focus)
        dock.hide()
        if had_focus:
            give_back(self._came_from)

    def show(self, name: str) -> None:
        """Bring a dock into sight with the keyboard on it."""
        dock, focus = self._docks[name], focus_in(self._window)
        if focus is not None and not any(each.isAncestorOf(focus) for each in self._docks.values()):
            self._came_from = focus
        dock.show()
        dock.raise_()
        if not dock.isFloating():
            tall = int(self._window.height() * SHARE)
            self._window.resizeDocks([dock], [tall], Qt.Orientation.Vertical)
        _give_focus(dock.widget())

    @property
    def shown(self) -> tuple[str, ...]:
        """Give the names of the docks in sight."""
        return tuple(name for name, dock in self._docks.items() if not dock.isHidden())

    @property
    def is_locked(self) -> bool:
        """Tell whether docks stay where they are."""
        return self._is_locked

    def lock(self, is_locked: bool) -> None:
        """Let docks be moved, or not."""
        self._is_locked = is_locked
        free = (
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        kept = QDockWidget.DockWidgetFeature.DockWidgetClosable
        for dock in self._docks.values():
            dock.setFeatures(kept if is_locked else free)

    def state(self) -> str:
        """Give where everything stands, as text that can be kept."""
        return _text(self._window.saveState())

    def restore(self, text: str) -> bool:
        """Put everything where it stood; False where the text is of another window."""
        return bool(text) and self._window.restoreState(_bytes(text))

    def close(self) -> None:
        """Take every dock away with what is in it."""
        for dock in self._docks.values():
            self._window.removeDockWidget(dock)
            dock.deleteLater()
        self._docks.clear()


def _give_focus(widget: QWidget | None) -> None:
    if widget is not None:
        widget.setFocus(Qt.FocusReason.OtherFocusReason)


def _text(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii", "ignore"))

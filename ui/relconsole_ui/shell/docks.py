"""The docks beside the pages, and the layouts that a person names and finds again."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QByteArray, QChildEvent, QEvent, QObject, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QTabBar, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.shell.focus import focus_in, give_back
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.words import Words

BOTTOM: Final = Qt.DockWidgetArea.BottomDockWidgetArea
TARGET: Final = 26
SHARE: Final = 0.4
"""How much of the window's height a dock takes when it comes into sight."""


class DockTitle(QWidget):
    """What a dock is called, with buttons large enough to hit."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.title = Words(look, TextRole.ROW_STRONG, title, "t2", elides=True)
        self.float_dock = ActionButton(look, "Float", kind="quiet", height=TARGET)
        self.close_dock = ActionButton(look, "Close", kind="quiet", height=TARGET)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.title, 1)
        self._row.addWidget(self.float_dock)
        self._row.addWidget(self.close_dock)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def _follow_look(self) -> None:
        px = self._look.px
        self._row.setContentsMargins(px(16), px(2), px(8), 0)
        self._row.setSpacing(px(8))


class _QtsTabs(QObject):
    """Keeps the keyboard off the tabs that Qt makes for docks which stand behind each other.

    They have no name while they are empty, and each dock has a key of its own.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the focus policy from tabs as they are made."""
        if event.type() == QEvent.Type.ChildPolished and isinstance(event, QChildEvent):
            child = event.child()
            if isinstance(child, QTabBar):
                child.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return False


class Docks:
    """What stands beside the page; locked docks stay where they are."""

    def __init__(self, look: Look, window: QMainWindow) -> None:
        self._look = look
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._is_locked = False
        self._came_from: QWidget | None = None
        self._tabs = _QtsTabs(window)
        window.installEventFilter(self._tabs)

    def add(self, name: str, title: str, widget: QWidget) -> None:
        """Add a dock at the foot, out of sight at first."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock-{name}")
        dock.setAccessibleName(spoken_text(title))
        dock.setWidget(widget)
        bar = DockTitle(self._look, title)
        bar.close_dock.clicked.connect(partial(self.hide, name))
        bar.float_dock.clicked.connect(partial(self._turn, dock))
        dock.setTitleBarWidget(bar)
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

    def _turn(self, dock: QDockWidget, *_clicked: object) -> None:
        """Let a dock float over the window, or put it back, unless docks are locked."""
        if not self._is_locked:
            dock.setFloating(not dock.isFloating())

    def hide(self, name: str, *_clicked: object) -> None:
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

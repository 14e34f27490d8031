"""Where a window may stand: on a screen that is there, with its head in reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

HEAD: Final = 40
"""Pixels at the top by which a window is taken hold of."""

IN_REACH: Final = 160
"""Pixels of that head that must be on one screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle of the desktop, in whole pixels."""

    left: int
    top: int
    width: int
    height: int


def place_within(box: Box, screens: tuple[Box, ...]) -> Box:
    """Give where a window stands: where it is, if its head is in reach, else on the main screen.

    The first screen is the main one; without any screen the window stays.
    """
    if not screens or any(_is_in_reach(box, screen) for screen in screens):
        return box
    main = screens[0]
    width, height = min(box.width, main.width), min(box.height, main.height)
    return Box(
        left=main.left + (main.width - width) // 2,
        top=main.top + (main.height - height) // 2,
        width=width,
        height=height,
    )


def _is_in_reach(box: Box, screen: Box) -> bool:
    """Tell whether enough of the head is on a screen."""
    seen = min(box.left + box.width, screen.left + screen.width) - max(box.left, screen.left)
    is_wide_enough = seen >= min(IN_REACH, box.width)
    return is_wide_enough and screen.top <= box.top <= screen.top + screen.height - HEAD


class OnScreen(QObject):
    """Keeps a window and its floating docks on the screens that are there."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenRemoved.connect(self.look)
            app.primaryScreenChanged.connect(self.look)

    def look(self) -> None:
        """Bring back what stands where no screen is."""
        main = QGuiApplication.primaryScreen()
        rest = [each for each in QGuiApplication.screens() if each is not main]
        screens = tuple(_box(each.availableGeometry()) for each in (main, *rest))
        docks = self._window.findChildren(QDockWidget)
        for widget in (self._window, *(dock for dock in docks if dock.isFloating())):
            _bring_back(widget, screens)


def _bring_back(widget: QWidget, screens: tuple[Box, ...]) -> None:
    box = _box(widget.geometry())
    place = place_within(box, screens)
    if place != box:
        widget.setGeometry(place.left, place.top, place.width, place.height)


def _box(rect: QRect) -> Box:
    return Box(left=rect.x(), top=rect.y(), width=rect.width(), height=rect.height())

"""The hands and eyes of a test of the window: show, press, type, wait, look at pixels."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt, SignalInstance
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

PATIENCE = 5.0
"""Seconds after which what was waited for is taken not to come."""

AnyWidget = TypeVar("AnyWidget", bound=QWidget)


class Bot:
    """One a test; see the fixture `bot`."""

    def __init__(self) -> None:
        self._widgets: list[QWidget] = []

    def add(self, widget: AnyWidget) -> AnyWidget:
        """Give the widget back, to be closed when the test is over."""
        self._widgets.append(widget)
        return widget

    def show(self, widget: AnyWidget, width: int = 0, height: int = 0) -> AnyWidget:
        """Give the widget, shown in an active window, at a size if one is given."""
        self.add(widget)
        if width and height:
            widget.resize(width, height)
        widget.show()
        widget.activateWindow()
        assert QTest.qWaitForWindowExposed(widget.window())
        self.settle()
        return widget

    def settle(self) -> None:
        """Let everything happen that is due."""
        QApplication.processEvents()

    def wait_until(self, is_so: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until it is so, or fail."""
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, "what was waited for did not come"
            QTest.qWait(5)

    def heard(self, signal: SignalInstance) -> list[tuple[object, ...]]:
        """Give a list to which the arguments are added each time the signal is emitted."""
        calls: list[tuple[object, ...]] = []

        def note(*arguments: object) -> None:
            calls.append(arguments)

        signal.connect(note)
        return calls

    def focus(self, widget: QWidget) -> None:
        """Give the keyboard to a widget as if one had come by Tab."""
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        self.settle()
        assert widget.hasFocus()

    def key(
        self,
        widget: QWidget,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press and release a key."""
        QTest.keyClick(widget, key, modifier)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Press and release the left button, in the middle unless a place is given."""
        place = at if at is not None else widget.rect().center()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)

    def picture(self, widget: QWidget) -> QImage:
        """Give what a widget looks like now."""
        self.settle()
        return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)

    def close_all(self) -> None:
        """Close and delete what was added."""
        for widget in self._widgets:
            widget.close()
            widget.deleteLater()
        self._widgets.clear()


def luminance(colour: QColor) -> float:
    """Give how light a colour is, from 0 to 1, as WCAG counts it."""
    red, green, blue = (
        it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4
        for it in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """Give the contrast of two colours, from 1 to 21."""
    first, second = luminance(one), luminance(other)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def colours(picture: QImage) -> dict[str, int]:
    """Give how many pixels of each colour there are, by `#rrggbb`."""
    found: dict[str, int] = {}
    for y in range(picture.height()):
        for x in range(picture.width()):
            name = picture.pixelColor(x, y).name()
            found[name] = found.get(name, 0) + 1
    return found

"""Walking over a window: what takes the keyboard, what is seen, what is large enough."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDateTimeEdit,
    QLineEdit,
    QSpinBox,
    QTabBar,
    QWidget,
)

from relconsole_ui.views.parts.button import ActionButton
from tests.gui.screens.console import ConsoleOnStage

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QSpinBox, QDateTimeEdit, QTabBar)


def takers(root: QWidget) -> list[QWidget]:
    """Give what takes the keyboard by Tab, in sight and usable."""
    return [
        each
        for each in root.findChildren(QWidget)
        if each.isVisible()
        and each.isEnabled()
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.focusProxy() is None
        and not each.visibleRegion().isEmpty()
    ]


def press(
    console: ConsoleOnStage, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_MODIFIER
) -> None:
    """Press a key as the platform hands it to the window."""
    handle = console.window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, key, modifier)
    QApplication.processEvents()


def types(console: ConsoleOnStage, text: str) -> None:
    """Type where the keyboard is."""
    handle = console.window.windowHandle()
    assert handle is not None
    for letter in text:
        QTest.keyClick(handle, letter)  # type: ignore[call-overload]
    QApplication.processEvents()


def tab_walk(console: ConsoleOnStage, *, back: bool = False) -> list[QWidget]:
    """Give where Tab goes, until it comes back to where it was; fails where it never does."""
    modifier = Qt.KeyboardModifier.ShiftModifier if back else NO_MODIFIER
    key = Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab
    seen: list[QWidget] = []
    for _ in range(400):
        press(console, key, modifier)
        focus = QApplication.focusWidget()
        assert focus is not None, "the keyboard is nowhere"
        if focus in seen:
            assert focus is seen[0], f"Tab is caught by {named(focus)}"
            return seen
        seen.append(focus)
    raise AssertionError("Tab does not come back")


def named(widget: QWidget) -> str:
    """Give what a widget is, for whoever reads a failure."""
    return f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}".strip()


def interactive(root: QWidget) -> Iterator[QWidget]:
    """Give what can be pressed, typed into or chosen from, as far as it is in sight."""
    for each in root.findChildren(QWidget):
        if isinstance(each, CONTROLS) and each.isVisible() and each.isEnabled():
            inner = isinstance(each.parent(), QComboBox | QSpinBox | QAbstractScrollArea)
            if not inner and not each.visibleRegion().isEmpty():
                yield each


def spoken_name(widget: QWidget) -> str:
    """Give what a screen reader says of a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None, named(widget)
    return interface.text(QAccessible.Text.Name)


def spoken_role(widget: QWidget) -> QAccessible.Role:
    """Give what a screen reader calls a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None, named(widget)
    return interface.role()


def place_in(widget: QWidget, root: QWidget) -> QRect:
    """Give where a widget is within another."""
    return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())


def coloured_and_red(pixels: NDArray[np.uint8]) -> tuple[float, float]:
    """Give the shares of pixels that have a colour at all, and that are red."""
    parts = pixels.astype(np.float32) / 255
    value, low = parts.max(axis=2), parts.min(axis=2)
    spread = value - low
    saturation = np.divide(spread, value, out=np.zeros_like(value), where=value > 0)
    is_coloured = (saturation > 0.45) & (value > 0.30)
    red, green, blue = parts[:, :, 0], parts[:, :, 1], parts[:, :, 2]
    hue = np.divide(green - blue, spread, out=np.zeros_like(value), where=spread > 0) * 60
    is_red = is_coloured & (value == red) & (np.abs(hue) <= 20)
    return float(is_coloured.mean()), float(is_red.mean())


def luminance(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how light colours are, 0 to 1, as WCAG counts it."""
    parts = pixels / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    found: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return found


def sampled_contrast(pixels: NDArray[np.uint8], ink: QColor) -> float:
    """Give the contrast of an ink with the ground that most of a piece of a picture shows."""
    flat = pixels.reshape(-1, 3).astype(np.uint32)
    numbers = (flat[:, 0] << 16) | (flat[:, 1] << 8) | flat[:, 2]
    found, count = np.unique(numbers, return_counts=True)
    most = int(found[count.argmax()])
    ground = np.array([[most >> 16, most >> 8 & 255, most & 255]], dtype=np.float64)
    over = np.array([[ink.red(), ink.green(), ink.blue()]], dtype=np.float64)
    one, other = float(luminance(over)[0]), float(luminance(ground)[0])
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def cut_buttons(window: QWidget) -> list[str]:
    """Give the buttons with less room than they need, or of which the whole cannot be seen."""
    return [
        each.label
        for each in window.findChildren(ActionButton)
        if each.isVisible()
        and (
            each.width() < each.minimumSizeHint().width()
            or each.height() < each.minimumSizeHint().height()
            or not _is_whole(each)
        )
    ]


def _is_whole(widget: QWidget) -> bool:
    """Tell whether what holds a widget shows all of it, or can be scrolled to the rest."""
    holder = widget.parentWidget()
    while holder is not None and not isinstance(holder.parentWidget(), QAbstractScrollArea):
        if not holder.rect().contains(QRect(widget.mapTo(holder, QPoint()), widget.size())):
            return False
        holder = None if holder.isWindow() else holder.parentWidget()
    return True

"""Giving the keyboard back to where it came from, if that is still there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import Shiboken


def focus_in(window: QWidget) -> QWidget | None:
    """Give what has the keyboard in a window, None where nothing has."""
    return window.focusWidget()


def give_back(widget: QWidget | None) -> None:
    """Give the keyboard to a widget, unless it has gone with its page meanwhile."""
    if widget is not None and Shiboken.isValid(widget):
        widget.setFocus(Qt.FocusReason.OtherFocusReason)


def takes_focus(widget: QWidget) -> bool:
    """Tell whether a widget can have the keyboard now."""
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes and widget.isVisible() and widget.isEnabled()


def first_within(place: QWidget) -> QWidget | None:
    """Give what takes the keyboard in a place: itself, else the first within it that can."""
    within = (place, *place.findChildren(QWidget))
    return next((widget for widget in within if takes_focus(widget)), None)

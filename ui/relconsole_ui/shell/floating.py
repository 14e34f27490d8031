"""A sheet that floats in the middle of the window until Esc or a click, and holds nothing up."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar
from relconsole_ui.design.tokens import RADIUS_PANEL
from relconsole_ui.shell.focus import give_back

EDGE = 24
"""Pixels of the window that stay in sight on each side."""


class FloatingSheet(QFrame):
    """Takes the keyboard while it is open, and gives it back to where it was."""

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self._over = window
        self._came_from: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    def float_at(self, width: int, height: int) -> None:
        """Open in the middle of the window, of this size where there is room for it."""
        over = self._over
        self._came_from = over.focusWidget()
        width = min(width, over.width() - 2 * EDGE)
        height = min(height, over.height() - 2 * EDGE)
        self.setGeometry((over.width() - width) // 2, (over.height() - height) // 2, width, height)
        self.show()
        self.raise_()
        self.setFocus()

    def leave(self) -> None:
        """Close, and give the focus back."""
        self.hide()
        give_back(self._came_from)
        self._came_from = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close on a click."""
        event.accept()
        self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        rect = QRectF(self.rect())
        paint_bar(QPainter(self), self._look, rect, "bg2", "ctl", radius=RADIUS_PANEL)

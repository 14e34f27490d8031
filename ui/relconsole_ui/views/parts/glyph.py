"""The shape of a status, as a widget."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.shapes import paint_status
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text

SMALL: Final = 16


class StatusGlyph(QWidget):
    """Shows a status by its shape; a screen reader and a tip hear it as a word.

    ``size`` is in pixels at 100 per cent.
    """

    def __init__(
        self,
        look: Look,
        size: int = SMALL,
        status: Status = Status.UNKNOWN,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._size = size
        self._status = status
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_status(status)
        look.changed.connect(self._follow_look)

    @property
    def status(self) -> Status:
        """What is shown."""
        return self._status

    def set_status(self, status: Status) -> None:
        """Show another status."""
        self._status = status
        self.setAccessibleName(spoken_text(status.value))
        self.update()

    def sizeHint(self) -> QSize:
        """Give the square that it takes."""
        side = self._look.px(self._size)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shape."""
        paint_status(QPainter(self), self._look, QRectF(self.rect()), self._status)

    def _follow_look(self) -> None:
        self.updateGeometry()
        self.update()

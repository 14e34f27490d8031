"""A person as initials on a disc."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE, paint_bar, paint_text
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole

SIDE: Final = 30


class Avatar(QWidget):
    """Shows a person's initials; a screen reader hears the name."""

    def __init__(
        self, look: Look, initials: str = "", name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._initials = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_person(initials, name)
        look.changed.connect(self._follow_look)

    def show_person(self, initials: str, name: str) -> None:
        """Show another person."""
        self._initials = initials
        self.setAccessibleName(spoken_text(name))
        self.update()

    def sizeHint(self) -> QSize:
        """Give the square that it takes."""
        side = self._look.px(SIDE)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint disc and initials."""
        painter = QPainter(self)
        paint_avatar(painter, self._look, QRectF(self.rect()), self._initials)

    def _follow_look(self) -> None:
        self.updateGeometry()
        self.update()


def paint_avatar(painter: QPainter, look: Look, rect: QRectF, initials: str) -> None:
    """Paint initials on a disc in the middle of ``rect``."""
    side = min(rect.width(), rect.height())
    disc = QRectF(0, 0, side, side)
    disc.moveCenter(rect.center())
    paint_bar(painter, look, disc, "bg3", radius=side)
    paint_text(painter, look, disc, initials, TextRole.NOTE_STRONG, "t1", MIDDLE)

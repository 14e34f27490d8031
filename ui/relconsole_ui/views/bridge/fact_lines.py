"""Names at the left and what they are at the right, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_RIGHT, paint_text, text_width
from relconsole_ui.design.text import spoken_text, tip_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.problems import FactLine
from relconsole_ui.views.bridge.cells import Cells

LINE, CLOSE_LINE = 27, 23
FEW = 4
GAP = 12


class FactLines(QWidget):
    """Shows lines; a screen reader hears them as one sentence."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._lines: tuple[FactLine, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._follow_look)

    def show_lines(self, lines: Sequence[FactLine]) -> None:
        """Show these lines."""
        if self._lines == tuple(lines):
            return
        self._lines = tuple(lines)
        says = ", ".join(f"{line.name} {line.value}" for line in lines)
        self.setAccessibleName(spoken_text(says))
        self.setToolTip(tip_text(says))
        self.setVisible(bool(lines))
        self._follow_look()

    def sizeHint(self) -> QSize:
        """Give the height of all lines."""
        return QSize(self._look.px(120), len(self._lines) * self._line)

    def minimumSizeHint(self) -> QSize:
        """Give the same height."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines."""
        look = self._look
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        for number, line in enumerate(self._lines):
            top = number * self._line
            cells = Cells(look, painter, QRectF(0, top, self.width(), self._line))
            name = text_width(look, line.name, TextRole.BODY) + 1
            place = cells.take_exactly(name, gap=GAP)
            paint_text(painter, look, place, line.name, TextRole.BODY, "t2")
            strong = TextRole.BODY_STRONG
            paint_text(painter, look, cells.rest, line.value, strong, "t1", MIDDLE_RIGHT)

    @property
    def _line(self) -> int:
        return self._look.px(LINE if len(self._lines) <= FEW else CLOSE_LINE)

    def _follow_look(self) -> None:
        self.updateGeometry()
        self.update()

"""A row cut into cells from both ends, in the direction in which it is read."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from relconsole_ui.design.look import Look


class Cells:
    """Gives the cells of a row one after the other; pixels at 100 per cent unless said."""

    def __init__(
        self, look: Look, painter: QPainter, rect: QRectF, *, before: float = 0, after: float = 0
    ) -> None:
        self._look = look
        self._mirrored = painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self._whole = rect
        self._left = rect.left() + look.px(before)
        self._right = rect.right() - look.px(after)

    @property
    def rest(self) -> QRectF:
        """What no cell has taken yet."""
        return self._placed(self._left, max(0.0, self._right - self._left))

    def take(self, width: float, *, gap: float = 0) -> QRectF:
        """Give the next cell at the beginning."""
        return self.take_exactly(self._look.px(width), gap=gap)

    def take_exactly(self, pixels: float, *, gap: float = 0) -> QRectF:
        """Give the next cell at the beginning, of so many pixels of the screen."""
        width = min(pixels, max(0.0, self._right - self._left))
        cell = self._placed(self._left, width)
        self._left += width + self._look.px(gap)
        return cell

    def take_end(self, pixels: float, *, gap: float = 0) -> QRectF:
        """Give the next cell at the end, of so many pixels of the screen."""
        width = min(pixels, max(0.0, self._right - self._left))
        cell = self._placed(self._right - width, width)
        self._right -= width + self._look.px(gap)
        return cell

    def _placed(self, left: float, width: float) -> QRectF:
        if self._mirrored:
            left = self._whole.left() + self._whole.right() - left - width
        return QRectF(left, self._whole.top(), width, self._whole.height())

"""Two parts beside each other where there is room, one above the other where there is not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import GUTTER

UNBOUND = (1 << 24) - 1


class TwoColumns(QWidget):
    """The first part takes the room that is left; ``side`` is the width of the second.

    Below ``narrow`` they stand one above the other, or, where the second ``covers``, it takes the
    place of the first while it is in sight; pixels at 100 per cent.
    """

    def __init__(
        self,
        look: Look,
        *,
        side: int,
        narrow: int,
        covers: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._side = side
        self._narrow = narrow
        self._covers = covers
        self._first: QWidget | None = None
        self._second: QWidget | None = None
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._columns.setContentsMargins(0, 0, 0, 0)
        look.changed.connect(self._follow_width)

    def set_parts(self, first: QWidget, second: QWidget) -> None:
        """Put the two parts in their places."""
        self._first, self._second = first, second
        second.installEventFilter(self)
        self._columns.addWidget(first, 1)
        self._columns.addWidget(second)
        self._follow_width()

    @property
    def is_narrow(self) -> bool:
        """Whether the parts stand one above the other."""
        return self.width() < self._look.px(self._narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._follow_width()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the second part as it comes and goes."""
        if event.type() in {QEvent.Type.ShowToParent, QEvent.Type.HideToParent}:
            self._follow_width()
        return False

    def _follow_width(self) -> None:
        self._columns.setSpacing(self._look.px(GUTTER))
        if self._first is None or self._second is None:
            return
        is_covered = self._covers and self.is_narrow and not self._second.isHidden()
        self._first.setVisible(not is_covered)
        across = QBoxLayout.Direction.LeftToRight
        down = QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(down if self.is_narrow else across)
        side = self._look.px(self._side)
        self._second.setMinimumWidth(0 if self.is_narrow else side)
        self._second.setMaximumWidth(UNBOUND if self.is_narrow else side)

"""The rail: the views that work, each with its icon and word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from relconsole_ui.design.icons import paint_icon
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE, paint_bar, paint_focus_ring, paint_text
from relconsole_ui.design.text import spoken_text, tip_text
from relconsole_ui.design.tokens import RADIUS_BUTTON, RADIUS_PANEL, RAIL, TextRole

HEIGHT = 58
ICON = 22
MARK = 46
BAR = 3


@dataclass(frozen=True, slots=True)
class RailView:
    """A view as the rail shows it."""

    word: str
    icon: str
    key: str
    is_at_foot: bool = False


VIEWS: Final[Mapping[str, RailView]] = {
    "bridge": RailView("Bridge", "broadcast", "Ctrl 1"),
    "rollbacks": RailView("Rollbacks", "arrow-counter-clockwise", "Ctrl 2"),
    "reports": RailView("Reports", "chart-line", "Ctrl 3"),
    "import": RailView("Import", "upload-simple", "Ctrl 4"),
    "settings": RailView("Settings", "gear", "Ctrl ,", is_at_foot=True),
}
"""The views in their order; only those that were added are seen."""


class RailButton(QAbstractButton):
    """A view of the rail; the one that is open is filled and has a bar at its edge."""

    def __init__(self, look: Look, word: str, icon_name: str, key: str) -> None:
        super().__init__()
        self._look = look
        self._icon_name = icon_name
        self.setText(word)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setToolTip(tip_text(f"{word} ({key})"))
        self.setAccessibleName(spoken_text(f"{word}, key {key}"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Give the size of icon and word."""
        return QSize(self._look.px(RAIL - 8), self._look.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon and word."""
        look = self._look
        painter = QPainter(self)
        whole = QRectF(self.rect())
        if self.isChecked():
            paint_bar(painter, look, whole, "sel", radius=RADIUS_PANEL)
            bar = QRectF(0, whole.top() + look.px(8), look.px(BAR), whole.height() - look.px(16))
            paint_bar(painter, look, bar, "acc")
        ink = "t1" if self.isChecked() or self.underMouse() else "t2"
        side = look.px(ICON)
        top = QRectF((whole.width() - side) / 2, look.px(8), side, side)
        filled = f"{self._icon_name}-fill" if self.isChecked() else self._icon_name
        paint_icon(painter, look, top, filled, "acc" if self.isChecked() else ink)
        word = QRectF(0, look.px(32), whole.width(), look.px(18))
        role = TextRole.NOTE_STRONG if self.isChecked() else TextRole.NOTE
        paint_text(painter, look, word, self.text(), role, ink, MIDDLE)
        if self.hasFocus():
            paint_focus_ring(painter, look, whole, RADIUS_BUTTON)


class MarkButton(QAbstractButton):
    """The mark of the product, which opens the menu."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setToolTip("Menu (F10)")
        self.setAccessibleName("Menu, key F10")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Give the size of the mark with room around it."""
        return QSize(self._look.px(RAIL - 8), self._look.px(MARK))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark, on a ground while it is pressed."""
        look = self._look
        painter = QPainter(self)
        whole = QRectF(self.rect())
        if self.isDown():
            paint_bar(painter, look, whole, "bg3", radius=RADIUS_PANEL)
        side = look.px(24)
        spot = QRectF((whole.width() - side) / 2, (whole.height() - side) / 2, side, side)
        paint_icon(painter, look, spot, "rocket-launch-fill", "t1")
        if self.hasFocus():
            paint_focus_ring(painter, look, whole, RADIUS_BUTTON)


class Rail(QWidget):
    """The views from top to bottom, with settings at the foot and the menu at the head."""

    wanted = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName("Views")
        self._buttons: dict[str, RailButton] = {}
        self._column = QVBoxLayout(self)
        self.mark = MarkButton(look)
        self._column.addWidget(self.mark)
        self._column.addStretch(1)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def add(self, view: str) -> None:
        """Add a view where it belongs; KeyError for one that the rail does not know."""
        known = VIEWS[view]
        button = RailButton(self._look, known.word, known.icon, known.key)
        button.clicked.connect(lambda: self.wanted.emit(view))
        self._buttons[view] = button
        order = list(VIEWS)
        before = [each for each in order[: order.index(view)] if each in self._buttons]
        # The mark stands first, and the stretch between the views and the foot.
        stretch = 1 if known.is_at_foot else 0
        self._column.insertWidget(1 + len(before) + stretch, button)

    def remove(self, view: str) -> None:
        """Take a view away, if it is there."""
        button = self._buttons.pop(view, None)
        if button is not None:
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()

    def choose(self, view: str) -> None:
        """Mark the view that is open."""
        for name, button in self._buttons.items():
            button.setChecked(name == view)
            button.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the line at the edge."""
        look = self._look
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("bg1"))
        painter.setPen(look.colour("line"))
        is_right = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        edge = 0 if is_right else self.width() - 1
        painter.drawLine(edge, 0, edge, self.height())

    def _follow_look(self) -> None:
        px = self._look.px
        self._column.setContentsMargins(px(4), px(6), px(4), px(12))
        self._column.setSpacing(px(4))
        self.setFixedWidth(px(RAIL))
        self.update()

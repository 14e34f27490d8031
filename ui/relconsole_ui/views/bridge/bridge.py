"""The bridge: three columns of panels and the health strip, laid out by the room there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import GUTTER

RAIL_AND_GUTTERS: Final = 72
WIDE: Final = 1580 - RAIL_AND_GUTTERS
"""Pixels at 100 per cent from which all three columns have their full width; frames take a few."""

NARROW: Final = 1280 - RAIL_AND_GUTTERS
"""Below this the right column becomes tabs under the left one."""

COLUMN_A: Final = {"wide": 452, "middle": 380, "narrow": 380}
COLUMN_C: Final = {"wide": 352, "middle": 300, "narrow": 300}
LEFT: Final = ("running", "step", "muster")
MIDDLE: Final = ("timeline",)
RIGHT: Final = ("decision", "poll", "rollback")
TABS: Final = (("muster", "People"), ("message", "Message"), ("left_open", "Left open"))
SIDE_TABS: Final = (("decision", "Decision"), ("poll", "Go / No-go"))
DESIGNED: Final = {
    "running": 254,
    "muster": 194,
    "left_open": 142,
    "message": 142,
    "decision": 220,
    "rollback": 164,
    "health": 172,
}


class Room(StrEnum):
    """How much height there is: as designed, a little less, with tabs, or only what one acts on."""

    TALL = "tall"
    FAIR = "fair"
    LOW = "low"
    SHORT = "short"


LEAST: Final = ((846, Room.TALL), (766, Room.FAIR), (520, Room.LOW), (0, Room.SHORT))
"""Pixels of height at 100 per cent from which there is so much."""

HEIGHTS: Final[Mapping[Room, Mapping[str, int]]] = {
    Room.TALL: DESIGNED,
    Room.FAIR: {**DESIGNED, "running": 214},
    Room.LOW: {"running": 140, "tabs": 130, "rollback": 164, "health": 100},
    Room.SHORT: {"running": 128, "rollback": 164},
}


@dataclass(frozen=True, slots=True)
class Shape:
    """How the bridge is laid out: the class of its width and that of its height."""

    width: str
    height: Room

    @property
    def has_tabs(self) -> bool:
        """Tell whether people, message and what is left open stand behind tabs."""
        return self.height is Room.LOW

    @property
    def is_short(self) -> bool:
        """Tell whether only what one acts on is there."""
        return self.height is Room.SHORT


def shape_for(width: float, height: float) -> Shape:
    """Give the layout for a size in pixels at 100 per cent."""
    words = ((WIDE, "wide"), (NARROW, "middle"), (0, "narrow"))
    return Shape(
        next(word for least, word in words if width >= least),
        next(room for least, room in LEAST if height >= least),
    )


class BridgeView(QWidget):
    """Panels by name, each in its place; one that is not there takes no room."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._panels: dict[str, QWidget] = {}
        self._shape: Shape | None = None
        self._row = QHBoxLayout(self)
        self._boxes: tuple[QWidget, ...] = ()
        self._tabs, self._side_tabs = QTabWidget(self), QTabWidget(self)
        self._tabs.setAccessibleName("People and message")
        self._side_tabs.setAccessibleName("Decision and poll")
        for tabs in (self._tabs, self._side_tabs):
            tabs.hide()
        look.changed.connect(self._lay_out_anew)

    def place(self, name: str, panel: QWidget) -> None:
        """Put a panel in its place; the layout follows with the next change of size."""
        self._panels[name] = panel
        panel.setObjectName(name)

    def panel(self, name: str) -> QWidget | None:
        """Give a panel, None where it is not there."""
        return self._panels.get(name)

    @property
    def panes(self) -> tuple[QWidget, ...]:
        """Give the panels in the order in which F6 goes through them."""
        order = (*LEFT, *MIDDLE, "left_open", "message", *RIGHT, "health")
        return tuple(self._panels[name] for name in order if name in self._panels)

    def bring_forward(self, panel: QWidget) -> None:
        """Open the tab behind which a panel stands, if it stands behind one."""
        for tabs in (self._tabs, self._side_tabs):
            if tabs.indexOf(panel) >= 0:
                tabs.setCurrentWidget(panel)

    def sizeHint(self) -> QSize:
        """Give the size that it was designed for."""
        return QSize(self._look.px(WIDE), self._look.px(840))

    def minimumSizeHint(self) -> QSize:
        """Give what the smallest layout needs: any less room finds a layout of its own."""
        return QSize(self._look.px(640), self._look.px(360))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the panels out for the room there is."""
        super().resizeEvent(event)
        self._follow_size()

    def _lay_out_anew(self) -> None:
        self._shape = None
        self._follow_size()

    def _follow_size(self) -> None:
        scale = self._look.scale
        shape = shape_for(self.width() / scale, self.height() / scale)
        if shape != self._shape:
            self._shape = shape
            self._lay_out(shape)

    def _lay_out(self, shape: Shape) -> None:
        """Put every panel into boxes made anew, and let the boxes that were there go."""
        px = self._look.px
        gutter = px(GUTTER)
        self._row.setContentsMargins(gutter, gutter, gutter, gutter)
        self._row.setSpacing(gutter)
        earlier = self._boxes
        focus = QApplication.focusWidget()
        for panel in (*self._panels.values(), self._tabs, self._side_tabs):
            # Nothing may go with the box that it stood in.
            panel.setParent(self)
            panel.hide()
        left, main = QWidget(), QWidget()
        self._boxes = (left, main)
        self._fill_left(left, shape)
        self._fill_main(main, shape)
        left.setFixedWidth(px(COLUMN_A[shape.width]))
        for box in earlier:
            self._row.removeWidget(box)
            box.deleteLater()
        self._row.addWidget(left)
        self._row.addWidget(main, 1)
        if focus is not None and self.isAncestorOf(focus):
            self._give_back(focus)

    def _give_back(self, focus: QWidget) -> None:
        """Give the keyboard back; to the step where its panel has no room any more."""
        for box in self._boxes:
            box.show()
        step = self._panels.get("step")
        for panel in self._panels.values():
            if panel is focus or panel.isAncestorOf(focus):
                self.bring_forward(panel)
        target = focus if focus.isVisibleTo(self) else step
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _column(self, box: QWidget) -> QVBoxLayout:
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._look.px(GUTTER))
        return column

    @property
    def _heights(self) -> Mapping[str, int]:
        return HEIGHTS[Room.TALL if self._shape is None else self._shape.height]

    def _add(self, column: QVBoxLayout, name: str, stretch: int = 0) -> None:
        panel = self._panels.get(name)
        if panel is None:
            return
        height = self._heights.get(name)
        if height is not None and not stretch:
            panel.setFixedHeight(self._look.px(height))
        else:
            panel.setMinimumHeight(0)
            panel.setMaximumHeight(16_777_215)
        column.addWidget(panel, stretch)
        panel.show()

    def _fill_left(self, box: QWidget, shape: Shape) -> None:
        column = self._column(box)
        self._add(column, "running")
        self._add(column, "step", 1)
        if shape.is_short:
            return
        if shape.has_tabs:
            self._fill_tabs(self._tabs, TABS)
            self._tabs.setFixedHeight(self._look.px(self._heights["tabs"]))
            column.addWidget(self._tabs)
        else:
            self._add(column, "muster")

    def _fill_tabs(self, tabs: QTabWidget, names: tuple[tuple[str, str], ...]) -> None:
        """Put panels behind tabs, where the height is short."""
        while tabs.count():
            tabs.removeTab(0)
        for name, word in names:
            panel = self._panels.get(name)
            if panel is not None:
                panel.setMinimumHeight(0)
                panel.setMaximumHeight(16_777_215)
                tabs.addTab(panel, word)
        tabs.setVisible(bool(tabs.count()))

    def _fill_main(self, box: QWidget, shape: Shape) -> None:
        outer = self._column(box)
        upper = QHBoxLayout()
        upper.setSpacing(self._look.px(GUTTER))
        middle = QVBoxLayout()
        middle.setSpacing(self._look.px(GUTTER))
        self._add(middle, "timeline", 1)
        if not shape.has_tabs and not shape.is_short:
            pair = QHBoxLayout()
            pair.setSpacing(self._look.px(GUTTER))
            for name, stretch in (("left_open", 9), ("message", 5)):
                panel = self._panels.get(name)
                if panel is not None:
                    panel.setFixedHeight(self._look.px(self._heights[name]))
                    pair.addWidget(panel, stretch)
                    panel.show()
            middle.addLayout(pair)
        upper.addLayout(middle, 1)
        side = QWidget()
        right = self._column(side)
        if shape.has_tabs:
            self._fill_tabs(self._side_tabs, SIDE_TABS)
            right.addWidget(self._side_tabs, 1)
        else:
            if not shape.is_short:
                self._add(right, "decision")
            self._add(right, "poll", 1)
        self._add(right, "rollback")
        side.setFixedWidth(self._look.px(COLUMN_C[shape.width]))
        upper.addWidget(side)
        outer.addLayout(upper, 1)
        if not shape.is_short:
            self._add(outer, "health")

"""The bridge: three columns of panels and the health strip, laid out by the room there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QHBoxLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
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
PAIR: Final = ("left_open", "message")
RIGHT: Final = ("decision", "poll", "rollback")
TABS: Final = (("muster", "People"), ("message", "Message"), ("left_open", "Left open"))
SIDE_TABS: Final = (("decision", "Decision"), ("poll", "Go / No-go"))
DESIGNED: Final = {
    "running": 254,
    "muster": 194,
    "left_open": 142,
    "message": 142,
    "decision": 220,
    "rollback": 170,
    "health": 172,
}


STRETCH: Final[Mapping[str, int]] = {
    "step": 1,
    "timeline": 1,
    "poll": 1,
    "side_tabs": 1,
    "left_open": 9,
    "message": 5,
}
"""Who takes the room that is left, and in which parts."""

FREE: Final = 16_777_215
SHARED: Final = ("poll", "decision")
"""Where the height is short these two have one place, and whichever is wanted stands in it."""


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
    Room.LOW: {"running": 140, "tabs": 130, "rollback": 170, "health": 100},
    Room.SHORT: {"running": 128, "rollback": 170},
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
        self._front = SHARED[0]
        self._row = QHBoxLayout(self)
        self._left_box, self._right_box = QWidget(self), QWidget(self)
        self._left, self._right = QVBoxLayout(self._left_box), QVBoxLayout(self._right_box)
        self._main, self._middle = QVBoxLayout(), QVBoxLayout()
        self._upper, self._pair_box = QHBoxLayout(), QWidget(self)
        self._pair = QHBoxLayout(self._pair_box)
        self._tabs, self._side_tabs = QTabWidget(self), QTabWidget(self)
        self._tabs.setAccessibleName("People and message")
        self._side_tabs.setAccessibleName("Decision and poll")
        for tabs in (self._tabs, self._side_tabs):
            tabs.tabBar().setAccessibleName(spoken_text(tabs.accessibleName()))
            tabs.hide()
        self._nest()
        look.changed.connect(self._lay_out_anew)

    def place(self, name: str, panel: QWidget) -> None:
        """Put a panel in its place at once; where no size is known yet, with the first one."""
        self._panels[name] = panel
        panel.setObjectName(name)
        # Also one that never has room goes with the bridge.
        panel.setParent(self)
        panel.hide()
        if self._shape is not None:
            self._lay_out(self._shape)

    def lay_out_for(self, size: QSize) -> None:
        """Lay out for a size before the bridge is seen: each panel placed later goes in at once."""
        self.resize(size)
        self._follow_size()

    def panel(self, name: str) -> QWidget | None:
        """Give a panel, None where it is not there."""
        return self._panels.get(name)

    @property
    def panes(self) -> tuple[QWidget, ...]:
        """Give the panels in the order in which F6 goes through them."""
        order = (*LEFT, *MIDDLE, *PAIR, *RIGHT, "health")
        return tuple(self._panels[name] for name in order if name in self._panels)

    def bring_forward(self, panel: QWidget) -> None:
        """Open the tab behind which a panel stands, or let it stand in the place that it shares."""
        for tabs in (self._tabs, self._side_tabs):
            if tabs.indexOf(panel) >= 0:
                tabs.setCurrentWidget(panel)
        name, shape = panel.objectName(), self._shape
        if shape is not None and shape.is_short and name in SHARED and name != self._front:
            self._front = name
            self._lay_out(shape)

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

    def _nest(self) -> None:
        """Put the columns into one another, once; panels come and go within them."""
        for column in (self._left, self._right, self._pair):
            column.setContentsMargins(0, 0, 0, 0)
        self._upper.addLayout(self._middle, 1)
        self._upper.addWidget(self._right_box)
        self._main.addLayout(self._upper, 1)
        self._row.addWidget(self._left_box)
        self._row.addLayout(self._main, 1)

    def _lay_out(self, shape: Shape) -> None:
        """Put every panel in its place; one that stays where it is, is not touched."""
        px = self._look.px
        gutter = px(GUTTER)
        self._row.setContentsMargins(gutter, gutter, gutter, gutter)
        for layout in (self._row, self._upper, *self._columns):
            layout.setSpacing(gutter)
        self._left_box.setFixedWidth(px(COLUMN_A[shape.width]))
        self._right_box.setFixedWidth(px(COLUMN_C[shape.width]))
        focus = QApplication.focusWidget()
        names = names_in(shape, self._front)
        tabs = TABS if shape.has_tabs else ()
        side_tabs = SIDE_TABS if shape.has_tabs else ()
        behind = (*tabs, *side_tabs)
        self._fill_tabs(self._tabs, tabs)
        self._fill_tabs(self._side_tabs, side_tabs)
        stands = {each for column in names for each in column}
        self._pair_box.setVisible("pair" in stands)
        stands |= {each for each, _ in behind}
        for name, panel in self._panels.items():
            if name not in stands:
                panel.hide()
        for layout, column in zip(self._columns, names, strict=True):
            self._fill(layout, column)
        if focus is not None and self.isAncestorOf(focus):
            self._give_back(focus)

    def _give_back(self, focus: QWidget) -> None:
        """Give the keyboard back; to the step where its panel has no room any more."""
        step = self._panels.get("step")
        for panel in self._panels.values():
            if panel is focus or panel.isAncestorOf(focus):
                self.bring_forward(panel)
        target = focus if focus.isVisibleTo(self) else step
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _columns(self) -> tuple[QBoxLayout, ...]:
        return (self._left, self._middle, self._pair, self._right, self._main)

    def _fill(self, layout: QBoxLayout, names: tuple[str, ...]) -> None:
        """Let the panels of these names stand in a layout, and no others."""
        boxes = {"tabs": self._tabs, "side_tabs": self._side_tabs, "pair": self._pair_box}
        known = {**self._panels, **boxes}
        wanted = {name: known[name] for name in names if name in known}
        items = [layout.itemAt(at) for at in range(layout.count())]
        within = [widget for item in items if item and (widget := item.widget()) is not None]
        if within != list(wanted.values()):
            for widget in within:
                layout.removeWidget(widget)
            for name, panel in wanted.items():
                layout.addWidget(panel, STRETCH.get(name, 0))
        for name, panel in wanted.items():
            self._size(panel, name)
            panel.show()

    def _size(self, panel: QWidget, name: str) -> None:
        """Give a panel the height of its name, or leave it free."""
        heights = HEIGHTS[Room.TALL if self._shape is None else self._shape.height]
        height = heights.get(name)
        panel.setMinimumHeight(0 if height is None else self._look.px(height))
        panel.setMaximumHeight(FREE if height is None else self._look.px(height))

    def _fill_tabs(self, tabs: QTabWidget, names: tuple[tuple[str, str], ...]) -> None:
        """Put panels behind tabs, where the height is short; of no names, take them out again."""
        while not names and (panel := tabs.widget(0)) is not None:
            tabs.removeTab(0)
            panel.setParent(self)
        there = [(name, word) for name, word in names if name in self._panels]
        for at, (name, word) in enumerate(there):
            panel = self._panels[name]
            if tabs.indexOf(panel) < 0:
                self._size(panel, name)
                tabs.insertTab(at, panel, word)
        if not tabs.count():
            tabs.hide()


def names_in(shape: Shape, front: str) -> tuple[tuple[str, ...], ...]:
    """Give what stands in the left, the middle, the pair below it, the right, and below them.

    ``front`` is which of those that share a place stands in it.
    """
    if shape.is_short:
        return (("running", "step"), ("timeline",), (), (front, "rollback"), ())
    if shape.has_tabs:
        left, right = ("running", "step", "tabs"), ("side_tabs", "rollback")
        return (left, ("timeline",), (), right, ("health",))
    return (LEFT, (*MIDDLE, "pair"), PAIR, RIGHT, ("health",))

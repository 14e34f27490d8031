"""The settings as one page: its sections at the left, the open one beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from relconsole_ui.design.icons import paint_icon
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_text
from relconsole_ui.design.tokens import GUTTER, TextRole
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.scrolled import scrolled

SECTIONS: Final = 200
ICONS: Final = 80
NARROW: Final = 900
ROW: Final = 44
ICON: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the settings."""

    key: str
    title: str
    icon_name: str

    @property
    def sentence(self) -> str:
        """Give the section as it is spoken."""
        return self.title


class SettingsPage(QWidget):
    """The page; ``opened`` tells which section came to be shown."""

    opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._views: dict[str, QWidget] = {}
        self._known: list[Section] = []
        self.setAccessibleName("Settings")
        self.panel = Panel(look, "Settings")
        self.sections: RowList[Section] = RowList(look, self._paint_section, ROW, fits_rows=True)
        self.sections.setAccessibleName("Sections of the settings")
        self.panel.body.addWidget(self.sections)
        self.panel.body.addStretch(1)
        self.stack = QStackedWidget()
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.panel)
        self._row.addWidget(self.stack, 1)
        self.sections.chosen.connect(self.open)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def view(self, key: str) -> QWidget:
        """Give the view of a section."""
        return self._views[key]

    @property
    def section(self) -> str:
        """Give the section that is open."""
        return self.sections.selected

    @property
    def is_narrow(self) -> bool:
        """Whether the sections show their icons only, their words as tips."""
        return self.width() < self._look.px(NARROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._follow_look()

    def add(self, key: str, title: str, icon_name: str, view: QWidget) -> None:
        """Add a section; the first one is open."""
        self._views[key] = view
        self._known.append(Section(key=key, title=title, icon_name=icon_name))
        self.stack.addWidget(scrolled(view))
        self.sections.show_rows(self._known)
        if len(self._known) == 1:
            self.sections.select(key)

    def open(self, key: str) -> None:
        """Open a section."""
        self.sections.select(key)
        self.stack.setCurrentIndex(list(self._views).index(key))
        self.opened.emit(key)

    def _paint_section(self, painter: QPainter, rect: QRectF, section: Section) -> None:
        look = self._look
        cells = Cells(look, painter, rect, before=12, after=8)
        side = look.px(ICON)
        cell = cells.take(ICON, gap=10)
        square = QRectF(cell.left(), cell.center().y() - side / 2, side, side)
        paint_icon(painter, look, square, section.icon_name, "t2")
        if not self.is_narrow:
            paint_text(painter, look, cells.rest, section.title, TextRole.BODY_STRONG)

    def _follow_look(self) -> None:
        gutter = self._look.px(GUTTER)
        self._row.setContentsMargins(gutter, gutter, gutter, gutter)
        self._row.setSpacing(gutter)
        self.panel.setFixedWidth(self._look.px(ICONS if self.is_narrow else SECTIONS))
        self.panel.set_title("" if self.is_narrow else "Settings")

"""The window: rail, bars, alert strip, one page at a time, docks, and what lies over them.

Nothing of it knows the record or the services; controllers feed it, the application closes it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import GUTTER
from relconsole_ui.shell.actions import ActionTable
from relconsole_ui.shell.bars import FiguresBar, TopBar
from relconsole_ui.shell.menu import ConsoleMenu
from relconsole_ui.shell.notice import NoticeLine
from relconsole_ui.shell.rail import Rail

SMALLEST = (1280, 800)
USUAL = (1600, 1000)


class ConsoleWindow(QMainWindow):
    """The frame of the console."""

    closing = Signal()
    resized = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._may_close = False
        self.setWindowTitle("relconsole")
        self.setObjectName("relconsole")
        self.actions_ = ActionTable(self)
        self.rail = Rail(look)
        self.menu = ConsoleMenu(self, self.actions_)
        self.rail.mark.clicked.connect(self._open_menu)
        self.actions_.bind("menu", self._open_menu)
        self.top_bar = TopBar(look)
        self.figures = FiguresBar(look)
        self.notice = NoticeLine(look)
        self.pages = QStackedWidget()
        self._names: list[str] = []
        self.rail.wanted.connect(self.open_page)
        self._strip = QVBoxLayout()
        self._banner = QVBoxLayout()
        self._column = QVBoxLayout()
        for part in (self.top_bar, self.figures):
            self._column.addWidget(part)
        self._column.addLayout(self._strip)
        self._column.addLayout(self._banner)
        self._column.addWidget(self.notice)
        self._column.addWidget(self.pages, 1)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._column.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(self._column, 1)
        self.setCentralWidget(body)
        self.setDockNestingEnabled(True)
        self.resize(*USUAL)
        self.setMinimumSize(960, 600)
        self._follow_look()
        look.changed.connect(self._follow_look)

    def set_strip(self, strip: QWidget | None) -> None:
        """Put the alert strip in its place, where it stays, or take it away with its release."""
        _put(self._strip, strip)

    def set_banner(self, banner: QWidget | None) -> None:
        """Put a line over the pages, in place of an earlier one, or none."""
        _put(self._banner, banner)

    def add_line(self, line: QWidget) -> None:
        """Add a line over the pages that takes room only while it is seen."""
        self._column.insertWidget(self._column.count() - 1, line)

    def add_page(self, name: str, page: QWidget) -> None:
        """Add a page; the first one is open."""
        self._names.append(name)
        self.pages.addWidget(page)
        if len(self._names) == 1:
            self.open_page(name)

    def frame(self, *, rail: bool, bars: bool) -> None:
        """Show the rail while a store is open, and the bars while a release is on the bridge."""
        self.rail.setVisible(rail)
        for part in (self.top_bar, self.figures):
            part.setVisible(bars)

    def open_page(self, name: str) -> None:
        """Open the page of this name."""
        index = self._names.index(name)
        if self.pages.currentIndex() != index:
            self.pages.setCurrentIndex(index)
        self.rail.choose(name)

    def remove_page(self, name: str) -> None:
        """Take a page away, with everything on it."""
        index = self._names.index(name)
        self._names.remove(name)
        page = self.pages.widget(index)
        if page is not None:
            self.pages.removeWidget(page)
            page.deleteLater()

    @property
    def page(self) -> str:
        """Give the name of the open page."""
        return self._names[self.pages.currentIndex()] if self._names else ""

    @property
    def open_pages(self) -> tuple[QWidget, ...]:
        """Give the open page, none before there is one."""
        page = self.pages.currentWidget()
        return () if page is None else (page,)

    def has_page(self, name: str) -> bool:
        """Tell whether there is such a page."""
        return name in self._names

    def _open_menu(self) -> None:
        """Open the menu at the mark, or where the mark would be."""
        self.menu.open(self.rail.mark)

    def let_close(self) -> None:
        """Close for good; everything that had to end has ended."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that the person wants to close; the window goes once everything has ended."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.closing.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say that there is more or less room."""
        super().resizeEvent(event)
        self.resized.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Take the ground's colour again where the palette changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def _follow_look(self) -> None:
        gutter = self._look.px(GUTTER)
        # Without this the page that wants most would keep a dock from taking any room.
        self.pages.setMinimumSize(self._look.px(640), self._look.px(360))
        self._strip.setContentsMargins(gutter, gutter, gutter, 0)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def _put(place: QVBoxLayout, widget: QWidget | None) -> None:
    """Put a widget into a place for one, and let go what stood there."""
    while (item := place.takeAt(0)) is not None:
        earlier = item.widget()
        if earlier is not None:
            earlier.deleteLater()
    if widget is not None:
        place.addWidget(widget)

"""The key sheet: every action that is there, with its keys, over the window."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_bar
from relconsole_ui.design.tokens import PADDING, RADIUS_PANEL, TextRole
from relconsole_ui.shell.actions import MENUS, ActionTable, key_words
from relconsole_ui.shell.focus import give_back
from relconsole_ui.views.parts.chip import Chip
from relconsole_ui.views.parts.words import Words

COLUMNS = 3


class KeySheet(QFrame):
    """All keys at one glance; any of Esc, ? and a click closes it."""

    def __init__(self, look: Look, window: QWidget, table: ActionTable) -> None:
        super().__init__(window)
        self._look = look
        self._table = table
        self._over = window
        self._came_from: QWidget | None = None
        self.setAccessibleName("Keys")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._grid = QGridLayout(self)
        self.hide()

    def toggle(self) -> None:
        """Open the sheet, or close it."""
        if self.isVisible():
            self.leave()
            return
        window = self._over
        self._came_from = window.focusWidget()
        self._fill()
        self.adjustSize()
        width = min(max(self.width(), self._look.px(900)), window.width() - 48)
        height = min(self.sizeHint().height(), window.height() - 48)
        self.setGeometry(
            (window.width() - width) // 2, (window.height() - height) // 2, width, height
        )
        self.show()
        self.raise_()
        self.setFocus()

    def leave(self) -> None:
        """Close, and give the focus back."""
        self.hide()
        give_back(self._came_from)
        self._came_from = None

    def _fill(self) -> None:
        """Write every action that is bound, by menu."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        px = self._look.px
        self._grid.setContentsMargins(px(24), px(20), px(24), px(20))
        self._grid.setHorizontalSpacing(px(40))
        self._grid.setVerticalSpacing(px(PADDING))
        groups = [(menu, self._lines(menu)) for menu in MENUS]
        for at, (menu, lines) in enumerate(each for each in groups if each[1]):
            self._grid.addWidget(self._group(menu, lines), at // COLUMNS, at % COLUMNS)

    def _lines(self, menu: str) -> list[tuple[str, str]]:
        return [
            (deed.text, key_words(deed))
            for deed, action in self._table.bound()
            if deed.menu == menu and action.shortcuts()
        ]

    def _group(self, menu: str, lines: list[tuple[str, str]]) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Words(self._look, TextRole.HEADING, menu))
        grid = QGridLayout()
        for at, (text, keys) in enumerate(lines):
            grid.addWidget(Chip(self._look, keys), at, 0)
            grid.addWidget(Words(self._look, TextRole.BODY, text), at, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addStretch(1)
        return box

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close on a click."""
        event.accept()
        self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        rect = QRectF(self.rect())
        paint_bar(QPainter(self), self._look, rect, "bg2", "ctl", radius=RADIUS_PANEL)

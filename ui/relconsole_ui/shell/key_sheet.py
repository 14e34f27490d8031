"""The key sheet: every action that is there, with its keys, over the window."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import PADDING, TextRole
from relconsole_ui.shell.actions import MENUS, ActionTable, key_words
from relconsole_ui.shell.floating import FloatingSheet
from relconsole_ui.views.parts.chip import Chip
from relconsole_ui.views.parts.words import Words

COLUMNS = 3


class KeySheet(FloatingSheet):
    """All keys at one glance; any of Esc, ? and a click closes it."""

    def __init__(self, look: Look, window: QWidget, table: ActionTable) -> None:
        super().__init__(look, window)
        self._table = table
        self.setAccessibleName("Keys")
        self._grid = QGridLayout(self)

    def toggle(self) -> None:
        """Open the sheet, or close it."""
        if self.isVisible():
            self.leave()
            return
        self._fill()
        self.adjustSize()
        self.float_at(max(self.width(), self._look.px(900)), self.sizeHint().height())

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

"""The menu: every action that is there, by its group, from the mark of the rail or by F10."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from relconsole_ui.shell.actions import MENUS, ActionTable


class ConsoleMenu(QObject):
    """The menu of a window, made anew from the action table each time it opens."""

    def __init__(self, window: QWidget, table: ActionTable) -> None:
        super().__init__(window)
        self._window = window
        self._table = table
        self._open: QMenu | None = None

    @property
    def menu(self) -> QMenu | None:
        """Give the menu that is open, None while none is."""
        return self._open

    def open(self, beside: QWidget) -> None:
        """Open the menu beside a widget, with the keyboard on its first line.

        It holds nothing up: the window goes on behind it, and Esc leaves it.
        """
        menu = self._filled()
        self._open = menu
        menu.aboutToHide.connect(self._let_go)
        menu.popup(beside.mapToGlobal(QPoint(beside.width(), 0)))
        actions = menu.actions()
        if actions:
            menu.setActiveAction(actions[0])

    def _filled(self) -> QMenu:
        menu = QMenu(self._window)
        menu.setAccessibleName("Menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        bound = list(self._table.bound())
        for name in MENUS:
            actions = [each for deed, each in bound if deed.menu == name and deed.id != "menu"]
            if actions:
                below = menu.addMenu(name)
                below.setToolTipsVisible(True)
                below.addActions(actions)
        return menu

    def _let_go(self) -> None:
        self._open = None

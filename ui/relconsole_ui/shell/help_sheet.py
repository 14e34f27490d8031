"""Help for what is in focus, and what the program is: a few sentences over the window."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from relconsole import __version__
from relconsole_ui.design.look import Look
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.help import HELP, HelpWords, about, help_for
from relconsole_ui.shell.floating import EDGE, FloatingSheet
from relconsole_ui.shell.focus import focus_in
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.parts.chip import Chip
from relconsole_ui.views.parts.words import Words

WIDTH = 560


class HelpSheet(FloatingSheet):
    """Sentences and keys; Esc, F1 and a click close it, and the keyboard goes back."""

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(look, window)
        self._body: QWidget | None = None
        self._column = QVBoxLayout(self)

    def open(self, words: HelpWords) -> None:
        """Show this help in the middle of the window; pressed again, close it."""
        if self.isVisible():
            self.leave()
            return
        self._fill(words)
        width = min(self._look.px(WIDTH), self._over.width() - 2 * EDGE)
        self.float_at(width, self._column.heightForWidth(width))

    def _fill(self, words: HelpWords) -> None:
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.deleteLater()
        px, look = self._look.px, self._look
        self._body = QWidget()
        self._column.setContentsMargins(px(24), px(20), px(24), px(20))
        self._column.addWidget(self._body)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(10))
        column.addWidget(Words(look, TextRole.HEADING, words.title))
        for sentence in words.says:
            column.addWidget(Words(look, TextRole.BODY, sentence, wraps=True))
        grid = QGridLayout()
        grid.setVerticalSpacing(px(6))
        grid.setHorizontalSpacing(px(12))
        for at, (keys, what) in enumerate(words.keys):
            grid.addWidget(Chip(look, keys), at, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(Words(look, TextRole.BODY, what, "t2"), at, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        self.setAccessibleName(spoken_text(words.title))
        says = " ".join((*words.says, *map(": ".join, words.keys)))
        self.setAccessibleDescription(spoken_text(says))


class Help:
    """The help of a window, from its first page to its last; ``store`` is where the record lies."""

    def __init__(self, look: Look, window: ConsoleWindow, store: str) -> None:
        self._look = look
        self._window = window
        self._store = store
        self._sheet: HelpSheet | None = None
        window.actions_.bind("help", self._help)
        window.actions_.bind("about", self._about)

    def _help(self) -> None:
        panel = _panel_of(focus_in(self._window))
        self._open(help_for(panel, self._window.page))

    def _about(self) -> None:
        self._open(about(__version__, platform.python_version(), qVersion() or "", self._store))

    def _open(self, words: HelpWords) -> None:
        if self._sheet is None:
            self._sheet = HelpSheet(self._look, self._window)
        self._sheet.open(words)


def _panel_of(focus: QWidget | None) -> str:
    """Give the name of the panel that the keyboard is in, empty for none that has help."""
    while focus is not None and focus.objectName() not in HELP:
        focus = focus.parentWidget()
    return "" if focus is None else focus.objectName()

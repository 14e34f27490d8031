"""The layouts that a person named: which docks stand where, kept and found again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import GUTTER
from relconsole_ui.shell.docks import Docks
from relconsole_ui.shell.focus import focus_in, give_back
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.bridge.note_line import NoteLine

BARE: Final = "One screen"
"""The layout that is always there: nothing beside the page."""

LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLayouts:
    """Where named layouts are kept from one start to the next, as Qt writes them down, by name."""

    read: Callable[[], Mapping[str, str]]
    write: Callable[[Mapping[str, str]], None]


class Layouts:
    """Names the layout of the docks, and goes from one to the next."""

    def __init__(self, look: Look, window: ConsoleWindow, docks: Docks, kept: KeptLayouts) -> None:
        self._window = window
        self._docks = docks
        self._kept = kept
        self._current = BARE
        self._came_from: QWidget | None = None
        self.line = QWidget()
        self.name = NoteLine(look)
        self.name.field.setMaxLength(LONGEST_NAME)
        row = QHBoxLayout(self.line)
        row.setContentsMargins(look.px(GUTTER), look.px(8), look.px(GUTTER), 0)
        row.addWidget(self.name)
        self.name.given.connect(self._keep)
        self.name.left.connect(self._leave)
        self.line.hide()
        window.add_line(self.line)

    @property
    def names(self) -> tuple[str, ...]:
        """Give the layouts there are, in the order in which one goes through them."""
        return (BARE, *sorted(name for name in self._kept.read() if name != BARE))

    def ask_name(self) -> None:
        """Ask how the layout as it stands is to be called; a name that is taken is written over."""
        self._came_from = focus_in(self._window)
        self.line.show()
        self.name.ask("Name of this layout", "Keep")

    def next(self) -> None:
        """Go to the next layout, and say which it is."""
        names = self.names
        at = names.index(self._current) if self._current in names else 0
        self._go_to(names[(at + 1) % len(names)])

    def close(self) -> None:
        """Take the line away."""
        self.line.hide()
        self.line.deleteLater()

    def _go_to(self, name: str) -> None:
        self._current = name
        if name == BARE:
            for each in self._docks.shown:
                self._docks.hide(each)
        elif not self._docks.restore(self._kept.read()[name]):
            self._window.notice.say(f"The layout {name} is of another version and was left out.")
            return
        only = " There is no other: keep one first." if len(self.names) == 1 else ""
        self._window.notice.say(f"Layout: {name}.{only}")

    def _keep(self, name: str) -> None:
        if name == BARE:
            self._window.notice.say(f"{BARE} is always there. Take another name.")
            return
        self._kept.write({**self._kept.read(), name: self._docks.state()})
        self._current = name
        self._leave()
        self._window.notice.say(f"Layout kept: {name}.")

    def _leave(self) -> None:
        self.line.hide()
        give_back(self._came_from)
        self._came_from = None

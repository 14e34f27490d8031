"""Printing from the window: when asked, at the opening of a night and at each gate."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.paper import Paper, Printed
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.printing import (
    PrintCause,
    cause_of,
    present_not_printed,
    present_printed,
    present_printing,
)
from relconsole_ui.views.parts.print_line import PrintLine


class PrintController:
    """Prints the release on the bridge; what calls for a print meanwhile comes after it."""

    def __init__(self, room: Room, view: PrintLine, paper: Paper) -> None:
        """Take the room, the line that tells of prints, and what makes them."""
        self._room = room
        self._view = view
        self._paper = paper
        self._is_printing = False
        self._next: PrintCause | None = None
        view.folder_wanted.connect(_open_folder)
        room.follow_facts(self._see)

    def print_now(self) -> None:
        """Print runbook, contacts, prepared rollback and present state."""
        self._print(PrintCause.ASKED)

    def _see(self, recorded: Recorded[ConsoleFact], state: ConsoleState) -> None:
        """Print where a live night was opened, or a gate of it decided."""
        cause = cause_of(recorded.fact)
        run = getattr(recorded.fact, "run", None)
        found = None if run is None else state.runs.get(run)
        if cause is None or found is None or found.rehearsal:
            return
        if found.release == self._room.release:
            self._print(cause)

    def _print(self, cause: PrintCause) -> None:
        if self._is_printing:
            self._next = cause
            return
        self._is_printing = True
        is_asked = cause is PrintCause.ASKED
        if is_asked:
            self._view.show_rows(present_printing(self._room.seen(), cause))
        self._room.command(
            "print",
            lambda: self._paper.print(self._room.release),
            lambda answer: self._printed(answer, is_asked=is_asked),
        )

    def _printed(self, answer: Answer, *, is_asked: bool) -> None:
        """Tell how a print ended; one that nobody asked for is told only where it failed."""
        self._is_printing = False
        if not isinstance(answer, Printed):
            self._view.show_rows(present_not_printed(words_of(answer)))
        elif is_asked:
            self._view.show_rows(present_printed(self._room.seen(), answer.path, answer.digest))
        waiting, self._next = self._next, None
        if waiting is not None:
            self._print(waiting)


def _open_folder(path: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))

"""Taking back the last act of the person here, for as long as that is possible."""

from __future__ import annotations

from collections.abc import Callable

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.record.recorded import Recorded
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.undo import Undoable, undoable_of, why_not_undone


class UndoController:
    """Keeps the last act that can be taken back; ``say`` tells what came of taking it back."""

    def __init__(self, room: Room, say: Callable[[str], None]) -> None:
        self._room = room
        self._say = say
        self._last: Undoable | None = None
        self._is_undoing = False
        room.follow_facts(self._take_fact)

    @property
    def why_not(self) -> str:
        """Give why nothing can be taken back now, empty where something can."""
        return why_not_undone(self._last, self._room.seen())

    @property
    def text(self) -> str:
        """Give what would be taken back, empty where nothing."""
        return "" if self._last is None or self.why_not else self._last.text

    def undo(self) -> None:
        """Take the last act back, by an act that is recorded beside it."""
        last, why = self._last, self.why_not
        if last is None or why:
            self._say(f"Not taken back: {why}.")
            return
        self._is_undoing = True

        def answered(answer: Answer) -> None:
            self._is_undoing = False
            failed = words_of(answer)
            self._say(f"Not taken back: {failed}" if failed else f"Taken back: {last.text}.")
            if not failed:
                self._last = None

        desk = self._room.tools.desk
        self._room.command("undo", lambda: desk.submit(last.command), answered)

    def _take_fact(self, recorded: Recorded[ConsoleFact], _state: ConsoleState) -> None:
        # What takes back is not taken back in its turn: the act itself is done again.
        found = None if self._is_undoing else undoable_of(recorded, self._room.seen())
        if found is not None:
            self._last = found

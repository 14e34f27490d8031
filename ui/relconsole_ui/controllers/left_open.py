"""The left-open list: closing an entry, or taking it over from the night."""

from __future__ import annotations

from relconsole.domain.night.bridge_commands import CloseLeftOpen, HandOverLeftOpen
from relconsole.domain.night.step_commands import Said
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.left_open import present_left_open
from relconsole_ui.views.bridge.left_open import LeftOpenView


class LeftOpenController:
    """The panel of what is left open, over the record."""

    def __init__(self, room: Room, view: LeftOpenView) -> None:
        """Take the room and the panel."""
        self._room = room
        self._view = view
        view.closed.connect(self.close_entry)
        view.taken_over.connect(self.take_over)
        room.follow(lambda seen: view.show_rows(present_left_open(seen)))

    def close_entry(self, entry: str, note: str) -> None:
        """Record that an entry is closed."""
        run = self._room.run_id
        if run is not None:
            self._submit(CloseLeftOpen(run=run, entry=entry, said=Said(note=note)))

    def take_over(self, entry: str, note: str) -> None:
        """Record that the person at this console takes an entry over from the night."""
        run = self._room.run_id
        if run is not None:
            self._submit(HandOverLeftOpen(run=run, entry=entry, said=Said(note=note)))

    def _submit(self, command: CloseLeftOpen | HandOverLeftOpen) -> None:
        def taken(answer: Answer) -> None:
            failed = words_of(answer)
            if failed:
                self._view.show_failure(failed)
            else:
                self._view.leave_note()

        name = f"{command.KIND} {command.entry}"
        self._room.command(name, lambda: self._room.tools.desk.submit(command), taken)

"""Stopping the line, which needs nobody's leave, and resuming it, which needs two people."""

from __future__ import annotations

from collections.abc import Callable

from relconsole.domain.night.bridge_commands import Note, StopLine
from relconsole.domain.night.step_commands import Said
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.line import present_line
from relconsole_ui.views.bridge.line import LineControl


class LineController:
    """The control of the line; ``on_resume`` is called with the id of the stop.

    Resuming is signed by a second person, which is done where two people sign.
    """

    def __init__(self, room: Room, view: LineControl) -> None:
        """Take the room and the control."""
        self._room = room
        self._view = view
        self.on_resume: Callable[[str], None] | None = None
        view.stopped.connect(self.stop)
        view.reasoned.connect(self.give_reason)
        view.resume_wanted.connect(self.resume)
        room.follow(lambda seen: view.show_rows(present_line(seen)))

    def stop(self) -> None:
        """Stop the line at once; the reason is asked for after it."""
        run = self._room.run_id
        if run is None:
            self._view.show_failure("No night is open, so nothing runs.")
            return
        command = StopLine(run=run)

        def taken(answer: Answer) -> None:
            failed = words_of(answer)
            if failed:
                self._view.show_failure(failed)
            else:
                self._view.ask_reason()

        self._room.command("stop the line", lambda: self._room.tools.desk.submit(command), taken)

    def give_reason(self, reason: str) -> None:
        """Record why the line was stopped."""
        run = self._room.run_id
        if run is None:
            return
        command = Note(run=run, said=Said(note=f"the line was stopped: {reason}"))

        def taken(answer: Answer) -> None:
            failed = words_of(answer)
            if failed:
                self._view.show_failure(failed)
            else:
                self._view.leave_reason()

        self._room.command(
            "reason of the stop", lambda: self._room.tools.desk.submit(command), taken
        )

    def resume(self, stop: str) -> None:
        """Resume the line with a second person's signature over this very stop."""
        if self.on_resume is not None:
            self.on_resume(stop)

    def resume_now(self) -> None:
        """Resume the line that stands stopped, by two people."""
        run = self._room.seen().run
        if run is None or run.stop is None:
            self._view.show_failure("The line runs.")
        else:
            self.resume(run.stop.fact)

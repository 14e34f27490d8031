"""Problems and decisions: opening a problem, recording a choice, closing one."""

from __future__ import annotations

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.bridge_commands import CloseProblem
from relconsole.domain.night.step_commands import Said
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.problem_form import (
    ProblemWords,
    present_problem_form,
    read_problem,
)
from relconsole_ui.presenters.problems import next_problem, present_problems
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.bridge.problems import ProblemsView


class ProblemsController:
    """The panel of problems over the record."""

    def __init__(self, room: Room, view: ProblemsView) -> None:
        """Take the room and the panel."""
        self._room = room
        self._view = view
        self._chosen = ""
        view.closed.connect(self.close_problem)
        view.next_wanted.connect(self.show_next)
        view.given.connect(self.take_form)
        room.follow(self._show)

    def open_problem(self, step: StepId | None = None) -> None:
        """Ask for a new problem, about a step where one is given."""
        form = present_problem_form(self._room.seen(), step)
        if form is None:
            self._view.show_failure("A problem is opened in a night that is open.")
            return
        self._view.ask_problem(form)

    def show_next(self) -> None:
        """Show the next of the open problems."""
        seen = self._room.seen()
        self._chosen = next_problem(seen, self._chosen or present_problems(seen).problem)
        self._show(seen)

    def take_form(self, words: object) -> None:
        """Open the problem that was written, or say what is wrong with it."""
        if not isinstance(words, ProblemWords):
            return
        command = read_problem(self._room.seen(), words)
        if isinstance(command, str):
            self._view.show_failure(command)
            return

        def taken(answer: Answer) -> None:
            failed = words_of(answer)
            if failed:
                self._view.show_failure(failed)
                return
            self._chosen = command.problem
            self._view.leave_form()

        self._room.command("open a problem", lambda: self._room.tools.desk.submit(command), taken)

    def close_problem(self, problem: str, decision: str, note: str) -> None:
        """Record what was decided, and close the problem with it."""
        run = self._room.run_id
        if run is None:
            return
        command = CloseProblem(run=run, problem=problem, decision=decision, said=Said(note=note))

        def taken(answer: Answer) -> None:
            failed = words_of(answer)
            if failed:
                self._view.show_failure(failed)
            else:
                self._view.leave_note()

        self._room.command(f"close {problem}", lambda: self._room.tools.desk.submit(command), taken)

    def _show(self, seen: Seen) -> None:
        self._view.show_rows(present_problems(seen, self._chosen))

"""The plan table: fed while it is looked at, edited before the night, copied and written out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from relconsole.domain.kernel.ids import Digest
from relconsole.domain.plan.runbook import StepKind
from relconsole.services.plan_edit import bare_digest, record_plan
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.controllers.saving import write_file
from relconsole_ui.presenters.plan_draft import (
    Draft,
    begin_draft,
    delete_steps,
    insert_step,
    move_step,
    present_draft,
    type_cell,
)
from relconsole_ui.presenters.plan_order import as_csv, as_text, next_found
from relconsole_ui.presenters.plan_table import PlanColumn, present_plan_table
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import counted
from relconsole_ui.views.parts.save_file import ask_where
from relconsole_ui.views.plan.table import PlanTable


class PlanController:
    """Feeds the table, keeps the draft; ``on_open`` shows a step, ``on_amend`` amends from one."""

    def __init__(self, room: Room, view: PlanTable) -> None:
        """Take the room and the table."""
        self._room = room
        self._view = view
        self._draft: Draft | None = None
        self._began_from: Digest | None = None
        self._is_leaving = False
        self._is_opened_over = False
        self._shown: object = None
        self.on_open: Callable[[str], None] | None = None
        self.on_amend: Callable[[str], None] | None = None
        self._acts: dict[str, Callable[[], None]] = {
            "copy": self.copy,
            "save": self.save,
            "find": view.look_for,
            "next": self.find_next,
            "previous": self.find_previous,
            "edit": self.edit,
            "amend": self.amend,
            "insert": self.insert,
            "delete": self.delete,
            "up": lambda: self.move(-1),
            "down": lambda: self.move(1),
            "undo": self.undo,
            "redo": self.redo,
            "record": self.record,
            "leave": self.leave,
            "problem": self.next_problem,
        }
        view.asked.connect(self._do)
        view.opened.connect(self._open)
        view.typed.connect(self._type)
        view.looked_at.connect(self._look)
        room.follow(self._show)

    @property
    def is_editing(self) -> bool:
        """Tell whether a draft is open."""
        return self._draft is not None

    def copy(self) -> None:
        """Put the selected rows on the clipboard as text, all of them where one or none is."""
        chosen = self._view.grid.selected_steps()
        rows = self._view.rows
        if len(chosen) > 1:
            rows = tuple(row for row in rows if row.key in chosen)
        QGuiApplication.clipboard().setText(as_text(rows))
        self._view.show_message(f"{counted(len(rows), 'row')} copied as text.")

    def save(self) -> None:
        """Ask where the table goes as a CSV file, and write it there."""
        name = f"{self._room.release}-plan.csv"
        ask_where(self._view, "Save the plan as CSV", name, "CSV (*.csv)", self.save_to)

    def save_to(self, path: str) -> None:
        """Write the table as it is shown to a file, beside the loop."""
        text = as_csv(self._view.rows)

        def answered(answer: Answer) -> None:
            why = words_of(answer)
            self._view.show_message(why or f"Saved to {path}.", is_wrong=bool(why))

        self._room.command(
            "save the plan",
            lambda: asyncio.to_thread(write_file, Path(path), text.encode("utf-8-sig")),
            answered,
        )

    def find_next(self) -> None:
        """Go to the next row that is found."""
        self._find(backwards=False)

    def find_previous(self) -> None:
        """Go to the row before that is found."""
        self._find(backwards=True)

    def edit(self) -> None:
        """Begin to edit the plan, where no night is open."""
        seen = self._room.seen()
        rows = present_plan_table(seen)
        if rows.why_not:
            self._view.show_message(rows.why_not)
            return
        if self._draft is None:
            self._draft = begin_draft(seen.release.runbook)
            self._began_from = bare_digest(seen.release.runbook)
            people = seen.state.workspace.estate.people.values()
            self._view.offer(PlanColumn.OWNER, tuple(sorted(person.name for person in people)))
            self._view.offer(PlanColumn.KIND, tuple(StepKind))
            self._view.show_message("")
        self._show_draft(seen)
        self._view.grid.setFocus()

    def amend(self) -> None:
        """Amend the plan of a running night, the step one stands on first."""
        if self.on_amend is not None:
            self.on_amend(self._view.grid.step)

    def insert(self) -> None:
        """Put a new step behind the one that one stands on."""
        if self._draft is None:
            return
        after = self._view.grid.step or (self._view.rows[-1].key if self._view.rows else "")
        draft, step = insert_step(self._draft, after)
        self._take(draft)
        self._view.grid.choose(step)
        self._view.grid.stand_in(PlanColumn.TITLE)

    def delete(self) -> None:
        """Take the selected steps out."""
        if self._draft is None:
            return
        gone = self._view.grid.selected_steps()
        self._take(delete_steps(self._draft, gone))

    def move(self, by: int) -> None:
        """Move the step that one stands on up or down."""
        if self._draft is not None:
            self._take(move_step(self._draft, self._view.grid.step, by))

    def undo(self) -> None:
        """Undo the last edit."""
        if self._draft is not None:
            self._take(self._draft.undo())

    def redo(self) -> None:
        """Do the last undone edit again."""
        if self._draft is not None:
            self._take(self._draft.redo())

    def next_problem(self) -> None:
        """Go to the next cell that keeps the draft from being recorded."""
        if self._draft is None:
            return
        problems = present_draft(self._draft, self._room.seen()).problems
        if not problems:
            return
        index = self._view.grid.currentIndex()
        order = {row.key: at for at, row in enumerate(self._view.rows)}
        columns = tuple(PlanColumn)
        places = sorted(
            (order[each.step], columns.index(each.column))
            for each in problems
            if each.step in order
        )
        here = (index.row(), index.column())
        place = next((each for each in places if each > here), places[0] if places else None)
        if place is not None:
            self._view.grid.setCurrentIndex(self._view.model.index(*place))
            self._view.grid.setFocus()

    def record(self) -> None:
        """Record the edited plan; the draft stays where it is refused."""
        draft, began = self._draft, self._began_from
        if draft is None or began is None:
            return
        rows = present_draft(draft, self._room.seen())
        if not rows.may_record:
            self._view.show_message(f"Not recorded. {rows.why_not}.", is_wrong=True)
            return
        tools, release, runbook = self._room.tools, self._room.release, draft.runbook

        def answered(answer: Answer) -> None:
            why = words_of(answer)
            if why:
                self._view.show_message(f"Not recorded. {why}", is_wrong=True)
                return
            self._view.show_message("The plan is recorded.")
            self._end_draft()

        self._room.command(
            "record the plan", lambda: record_plan(tools.desk, release, runbook, began), answered
        )

    def leave(self) -> None:
        """Leave the draft; what was edited is asked about once, and goes."""
        draft = self._draft
        if draft is None:
            return
        if draft.is_changed and not self._is_leaving:
            self._is_leaving = True
            self._view.show_message("Leave again to drop what was edited; nothing is recorded.")
            return
        self._view.show_message("")
        self._end_draft()

    def _end_draft(self) -> None:
        self._draft, self._shown = None, None
        self._is_leaving = False
        self._is_opened_over = False
        self._show(self._room.seen())

    def _do(self, wish: str) -> None:
        if wish != "leave":
            self._is_leaving = False
        act = self._acts.get(wish)
        if act is not None:
            act()

    def _open(self, step: str) -> None:
        if self.on_open is not None:
            self.on_open(step)

    def _type(self, step: str, column: str, text: str) -> None:
        if self._draft is not None:
            seen = self._room.seen()
            self._take(type_cell(self._draft, seen, step, PlanColumn(column), text))

    def _take(self, draft: Draft) -> None:
        self._is_leaving = False
        self._draft = draft
        self._show_draft(self._room.seen())

    def _find(self, *, backwards: bool) -> None:
        words = self._view.arrangement.find
        found = next_found(self._view.rows, words, self._view.grid.step, backwards=backwards)
        if found is not None:
            self._view.grid.choose(found)

    def _look(self, is_seen: bool) -> None:
        if is_seen:
            self._show(self._room.seen())

    def _show(self, seen: Seen) -> None:
        """Show the plan; a draft stays as it is, unless a night was opened over it."""
        if not self._view.isVisible():
            return
        if self._draft is None:
            # Without a night nothing moves by itself: what was shown is shown still.
            known = (seen.state.size, seen.zone, seen.person, self._view.isVisible())
            if seen.run is not None or known != self._shown:
                self._shown = known
                self._view.show_rows(present_plan_table(seen))
            return
        rows = present_plan_table(seen)
        if rows.why_not and not self._is_opened_over:
            self._is_opened_over = True
            says = f"{rows.why_not} What was edited is kept here until you leave."
            self._view.show_message(says, is_wrong=True)

    def _show_draft(self, seen: Seen) -> None:
        if self._draft is not None:
            self._view.show_draft(present_draft(self._draft, seen))

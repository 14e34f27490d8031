"""Taking a workbook in: read beside the loop, shown, answered, and in the end imported."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Final

from relconsole.domain.console.taking_in.heading import say_of_release
from relconsole.domain.console.taking_in.intake import Intake
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.plan.taking_in.cells import Workbook
from relconsole.domain.plan.taking_in.choosing import become, choose, for_sheet, propose_mapping
from relconsole.domain.plan.taking_in.layout import propose_header_row
from relconsole.domain.plan.taking_in.mapping import Field, SheetMapping
from relconsole.ports.workbooks import Opened, Workbooks
from relconsole.services.desk import Desk
from relconsole.services.take_in import Asked, command_for, prepare_intake
from relconsole_ui.controllers.room import Answer, Tasks, answer_of, words_of
from relconsole_ui.presenters.importing import present_import
from relconsole_ui.views.importing.page import ImportPage
from relconsole_ui.views.parts.open_file import ask_which

GOES_ON: Final = (
    "Ctrl 1 shows the bridge. Ctrl K and “Rehearse the night” plays it with no effect on anything."
)
EXAMPLE: Final = "modest.xlsx"
KINDS: Final = "Spreadsheets (*.xlsx *.xlsm *.csv)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A workbook and how a person wants it to be read."""

    workbook: Workbook
    asked: Asked
    is_kept: bool


class ImportController:
    """Leads a person from a file to a plan; ``on_taken`` gets the release that was taken in."""

    def __init__(self, desk: Desk, tasks: Tasks, workbooks: Workbooks, view: ImportPage) -> None:
        """Take the desk, the owner of tasks, what reads workbooks, and the page."""
        self._desk = desk
        self._tasks = tasks
        self._workbooks = workbooks
        self._view = view
        self._wanted: _Wanted | None = None
        self._intake: Intake | None = None
        self.on_taken: Callable[[ReleaseId], None] | None = None
        view.file_wanted.connect(self.ask_file)
        view.example_wanted.connect(self.open_example)
        view.take_wanted.connect(self.take)
        view.columns.became.connect(self._become)
        view.columns.sheet_wanted.connect(self._choose_sheet)
        view.columns.head_wanted.connect(self._choose_head)
        view.asks.answered.connect(self._answer)
        view.asks.looked_at.connect(self._go_to_row)

    def ask_file(self) -> None:
        """Ask which workbook is to be taken in."""
        ask_which(self._view, "Import a runbook", KINDS, self.open)

    def open_example(self) -> None:
        """Open the runbook that comes along."""
        self.open(str(files("relconsole_resources") / "examples" / EXAMPLE))

    def open(self, path: str) -> None:
        """Read a workbook and show what it comes to."""

        async def read() -> Opened:
            return await asyncio.to_thread(self._workbooks.open, Path(path))

        def answered(answer: Answer) -> None:
            if not isinstance(answer, Opened):
                self._view.show_message(words_of(answer), is_wrong=True)
                return
            self._view.show_message("")
            mapping = answer.mapping or propose_mapping(answer.workbook)
            self._look_through(
                _Wanted(
                    workbook=answer.workbook,
                    asked=Asked(mapping=mapping),
                    is_kept=answer.mapping is not None,
                )
            )

        self._run("read a workbook", read, answered)

    def take(self) -> None:
        """Take the plan in, where nothing is open."""
        wanted, shown = self._wanted, self._intake
        release = None if shown is None else shown.heading.id
        if wanted is None or shown is None or release is None or not shown.is_whole:
            return

        async def act() -> object:
            # Whatever was recorded meanwhile counts, so it is prepared once more.
            workspace = self._desk.state.workspace
            intake = prepare_intake(wanted.workbook, workspace, wanted.asked)
            command = command_for(intake)
            if isinstance(command, Refusal):
                return command
            records = await self._desk.must(command)
            await asyncio.to_thread(self._workbooks.keep, wanted.asked.mapping)
            return records

        def answered(answer: Answer) -> None:
            why = words_of(answer)
            count, title = len(shown.taken.rows), shown.heading.title
            said = f"{count} steps of {title} are recorded. {GOES_ON}"
            self._view.show_message(why or said, is_wrong=bool(why))
            self._look_through(replace(wanted, is_kept=not why))
            if not why and self.on_taken is not None:
                self.on_taken(release)

        self._run("take a workbook in", act, answered)

    def _look_through(self, wanted: _Wanted) -> None:
        """Show what a workbook comes to, worked out beside the loop; the newest wish counts."""
        self._wanted = wanted
        workspace = self._desk.state.workspace

        async def look() -> Intake:
            return await asyncio.to_thread(prepare_intake, wanted.workbook, workspace, wanted.asked)

        def answered(answer: Answer) -> None:
            if self._wanted is not wanted:
                return
            if not isinstance(answer, Intake):
                self._view.show_message(words_of(answer), is_wrong=True)
                return
            self._intake = answer
            mapping, is_kept = wanted.asked.mapping, wanted.is_kept
            rows = present_import(wanted.workbook, mapping, answer, is_kept=is_kept)
            self._view.show_rows(rows)

        self._run("look through a workbook", look, answered)

    def _ask(self, asked: Asked) -> None:
        """Look through the same workbook, asked otherwise."""
        if self._wanted is not None:
            self._view.show_message("")
            self._look_through(replace(self._wanted, asked=asked))

    def _map(self, mapping: SheetMapping) -> None:
        if self._wanted is not None:
            self._ask(replace(self._wanted.asked, mapping=mapping))

    def _become(self, letters: str, field: str) -> None:
        if self._wanted is not None and self._intake is not None:
            columns = self._intake.taken.layout.columns
            self._map(become(self._wanted.asked.mapping, columns, letters, Field(field)))

    def _choose_sheet(self, name: str) -> None:
        wanted = self._wanted
        sheet = None if wanted is None else wanted.workbook.find(name)
        if wanted is not None and sheet is not None:
            self._map(for_sheet(wanted.asked.mapping, sheet, propose_header_row(sheet)))

    def _choose_head(self, row: int) -> None:
        if self._wanted is not None and self._intake is not None:
            self._map(for_sheet(self._wanted.asked.mapping, self._intake.sheet, row))

    def _answer(self, key: str, answer: str, everywhere: bool) -> None:
        """Take an answer to a cell, or what the mapping or the release has to say."""
        wanted, shown = self._wanted, self._intake
        if wanted is None or shown is None:
            return
        asked = wanted.asked
        problem = next((it for it in shown.problems if it.place == key), None)
        if problem is not None:
            given = asked.answers.with_answer(problem, answer, everywhere=everywhere)
            self._ask(replace(asked, answers=given))
            return
        name, book = key.removeprefix("release."), shown.roster.book
        chosen = choose(asked.mapping, key, answer)
        said = say_of_release(asked.heading, name, answer, book, shown.heading.zone)
        if chosen is not None:
            self._map(chosen)
        elif said is not None:
            self._ask(replace(asked, heading=said))
        else:
            self._view.show_message(f"“{answer}” is not understood here.", is_wrong=True)

    def _go_to_row(self, key: str) -> None:
        """Show the row of the preview that a question is about."""
        shown = self._intake
        problems = () if shown is None else shown.problems
        problem = next((it for it in problems if it.place == key), None)
        if shown is not None and problem is not None and problem.sheet == shown.sheet.name:
            self._view.preview.go_to(str(problem.row))

    def _run(
        self,
        name: str,
        act: Callable[[], Awaitable[object]],
        answered: Callable[[Answer], None],
    ) -> None:
        """Do something as a command of its own, and hand on what it came to."""

        async def do() -> None:
            answered(await answer_of(act))

        self._tasks.command(name, do)

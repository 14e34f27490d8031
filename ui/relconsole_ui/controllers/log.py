"""The bridge log: followed as it is written, asked, noted in, and saved to a file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.night.bridge_commands import Note
from relconsole.domain.night.step_commands import Said
from relconsole.domain.record.recorded import Recorded
from relconsole_ui.controllers.room import Answer, NotDone, Room, words_of
from relconsole_ui.presenters.log import (
    Book,
    LogWish,
    log_csv,
    log_text,
    present_log,
    write_book,
)
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.bridge.log import LogView


class LogController:
    """The log over the record: read whole once, then written on with each fact."""

    def __init__(self, room: Room, view: LogView) -> None:
        """Take the room and the table."""
        self._room = room
        self._view = view
        self._book = Book()
        self._wish = LogWish()
        self._pinned: frozenset[int] = frozenset()
        self._run = room.run_id
        self._meanwhile: list[Recorded[ConsoleFact]] | None = None
        self._shown: tuple[Book, LogWish, frozenset[int]] | None = None
        view.wished.connect(self.ask)
        view.pinned.connect(self.pin)
        view.noted.connect(self.note)
        view.exported.connect(self.save)
        view.came_up.connect(lambda: self._show(room.seen()))
        room.follow_facts(self._take_fact)
        self._read()
        room.follow(self._show)

    def open_note(self) -> None:
        """Ask for a note in the log."""
        self._view.ask_note()

    def find(self) -> None:
        """Take the keyboard into the field for what is looked for."""
        self._view.look_for()

    def ask(self, wish: object) -> None:
        """Show the lines that are asked for."""
        if isinstance(wish, LogWish):
            self._wish = wish
            self._show(self._room.seen())

    def pin(self, key: int) -> None:
        """Keep a line above the others in this window, or let it go."""
        self._pinned ^= {key}
        self._show(self._room.seen())
        self._view.select(key)

    def note(self, text: str) -> None:
        """Record a note."""
        run = self._room.run_id
        if run is None:
            self._view.show_failure("A note is written in a night that is open.")
            return
        command = Note(run=run, said=Said(note=text))

        def taken(answer: Answer) -> None:
            failed = words_of(answer)
            if failed:
                self._view.show_failure(failed)
            else:
                self._view.leave_note()

        self._room.command("note", lambda: self._room.tools.desk.submit(command), taken)

    def save(self, form: str, name: str) -> None:
        """Write the lines that are shown to a file, as a table or as text."""
        seen, keys = self._room.seen(), self._view.shown_keys
        text = (
            log_csv(seen, self._book, keys) if form == "csv" else log_text(seen, self._book, keys)
        )

        async def write() -> NotDone | None:
            try:
                await asyncio.to_thread(Path(name).write_text, text, encoding="utf-8", newline="")
            except OSError as wrong:
                return NotDone(f"The log was not saved: {wrong.strerror}.")
            return None

        self._room.command("save the log", write, lambda a: self._view.show_failure(words_of(a)))

    def _read(self) -> None:
        """Read the whole record once; what is recorded meanwhile is written after it."""
        self._book = Book()
        meanwhile = self._meanwhile = list[Recorded[ConsoleFact]]()

        async def read() -> None:
            records = await self._room.tools.desk.records()
            if self._meanwhile is not meanwhile:
                return
            facts = (*records, *(each for each in meanwhile if each.seq > len(records)))
            self._book = write_book(Book(), facts, self._run, self._room.release)
            self._meanwhile = None

        self._room.command("read the log", read)

    def _take_fact(self, recorded: Recorded[ConsoleFact], _state: ConsoleState) -> None:
        if self._meanwhile is not None:
            self._meanwhile.append(recorded)
        else:
            self._book = write_book(self._book, (recorded,), self._run, self._room.release)

    def _show(self, seen: Seen) -> None:
        if seen.run_id != self._run:
            self._run = seen.run_id
            self._read()
        wanted = (self._book, self._wish, self._pinned)
        if wanted != self._shown and self._view.isVisible():
            self._shown = wanted
            self._view.show_rows(present_log(seen, *wanted))

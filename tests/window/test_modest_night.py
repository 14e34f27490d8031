"""A modest night by real keys, as somebody new to it: from a spreadsheet to the night report.

Thirty steps of five streams are imported, rehearsed with one fault, taken through their gate and
reported. Nothing but the keyboard is used; what is shown is heard from outside, and what happened
is read by the command line.
"""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from relconsole.adapters.journal_sql.connecting import Access, open_driver
from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.record.envelope import parse_line
from relconsole.ports.journal import JournalKind
from tests.live.waiting import eventually
from tests.window.conftest import Start
from tests.window.program import Program
from tests.window.screen import Screen
from tests.window.spoken import Spoken

WINDOW: Final = (sys.executable, str(Path(__file__).with_name("memory_window.py")))
RUNBOOK: Final = Path(__file__).parents[2] / "resources/relconsole_resources/examples/modest.xlsx"
STEPS: Final = 30
RELEASE: Final = "warehouse-8"
STATIONS: Final = ("Warehouse", "Database", "Application", "Interfaces")
GATE: Final = 13
GATE_STEP: Final = "13"
FAULT: Final = "16"
REASON: Final = "The index stands half built, the disk was full"
PATIENCE: Final = 60.0
PROMISED: Final = 90.0
"""Seconds for the whole; printed, as two cores are shared by many."""

MOVES: Final = ("step_started", "step_ended", "run_ended")
SETTLES: Final = 0.35
"""Seconds that a person takes to see what is on the card now."""

TRIES: Final = 5


@dataclass(slots=True)
class Newcomer:
    """Somebody before the window, with nothing but keys."""

    program: Program
    began: float = field(default_factory=time.monotonic)
    enters_pressed: int = 0
    read: list[tuple[str, str]] = field(default_factory=list)

    def press(self, *chords: str) -> None:
        """Press keys."""
        self.program.keys.press(*chords)

    def write(self, text: str) -> None:
        """Type a text and press Enter."""
        self.program.keys.type(text)
        self.press("Return")

    def sees(self, words: str) -> Spoken:
        """Wait until the screen says this."""
        return self.program.await_words(words, PATIENCE)

    def stands_on(self, name: str) -> None:
        """Wait until the keyboard is on the thing of this name."""

        def stands() -> bool:
            heard = self.program.spoken()
            return any(name in it.name for it in heard.walk() if "focused" in it.states)

        eventually(stands, f"the keyboard is on {name!r}", PATIENCE)

    def facts(self, *kinds: str) -> list[str]:
        """Give the steps of the facts of these kinds in the rehearsal's record, in their order."""
        store = StoreLayout(self.program.home / "data" / "relconsole")
        connection: Any = open_driver(store.journal(JournalKind.REHEARSAL), Access.LOOK)
        try:
            rows = connection.execute(
                "SELECT line FROM fact ORDER BY seq LIMIT -1 OFFSET ?", (len(self.read),)
            ).fetchall()
        finally:
            connection.close()
        # What was read once stands: the record only grows.
        for fact in (parse_line(row[0]) for row in rows):
            self.read.append((fact.kind, str(fact.body.get("step", ""))))
        return [step for kind, step in self.read if kind in kinds]

    def enters(self) -> None:
        """Press Enter once the card stands still, and again where it was still about to change."""
        before = len(self.facts(*MOVES))
        for _ in range(TRIES):
            self.press("Return")
            self.enters_pressed += 1
            with contextlib.suppress(AssertionError):
                eventually(lambda: len(self.facts(*MOVES)) > before, "a step moves", 3.0)
                return
            if self.facts("run_ended"):
                return
        pytest.fail(f"Enter moves no step after {self.facts(*MOVES)[-3:]}", pytrace=False)

    def import_runbook(self) -> None:
        """Take the workbook in, from the start page, with its three questions answered."""
        self.sees("No release is here yet")
        self.press("ctrl+i")
        self.stands_on("Choose a file")
        self.press("Return")
        self.stands_on("File name:")
        self.write(str(RUNBOOK))
        self.stands_on("Karim Haddad")
        self.press("Return")
        self.stands_on("Answer to Cutover!G28")
        self.write("22")
        self.stands_on("Read as 00:50")
        self.press("Return")
        self.stands_on("Take in 30 steps")
        self.press("ctrl+Return")
        self.sees("30 steps of Warehouse 8 are recorded.")

    def open_rehearsal(self) -> None:
        """Go to the rehearsal by the palette, and open it."""
        self.press("ctrl+k")
        self.program.keys.type("Rehearse the night")
        self.press("Return")
        self.sees("The rehearsal is not open")
        self.press("ctrl+Return")
        self.stands_on("STEP 1 OF 30")

    def play(self) -> None:
        """Play every step on the card with Enter, the gate, and one step that fails once."""
        while not self.facts("run_ended"):
            time.sleep(SETTLES)
            ended, started = self.facts("step_ended"), self.facts("step_started")
            if len(ended) == GATE - 1 and GATE_STEP not in ended:
                self.pass_gate()
            elif started[-1:] == [FAULT] and FAULT not in ended:
                self.fail()
            else:
                self.enters()

    def fail(self) -> None:
        """Say that the step on the card failed, and why."""
        self.stands_on("STEP 16 OF 30")
        self.press("f")
        self.stands_on("Reason")
        self.write(REASON)
        eventually(lambda: FAULT in self.facts("step_ended"), "it failed", PATIENCE)
        self.stands_on("STEP 16 OF 30")

    def pass_gate(self) -> None:
        """Ask the stations in their order, take their answers, and decide."""
        self.stands_on("STEP 13 OF 30")
        self.press("Return")
        for number, _ in enumerate(STATIONS, start=1):
            if number > 1:
                self.press("g")
            self.sees("asked ")
            self.press("1")
            self.sees(f"{number} of {len(STATIONS)} answered")
        self.sees("the poll is GO")
        self.press("g")
        self.stands_on("Go, key 1")
        self.press("Return")
        self.stands_on("Why go")
        self.press("Return")
        self.stands_on("STEP 14 OF 30")


def test_that_a_modest_night_goes_from_a_spreadsheet_to_its_report_by_keys(
    large: Screen, start: Start, pictures: Path
) -> None:
    person = Newcomer(start(large, WINDOW))
    person.program.await_window(180.0)
    person.import_runbook()
    large.picture().save(pictures / "modest-imported.png")
    imported = time.monotonic()
    person.open_rehearsal()
    person.play()
    person.sees("The rehearsal is over")
    large.picture().save(pictures / "modest-over.png")
    played = time.monotonic()
    person.press("ctrl+3")
    person.sees("A rehearsal touches no change record")
    large.picture().save(pictures / "modest-report.png")
    done = person.program.run("report", RELEASE, "--rehearsal")
    assert done.returncode == 0, done.stderr
    assert "16: repeated" in done.stdout, done.stdout
    starts = person.facts("step_started")
    assert len(set(starts)) == STEPS
    assert [step for step in set(starts) if starts.count(step) > 1] == [FAULT]
    whole = time.monotonic() - person.began
    print(f"import {imported - person.began:.0f} s, night {played - imported:.0f} s with")
    print(f"{person.enters_pressed} times Enter; {whole:.0f} s in all, promised {PROMISED:.0f} s")

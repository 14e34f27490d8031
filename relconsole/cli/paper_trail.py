"""Printing by itself while a night is conducted: at its opening and at each gate.

Each print is a process of its own that reads the store beside the one that writes it, so that no
step waits for paper.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from relconsole.cli.words import say
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.night.facts import GateDecided, RunOpened
from relconsole.domain.record.recorded import Recorded

_START: Final = "import sys; from relconsole.cli import main; sys.exit(main())"
_SECONDS: Final = 60.0


class PaperTrail:
    """Starts a print for each fact that calls for one, and waits for them at the end."""

    def __init__(self, store: Path) -> None:
        """Take the store that is printed from."""
        self._store = store
        self._printing: list[subprocess.Popen[bytes]] = []

    def see(self, recorded: Recorded[ConsoleFact], state: ConsoleState) -> None:
        """Start a print where a live run was opened or a gate decided."""
        fact = recorded.fact
        if not isinstance(fact, RunOpened | GateDecided):
            return
        run = state.runs[fact.run]
        if run.rehearsal:
            return
        words = ["print", run.release, "--store", str(self._store)]
        self._printing.append(
            subprocess.Popen(
                [sys.executable, "-c", _START, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    def close(self) -> None:
        """Wait for the prints that were started; a failed one is said, and keeps nobody."""
        for printing in self._printing:
            try:
                status = printing.wait(timeout=_SECONDS)
            except subprocess.TimeoutExpired:
                printing.kill()
                status = printing.wait()
            if status:
                say("A print of the runbook failed; try: relconsole print RELEASE")


@contextmanager
def paper_trail(store: Path, *, wanted: bool) -> Generator[PaperTrail | None]:
    """Give what prints by itself, None where it is not wanted; prints are done when this ends."""
    if not wanted:
        yield None
        return
    trail = PaperTrail(store)
    try:
        yield trail
    finally:
        trail.close()

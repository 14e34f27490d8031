"""Printing by itself while a night is conducted: at its opening and at each gate.

Each print is a process of its own that reads the store beside the one that writes it, so that no
step waits for paper. Any front end may keep one: it shows the facts as they are recorded.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.night.facts import GateDecided, RunOpened
from relconsole.domain.record.recorded import Recorded

PRINT_FAILED: Final = "A print of the runbook failed; try: relconsole print RELEASE"
"""What a front end says where a print failed."""

_START: Final = "import sys; from relconsole.cli import main; sys.exit(main())"
_SECONDS: Final = 60.0


class PaperTrail:
    """Starts a print for each fact that calls for one, and knows which of them failed."""

    def __init__(self, store: Path, start: str = _START, seconds: float = _SECONDS) -> None:
        """Take the store that is printed from, the Python that starts a print, and its longest."""
        self._store = store
        self._start = start
        self._seconds = seconds
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
                [sys.executable, "-c", self._start, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    def count_failed(self) -> int:
        """Give how many prints ended badly since the last time this was asked; waits for none."""
        over = [each for each in self._printing if each.poll() is not None]
        self._printing = [each for each in self._printing if each not in over]
        return sum(each.returncode != 0 for each in over)

    def close(self) -> int:
        """Wait for the prints that were started, and give how many of them failed."""
        for each in self._printing:
            try:
                each.wait(timeout=self._seconds)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()
        return self.count_failed()

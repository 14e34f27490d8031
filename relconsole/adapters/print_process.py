"""Printing in a program of its own, which reads the store beside the one that writes it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import Digest, ReleaseId
from relconsole.ports.journal import JournalKind
from relconsole.ports.paper import Printed

PRINT_SECONDS: Final = 60.0
_START: Final = "import sys; from relconsole.cli import main; sys.exit(main())"
_FLAGS: Final = {
    JournalKind.LIVE: (),
    JournalKind.REHEARSAL: ("--rehearsal",),
    JournalKind.DEMO: ("--demo",),
}


class _Wrong(msgspec.Struct):
    message: str = ""


class _Said(msgspec.Struct):
    """What the program answers: where the print lies, or why there is none."""

    file: str = ""
    digest: str = ""
    error: _Wrong | None = None


class PrintProcess:
    """Runs ``relconsole print`` for the releases of a journal."""

    def __init__(
        self,
        store: Path,
        kind: JournalKind,
        program: Sequence[str] = (sys.executable, "-c", _START),
        seconds: float = PRINT_SECONDS,
    ) -> None:
        """Take the store, which of its journals is printed, and the program that prints."""
        self._store = store
        self._kind = kind
        self._program = tuple(program)
        self._seconds = seconds

    async def print(self, release: ReleaseId) -> Printed:
        """Print a release as it stands."""
        return await asyncio.to_thread(self._run, release)

    def _run(self, release: ReleaseId) -> Printed:
        words = ["print", f"--store={self._store}", "--json", *_FLAGS[self._kind], "--", release]
        try:
            done = subprocess.run(
                [*self._program, *words],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=self._seconds,
            )
        except subprocess.TimeoutExpired as late:
            says = f"Printing did not end within {self._seconds:g} s."
            raise WorldIsDown(says, system="print") from late
        except OSError as wrong:
            says = f"The program that prints did not start: {wrong.strerror}."
            raise WorldIsDown(says, system="print") from wrong
        said = _read(done.stdout)
        if done.returncode or not said.file:
            why = said.error.message if said.error else ""
            raise PersonMustAct(why or "The program that prints gave no reason.")
        return Printed(path=said.file, digest=Digest(said.digest))


def _read(said: bytes) -> _Said:
    try:
        return msgspec.json.decode(said, type=_Said)
    except msgspec.MsgspecError:
        return _Said()

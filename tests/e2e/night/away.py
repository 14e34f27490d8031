"""Commands that run in a process of their own, so that they can be spoken to, and killed.

Run as a program it is the command line of a workstation whose keyring was kept in the folder that
is named first, as a desktop's is a service that every process of the person reaches.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Generator, Sequence
from pathlib import Path

from relconsole.cli import main
from tests.e2e.night.stage import Stage, keep, take_back
from tests.helpers.cli import PASSPHRASE
from tests.live.console import Conducting, whispered

ROOT = Path(__file__).resolve().parents[3]


@contextlib.contextmanager
def away(stage: Stage, person: str, *words: str | Path) -> Generator[Conducting]:
    """Run a command as a person elsewhere, and kill it at the end where it still runs."""
    store = ("--store", stage.desk.store, "--json")
    keep(stage.keyed, stage.folder)
    with whispered(f"{PASSPHRASE} {person}") as secret:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.e2e.night.away", str(stage.folder)),
                *(str(word) for word in (*words, *store)),
                *("--as", person, "--passphrase-fd", str(secret)),
            ],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            pass_fds=(secret,),
        )
    conducting = Conducting(process)
    try:
        yield conducting
    finally:
        conducting.kill()


def _run(arguments: Sequence[str]) -> int:
    kept, *words = arguments
    return main(words, credentials=take_back(Path(kept)).desk.credentials)


if __name__ == "__main__":
    sys.exit(_run(sys.argv[1:]))

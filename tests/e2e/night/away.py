"""Commands that run in a process of their own, so that they can be spoken to, and killed.

Run as a program it is the command line of this workstation: its keyring is a file that is named
first, as a desktop's is a service that every process of the person reaches.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Generator, Sequence
from pathlib import Path

from relconsole.cli import main
from relconsole.ports.credentials import Secret
from tests.e2e.night.stage import Stage
from tests.helpers.cli import PASSPHRASE
from tests.helpers.fakes.credentials import FakeCredentials
from tests.live.console import Conducting, whispered

ROOT = Path(__file__).resolve().parents[3]


def keyring_of(stage: Stage) -> Path:
    """Write what the workstation's keyring holds into a file, and give it."""
    credentials = stage.desk.credentials
    assert isinstance(credentials, FakeCredentials)
    path = stage.folder / "keyring.json"
    held = {name: secret.reveal() for name, secret in credentials.secrets.items()}
    path.write_text(json.dumps(held), encoding="utf-8")
    return path


@contextlib.contextmanager
def away(stage: Stage, person: str, *words: str | Path) -> Generator[Conducting]:
    """Run a command as a person elsewhere, and kill it at the end where it still runs."""
    store = ("--store", stage.desk.store, "--json")
    with whispered(f"{PASSPHRASE} {person}") as secret:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.e2e.night.away", str(keyring_of(stage))),
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
    held, *words = arguments
    credentials = FakeCredentials()
    for name, secret in json.loads(Path(held).read_text(encoding="utf-8")).items():
        credentials.secrets[name] = Secret(secret)
    return main(words, credentials=credentials)


if __name__ == "__main__":
    sys.exit(_run(sys.argv[1:]))

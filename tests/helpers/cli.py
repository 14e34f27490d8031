"""The command line as a person has it: one verb after the other, each answering one document."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relconsole.cli import main
from relconsole.ports.credentials import Credentials
from tests.helpers.fakes.credentials import FakeCredentials
from tests.helpers.journals import edit

PASSPHRASE = "a passphrase of nobody else"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


def run_cli(*words: str | Path, credentials: Credentials | None = None) -> Ran:
    """Run a command in this process, with these credentials or those of the desktop."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([str(word) for word in words], credentials=credentials)
    return Ran(status=status, out=out.getvalue(), err=err.getvalue())


def run_cli_process(
    *words: str | Path, environment: Mapping[str, str] | None = None, seconds: float = 60
) -> Ran:
    """Run a command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from relconsole.cli import main; sys.exit(main())"]
        + [str(word) for word in words],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=seconds,
        env={**os.environ, **(environment or {})},
    )
    return Ran(status=done.returncode, out=done.stdout, err=done.stderr)


def in_pipe(text: str) -> str:
    """Give the number of a descriptor from which this text can be read once."""
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    return str(reading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workstation:
    """A store and the keyring beside it, as one person's machine has them."""

    store: Path
    credentials: Credentials = field(default_factory=FakeCredentials)

    def run(self, *words: str | Path) -> Ran:
        """Run a command on this machine."""
        return run_cli(*words, "--store", self.store, credentials=self.credentials)

    def ask(self, *words: str | Path) -> Any:
        """Give the answer of a command that is done."""
        ran = self.run(*words, "--json")
        assert ran.status == 0, ran
        return ran.json

    def act(self, person: str, *words: str | Path) -> Ran:
        """Run a command as a person, with that person's passphrase."""
        signed = ("--as", person, "--passphrase-fd", in_pipe(f"{PASSPHRASE} {person}\n"))
        return self.run(*words, *signed, "--json")

    def make_key(self, person: str) -> str:
        """Make a person's key and give its fingerprint."""
        secret = in_pipe(f"{PASSPHRASE} {person}\n")
        return str(self.ask("key", "make", person, "--passphrase-fd", secret)["fingerprint"])

    def confirm(self, person: str, fingerprint: str, *, by: str) -> Ran:
        """Confirm a person's key as somebody else."""
        words = ("key", "enrol", person, "--fingerprint", fingerprint)
        return self.act(by, *words, "--means", "read out at T-30")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """A workstation, and the fingerprints of the keys that were made on it."""

    desk: Workstation
    marks: Mapping[str, str]

    def copied(self, to: Path) -> Keyed:
        """The same workstation once more, to do as one likes with."""
        shutil.copytree(self.desk.store, to)
        credentials = FakeCredentials()
        assert isinstance(self.desk.credentials, FakeCredentials)
        credentials.secrets.update(self.desk.credentials.secrets)
        return Keyed(desk=Workstation(store=to, credentials=credentials), marks=self.marks)


def change_fact(journal: Path, seq: int, before: str, after: str) -> None:
    """Change the text of a recorded fact, as somebody with a database tool would."""
    changed = f"CAST(replace(CAST(line AS TEXT), '{before}', '{after}') AS BLOB)"
    edit(journal, f"UPDATE fact SET line = {changed} WHERE seq = {seq}")  # noqa: S608 - a test's own

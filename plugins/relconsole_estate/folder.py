"""The folder that an estate keeps its state in: file names, atomic writes, locks.

Whoever needs a file of the estate asks here for its path. No process is started or ended here.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from relconsole_estate.errors import BusyError, NotRunningError
from relconsole_estate.topology import SWITCHES
from relconsole_estate.values import Json, object_of, parse_object, whole_of


def write_atomically(path: Path, text: str) -> None:
    """Replaces the file whole: a reader sees the old text or the new one, never a part."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


@dataclass(frozen=True, slots=True)
class EstateFolder:
    """One estate's folder on disk."""

    path: Path

    @property
    def processes(self) -> Path:
        """The list of every process of the estate."""
        return self.path / "processes.json"

    @property
    def ledger(self) -> Path:
        """The database file of ledger-db."""
        return self.path / "ledger.db"

    @property
    def restore_points(self) -> Path:
        """The folder of the ledger's restore points."""
        return self.path / "restore-points"

    @property
    def logs(self) -> Path:
        """Where each process writes what it has to say."""
        return self.path / "logs"

    def prepare(self, *, seed: int, rate: float, ports: Mapping[str, int]) -> None:
        """Makes the folder, for its owner only, and writes down what the estate is made of."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        # With the journal of a killed database beside it, a new one would be rolled "back".
        for remains in (self.ledger, self.ledger.with_name("ledger.db-journal")):
            remains.unlink(missing_ok=True)
        shutil.rmtree(self.restore_points, ignore_errors=True)
        facts: Json = {"seed": seed, "rate": rate, "ports": dict(ports)}
        write_atomically(self.path / "estate.json", json.dumps(facts, indent=2))
        for name, positions in SWITCHES.items():
            self.write_switch(name, positions[0])

    def _facts(self) -> dict[str, Json]:
        try:
            text = (self.path / "estate.json").read_bytes()
        except FileNotFoundError as error:
            raise NotRunningError(f"there is no estate in {self.path}") from error
        return parse_object(text, "estate.json")

    def port(self, name: str) -> int:
        """The port of an instance or of the collector; it stays the same over deployments."""
        return whole_of(object_of(self._facts(), "ports"), name)

    def seed(self) -> int:
        """The seed of all chance in this estate."""
        return whole_of(self._facts(), "seed")

    def read_switch(self, name: str) -> str:
        """Where a switch stands now."""
        return (self.path / f"switch-{name}").read_text(encoding="utf-8").strip()

    def write_switch(self, name: str, position: str) -> None:
        """Puts a switch into a position; the services look at it twice a second."""
        write_atomically(self.path / f"switch-{name}", position + "\n")

    @contextmanager
    def lock(self) -> Generator[None]:
        """The list of processes is this caller's alone until the block ends."""
        with (self.path / "processes.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def claim(self, service: str) -> Generator[None]:
        """The right to change one service; `BusyError` at once if another job has it.

        The system gives the right back when its holder ends, however that happens.
        """
        definition = self.path / f"job-{service}.lock"
        with definition.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BusyError(f"another job is at work on {service}") from error
            yield

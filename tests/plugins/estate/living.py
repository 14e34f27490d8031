"""A whole estate for a test: real processes in a temporary folder, ended with the test."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from relconsole_estate.folder import EstateFolder
from relconsole_estate.processes import Entry, ProcessList, is_alive
from relconsole_estate.topology import COLLECTOR
from relconsole_estate.values import Json, list_of, object_of, parse_object

ROOT = Path(__file__).parents[3]


def environment() -> dict[str, str]:
    """The surroundings of a child that finds the estate without an installation."""
    roots = os.pathsep.join((str(ROOT / "plugins"), str(ROOT / "resources")))
    return {**os.environ, "PYTHONPATH": roots}


def run_module(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a module of the estate to its end."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def begin_module(module: str, *arguments: str) -> subprocess.Popen[str]:
    """Starts a module of the estate and leaves it running."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def comes_true(is_so: Callable[[], bool], seconds: float) -> bool:
    """Whether it became so within that time."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


class LivingEstate:
    """A running estate, used as its users use it: by commands and over HTTP."""

    def __init__(self, state: Path) -> None:
        self.folder = EstateFolder(state)

    def verb(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_module("relconsole_estate", verb, "--state", str(self.folder.path), *arguments)

    def job(self, job: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        state = ("--state", str(self.folder.path))
        return run_module("relconsole_estate.jobs", job, *arguments, *state)

    def entries(self) -> list[Entry]:
        return [entry for entry in ProcessList(self.folder).entries() if is_alive(entry)]

    def pids_of(self, service: str) -> set[int]:
        return {entry.pid for entry in self.entries() if entry.name.startswith(f"{service}-")}

    def ask(self, path: str, **fields: str) -> dict[str, Json]:
        """An answer of the collector."""
        port = self.folder.port(COLLECTOR)
        address = f"http://127.0.0.1:{port}{path}?{urlencode(fields)}"
        with urlopen(address, timeout=5) as answer:
            return parse_object(answer.read(), path)

    def series(self, query: str) -> list[tuple[dict[str, Json], float]]:
        """The labels and the value of each series that the query finds now."""
        found: list[tuple[dict[str, Json], float]] = []
        for item in list_of(object_of(self.ask("/api/v1/query", query=query), "data"), "result"):
            assert isinstance(item, dict)
            value = list_of(item, "value")[1]
            assert isinstance(value, str)
            found.append((object_of(item, "metric"), float(value)))
        return found

    def value(self, query: str) -> float | None:
        """The value of the one series that the query finds, if it finds one."""
        found = self.series(query)
        return found[0][1] if len(found) == 1 else None

    def versions(self, service: str) -> list[str]:
        """The observed version of each instance."""
        query = f'service_info{{service="{service}"}}'
        return sorted(str(labels["version"]) for labels, _ in self.series(query))

    def exceeds(self, query: str, limit: float) -> bool:
        found = self.value(query)
        return found is not None and found > limit

    def is_below(self, query: str, limit: float) -> bool:
        found = self.value(query)
        return found is not None and found < limit


def write_json(path: Path, value: Json) -> None:
    """Puts a file there whole."""
    beside = path.with_name(f".{path.name}")
    beside.write_text(json.dumps(value), encoding="utf-8")
    beside.replace(path)

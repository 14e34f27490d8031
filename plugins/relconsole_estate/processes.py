"""The list of the estate's processes, kept so that exactly these can be ended.

A process enters itself before it does anything else, so there is none that is not listed; a pid
counts only together with its start time, so a stranger who got a freed pid is never touched.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from relconsole_estate.errors import MalformedError, NotRunningError
from relconsole_estate.folder import EstateFolder, write_atomically
from relconsole_estate.values import Json, list_of, parse_object, text_of, whole_of

_PAUSE = 0.02
_STATE_FIELD = 0
_START_FIELD = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One process: its name in the estate, what it runs, and what tells it from any other."""

    name: str
    role: str
    version: str
    port: int
    pid: int
    started: int
    boot: str


def start_of(pid: int) -> int | None:
    """When the process started, in clock ticks since boot; `None` if it has ended."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses may hold anything, parentheses and spaces too.
    fields = line[line.rindex(")") + 2 :].split()
    return None if fields[_STATE_FIELD] in "ZX" else int(fields[_START_FIELD])


def read_boot() -> str:
    """The id of this boot: start times are counted from it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def is_alive(entry: Entry) -> bool:
    """Whether that very process, and not another one with its pid, is running."""
    return entry.boot == read_boot() and start_of(entry.pid) == entry.started


def end(entries: Iterable[Entry], *, patience: float = 3.0) -> None:
    """Ends those very processes: asked first, killed after `patience` seconds."""
    waiting = [entry for entry in entries if _signal(entry, signal.SIGTERM)]
    wait_for(lambda: not any(is_alive(entry) for entry in waiting), seconds=patience)
    waiting = [entry for entry in waiting if _signal(entry, signal.SIGKILL)]
    wait_for(lambda: not any(is_alive(entry) for entry in waiting), seconds=patience)


def _signal(entry: Entry, number: signal.Signals) -> bool:
    """Signals that very process through a handle; whether it was there.

    Between a look at the start time and a signal the pid may be freed and given to a stranger;
    the handle stays with the process that was looked at.
    """
    try:
        handle = os.pidfd_open(entry.pid)
    except ProcessLookupError:
        return False
    try:
        if not is_alive(entry):
            return False
        signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)
    return True


def wait_for(is_so: Callable[[], bool], *, seconds: float) -> bool:
    """Whether it became so within that time."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE)
    return True


def run_module(folder: EstateFolder, module: str, arguments: list[str], log: str) -> None:
    """Starts a module of this package as a process that outlives its starter.

    It has a session of its own and no pipe to the starter, so a job may end, or be killed,
    without taking along what it started.
    """
    with (folder.logs / f"{log}.log").open("ab") as output:
        subprocess.Popen(
            [sys.executable, "-m", f"relconsole_estate.{module}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
        )


class ProcessList:
    """The list on disk. Every change happens under the folder's lock."""

    def __init__(self, folder: EstateFolder) -> None:
        self._folder = folder

    def open(self) -> None:
        """Begins an empty list: from now on processes may enter themselves."""
        with self._folder.lock():
            self._write(is_open=True, entries=[])

    def close(self) -> list[Entry]:
        """Ends the list: who comes later is turned away. Gives those who are on it."""
        with self._folder.lock():
            entries = self._read()[1]
            self._write(is_open=False, entries=entries)
        return entries

    def enter(self, *, name: str, role: str, version: str, port: int = 0) -> None:
        """Enters the calling process, in place of an earlier one of that name.

        Raises `NotRunningError` when the estate has been stopped meanwhile: then the caller
        must end.
        """
        pid = os.getpid()
        started = start_of(pid)
        if started is None:
            raise MalformedError(f"no start time for the own pid {pid}")
        mine = Entry(
            name=name,
            role=role,
            version=version,
            port=port,
            pid=pid,
            started=started,
            boot=read_boot(),
        )
        with self._folder.lock():
            is_open, entries = self._read()
            if not is_open:
                raise NotRunningError(f"the estate in {self._folder.path} has been stopped")
            others = [entry for entry in entries if entry.name != name or is_alive(entry)]
            self._write(is_open=True, entries=[*others, mine])

    def entries(self) -> list[Entry]:
        """Everyone on the list, alive or not."""
        return self._read()[1]

    def named(self, name: str) -> list[Entry]:
        """The living processes of that name: none, one, or two when a replacement went wrong."""
        return [entry for entry in self.entries() if entry.name == name and is_alive(entry)]

    def is_open(self) -> bool:
        """Whether an estate was started here and not stopped."""
        return self._read()[0]

    def check_open(self) -> None:
        """Raises `NotRunningError` unless an estate was started here and not stopped."""
        if not self.is_open():
            raise NotRunningError(f"no estate is running in {self._folder.path}")

    def _read(self) -> tuple[bool, list[Entry]]:
        try:
            text = self._folder.processes.read_bytes()
        except FileNotFoundError:
            return False, []
        found = parse_object(text, "processes.json")
        return found.get("open") is True, [_entry_of(item) for item in list_of(found, "processes")]

    def _write(self, *, is_open: bool, entries: list[Entry]) -> None:
        value = {"open": is_open, "processes": [asdict(entry) for entry in entries]}
        write_atomically(self._folder.processes, json.dumps(value, indent=2))


def _entry_of(item: Json) -> Entry:
    if not isinstance(item, dict):
        raise MalformedError("processes.json holds something that is no process")
    return Entry(
        name=text_of(item, "name"),
        role=text_of(item, "role"),
        version=text_of(item, "version"),
        port=whole_of(item, "port"),
        pid=whole_of(item, "pid"),
        started=whole_of(item, "started"),
        boot=text_of(item, "boot"),
    )

"""The console as its user has it: the installed command, each time a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.live.waiting import Found, eventually

COMMAND: Final = Path(sys.executable).with_name("relconsole")
LONGEST: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a verb answered: its exit status, its JSON document, and what it said."""

    status: int
    document: dict[str, Any]
    said: str

    def done(self) -> dict[str, Any]:
        """Give the document of a verb that did what it was asked."""
        assert self.status == 0, f"status {self.status}: {self.document} {self.said}"
        return self.document


@contextlib.contextmanager
def whispered(text: str) -> Generator[int]:
    """Give a descriptor from which a text can be read once, and nobody else sees it."""
    reads, writes = os.pipe()
    try:
        os.write(writes, text.encode() + b"\n")
        os.close(writes)
        yield reads
    finally:
        os.close(reads)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """One store on one desktop; ``passphrases`` are what each person knows."""

    store: Path
    environment: Mapping[str, str]
    passphrases: Mapping[str, str]
    started: list[Conducting] = field(default_factory=list["Conducting"])

    def close(self) -> None:
        """Kill what still runs of what was started here."""
        for each in self.started:
            each.kill()

    def run(self, *words: str, secret: tuple[str, str] | None = None) -> Answer:
        """Run a verb to its end; ``secret`` is an option that takes a descriptor, and its text."""
        option, text = secret or ("", "")
        with whispered(text) as descriptor:
            done = subprocess.run(
                self._argv(words, option, descriptor),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=LONGEST,
                check=False,
                pass_fds=(descriptor,) if option else (),
            )
        return _answer(done.returncode, done.stdout, done.stderr)

    def run_as(self, person: str, *words: str) -> Answer:
        """Run a verb as a person, with that person's passphrase."""
        told = ("--passphrase-fd", self.passphrases[person])
        return self.run(*words, "--as", person, secret=told)

    def start_as(self, person: str, *words: str) -> Conducting:
        """Start a verb as a person and give it while it runs."""
        with whispered(self.passphrases[person]) as descriptor:
            process = subprocess.Popen(
                self._argv((*words, "--as", person), "--passphrase-fd", descriptor),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                pass_fds=(descriptor,),
            )
        conducting = Conducting(process)
        self.started.append(conducting)
        return conducting

    def plugin_of(self, console: int, system: str) -> int:
        """Give the process in which a console's plugin of this system runs."""
        folder = str(self.store / "plugins" / system)

        def look() -> int:
            for child in children_of(console):
                with contextlib.suppress(OSError):
                    if str(Path(f"/proc/{child}/cwd").readlink()) == folder:
                        return child
            return 0

        return eventually(look, f"a plugin of {system}")

    def _argv(self, words: Sequence[str], option: str, descriptor: int) -> list[str]:
        told = [option, str(descriptor)] if option else []
        return [str(COMMAND), *words, *told, "--store", str(self.store), "--json"]


class Conducting:
    """A verb that runs; what it says is read while it is said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Begin to listen."""
        self._process = process
        self._lines: list[str] = []
        self._wanted: list[tuple[str, Callable[[], None]]] = []
        self._output = ""
        assert process.stderr is not None
        assert process.stdout is not None
        self._threads = [
            threading.Thread(target=self._listen, args=(process.stderr,)),
            threading.Thread(target=self._collect, args=(process.stdout,)),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """Give its process."""
        return self._process.pid

    @property
    def said(self) -> str:
        """Give everything it has said so far."""
        return "\n".join(self._lines)

    def at(self, pattern: str, act: Callable[[], None]) -> None:
        """Do something in the moment in which it says this, once."""
        self._wanted.append((pattern, act))

    def hears(self, pattern: str, seconds: float = 60.0) -> str:
        """Wait until it has said this, and give the line; AssertionError where it ends before."""

        def look() -> str:
            found = [line for line in list(self._lines) if re.search(pattern, line)]
            if not found and self._process.poll() is not None:
                self._join()
                found = [line for line in self._lines if re.search(pattern, line)]
                assert found, f"it ended without {pattern!r}: {self.said}\n{self._output}"
            return found[0] if found else ""

        try:
            return eventually(look, repr(pattern), seconds)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.said}") from late

    def sees(
        self, look: Callable[[], Found], what: str, seconds: float = 60.0, *, pause: float = 0.1
    ) -> Found:
        """Give the first thing that is true while it goes on; AssertionError where it ends."""

        def guarded() -> Found:
            found = look()
            if not found and self._process.poll() is not None:
                raise AssertionError(f"before {what}: {self.ends()}")
            return found

        return eventually(guarded, what, seconds, pause=pause)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the console alone."""
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        """Kill the console alone with what cannot be caught, and wait until it is gone."""
        self._process.kill()
        self._process.wait(10)
        self._join()

    def ends(self, seconds: float = LONGEST) -> Answer:
        """Wait for its end and give its answer."""
        status = self._process.wait(seconds)
        self._join()
        return _answer(status, self._output, self.said)

    def _join(self) -> None:
        for thread in self._threads:
            thread.join(10)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _listen(self, said: Any) -> None:
        for line in said:
            for wanted in [each for each in self._wanted if re.search(each[0], line)]:
                self._wanted.remove(wanted)
                wanted[1]()
            self._lines.append(line.rstrip("\n"))

    def _collect(self, answered: Any) -> None:
        self._output = answered.read()


def children_of(pid: int) -> list[int]:
    """Give the direct children of a process."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                if int(fields[1]) == pid:
                    found.append(int(entry.name))
    return found


def _answer(status: int, output: str, said: str) -> Answer:
    try:
        document = json.loads(output)
    except ValueError:
        document = {"not json": output}
    return Answer(status=status, document=document, said=said)

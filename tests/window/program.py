"""A program with a window, run as a person would run it, on a screen and in a home of its own."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.live.waiting import eventually
from tests.window.keys import Keys
from tests.window.processes import MARK, end, left_behind, marked
from tests.window.screen import Screen
from tests.window.sockets import SocketGuard, Sockets
from tests.window.spoken import Spoken, spoken

BIN: Final = Path(sys.executable).parent
RELCONSOLE: Final = str(BIN / "relconsole")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A running program; ``home`` is where it keeps everything."""

    screen: Screen
    home: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]
    guard: SocketGuard | None

    @property
    def keys(self) -> Keys:
        """Give the keyboard; what is pressed reaches the active window, whose ever it is."""
        return self.screen.keys

    @property
    def runs(self) -> bool:
        """Tell whether it has not ended."""
        return self.process.poll() is None

    def said(self) -> str:
        """Give what it wrote on its standard output and error."""
        return (self.home / "said.log").read_text(encoding="utf-8", errors="replace")

    def must_run(self) -> None:
        """AssertionError with what it said, and who ended it, where it has ended."""
        if not self.runs:
            ended = f"ended with {self.process.returncode}"
            signals = "\n".join(self.guard.seen().signals if self.guard else ())
            pytest.fail(f"{ended}\n{signals}\n{self.said()}", pytrace=False)

    def await_window(self, seconds: float = 60.0) -> None:
        """Wait until a window of it has the keyboard."""

        def is_active() -> bool:
            self.must_run()
            return self.keys.process() == self.process.pid

        eventually(is_active, "its window is active", seconds, pause=0.05)

    def spoken(self, seconds: float = 20.0) -> Spoken:
        """Give what it says to a screen reader now; waits until it is on the bus at all."""

        def looked() -> Spoken | None:
            self.must_run()
            return spoken(self.screen.environment, self.process.pid)

        found = eventually(looked, "it stands on the accessibility bus", seconds)
        assert found is not None
        return found

    def await_words(self, words: str, seconds: float = 20.0) -> Spoken:
        """Wait until anything that shows says this, and give all that is said then."""

        def looked() -> Spoken | None:
            self.must_run()
            found = spoken(self.screen.environment, self.process.pid)
            return found if found is not None and found.says(words) else None

        found = eventually(looked, f"it says {words!r}", seconds)
        assert found is not None
        return found

    def sockets(self) -> Sockets:
        """Give what the socket guard has seen."""
        assert self.guard, "it was not started under the socket guard"
        return self.guard.seen()

    def run(self, *words: str, seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run the command line beside it, in the same home."""
        return subprocess.run(
            [RELCONSOLE, *words],
            env=dict(self.environment),
            cwd=self.home,
            check=False,
            capture_output=True,
            text=True,
            timeout=seconds,
        )

    def kill(self) -> None:
        """Kill it, as the power would."""
        self.process.kill()
        self.process.wait(10)

    def end(self, seconds: float = 20.0) -> bool:
        """Ask it to end; True where it did so by itself in that time."""
        return end(self.process, seconds)

    def family(self) -> dict[int, str]:
        """Give every living process that it started, itself among them, with its command line."""
        return marked(self.environment[MARK])


@contextlib.contextmanager
def program(
    screen: Screen,
    home: Path,
    words: Sequence[str],
    *,
    guarded: bool = False,
    more: Mapping[str, str] | None = None,
    patience: float = 10.0,
) -> Generator[Program]:
    """Start a program; at the end of the block nothing lives of it or of what it started.

    AssertionError where something does ``patience`` seconds after it has ended.
    """
    home.mkdir(parents=True, exist_ok=True)
    mark = secrets.token_hex(8)
    environment = {
        **screen.environment,
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        **(more or {}),
        MARK: mark,
    }
    guard = SocketGuard(home) if guarded else None
    with (home / "said.log").open("ab") as said:
        process = subprocess.Popen(
            guard.around(sys.executable, words) if guard else list(words),
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    started = Program(
        screen=screen, home=home, environment=environment, process=process, guard=guard
    )
    try:
        yield started
    finally:
        started.end()
        left = left_behind(mark, patience)
    assert not left, f"left behind: {left}"

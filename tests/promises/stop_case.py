"""One night that is stopped: its programs, what its journal and its target's record say.

Times are of the clock that never jumps, which all programs of a machine share.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from relconsole.adapters.journal_sql.connecting import Access, open_driver
from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.record.envelope import Envelope, parse_line
from relconsole.ports.journal import JournalKind
from tests.promises.frame import ROOT
from tests.promises.kills_cold import PASSPHRASE
from tests.promises.kills_plan import INES, MARA, RELEASE
from tests.promises.stop_plan import SYSTEMS

START: Final = "import sys; from tests.promises.stop_program import main; sys.exit(main())"
LOOK_SECONDS: Final = 0.01
SOUND: Final = "sound"
"""Says that no mutant is planted."""

PATIENCE: Final = 40.0
"""Seconds; what takes as long does not come, on however slow a machine."""

OF_A_MUTANT: Final = 6.0
"""Seconds after the fault, where something is expected not to come."""

NIGHT: Final = ("night", RELEASE, "--stay", "--no-print")
STOP: Final = ("stop", RELEASE, "--note", "wrong amounts")
LEAVING: Final = ("effect_intended", "effect_sent")


@dataclass(slots=True, kw_only=True)
class Scene:
    """A night's folder and the programs that were started over it."""

    folder: Path
    mutant: str = SOUND
    patience: float = PATIENCE
    started: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    helpers: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    opened: list[IO[bytes]] = field(default_factory=list[IO[bytes]])
    known: list[Envelope] = field(default_factory=list[Envelope])
    reading: Any = None

    @property
    def store(self) -> Path:
        """Give the store."""
        return self.folder / "store"

    @property
    def inbox(self) -> Path:
        """Give the store's inbox."""
        return self.store / "inbox"

    @property
    def journal(self) -> Path:
        """Give the live journal's file."""
        return StoreLayout(self.store).journal(JournalKind.LIVE)

    @property
    def night(self) -> subprocess.Popen[bytes]:
        """Give the console that conducts now."""
        return self.started[-1]

    def start(
        self,
        words: Sequence[str],
        *,
        keyring: str = "open",
        most_bytes: int = -1,
        passphrase: str | None = PASSPHRASE,
        out: int | IO[bytes] = subprocess.DEVNULL,
        err: int | IO[bytes] = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]:
        """Start a command; its passphrase comes through standard input, closed where it is None."""
        person = MARA if words[0] == "night" else INES
        command = [sys.executable, "-c", START, str(self.folder), self.mutant, keyring]
        command += [str(most_bytes), *words, "--store", str(self.store), "--as", person]
        command += ["--passphrase-fd", "0"] if passphrase is not None else []
        site = {"PYTHONPATH": str(self.folder / "site"), "PYTHONDONTWRITEBYTECODE": "1"}
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=err,
            cwd=ROOT,
            env={**os.environ, **site},
        )
        if process.stdin is not None:
            if passphrase is not None:
                process.stdin.write(f"{passphrase}\n".encode())
            process.stdin.close()
        return process

    def conduct(self, *words: str, err: int | IO[bytes] | None = None) -> None:
        """Start a console that conducts the night."""
        with (self.folder / "said.night").open("ab") as said:
            self.started.append(self.start((*NIGHT, *words), err=said if err is None else err))

    def help(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a small program of ours beside the night, and wait until it says that it is on."""
        command = [sys.executable, "-c", program, *words]
        helper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        self.helpers.append(helper)
        assert helper.stdout is not None
        if helper.stdout.readline() != b"on\n":
            raise RuntimeError(f"no helper: {program}")
        return helper

    def mood(self, mood: str, *systems: str) -> None:
        """Let systems behave so from now on, well again where nothing is given."""
        for system in systems:
            path = self.folder / "world" / f"mood.{system}"
            fresh = path.with_suffix(".fresh")
            fresh.write_text(mood)
            fresh.replace(path)

    def feels(self, mood: str) -> None:
        """Wait until a call has met a mood."""
        moods = self.folder / "world/moods"
        self.until(lambda: moods.exists() and mood in moods.read_text(), f"no call met {mood}")

    def comes(self, is_so: Callable[[], bool]) -> bool:
        """Tell whether something comes to be so."""
        ends = time.monotonic() + self.patience
        while not is_so() and time.monotonic() < ends:
            time.sleep(LOOK_SECONDS)
        return is_so()

    def until(self, is_so: Callable[[], bool], otherwise: str) -> None:
        """Wait until something is so; RuntimeError where the case cannot be played so."""
        ends = time.monotonic() + PATIENCE
        while not is_so():
            if time.monotonic() > ends:
                raise RuntimeError(f"{otherwise}: {self.said('night')}")
            time.sleep(LOOK_SECONDS)

    def facts(self) -> list[Envelope]:
        """Give the facts of the journal; those that are known are not read again."""
        if self.reading is None:
            self.reading = open_driver(self.journal, Access.LOOK)
        rows = self.reading.execute(
            "SELECT line FROM fact WHERE seq > ? ORDER BY seq", (len(self.known),)
        )
        self.known += [parse_line(row[0]) for row in rows.fetchall()]
        return self.known

    def count(self, kind: str) -> int:
        """Give how many facts of a kind are recorded."""
        return sum(fact.kind == kind for fact in self.facts())

    def said(self, verb: str) -> str:
        """Give the last words of the commands of a verb."""
        said = self.folder / f"said.{verb}"
        return said.read_text(errors="replace")[-1500:] if said.exists() else "nothing"

    def done(self) -> Mapping[str, float]:
        """Give what the target did by its own record, with the instants."""
        log = self.folder / "world/log"
        lines = log.read_text().splitlines() if log.exists() else []
        return {line.split()[0]: float(line.split()[2]) for line in lines}

    def plugins(self, system: str) -> list[int]:
        """Give the plugin processes of a system."""
        folder = self.store / "plugins" / system
        found: list[int] = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    is_ours = (entry / "cwd").readlink() == folder
                except OSError:
                    continue
                found += [int(entry.name)] if is_ours else []
        return found

    def signal_plugin(self, system: str, number: signal.Signals) -> None:
        """Send a signal to the plugin processes of a system."""
        for pid in self.plugins(system):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def starved(self) -> float:
        """Give the seconds that the night and its systems' plugins waited for a processor."""
        plugins = (pid for system in SYSTEMS for pid in self.plugins(system))
        return sum(waited_for_processor(pid) for pid in (self.night.pid, *plugins))

    def end(self) -> None:
        """End every program of this night."""
        left = [pid for system in SYSTEMS for pid in self.plugins(system)]
        for process in (*self.started, *self.helpers):
            if process.poll() is None:
                process.kill()
                process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
            if process.stdin is not None and not process.stdin.closed:
                process.stdin.close()
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for file in self.opened:
            file.close()
        if self.reading is not None:
            self.reading.close()


def waited_for_processor(pid: int) -> float:
    """Give the seconds that the threads of a process were ready and had to wait for a processor."""
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(task.read_text().split()[1])
        except (OSError, IndexError, ValueError):
            continue
    return total / 1e9

"""One rollback, stopped at every call by which it writes: killed there, or told that it failed.

The console is forked from a warm process and watched by ``strace``, which counts the calls of each
thread; so the journal's own files, which one thread writes, are swept apart from everything else.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import select
import shutil
import signal
import subprocess
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relconsole.domain.kernel.errors import RelconsoleError
from relconsole.domain.record.effect import RecognisesRepeat
from tests.promises.kills_judge import judge_between, judge_end, leftovers
from tests.promises.kills_life import Points
from tests.promises.kills_plan import COLD, begin
from tests.promises.kills_program import Course, Parts, Scene, live

PATIENCE: Final = 60.0
PR_SET_PDEATHSIG: Final = 1
OUT_OF_REACH: Final = 3
JOURNAL_FILES: Final = (
    "store/live/journal.db",
    "store/live/journal.db-wal",
    "store/live/journal.db-shm",
    "store/live",
)
FAULTS: Final = ("signal=SIGKILL", "error=EIO", "error=ENOSPC")
_ROOM: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Sweep:
    """Calls that are counted together, by whichever thread; all files, or the journal's alone."""

    calls: str
    is_journal: bool

    def options(self, folder: Path, fault: str, number: int) -> list[str]:
        """Give what strace is told: which calls, and what becomes of the how-manieth."""
        files = [f"-P{folder / name}" for name in JOURNAL_FILES] if self.is_journal else []
        inject = f"inject={self.calls}:{fault}:when={number}"
        return [*files, "-e", f"trace={self.calls}", "-e", inject]


SWEEPS: Final = (
    Sweep("pwrite64,write,fdatasync,fsync,ftruncate,unlink", is_journal=True),
    Sweep("write", is_journal=False),
    Sweep("fsync", is_journal=False),
    Sweep("rename,renameat,renameat2", is_journal=False),
    Sweep("mkdir,mkdirat", is_journal=False),
    Sweep("unlink,unlinkat", is_journal=False),
    Sweep("ftruncate", is_journal=False),
)


class SharedPoints(Points):
    """Points passed in silence, and notes in memory that outlives the console: no call at all."""

    def __init__(self, memory: mmap.mmap) -> None:
        super().__init__(-1, -1)
        self._memory = memory
        self._at = 0

    def pass_by(self, name: str) -> None:
        """Say nothing."""

    def note(self, *words: object) -> None:
        line = (" ".join(str(word) for word in words) + "\n").encode()
        self._memory[self._at : self._at + len(line)] = line
        self._at += len(line)


def begin_rollback(folder: Path) -> None:
    """Make a night whose steps are done and which is to be rolled back."""
    begin(folder, COLD)
    status, _ = let_live(_scene(folder, Parts(), stops=True), None)
    if status:
        raise RuntimeError(f"the night before the rollback ended with {status}: {said(folder)}")


def _scene(folder: Path, parts: Parts, *, stops: bool = False) -> Scene:
    return Scene(
        folder=folder,
        course=Course.ROLLS_BACK,
        how=RecognisesRepeat.NATIVE,
        parts=parts,
        stops=stops,
        alone=True,
    )


def let_live(scene: Scene, watched: Sequence[str] | None) -> tuple[int, str]:
    """Let one console live, under strace where options are given; its end, and strace's words."""
    memory = mmap.mmap(-1, _ROOM)
    waiting, go = os.pipe()
    pid = os.fork()
    if not pid:
        _be_console(scene, memory, waiting)
    os.close(waiting)
    strace = None
    try:
        if watched is not None:
            strace = _attach(pid, watched)
        os.write(go, b"g")
        status = _wait(pid)
    finally:
        os.close(go)
    words = ""
    if strace is not None:
        assert strace.stderr is not None
        words = strace.stderr.read().decode()
        strace.wait()
        strace.stderr.close()
    with (scene.folder / "trace").open("ab") as trace:
        trace.write(bytes(memory[:]).rstrip(b"\0"))
    memory.close()
    return status, words


def _be_console(scene: Scene, memory: mmap.mmap, waiting: int) -> None:
    """Wait to be watched, live, and end: 3 where the program says what is wrong, 1 otherwise."""
    status = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.read(waiting, 1)
        live(scene, SharedPoints(memory))
        status = 0
    except RelconsoleError:
        status = OUT_OF_REACH
    except BaseException:  # noqa: BLE001 - said to the parent by the status and the file
        (scene.folder / "said").write_text(traceback.format_exc())
    os._exit(status)


def _attach(pid: int, options: Sequence[str]) -> subprocess.Popen[bytes]:
    """Watch a console and its threads, but nothing that it starts; gives strace once it does."""
    command = ["strace", "-f", "-b", "execve", "-o", "/dev/null", *options, "-p", str(pid)]
    strace = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert strace.stderr is not None
    line = strace.stderr.readline()
    if b"attached" not in line:
        os.kill(pid, signal.SIGKILL)
        raise RuntimeError(f"strace does not watch: {line!r}")
    return strace


def _wait(pid: int) -> int:
    """Give how a process ended; killed where it does not."""
    handle = os.pidfd_open(pid)
    try:
        ready, _, _ = select.select([handle], [], [], PATIENCE)
    finally:
        os.close(handle)
    if not ready:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return 99
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def said(folder: Path) -> str:
    """Give what a console left of an error that it did not say."""
    path = folder / "said"
    return path.read_text()[-1500:] if path.exists() else "nothing"


def count_points(template: Path, folder: Path, sweep: Sweep) -> int:
    """Give how many calls there are, as the busiest thread makes them, in an unhurt rollback."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    log = folder / "calls"
    files = [f"-P{folder / name}" for name in JOURNAL_FILES] if sweep.is_journal else []
    watched = [*files, "-e", f"trace={sweep.calls}", "-o", str(log)]
    status, words = let_live(_scene(folder, Parts()), watched)
    if status:
        raise RuntimeError(f"the unhurt rollback ended with {status}: {words} {said(folder)}")
    threads: dict[str, int] = {}
    for line in log.read_text().splitlines():
        if "(" in line and "resumed>" not in line:
            thread = line.split()[0]
            threads[thread] = threads.get(thread, 0) + 1
    return max(threads.values(), default=0)


def stop_at(
    template: Path, folder: Path, sweep: Sweep, fault: str, number: int, parts: Parts
) -> Iterator[str]:
    """Stop one rollback at one call, let another console finish it, and give what is broken."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    status, words = let_live(_scene(folder, parts), sweep.options(folder, fault, number))
    name = f"{sweep.calls.split(',')[0]} {number} {fault}"
    allowed = {-signal.SIGKILL, 0} if fault == FAULTS[0] else {0, OUT_OF_REACH}
    if status not in allowed:
        yield f"{name}: it ended with {status}: {said(folder)} {words[-300:]}"
        return
    facts, broken = judge_between(folder)
    if not broken:
        with (folder / "trace").open("a") as trace:
            print("life", *leftovers(facts), file=trace)
        status, _ = let_live(_scene(folder, parts), None)
        broken = [f"the next ended with {status}: {said(folder)}"] if status else []
        broken = broken or judge_end(folder, COLD, RecognisesRepeat.NATIVE)
    for each in broken:
        yield f"{name}: {each}"

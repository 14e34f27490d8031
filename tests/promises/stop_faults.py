"""The single faults: what is broken while somebody stops the line.

``prepare`` comes before the night, ``begin`` in its middle and right before the stop, ``end`` after
the stop was judged: what was held back must not leave then either.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from relconsole.adapters.journal_sql.connecting import Access, DriverError, open_driver
from tests.promises.kills_plan import CI
from tests.promises.stop_case import STOP, Scene
from tests.promises.stop_plan import DESK
from tests.promises.stop_program import SHIFT

_SQL: Final = """
import sys
from pysqlite3 import dbapi2
held = dbapi2.connect(sys.argv[1], isolation_level=None, timeout=30)
held.execute(sys.argv[2])
held.execute(sys.argv[3]).fetchone()
print("on", flush=True)
sys.stdin.read()
"""
_CHECKPOINTS: Final = """
import sys, time
from pysqlite3 import dbapi2
held = dbapi2.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN"); held.execute("SELECT count(*) FROM fact").fetchone()
other = dbapi2.connect(sys.argv[1], isolation_level=None)
print("on", flush=True)
while True:
    other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    time.sleep(0.005)
"""
_WRITER: Final = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from relconsole.adapters.store.writer_lock import take_writer
with take_writer(Path(sys.argv[1]), "import", datetime.now(UTC)):
    print("on", flush=True)
    sys.stdin.read()
"""
_GUARD: Final = """
import fcntl, sys
guard = open(sys.argv[1], "a")
fcntl.flock(guard, fcntl.LOCK_EX)
print("on", flush=True)
sys.stdin.read()
"""
_SLOW: Final = "fsync,fdatasync:delay_enter=150ms"
_FLOOD: Final = 5_000
_AHEAD_SECONDS: Final = 7_200


class Ends(StrEnum):
    """How a stop must end under a fault."""

    RECORDED = "recorded"
    KEPT = "kept"
    """As an order in the store past which nothing leaves; recorded once somebody can."""

    REFUSED = "refused"
    """Said at once; and nothing leaves, since whoever conducts can record nothing either."""


def _nothing(_scene: Scene) -> None:
    """Do nothing."""


def _stop(scene: Scene) -> subprocess.Popen[bytes]:
    """Stop the line as a person does."""
    return scene.start(STOP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One fault, how it comes and goes, and how the stop is typed under it."""

    name: str
    prepare: Callable[[Scene], None] = _nothing
    conduct: Callable[[Scene], None] = Scene.conduct
    begin: Callable[[Scene], None] = _nothing
    stop: Callable[[Scene], subprocess.Popen[bytes]] = _stop
    end: Callable[[Scene], None] = _nothing
    ends: Ends = Ends.RECORDED


def _mood(name: str, mood: str, *systems: str) -> Trouble:
    """Give a fault of systems that behave so."""

    def begin(scene: Scene) -> None:
        scene.mood(mood, *systems)
        scene.feels(mood.partition(":")[0])

    return Trouble(name=name, begin=begin, end=lambda scene: scene.mood("", *systems))


def _freeze_plugin(scene: Scene) -> None:
    scene.signal_plugin(CI, signal.SIGSTOP)


def _wake_plugin(scene: Scene) -> None:
    scene.signal_plugin(CI, signal.SIGCONT)


def _release(scene: Scene) -> None:
    """Let the last helper end."""
    helper = scene.helpers[-1]
    assert helper.stdin is not None
    helper.stdin.close()
    helper.wait(10)


def _lock_cache(scene: Scene) -> None:
    count = "SELECT count(*) FROM observation"
    scene.help(_SQL, str(scene.store / "cache.db"), "BEGIN IMMEDIATE", count)


def _damage_cache(scene: Scene) -> None:
    for path in scene.store.glob("cache.db*"):
        path.write_bytes(b"no database " * 1000)


def _take_plugin_folder(scene: Scene) -> None:
    """Put a file in the place of the plugins' folder, and let every plugin need a new start."""
    scene.mood("dies", CI)
    scene.feels("dies")
    scene.folder.joinpath("store/plugins").rename(scene.folder / "plugins")
    scene.folder.joinpath("store/plugins").touch()


def _give_plugin_folder(scene: Scene) -> None:
    scene.folder.joinpath("store/plugins").unlink()
    scene.folder.joinpath("plugins").rename(scene.folder / "store/plugins")
    scene.mood("", CI)


def _slow_disk(scene: Scene) -> None:
    """Let every sync of the night's program take long."""
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"]
    tracer = subprocess.Popen(
        [*strace, "-e", f"inject={_SLOW}", "-p", str(scene.night.pid)], stdin=subprocess.PIPE
    )
    scene.helpers.append(tracer)
    status = f"/proc/{scene.night.pid}/status"

    def is_traced() -> bool:
        with open(status) as file:  # noqa: PTH123 - a file of the kernel
            return f"TracerPid:\t{tracer.pid}" in file.read()

    scene.until(is_traced, "nobody traces the night")


def _quicken_disk(scene: Scene) -> None:
    scene.helpers[-1].terminate()
    scene.helpers[-1].wait(10)


def _checkpoint(scene: Scene) -> None:
    scene.help(_CHECKPOINTS, str(scene.journal))


def _end_checkpoints(scene: Scene) -> None:
    scene.helpers[-1].kill()
    scene.helpers[-1].wait(10)


def _stop_into_nothing(scene: Scene) -> subprocess.Popen[bytes]:
    """Stop without standard input, and with an output that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return scene.start(STOP, passphrase=None, out=writing)
    finally:
        os.close(writing)


def _conduct_on_terminal(scene: Scene) -> None:
    """Let the night speak into a pipe whose other end we hold."""
    reading, writing = os.pipe()
    scene.opened.append(os.fdopen(reading, "rb"))
    scene.conduct(err=writing)
    os.close(writing)


def _freeze_terminal(scene: Scene) -> None:
    """Read nothing of what the night says, and leave no room for more."""
    pipe = f"/proc/{scene.night.pid}/fd/2"
    filling = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    try:
        while True:
            os.write(filling, b" ")
    except BlockingIOError:
        pass
    finally:
        os.close(filling)


def _close_terminal(scene: Scene) -> None:
    scene.opened.pop().close()


def _wind_clock(scene: Scene) -> None:
    (scene.folder / SHIFT).write_text("0")


def _jump_clock(scene: Scene) -> None:
    (scene.folder / SHIFT).write_text(str(_AHEAD_SECONDS))


def _flood_inbox(scene: Scene) -> None:
    """Lay thousands of files into the inbox that look like orders, older than any."""
    for number in range(_FLOOD):
        (scene.inbox / f"{number:032x}.order.json").write_text("{}")


def _take_over(scene: Scene) -> None:
    """Freeze the night beyond its lease, let another console take it over, and wake the first."""
    first = scene.night
    scene.until(lambda: _is_frozen_outside(scene, first), "the night never lets its journal go")
    taken = scene.count("run_taken_up")

    def is_taken() -> bool:
        if scene.night is first or scene.night.poll() is not None:
            scene.conduct("--take-over", "--lease", "30")
        return scene.count("run_taken_up") > taken or _waits(scene)

    scene.until(is_taken, "nobody takes the night over")
    first.send_signal(signal.SIGCONT)


def _is_frozen_outside(scene: Scene, night: subprocess.Popen[bytes]) -> bool:
    """Freeze a console, and tell whether it holds no lock on its journal; else let it go on."""
    night.send_signal(signal.SIGSTOP)
    journal = open_driver(scene.journal, Access.WRITE, busy_seconds=0.0)
    try:
        journal.execute("BEGIN IMMEDIATE")
        journal.execute("ROLLBACK")
    except DriverError:
        night.send_signal(signal.SIGCONT)
        return False
    finally:
        journal.close()
    return True


def _waits(scene: Scene) -> bool:
    """Let a moment pass for a console that has just been started; never so."""
    try:
        scene.night.wait(0.1)
    except subprocess.TimeoutExpired:
        return False
    return False


def _kill_night(scene: Scene) -> None:
    scene.night.kill()
    scene.night.wait()


def _hold_guard(scene: Scene) -> None:
    scene.help(_GUARD, str(scene.store / "writer.guard"))


def _use_up_files(scene: Scene) -> None:
    """Let the night's program open no file more."""
    resource.prlimit(scene.night.pid, resource.RLIMIT_NOFILE, (4, 4))


def _hold_store(scene: Scene) -> None:
    """Let another command write in the store where the night has just ended."""
    _kill_night(scene)
    scene.help(_WRITER, str(scene.store))


def _lock_journal(scene: Scene) -> None:
    count = "SELECT count(*) FROM fact"
    scene.help(_SQL, str(scene.journal), "BEGIN IMMEDIATE", count)


def _freeze_night(scene: Scene) -> None:
    scene.night.send_signal(signal.SIGSTOP)


def _wake_night(scene: Scene) -> None:
    scene.night.send_signal(signal.SIGCONT)


def _fill_disk(scene: Scene) -> None:
    """Let no file of the night's program grow any more."""
    resource.prlimit(scene.night.pid, resource.RLIMIT_FSIZE, (0, 0))


def _lose_inbox(scene: Scene) -> None:
    """Put a file in the place of the inbox."""
    shutil.rmtree(scene.inbox)
    scene.inbox.touch()


RECORDED: Final = (
    _mood("the call of a job hangs", "hangs", CI),
    Trouble(name="the plugin of the jobs is frozen", begin=_freeze_plugin, end=_wake_plugin),
    _mood("the plugin of the jobs dies at each call", "dies", CI),
    _mood("the plugin of the jobs floods its outputs", "floods", CI),
    _mood("the plugin of the jobs sends garbage", "sends garbage", CI),
    _mood("the change system hangs", "hangs:change.comment", DESK),
    _mood("the change system is down", "is down:change.comment", DESK),
    _mood("the change system refuses", "refuses:change.comment", DESK),
    _mood("monitoring hangs", "hangs:query", DESK),
    _mood("monitoring answers no number", "says nonsense:query", DESK),
    Trouble(name="the cache is locked", begin=_lock_cache, end=_release),
    Trouble(name="the cache is damaged", begin=_damage_cache),
    Trouble(name="the plugins' folder is gone", begin=_take_plugin_folder, end=_give_plugin_folder),
    Trouble(name="every sync of the disk is slow", begin=_slow_disk, end=_quicken_disk),
    Trouble(name="checkpoints of the database run", begin=_checkpoint, end=_end_checkpoints),
    Trouble(name="the keyring hangs", stop=lambda scene: scene.start(STOP, keyring="hanging")),
    Trouble(name="the keyring is locked", stop=lambda scene: scene.start(STOP, keyring="locked")),
    Trouble(name="there is no keyring", stop=lambda scene: scene.start(STOP, keyring="none")),
    Trouble(name="a wrong passphrase", stop=lambda scene: scene.start(STOP, passphrase="wrong")),
    Trouble(name="no input and an output that is closed", stop=_stop_into_nothing),
    Trouble(
        name="the night's terminal is frozen", conduct=_conduct_on_terminal, begin=_freeze_terminal
    ),
    Trouble(
        name="the night's terminal is gone", conduct=_conduct_on_terminal, begin=_close_terminal
    ),
    Trouble(
        name="the clock jumps",
        prepare=_wind_clock,
        begin=_jump_clock,
    ),
    Trouble(name="the inbox is flooded", begin=_flood_inbox),
    Trouble(
        name="another console took the lease",
        conduct=lambda scene: scene.conduct("--lease", "0.5"),
        begin=_take_over,
    ),
    Trouble(name="the night's console was killed", begin=_kill_night),
    Trouble(name="another program is taking the store", begin=_hold_guard, end=_release),
    Trouble(name="the night can open no file more", begin=_use_up_files),
)
"""Under each of these a stop is recorded at once."""

KEPT: Final = (
    Trouble(
        name="another program locks the journal", begin=_lock_journal, end=_release, ends=Ends.KEPT
    ),
    Trouble(
        name="the night's console is frozen", begin=_freeze_night, end=_wake_night, ends=Ends.KEPT
    ),
    Trouble(
        name="another command writes the store", begin=_hold_store, end=_release, ends=Ends.KEPT
    ),
    Trouble(
        name="the disk is full",
        begin=_fill_disk,
        stop=lambda scene: scene.start(STOP, most_bytes=0),
        ends=Ends.REFUSED,
    ),
    Trouble(name="the inbox is no folder", begin=_lose_inbox, ends=Ends.REFUSED),
)
"""Under these nobody can record it; yet nothing leaves past it."""

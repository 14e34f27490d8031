"""Who may write in a store: one program at a time, by a lock of the operating system.

The lock ends with its holder, however that ends, so no stale one is ever left. A holder that is
alive but frozen keeps it; where a lease proves it to be late, another may *take over*: the lock's
file is replaced by a new one, so that the frozen program holds a lock on a file that nobody looks
at. That alone stops nothing that it does when it wakes. What does is that the new writer opens the
journals, which begins a new writer epoch in each: from then on every append of the old one is
refused inside its own transaction. So whoever takes over calls ``fence_off`` on, or opens, every
journal of the store before acting.

Readers ask nobody.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

import msgspec

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.instants import format_instant, in_utc
from relconsole.ports.journal import Lease

GUARD_SECONDS: Final = 2.0
"""How long another program's taking of the role is waited for; it takes a millisecond."""

LOOKS: Final = 20
LOOK_SECONDS: Final = 0.005
"""How often, and after how long, a lock without a holder's name is tried again.

Whoever asks who holds it locks it for a moment, and a new holder needs one to write its name.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The program that holds the role, by its own word.

    ``started`` is what the kernel says about when the process began, which tells it from a later
    one of the same number; ``since`` is in UTC, as text.
    """

    pid: int
    started: str
    host: str
    verb: str
    since: str

    @property
    def name(self) -> str:
        """Give the name under which this program, and no other, holds leases."""
        return f"{self.host}:{self.pid}:{self.started}"

    def __str__(self) -> str:
        """Give it as part of a sentence."""
        return f"relconsole {self.verb} (process {self.pid} on {self.host}, since {self.since})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A holder that is to be replaced, and the lease of its own that it let run out."""

    holder: Holder
    lease: Lease


class StoreBusy(PersonMustAct):
    """Another program writes in the store; ``holder`` says which, None where it cannot be read."""

    def __init__(self, folder: Path, holder: Holder | None, *, why: str = "") -> None:
        """Name the store and the holder."""
        super().__init__(
            f"{folder} is being written by {holder or 'another program'}.",
            why=why,
            do="Give the command there, or end that program first; reading is always possible.",
        )
        self.holder = holder


class WriterRole:
    """The right to write in a store, until it is released or the program ends."""

    def __init__(self, path: Path, lock: int, holder: Holder) -> None:
        """Take a locked file by its descriptor."""
        self._path: Final = path
        self._lock: int | None = lock
        self.holder: Final = holder

    def is_held(self) -> bool:
        """Tell whether the role is still ours: not released, and not taken over."""
        return self._lock is not None and _is_at(self._path, self._lock)

    def release(self) -> None:
        """Give the role up; again does nothing."""
        if self._lock is not None:
            # The file stays: were it removed, two programs could each lock one of that name.
            # Unlocked by name: a forked child may still have the descriptor.
            fcntl.flock(self._lock, fcntl.LOCK_UN)
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        """Give the role itself."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Release it."""
        self.release()


def take_writer(
    folder: Path, verb: str, now: datetime, *, frozen: Frozen | None = None
) -> WriterRole:
    """Give the role of the store's only writer.

    StoreBusy where another program has it. With ``frozen`` the role is taken over from exactly that
    holder; StoreBusy where its lease has not run out by ``now``, is not its own, or where somebody
    else has the role by now.
    """
    path = folder / "writer.lock"
    holder = Holder(
        pid=os.getpid(),
        started=_started(os.getpid()),
        host=socket.gethostname(),
        verb=verb,
        since=format_instant(now),
    )
    try:
        with _guard(folder):
            lock = _try_lock(path, holder)
            for _ in range(LOOKS):
                if lock is not None or holder_of(folder) is not None:
                    break
                time.sleep(LOOK_SECONDS)
                lock = _try_lock(path, holder)
            if lock is None and frozen is not None:
                _check_frozen(folder, frozen, now)
                lock = _replace(path, holder)
    except OSError as wrong:
        raise WorldIsDown(
            f"{path} cannot be locked: {wrong.strerror or wrong}.", system="disk"
        ) from wrong
    if lock is None:
        raise StoreBusy(folder, holder_of(folder))
    return WriterRole(path, lock, holder)


def is_gone(name: str) -> bool:
    """Tell whether the program of a holder's name is known to have ended.

    Known is only what ran on this machine; of another's nothing is said.
    """
    host, _, rest = name.partition(":")
    pid, _, started = rest.partition(":")
    return host == socket.gethostname() and pid.isdigit() and _started(int(pid)) != started


def holder_of(folder: Path) -> Holder | None:
    """Give who holds the role now, None where nobody does or it does not say."""
    path = folder / "writer.lock"
    try:
        found = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        with suppress(BlockingIOError):
            fcntl.flock(found, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
        return msgspec.json.decode(os.pread(found, 4096, 0), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return None
    finally:
        os.close(found)


def _check_frozen(folder: Path, frozen: Frozen, now: datetime) -> None:
    """Refuse a take-over from a holder that is not the one meant, or is not late."""
    holder, lease = holder_of(folder), frozen.lease
    if holder is None or holder != frozen.holder:
        raise StoreBusy(folder, holder, why="It took the role meanwhile.")
    if lease.holder != holder.name:
        raise StoreBusy(folder, holder, why=f"The lease of run {lease.run} is not its own.")
    if in_utc(now) < lease.until:
        why = f"Its lease of run {lease.run} runs until {lease.until:%H:%M:%S} UTC."
        raise StoreBusy(folder, holder, why=why)


def _try_lock(path: Path, holder: Holder) -> int | None:
    """Give the locked file, None where another program has it."""
    lock = _open(path, os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    except BaseException:
        os.close(lock)
        raise
    return _written(lock, holder)


def _replace(path: Path, holder: Holder) -> int:
    """Put a new locked file in the place of one that a frozen program holds, and give it."""
    fresh = path.with_name(f"{path.name}.{holder.pid}")
    fresh.unlink(missing_ok=True)
    lock = _open(fresh, os.O_CREAT | os.O_EXCL)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _written(lock, holder)
        fresh.replace(path)
    except BaseException:
        os.close(lock)
        fresh.unlink(missing_ok=True)
        raise
    return lock


def _written(lock: int, holder: Holder) -> int:
    """Give the file after the holder's name was written to it."""
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps(msgspec.to_builtins(holder)).encode(), 0)
    except BaseException:
        os.close(lock)
        raise
    return lock


@contextmanager
def _guard(folder: Path) -> Generator[None]:
    """Let one program at a time take the role, so that no two take it over at once."""
    guard = _open(folder / "writer.guard", os.O_CREAT)
    try:
        _lock_within(guard, folder)
        yield
    finally:
        os.close(guard)


def _lock_within(guard: int, folder: Path) -> None:
    """Lock the guard within its time; StoreBusy past it."""
    ends = time.monotonic() + GUARD_SECONDS
    while True:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > ends:
                raise StoreBusy(folder, None, why="It is just taking the role.") from None
            time.sleep(0.01)
        else:
            return


def _open(path: Path, flags: int) -> int:
    """Give a descriptor of a file that its owner alone reads, never through a link."""
    return os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | flags, 0o600)


def _is_at(path: Path, lock: int) -> bool:
    """Tell whether the file of this descriptor is still the one of this name."""
    try:
        there = path.stat()
    except OSError:
        return False
    ours = os.fstat(lock)
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


def _started(pid: int) -> str:
    """Give when a process began, in the kernel's own count; empty where it does not say."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name of the program stands in brackets and may hold blanks.
    return text.rpartition(")")[2].split()[19]

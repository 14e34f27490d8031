"""A short night's journal for P15, and the small disks that it is written on."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from relconsole.adapters.journal_sql.journal import ReadOnlyJournal, SqlJournal
from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.record.checkpoint import Checkpoint, checkpoint_line
from relconsole.domain.record.envelope import line
from relconsole.ports.journal import Batch
from tests.helpers.journals import RUN, START, effect_fact, fact, fact_id, intended_fact, notes

ROUNDS: Final = 4
NOBODY: Final = 65_534
_CLONE_NEWNS: Final = 0x0002_0000
_MS_REC_PRIVATE: Final = 0x4000 | 1 << 18


@dataclass(slots=True)
class Night:
    """What was written: ``kept`` was acknowledged, ``tried`` is what may be on the disk or not."""

    kept: list[bytes] = field(default_factory=list[bytes])
    tried: list[bytes] = field(default_factory=list[bytes])
    heads: list[Checkpoint] = field(default_factory=list[Checkpoint])
    fence: int = 0
    ends: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    acknowledged: Callable[[], None] = lambda: None

    async def append(self, journal: SqlJournal, batch: Batch) -> Checkpoint:
        """Append, and keep what was acknowledged."""
        self.tried = [line(envelope) for envelope in batch.envelopes]
        head = await journal.append(batch)
        self.kept += self.tried
        self.tried = []
        self.heads.append(head)
        self.acknowledged()
        return head

    async def play(self, journal: SqlJournal, rounds: int = ROUNDS) -> None:
        """Write the whole night, or some of it, after what was written before."""
        lease = await journal.take_lease(RUN, "mara", START, 3_600)
        self.fence = lease.fence
        for _ in range(rounds):
            seq = len(self.kept) + 1
            await self.append(journal, notes(seq, seq + 1))
            for batch in job(seq + 2, self.fence):
                await self.append(journal, batch)
            large = fact(seq + 4, body={"text": "x" * 5_000})
            head = await self.append(journal, Batch(envelopes=(large,)))
            await journal.keep_checkpoint(head)

    def is_kept_in(self, lines: list[bytes]) -> bool:
        """Tell whether all that was acknowledged is there, and else only what was being written."""
        rest = lines[len(self.kept) :]
        return lines[: len(self.kept)] == self.kept and rest in ([], self.tried)


def job(seq: int, fence: int) -> tuple[Batch, Batch]:
    """Give the batches that intend a job and say that it leaves."""
    facts = EffectFacts()
    intended = intended_fact(seq, fence, attempt=seq)
    sent = effect_fact(seq + 1, "effect_sent", effect=EffectId(fact_id(seq)))
    before = facts.after(intended, lambda _id: None)
    after = facts.after(sent, lambda _id: before)
    assert before is not None
    assert after is not None
    return (
        Batch(envelopes=(intended,), effects=(before,)),
        Batch(envelopes=(sent,), effects=(after,)),
    )


async def content_of(journal: ReadOnlyJournal) -> dict[str, object]:
    """Give all that a journal says of itself, each by the ways in which it can be asked."""
    lines = await journal.lines()
    ids = [EffectId(fact_id(seq)) for seq in range(1, len(lines) + 1)]
    head = await journal.head()
    return {
        "identity": journal.identity,
        "lines": lines,
        "lines of the release": await journal.lines(stream="release/payments-core-2026.4"),
        "size": await journal.size(),
        "head": None if head is None else checkpoint_line(head),
        "checkpoints": [checkpoint_line(each) for each in await journal.checkpoints()],
        "effects": await journal.effects(),
        "effects of the run": await journal.effects(RUN),
        "each effect": [await journal.effect(each) for each in ids],
        "leases": await journal.leases(),
    }


@dataclass(slots=True)
class Bench:
    """Where journals are written and damaged, and what went wrong."""

    folder: Path
    wrong: list[str] = field(default_factory=list[str])
    done: Counter[str] = field(default_factory=Counter[str])


@contextmanager
def largest_file(most: int | None) -> Generator[None]:
    """Let no file of this process grow beyond so many bytes: a write ends where the disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    if most is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def as_nobody() -> Generator[None]:
    """Be a user without rights over files, as whoever is root is not."""
    ours = os.geteuid()
    if ours == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if ours == 0:
            os.seteuid(ours)


def leave_the_mounts() -> bool:
    """Have mounts of this process's own, gone with it; False where it may not."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS):
        return False
    return not libc.mount(b"none", b"/", None, _MS_REC_PRIVATE, None)


@contextmanager
def small_disk(folder: Path, size: int) -> Generator[None]:
    """Put a disk of so many bytes at a folder; RuntimeError where that cannot be."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", bytes(folder), b"tmpfs", 0, f"size={size}".encode()):
        raise RuntimeError("no disk")
    try:
        yield
    finally:
        libc.umount2(bytes(folder), 2)

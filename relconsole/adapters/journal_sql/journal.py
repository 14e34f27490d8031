"""A journal as the rest of the program has it: every call off the loop, values that stay values.

Writing and reading have a thread and a connection each, so that a long read delays no append, and
what is already recorded can be shown while the disk refuses to take more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar, overload

from relconsole.adapters.journal_sql.faults import FAULTS, meaning_of_content
from relconsole.adapters.journal_sql.ledger import Ledger, Sealed
from relconsole.adapters.journal_sql.projection import Projection
from relconsole.adapters.journal_sql.reader import Reader
from relconsole.adapters.journal_sql.rows import Identity
from relconsole.adapters.journal_sql.verification import RecordBroken, Verified
from relconsole.adapters.journal_sql.worker import SerialThread
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import EffectId, RunId
from relconsole.domain.record.checkpoint import Checkpoint
from relconsole.domain.record.effect import Effect
from relconsole.domain.record.envelope import Envelope, line, parse_line
from relconsole.ports.journal import Batch, JournalKind, Lease

Answer = TypeVar("Answer")

LINES_AT_ONCE: Final = 10_000
"""Lines read in one piece of work; shorter reads may come between two pieces."""


class StoredEnvelopes(Sequence[Envelope]):
    """Envelopes by their stored lines, each taken apart when it is asked for."""

    __slots__ = ("_lines",)

    def __init__(self, lines: Sequence[bytes]) -> None:
        """Keep the lines."""
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> Envelope: ...
    @overload
    def __getitem__(self, index: slice) -> StoredEnvelopes: ...
    def __getitem__(self, index: int | slice) -> Envelope | StoredEnvelopes:
        if isinstance(index, slice):
            return StoredEnvelopes(self._lines[index])
        return parse_line(self._lines[index])

    def __iter__(self) -> Iterator[Envelope]:
        return map(parse_line, self._lines)


class ReadOnlyJournal:
    """A journal that is only read; nothing of it was verified unless ``verify`` was asked to."""

    def __init__(self, path: Path, thread: SerialThread, reader: Reader) -> None:
        """Take a reader that was made on this thread."""
        self._path: Final = path
        self._reading: Final = thread
        self._reader: Final = reader

    @property
    def identity(self) -> Identity:
        """Give id, kind and public key, as the file states them."""
        return self._reader.identity

    @property
    def id(self) -> str:
        """Give the journal's id."""
        return self._reader.identity.journal

    @property
    def kind(self) -> JournalKind:
        """Give which of the three it is."""
        return self._reader.identity.kind

    async def lines(self, after: int = 0, *, stream: str | None = None) -> list[bytes]:
        """Give the stored lines after a sequence number, of one stream or all, in order."""
        found: list[bytes] = []
        while True:
            some = await self._read_lines(after, stream)
            found += some
            if len(some) < LINES_AT_ONCE:
                return found
            after = parse_line(some[-1]).seq

    async def read(self, after: int = 0) -> StoredEnvelopes:
        """Give the envelopes after a sequence number, in order."""
        return StoredEnvelopes(await self.lines(after))

    async def size(self) -> int:
        """Give the number of facts."""
        return await self._ask(self._reader.size)

    async def head(self) -> Checkpoint | None:
        """Give the newest signed head, None for an empty journal."""
        return await self._ask(self._reader.head)

    async def checkpoints(self) -> Sequence[Checkpoint]:
        """Give the kept checkpoints, oldest first."""
        return await self._ask(self._reader.checkpoints)

    async def effects(self, run: RunId | None = None) -> Sequence[Effect]:
        """Give the projection of the effects, of one run or all, in the order of their ids."""
        return await self._ask(lambda: self._reader.effects(run))

    async def effect(self, effect: EffectId) -> Effect | None:
        """Give one effect's projection."""
        return await self._ask(lambda: self._reader.effect(effect))

    async def leases(self) -> Sequence[Lease]:
        """Give the leases, by run; a holder without a name gave it up."""
        return await self._ask(self._reader.leases)

    async def verify(
        self, projection: Projection | None = None, anchors: Sequence[Checkpoint] = ()
    ) -> Verified:
        """Verify the whole file; RecordBroken, naming the first wrong fact, where it fails."""
        return await self._ask(lambda: self._reader.verify(projection, anchors))

    async def backup(self, to: Path) -> None:
        """Copy the journal as it stands, whole, to a file; one that is there is replaced."""
        await self._ask(lambda: self._reader.backup(to))

    async def close(self) -> None:
        """Close the file; again does nothing."""
        await self._reading.close(self._reader.close)

    async def _read_lines(self, after: int, stream: str | None) -> list[bytes]:
        """Give the next lines, at most ``LINES_AT_ONCE``."""
        return await self._ask(lambda: self._reader.lines(after, LINES_AT_ONCE, stream))

    async def _ask(self, question: Callable[[], Answer]) -> Answer:
        """Give the answer of the reading thread."""

        def work() -> Answer:
            try:
                return question()
            except FAULTS as fault:
                raise meaning_of_content(fault, self._path) from fault
            except ValueError as wrong:
                raise RecordBroken(self.id, str(wrong)) from wrong

        return await self._reading.call(work)


class SqlJournal(ReadOnlyJournal):
    """A journal that was verified and is open to write."""

    def __init__(
        self,
        path: Path,
        reading: SerialThread,
        reader: Reader,
        writing: SerialThread,
        ledger: Ledger,
    ) -> None:
        """Take reader and ledger, each made on its thread."""
        super().__init__(path, reading, reader)
        self._writing: Final = writing
        self._ledger: Final = ledger

    async def append(self, batch: Batch) -> Checkpoint:
        """Append durably and give the signed head after it.

        StaleFence where this program or one of the tokens is no longer the newest; Bug for a
        batch that does not follow the last fact or moves an effect illegally; WorldIsDown where
        the disk refuses, after which the journal takes nothing more. ValueError for a body that
        has no canonical form. An append goes on when whoever waits for it is cancelled.
        """
        if not batch.envelopes:
            raise Bug("an append without facts")
        sealed = Sealed(batch=batch, lines=tuple(line(envelope) for envelope in batch.envelopes))
        return await self._writing.call_together(self._ledger.append, sealed)

    async def keep_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a head as a checkpoint of the record."""
        await self._writing.call(lambda: self._ledger.keep_checkpoint(checkpoint))

    async def take_lease(self, run: RunId, holder: str, now: datetime, seconds: float) -> Lease:
        """Give the lease of a run.

        A free, expired or own one is taken with the next fence; one held by somebody else is given
        as it stands, so compare the holder.
        """
        return await self._writing.call(lambda: self._ledger.take_lease(run, holder, now, seconds))

    async def renew_lease(self, lease: Lease, now: datetime, seconds: float) -> Lease:
        """Give the lease with a later end; raises StaleFence where it was taken over."""
        return await self._writing.call(lambda: self._ledger.renew_lease(lease, now, seconds))

    async def release_lease(self, lease: Lease) -> None:
        """Give the lease up, so that the next may take it at once."""
        await self._writing.call(lambda: self._ledger.release_lease(lease))

    async def close(self) -> None:
        """Close the file, after all that was submitted; again does nothing.

        The writer goes last, so that what stands in the log is merged into the file.
        """
        await super().close()
        await self._writing.close(self._ledger.close)

"""The journal: facts appended in one durable transaction, leases, and the projection of effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from relconsole.domain.kernel.ids import EffectId, RunId
from relconsole.domain.record.checkpoint import Checkpoint
from relconsole.domain.record.effect import Effect
from relconsole.domain.record.envelope import Envelope
from relconsole.domain.record.file_form import JournalKind

__all__ = ["Batch", "Journal", "JournalKind", "Lease", "StaleFence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who may intend effects of a run, until when, with the fencing token that proves it."""

    run: RunId
    holder: str
    fence: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one transaction appends.

    ``effects`` are the new states of the effects that these facts move; each carries the fence of
    its run, and the transaction is refused whole where a newer fence exists or a move is illegal.
    """

    envelopes: tuple[Envelope, ...]
    effects: tuple[Effect, ...] = ()


class StaleFence(Exception):
    """Another console took the run over; nothing of the batch was written."""


class Journal(Protocol):
    """One journal; calls run off the loop and are durable when they return."""

    @property
    def id(self) -> str:
        """Give the journal's id, part of every signature."""
        ...

    @property
    def kind(self) -> JournalKind:
        """Give which of the three it is."""
        ...

    async def append(self, batch: Batch) -> Checkpoint:
        """Append durably and give the signed head after it.

        Raises StaleFence, or WorldIsDown where the disk refuses (nothing was written, and the
        journal takes nothing more until it is opened again).
        """
        ...

    async def read(self, after: int = 0) -> Sequence[Envelope]:
        """Give the envelopes after a sequence number, in order."""
        ...

    async def size(self) -> int:
        """Give the number of facts."""
        ...

    async def head(self) -> Checkpoint | None:
        """Give the newest signed head, None for an empty journal."""
        ...

    async def keep_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a head as a checkpoint of the record."""
        ...

    async def checkpoints(self) -> Sequence[Checkpoint]:
        """Give the kept checkpoints, oldest first."""
        ...

    async def effects(self, run: RunId | None = None) -> Sequence[Effect]:
        """Give the projection of the effects, of one run or all."""
        ...

    async def effect(self, effect: EffectId) -> Effect | None:
        """Give one effect's projection."""
        ...

    async def take_lease(self, run: RunId, holder: str, now: datetime, seconds: float) -> Lease:
        """Give the lease of a run.

        A free or expired lease is taken with the next fence; one held by somebody else is given as
        it stands, so compare the holder.
        """
        ...

    async def renew_lease(self, lease: Lease, now: datetime, seconds: float) -> Lease:
        """Give the lease with a later end; raises StaleFence where it was taken over."""
        ...

    async def release_lease(self, lease: Lease) -> None:
        """Give the lease up, so that the next may take it at once."""
        ...

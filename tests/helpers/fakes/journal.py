"""A journal in memory, with the meaning of the real one: atomic, fenced, only legal moves.

What is stored outlives the program that wrote it: open it again after a crash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from relconsole.domain.kernel.errors import Bug, WorldIsDown
from relconsole.domain.kernel.ids import Digest, EffectId, Fingerprint, RunId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.record.checkpoint import Checkpoint, sign_checkpoint
from relconsole.domain.record.effect import Effect, EffectState, move
from relconsole.domain.record.envelope import Envelope, line
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.record.tree import Frontier, leaf_hash
from relconsole.ports.journal import Batch, JournalKind, Lease, StaleFence
from tests.helpers.fakes.points import Point, pass_by

JOURNAL = "0192f0c0a5b87d3e8f00112233445566"
NOBODY = Fingerprint("0" * 64)
NO_ROOT = Digest("0" * 64)


@dataclass(slots=True)
class Stored:
    """What lies on the disk; `openings` tells which opening may write."""

    id: str = JOURNAL
    kind: JournalKind = JournalKind.LIVE
    envelopes: list[Envelope] = field(default_factory=list[Envelope])
    projection: dict[EffectId, Effect] = field(default_factory=dict[EffectId, Effect])
    leases: dict[RunId, Lease] = field(default_factory=dict[RunId, Lease])
    kept: list[Checkpoint] = field(default_factory=list[Checkpoint])
    openings: int = 0


class FakeJournal:
    """One opening of what is stored.

    Without a key its heads are not signed and bear no root, which is all that a simulation of
    nights needs. `fails_at` is the append, counted from 1, at which the disk refuses.
    """

    def __init__(
        self,
        stored: Stored | None = None,
        *,
        key: SigningKey | None = None,
        point: Point = pass_by,
        fails_at: int | None = None,
    ) -> None:
        self.stored = stored if stored is not None else Stored()
        self.stored.openings += 1
        self._opening = self.stored.openings
        self._key = key
        self._point = point
        self.fails_at = fails_at
        self.appends = 0
        self.broken = False
        self._frontier = Frontier()
        if key is not None:
            self._frontier = Frontier().extend(
                [leaf_hash(line(envelope)) for envelope in self.stored.envelopes]
            )

    @property
    def id(self) -> str:
        return self.stored.id

    @property
    def kind(self) -> JournalKind:
        return self.stored.kind

    async def append(self, batch: Batch) -> Checkpoint:
        await self._point("append:before")
        self._ask_disk()
        self.appends += 1
        if self.appends == self.fails_at:
            self.broken = True
            raise WorldIsDown("The disk of the test is full.", system="disk")
        moved = self._check(batch)
        self.stored.envelopes.extend(batch.envelopes)
        self.stored.projection.update(moved)
        if self._key is not None:
            leaves = [leaf_hash(line(envelope)) for envelope in batch.envelopes]
            self._frontier = self._frontier.extend(leaves)
        head = self._head_at(batch.envelopes[-1].at)
        await self._point("append:after")
        return head

    async def read(self, after: int = 0) -> Sequence[Envelope]:
        return self.stored.envelopes[after:]

    async def size(self) -> int:
        return len(self.stored.envelopes)

    async def head(self) -> Checkpoint | None:
        if not self.stored.envelopes:
            return None
        return self._head_at(self.stored.envelopes[-1].at)

    async def keep_checkpoint(self, checkpoint: Checkpoint) -> None:
        await self._point("checkpoint:before")
        self._ask_disk()
        self.stored.kept.append(checkpoint)

    async def checkpoints(self) -> Sequence[Checkpoint]:
        return tuple(self.stored.kept)

    async def effects(self, run: RunId | None = None) -> Sequence[Effect]:
        return tuple(
            effect
            for _, effect in sorted(self.stored.projection.items())
            if run is None or effect.run == run
        )

    async def effect(self, effect: EffectId) -> Effect | None:
        return self.stored.projection.get(effect)

    async def take_lease(self, run: RunId, holder: str, now: datetime, seconds: float) -> Lease:
        await self._point("lease:before")
        self._ask_disk()
        held = self.stored.leases.get(run)
        if held is not None and held.until > now and held.holder not in {"", holder}:
            return held
        fences = [effect.fence for effect in self.stored.projection.values() if effect.run == run]
        fence = max([held.fence if held else 0, *fences]) + 1
        until = now + timedelta(seconds=seconds)
        taken = Lease(run=run, holder=holder, fence=fence, until=until)
        self.stored.leases[run] = taken
        await self._point("lease:after")
        return taken

    async def renew_lease(self, lease: Lease, now: datetime, seconds: float) -> Lease:
        await self._point("renew:before")
        self._ask_disk()
        held = self.stored.leases.get(lease.run)
        if held is None or (held.fence, held.holder) != (lease.fence, lease.holder):
            raise StaleFence(f"run {lease.run} is not held under token {lease.fence}")
        renewed = replace(lease, until=now + timedelta(seconds=seconds))
        self.stored.leases[lease.run] = renewed
        return renewed

    async def release_lease(self, lease: Lease) -> None:
        await self._point("release:before")
        self._ask_disk()
        held = self.stored.leases.get(lease.run)
        if held is not None and held.fence == lease.fence:
            self.stored.leases[lease.run] = replace(held, holder="")

    def _ask_disk(self) -> None:
        if self.broken:
            raise WorldIsDown("The journal takes nothing more.", system="disk")
        if self._opening != self.stored.openings:
            raise StaleFence("the journal was opened to write by another program")

    def _check(self, batch: Batch) -> dict[EffectId, Effect]:
        """Give the projection after the batch; StaleFence or Bug, and nothing is written."""
        if not batch.envelopes:
            raise Bug("an append without facts")
        for expected, envelope in enumerate(batch.envelopes, len(self.stored.envelopes) + 1):
            if (envelope.seq, envelope.journal) != (expected, self.stored.id):
                raise Bug(f"fact {envelope.seq} of {envelope.journal} cannot be {expected}")
        for effect in batch.effects:
            held = self.stored.leases.get(effect.run)
            if held is None or held.fence != effect.fence:
                token = held.fence if held else "none"
                raise StaleFence(f"run {effect.run} is under token {token}, not {effect.fence}")
        return {effect.id: self._legal(effect, batch) for effect in batch.effects}

    def _legal(self, after: Effect, batch: Batch) -> Effect:
        before = self.stored.projection.get(after.id)
        if before is None:
            born = any(str(envelope.id) == after.id for envelope in batch.envelopes)
            if after.state is EffectState.INTENDED and born:
                return after
            raise Bug(f"effect {after.id} begins as {after.state}, or without its fact")
        moved = move(
            before,
            after.state,
            at=after.since,
            remote=after.remote,
            outcome=after.outcome,
            not_before=after.not_before,
        )
        if isinstance(moved, Refusal):
            raise Bug(str(moved))
        if replace(moved, fence=after.fence) != after:
            raise Bug(f"effect {after.id} became another one: {after}")
        return after

    def _head_at(self, at: datetime) -> Checkpoint:
        size = len(self.stored.envelopes)
        if self._key is None:
            return Checkpoint(
                journal=self.stored.id, size=size, root=NO_ROOT, at=at, key=NOBODY, signature=""
            )
        return sign_checkpoint(
            journal=self.stored.id, size=size, root=self._frontier.digest, at=at, key=self._key
        )

"""The writing half of a journal: every change of the file is one transaction here.

A ledger lives on one thread. Each transaction first asks whether this program is still the writer
(nobody opened the journal to write since) and whether each effect's fencing token is the newest of
its run; only then is anything written. After a fault of the disk the ledger is broken and takes
nothing more: whether the last commit reached the disk can only be told by opening it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from relconsole.adapters.journal_sql import rows
from relconsole.adapters.journal_sql.connecting import (
    DriverIntegrityError,
    disconnect,
    driver_of,
)
from relconsole.adapters.journal_sql.faults import FAULTS, is_busy, meaning
from relconsole.adapters.journal_sql.projection import Projection
from relconsole.adapters.journal_sql.verification import RecordBroken
from relconsole.domain.kernel.errors import Bug, RelconsoleError, WorldIsDown
from relconsole.domain.kernel.ids import EffectId, RunId
from relconsole.domain.kernel.instants import in_utc
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.record.checkpoint import (
    Checkpoint,
    checkpoint_line,
    is_checkpoint_signed,
    sign_checkpoint,
)
from relconsole.domain.record.effect import Effect, EffectState, move
from relconsole.domain.record.envelope import Envelope
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.record.tree import Frontier, leaf_hash
from relconsole.ports.journal import Batch, Lease, StaleFence

Given = TypeVar("Given")

_APPEND: Final = "INSERT INTO fact (seq, leaf, line) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A batch with the canonical line of each of its envelopes."""

    batch: Batch
    lines: tuple[bytes, ...]


class Ledger:
    """Writes one journal, from the thread that made its connection."""

    def __init__(
        self,
        connection: Connection,
        *,
        path: Path,
        identity: rows.Identity,
        key: SigningKey,
        writer_epoch: int,
        projection: Projection | None,
    ) -> None:
        """Take a journal that was verified, and the epoch that this opening began."""
        self._connection: Final = connection
        self._run: Final = connection.exec_driver_sql
        # The same connection without SQLAlchemy, for the few statements of every append.
        self._driver: Final = driver_of(connection)
        self._path: Final = path
        self._identity: Final = identity
        self._key: Final = key
        self._writer_epoch: Final = writer_epoch
        self._projection: Final = projection
        self._broken: str | None = None

    def append(self, sealed: Sequence[Sealed]) -> list[Checkpoint | Exception]:
        """Append batches in order, in one transaction if all may be, and answer each.

        Where one is refused, the others are appended each for itself.
        """
        outcome = self._append_together(sealed)
        if len(sealed) > 1 and not isinstance(outcome, Checkpoint | WorldIsDown):
            return [self._append_together([one]) for one in sealed]
        return [outcome] * len(sealed)

    def keep_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a head for good; Bug for one that this journal's key did not sign."""
        known = checkpoint.journal == self._identity.journal
        if not known or not is_checkpoint_signed(checkpoint, self._identity.key):
            raise Bug(f"a checkpoint of {checkpoint.journal} is none of {self._identity.journal}")

        def write(head: rows.Head) -> None:
            if checkpoint.size > head.frontier.size:
                raise Bug(f"a checkpoint over {checkpoint.size} of {head.frontier.size} facts")
            self._run("INSERT INTO checkpoint (line) VALUES (?)", (checkpoint_line(checkpoint),))

        self._change(write)

    def take_lease(self, run: RunId, holder: str, now: datetime, seconds: float) -> Lease:
        """Give the lease of a run: a new one where it is free, expired or the holder's own."""

        def write(_head: rows.Head) -> Lease:
            held = rows.read_leases(self._connection, self._identity).get(run)
            fences = [held.fence if held else 0]
            fences += [effect.fence for effect in rows.read_effects(self._connection, run)]
            if held and held.until > now and held.holder not in {"", holder}:
                return held
            until = in_utc(now) + timedelta(seconds=seconds)
            return self._keep(Lease(run=run, holder=holder, fence=max(fences) + 1, until=until))

        return self._change(write)

    def renew_lease(self, lease: Lease, now: datetime, seconds: float) -> Lease:
        """Give the lease with a later end; StaleFence where it was taken over or given up."""

        def write(_head: rows.Head) -> Lease:
            held = rows.read_leases(self._connection, self._identity).get(lease.run)
            if held is None or (held.fence, held.holder) != (lease.fence, lease.holder):
                raise _stale(lease.run, lease.fence, held)
            return self._keep(replace(lease, until=in_utc(now) + timedelta(seconds=seconds)))

        return self._change(write)

    def release_lease(self, lease: Lease) -> None:
        """Give the lease up; nothing happens where somebody else has it by now."""

        def write(_head: rows.Head) -> None:
            held = rows.read_leases(self._connection, self._identity).get(lease.run)
            if held is not None and held.fence == lease.fence:
                self._keep(replace(held, holder=""))

        self._change(write)

    def close(self) -> None:
        """Close the connection."""
        disconnect(self._connection)

    def check_writer(self, head: rows.Head) -> None:
        """Refuse with StaleFence where the journal was opened to write by another since."""
        if head.writer_epoch != self._writer_epoch:
            raise StaleFence(
                f"{self._path.name} was opened to write by another program; this one may not write"
            )

    def check_fences(self, effects: Sequence[Effect]) -> None:
        """Refuse with StaleFence an effect whose token is not the newest of its run."""
        for run, fence in {(effect.run, effect.fence) for effect in effects}:
            held = self._run("SELECT fence FROM lease WHERE run = ?", (run,)).scalar()
            if held != fence:
                raise StaleFence(f"run {run} is under token {held or 'none'}, not {fence}")

    def _append_together(self, sealed: Sequence[Sealed]) -> Checkpoint | Exception:
        """Append all or nothing, and give the head or why not."""

        def write(head: rows.Head) -> Checkpoint:
            frontier = head.frontier
            for one in sealed:
                frontier = self._write(one, frontier)
            return self._sign(frontier, sealed[-1].batch.envelopes[-1].at)

        try:
            return self._change(write)
        except (StaleFence, RelconsoleError) as refusal:
            return refusal

    def _write(self, sealed: Sealed, frontier: Frontier) -> Frontier:
        """Write the facts of one batch and the effects that they move; give the tree after it."""
        batch = sealed.batch
        leaves = [leaf_hash(line) for line in sealed.lines]
        first = frontier.size + 1
        for expected, envelope in enumerate(batch.envelopes, first):
            if (envelope.seq, envelope.journal) != (expected, self._identity.journal):
                raise Bug(
                    f"fact {envelope.seq} of {envelope.journal} cannot be {expected}"
                    f" of {self._identity.journal}"
                )
        if batch.effects or self._projection is not None:
            effects = self._effects_after(batch)
            self.check_fences(batch.effects)
            for effect in effects:
                self._run(rows.KEEP_EFFECT, rows.effect_row(effect))
        self._driver.executemany(
            _APPEND,
            [(first + at, leaves[at], line) for at, line in enumerate(sealed.lines)],
        )
        return frontier.extend(leaves)

    def _effects_after(self, batch: Batch) -> list[Effect]:
        """Give the effects as the batch leaves them; Bug for an illegal move.

        Where the projection is known, the facts decide and the given effects must say the same;
        the token is always the given one.
        """
        after: dict[EffectId, Effect] = {}

        def known(effect: EffectId) -> Effect | None:
            return after.get(effect) or rows.read_effect(self._connection, effect)

        if self._projection is None:
            for given in batch.effects:
                after[given.id] = _legal(known(given.id), given, batch.envelopes)
            return list(after.values())
        for envelope in batch.envelopes:
            moved = self._projection.after(envelope, known)
            if moved is not None:
                after[moved.id] = moved
        given_last = {given.id: given for given in batch.effects}
        if {key: _gist(value) for key, value in after.items()} != {
            key: _gist(value) for key, value in given_last.items()
        }:
            raise Bug(f"the effects {sorted(given_last)} are not what the facts say: {after}")
        return [replace(after[key], fence=given.fence) for key, given in given_last.items()]

    def _sign(self, frontier: Frontier, at: datetime) -> Checkpoint:
        """Move the head to this tree, signed."""
        head = sign_checkpoint(
            journal=self._identity.journal,
            size=frontier.size,
            root=frontier.digest,
            at=at,
            key=self._key,
        )
        self._driver.execute(rows.MOVE_HEAD, rows.head_row(head, frontier))
        return head

    def _keep(self, lease: Lease) -> Lease:
        """Write a lease, sealed."""
        row = rows.lease_row(self._identity.journal, lease, self._key)
        self._run(rows.KEEP_LEASE, row)
        return lease

    def _change(self, write: Callable[[rows.Head], Given]) -> Given:
        """Give what a change of the file gives, once it is durable.

        StaleFence and errors of our own undo it and leave the ledger as it was. A fault of the disk
        is raised as our own error and breaks the ledger, except where another program was in the
        way before anything was begun.
        """
        if self._broken is not None:
            raise WorldIsDown(
                f"{self._path} takes nothing more until it is opened again: {self._broken}",
                system="disk",
            )
        try:
            with self._transaction():
                head = rows.read_head(self._driver)
                self.check_writer(head)
                return write(head)
        except FAULTS as fault:
            raise meaning(fault, self._path) from fault
        except ValueError as wrong:
            raise RecordBroken(self._identity.journal, str(wrong)) from wrong

    @contextmanager
    def _transaction(self) -> Generator[None]:
        """Commit what is done inside, or undo it; broken from begin to end, healed by either."""
        try:
            self._driver.execute("BEGIN IMMEDIATE")
        except FAULTS as fault:
            if not is_busy(fault):
                self._broken = str(meaning(fault, self._path))
            raise
        self._broken = "its writer failed in the middle of a transaction."
        try:
            try:
                yield
            except (StaleFence, RelconsoleError, IntegrityError, DriverIntegrityError):
                self._driver.execute("ROLLBACK")
                self._broken = None
                raise
            self._driver.execute("COMMIT")
            self._broken = None
        except FAULTS as fault:
            if self._broken is not None:
                self._broken = str(meaning(fault, self._path))
            raise
        finally:
            if self._broken is not None:
                # Readers must not wait for a transaction that nobody will end.
                with suppress(*FAULTS):
                    self._driver.execute("ROLLBACK")


def _legal(before: Effect | None, after: Effect, envelopes: Sequence[Envelope]) -> Effect:
    """Give the effect back where its state may follow the former one; Bug otherwise."""
    if before is None:
        born = any(str(envelope.id) == after.id for envelope in envelopes)
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
    if _gist(moved) != _gist(after):
        raise Bug(f"effect {after.id} became another one: {after}")
    return after


def _gist(effect: Effect) -> Mapping[str, object]:
    """Give what two accounts of an effect must agree on: all but token and times."""
    return {
        "run": effect.run,
        "step": effect.step,
        "attempt": effect.attempt,
        "system": effect.system,
        "kind": effect.kind,
        "state": effect.state,
        "remote": effect.remote,
        "outcome": effect.outcome,
    }


def _stale(run: RunId, fence: int, held: Lease | None) -> StaleFence:
    """Give the error for a lease that is no longer one's own."""
    holder = f"{held.holder or 'nobody'} under token {held.fence}" if held else "nobody"
    return StaleFence(f"run {run} is held by {holder}, not under token {fence}")

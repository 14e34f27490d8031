"""Whether a journal file is what its store wrote: every fact, the tree over them, its signatures.

Reads only, in one pass over the stored bytes. A file that was rewritten whole by somebody who has
the store's key, or replaced by an older copy, can be told by an anchor only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, cast

from sqlalchemy import Connection

from relconsole.adapters.journal_sql import rows
from relconsole.adapters.journal_sql.connecting import driver_of
from relconsole.adapters.journal_sql.projection import Projection
from relconsole.adapters.journal_sql.schema import SCHEMA_DIGEST, digest_of_schema
from relconsole.domain.kernel.errors import Bug, InputRejected, PersonMustAct
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.record.checkpoint import (
    Checkpoint,
    checkpoint_line,
    is_checkpoint_signed,
    parse_checkpoint,
)
from relconsole.domain.record.effect import Effect
from relconsole.domain.record.envelope import parse_line
from relconsole.domain.record.tree import Frontier

AT_ONCE: Final = 2_000
"""Rows taken from the file at a time."""


class RecordBroken(PersonMustAct):
    """The record was changed outside the program; it is read no further than a person wishes to.

    ``seq`` is the first fact that is certainly not as it was written, None where the facts stand
    and something about them does not.
    """

    def __init__(self, journal: str, what: str, *, seq: int | None = None) -> None:
        """Keep what disagrees, one clause without a full stop."""
        super().__init__(
            f"The record {journal} was changed outside the program: {what}.",
            why="Nothing is written to a record that cannot be trusted.",
            do="Keep the file as it is, restore the last good backup, and verify both.",
        )
        self.seq = seq


@dataclass(slots=True, kw_only=True)
class _Walk:
    """What one pass over the facts has found."""

    frontier: Frontier = field(default_factory=Frontier)
    roots: dict[int, bytes] = field(default_factory=dict[int, bytes])
    effects: dict[EffectId, Effect] = field(default_factory=dict[EffectId, Effect])


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a journal that stands holds: its head, and the effects as its facts leave them."""

    head: Checkpoint
    effects: dict[EffectId, Effect]


def verify(
    connection: Connection,
    identity: rows.Identity,
    *,
    projection: Projection | None,
    anchors: Sequence[Checkpoint] = (),
) -> Verified:
    """Give the head of a journal that stands; RecordBroken, with the first wrong fact, otherwise.

    Call it inside one transaction. An anchor is a head of this journal that was kept elsewhere.
    """
    try:
        return _verify(connection, identity, projection, anchors)
    except ValueError as wrong:
        raise RecordBroken(identity.journal, str(wrong)) from wrong


def _verify(
    connection: Connection,
    identity: rows.Identity,
    projection: Projection | None,
    anchors: Sequence[Checkpoint],
) -> Verified:
    """Verify; ValueError where a row is none that we write."""
    if digest_of_schema(connection) != SCHEMA_DIGEST:
        raise RecordBroken(identity.journal, "its tables are not those that the program made")
    for anchor in anchors:
        ours = anchor.journal == identity.journal
        if not ours or not is_checkpoint_signed(anchor, identity.key):
            raise RecordBroken(identity.journal, "its key is not the one that signed its anchor")
    kept = _kept_checkpoints(connection, identity)
    head = _head(connection, identity)
    known = sorted([*kept, head, *anchors], key=lambda checkpoint: checkpoint.size)
    walk = _walk(connection, identity, {checkpoint.size for checkpoint in known}, projection)
    _compare(identity, walk, known)
    edge = rows.read_head(driver_of(connection)).frontier
    if edge != walk.frontier:
        raise RecordBroken(identity.journal, "the head is not the edge of the tree")
    _check_tokens(connection, identity, walk.effects)
    if projection is not None:
        _check_effects(connection, identity, walk.effects)
    return Verified(head=head, effects=walk.effects)


def _walk(
    connection: Connection,
    identity: rows.Identity,
    sizes: set[int],
    projection: Projection | None,
) -> _Walk:
    """Hash every fact, and keep the root of the tree at these sizes."""
    walk = _Walk()
    stops = sorted(sizes)
    marker = None if projection is None else projection.marker
    if 0 in sizes:
        walk.roots[0] = walk.frontier.root
    for lines, leaves in _facts(connection, identity):
        start = walk.frontier.size
        done = 0
        for stop in stops:
            if start < stop <= start + len(leaves):
                walk.frontier = walk.frontier.extend(leaves[done : stop - start])
                walk.roots[stop] = walk.frontier.root
                done = stop - start
        walk.frontier = walk.frontier.extend(leaves[done:])
        if projection is not None and marker is not None:
            _follow_effects(walk, projection, [line for line in lines if marker in line])
    return walk


def _facts(
    connection: Connection, identity: rows.Identity
) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """Give the stored lines with their leaf hashes, some at a time; each hash is made anew."""
    cursor = driver_of(connection).execute("SELECT seq, leaf, line FROM fact ORDER BY seq")
    expected = 0
    while found := cast("list[tuple[int, bytes, bytes]]", cursor.fetchmany(AT_ONCE)):
        seqs, kept, lines = zip(*found, strict=True)
        leaves = [sha256(b"\x00" + line).digest() for line in lines]
        # Many at once, and one by one only where something is wrong among them.
        if seqs != tuple(range(expected + 1, expected + 1 + len(found))) or list(kept) != leaves:
            raise _first_wrong(identity, found, expected)
        expected += len(found)
        yield list(lines), leaves


def _first_wrong(
    identity: rows.Identity, found: Sequence[tuple[int, bytes, bytes]], before: int
) -> RecordBroken:
    """Give the error for the first of these facts that is not as it was written."""
    for expected, (seq, kept, line) in enumerate(found, before + 1):
        if seq != expected:
            what = f"fact {expected} is missing" if seq > expected else f"there is a fact {seq}"
            return RecordBroken(identity.journal, what, seq=min(seq, expected))
        if sha256(b"\x00" + line).digest() != kept:
            return RecordBroken(identity.journal, f"fact {seq} was changed", seq=seq)
    raise Bug("every fact is as it was written")


def _follow_effects(walk: _Walk, projection: Projection, lines: Sequence[bytes]) -> None:
    """Move the effects by the facts that may concern them."""
    for line in lines:
        envelope = parse_line(line)
        try:
            moved = projection.after(envelope, walk.effects.get)
        except (Bug, InputRejected) as wrong:
            raise RecordBroken(envelope.journal, str(wrong), seq=envelope.seq) from wrong
        if moved is not None:
            walk.effects[moved.id] = moved


def _compare(identity: rows.Identity, walk: _Walk, known: Sequence[Checkpoint]) -> None:
    """Compare the tree with every head that is known of it, by size."""
    good = reached = 0
    size = walk.frontier.size
    for checkpoint in known:
        if checkpoint.size > reached:
            good, reached = reached, checkpoint.size
        if checkpoint.size > size:
            what = f"{checkpoint.size} facts were signed, {size} are left"
            raise RecordBroken(identity.journal, what, seq=size + 1)
        if walk.roots[checkpoint.size].hex() != checkpoint.root:
            what = f"a fact from {good + 1} to {checkpoint.size} is not the one that was signed"
            raise RecordBroken(identity.journal, what, seq=good + 1)


def _head(connection: Connection, identity: rows.Identity) -> Checkpoint:
    """Give the signed head, which must be signed by the store."""
    head = rows.read_signed_head(connection, identity)
    if not is_checkpoint_signed(head, identity.key):
        raise RecordBroken(identity.journal, "its head was not signed by the store of this record")
    return head


def _kept_checkpoints(connection: Connection, identity: rows.Identity) -> list[Checkpoint]:
    """Give the checkpoints that were kept, oldest first."""
    found: list[Checkpoint] = []
    for row in connection.exec_driver_sql("SELECT number, line FROM checkpoint ORDER BY number"):
        number, line = cast("tuple[int, bytes]", tuple(row))
        found.append(_signed(identity, line, f"checkpoint {number}"))
        if number != len(found):
            raise RecordBroken(identity.journal, f"checkpoint {len(found)} is missing")
    return found


def _signed(identity: rows.Identity, line: bytes, name: str) -> Checkpoint:
    """Give the checkpoint of a line, which must be this journal's and signed by its store."""
    try:
        found = parse_checkpoint(line)
    except InputRejected as wrong:
        raise RecordBroken(identity.journal, f"{name} cannot be read") from wrong
    ours = found.journal == identity.journal and checkpoint_line(found) == line
    if not ours or not is_checkpoint_signed(found, identity.key):
        raise RecordBroken(identity.journal, f"{name} was not signed by the store of this record")
    return found


def _check_tokens(
    connection: Connection, identity: rows.Identity, effects: dict[EffectId, Effect]
) -> None:
    """Compare the leases with the effects: a token never goes down."""
    leases = rows.read_leases(connection, identity)
    for effect in (*rows.read_effects(connection), *effects.values()):
        lease = leases.get(effect.run)
        if lease is None or lease.fence < effect.fence:
            what = f"run {effect.run} lost the token {effect.fence} that effect {effect.id} bears"
            raise RecordBroken(identity.journal, what)


def _check_effects(
    connection: Connection, identity: rows.Identity, effects: dict[EffectId, Effect]
) -> None:
    """Compare the projection with the facts; one that is empty will be made again."""
    kept = {effect.id: effect for effect in rows.read_effects(connection)}
    if not kept:
        return
    for effect in {*kept, *effects}:
        said, stored = effects.get(effect), kept.get(effect)
        if said is None or stored is None or stored.fence < said.fence:
            raise RecordBroken(identity.journal, f"effect {effect} stands in one place only")
        if rows.effect_row(said)[:6] != rows.effect_row(stored)[:6]:
            raise RecordBroken(identity.journal, f"effect {effect} is not what its facts say")
        if rows.effect_row(said)[7:] != rows.effect_row(stored)[7:]:
            raise RecordBroken(identity.journal, f"effect {effect} does not stand where facts say")

"""Between rows and values: heads, leases and effects as their tables keep them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import Connection

from relconsole.adapters.journal_sql.connecting import DriverConnection
from relconsole.domain.kernel.ids import Digest, EffectId, RunId, StepId, SystemId
from relconsole.domain.kernel.instants import format_instant, parse_instant
from relconsole.domain.record.canonical import canonical
from relconsole.domain.record.checkpoint import Checkpoint
from relconsole.domain.record.effect import Effect, EffectState, Outcome
from relconsole.domain.record.signature import (
    PublicKey,
    SigningKey,
    is_signed_in_text,
    to_base64url,
)
from relconsole.domain.record.tree import Frontier
from relconsole.ports.journal import JournalKind, Lease

HASH_BYTES: Final = 32
ROW_MISSING: Final = "a row that every journal has is missing"
LEASE_PREFIX: Final = b"relconsole-lease/1\n"

EFFECT_COLUMNS: Final = (
    "id, run, step, attempt, system, kind, fence, state, remote, outcome, since, not_before"
)
KEEP_EFFECT: Final = (
    "INSERT INTO effect_now VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET fence = excluded.fence, state = excluded.state,"
    " remote = excluded.remote, outcome = excluded.outcome, since = excluded.since,"
    " not_before = excluded.not_before"
)
MAKE_HEAD: Final = (
    "INSERT INTO head (one, size, root, frontier, at, signature) VALUES (1, ?, ?, ?, ?, ?)"
)
MOVE_HEAD: Final = "UPDATE head SET size = ?, root = ?, frontier = ?, at = ?, signature = ?"
KEEP_LEASE: Final = (
    "INSERT INTO lease (run, holder, fence, until, seal) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (run) DO UPDATE SET holder = excluded.holder, fence = excluded.fence,"
    " until = excluded.until, seal = excluded.seal"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which journal a file is: its id, its kind, and the public key of its store."""

    journal: str
    kind: JournalKind
    key: PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The right edge of the tree, and how often the journal was opened to write."""

    frontier: Frontier
    writer_epoch: int


def read_head(connection: DriverConnection) -> Head:
    """Give the head as it stands in the file; ValueError where it cannot be one.

    Straight from the driver, as every append begins with it.
    """
    row = connection.execute("SELECT size, frontier, writer_epoch FROM head, meta").fetchone()
    if row is None:
        raise ValueError(ROW_MISSING)
    size, frontier, epoch = row
    peaks = cast("bytes", frontier)
    cut = tuple(peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES))
    if len(peaks) != int.bit_count(cast("int", size)) * HASH_BYTES:
        raise ValueError("the head's size and its frontier do not belong together")
    return Head(frontier=Frontier(cast("int", size), cut), writer_epoch=cast("int", epoch))


def read_identity(connection: Connection) -> Identity:
    """Give which journal it is; ValueError where the row is none that we wrote."""
    row = connection.exec_driver_sql("SELECT journal, kind, key FROM meta").fetchone()
    if row is None:
        raise ValueError(ROW_MISSING)
    journal, kind, key = tuple(row)
    return Identity(
        journal=cast("str", journal),
        kind=JournalKind(cast("str", kind)),
        key=PublicKey.from_text(cast("str", key)),
    )


def effect_row(effect: Effect) -> tuple[str | int | None, ...]:
    """Give the effect as its table keeps it, in the order of ``EFFECT_COLUMNS``."""
    return (
        effect.id,
        effect.run,
        effect.step,
        effect.attempt,
        effect.system,
        effect.kind,
        effect.fence,
        effect.state,
        effect.remote,
        effect.outcome,
        format_instant(effect.since),
        None if effect.not_before is None else format_instant(effect.not_before),
    )


def effect_of(row: Sequence[object]) -> Effect:
    """Give the effect of a row in the order of ``EFFECT_COLUMNS``; ValueError for none of ours."""
    id_, run, step, attempt, system, kind, fence, state, remote, outcome, since, not_before = row
    return Effect(
        id=EffectId(cast("str", id_)),
        run=RunId(cast("str", run)),
        step=None if step is None else StepId(cast("str", step)),
        attempt=cast("int", attempt),
        system=SystemId(cast("str", system)),
        kind=cast("str", kind),
        fence=cast("int", fence),
        state=EffectState(cast("str", state)),
        remote=cast("str | None", remote),
        outcome=None if outcome is None else Outcome(cast("str", outcome)),
        since=parse_instant(cast("str", since)),
        not_before=None if not_before is None else parse_instant(cast("str", not_before)),
    )


def read_effect(connection: Connection, effect: EffectId) -> Effect | None:
    """Give where one effect stands."""
    sql = f"SELECT {EFFECT_COLUMNS} FROM effect_now WHERE id = ?"  # noqa: S608 - constants only
    row = connection.exec_driver_sql(sql, (effect,)).fetchone()
    return None if row is None else effect_of(row)


def read_effects(connection: Connection, run: RunId | None = None) -> tuple[Effect, ...]:
    """Give where the effects stand, of one run or all, by id, which is by age."""
    sql = f"SELECT {EFFECT_COLUMNS} FROM effect_now"  # noqa: S608 - constants only
    if run is None:
        rows = connection.exec_driver_sql(f"{sql} ORDER BY id")
    else:
        rows = connection.exec_driver_sql(f"{sql} WHERE run = ? ORDER BY id", (run,))
    return tuple(effect_of(row) for row in rows)


def head_row(head: Checkpoint, frontier: Frontier) -> tuple[object, ...]:
    """Give the signed head as its table keeps it; the tree's right edge beside it."""
    peaks = b"".join(frontier.peaks)
    return (head.size, head.root, peaks, format_instant(head.at), head.signature)


def read_signed_head(connection: Connection, identity: Identity) -> Checkpoint:
    """Give the signed head as it stands in the file, not verified; ValueError for none."""
    row = connection.exec_driver_sql("SELECT size, root, at, signature FROM head").fetchone()
    if row is None:
        raise ValueError(ROW_MISSING)
    size, root, at, signature = cast("tuple[int, str, str, str]", tuple(row))
    return Checkpoint(
        journal=identity.journal,
        size=size,
        root=Digest(root),
        at=parse_instant(at),
        key=identity.key.fingerprint,
        signature=signature,
    )


def lease_message(journal: str, lease: Lease) -> bytes:
    """Give what the store signs of a lease."""
    return LEASE_PREFIX + canonical(
        {
            "fence": lease.fence,
            "holder": lease.holder,
            "journal": journal,
            "run": lease.run,
            "until": format_instant(lease.until),
        }
    )


def lease_row(journal: str, lease: Lease, key: SigningKey) -> tuple[str | int, ...]:
    """Give the lease as its table keeps it, sealed."""
    seal = to_base64url(key.sign(lease_message(journal, lease)))
    return (lease.run, lease.holder, lease.fence, format_instant(lease.until), seal)


def read_leases(connection: Connection, identity: Identity) -> dict[RunId, Lease]:
    """Give the leases by run; ValueError for one that the store did not seal."""
    found: dict[RunId, Lease] = {}
    for row in connection.exec_driver_sql("SELECT run, holder, fence, until, seal FROM lease"):
        run, holder, fence, until, seal = cast("tuple[str, str, int, str, str]", tuple(row))
        lease = Lease(run=RunId(run), holder=holder, fence=fence, until=parse_instant(until))
        message = lease_message(identity.journal, lease)
        if not is_signed_in_text(identity.key, message, seal):
            raise ValueError(f"the lease of run {run} was not written by this store")
        found[lease.run] = lease
    return found

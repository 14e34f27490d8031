"""The journal: a durable fact, twenty at once, a million verified, one read back."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import importlib.util
import os
import random
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from benchmarks.frame import Row, at_most, medians
from relconsole.adapters.journal_sql.connecting import (
    Access,
    connect,
    disconnect,
    driver_of,
)
from relconsole.adapters.journal_sql.journal import SqlJournal
from relconsole.adapters.journal_sql.opening import Wanted, open_journal
from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.adapters.journal_sql.reader import LINES, Reader
from relconsole.adapters.journal_sql.rows import MOVE_HEAD, Identity, head_row
from relconsole.adapters.journal_sql.verification import verify
from relconsole.adapters.journal_sql.worker import SerialThread
from relconsole.domain.kernel.ids import FactId, PersonId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.record.checkpoint import sign_checkpoint
from relconsole.domain.record.envelope import (
    ActSignature,
    Envelope,
    act_message,
    line,
)
from relconsole.domain.record.signature import SigningKey, to_base64url
from relconsole.domain.record.tree import Frontier
from relconsole.ports.journal import Batch, JournalKind

KEY: Final = SigningKey(b"\x01" * 32)
JOURNAL: Final = "0192f0c0a5b87d3e8f00112233445566"
AT: Final = datetime(2026, 8, 8, 20, 0, tzinfo=UTC)
MICRO: Final = 1e6
GROUP: Final = 20
APPENDS: Final = 1_000
CHANCE: Final = random.Random(7)
FACTS: Final = 1_000_000
READS: Final = 3_000


def run() -> list[Row]:
    """Give the rows of the journal."""
    with tempfile.TemporaryDirectory(prefix="bench-journal-") as folder:
        path = Path(folder)
        rows = asyncio.run(_appends(path))
        rows += asyncio.run(_point_reads(path))
        rows.append(_verification(path))
    return rows


def _fact(seq: int) -> Envelope:
    """Give a fact as a night makes them, signed by the person who acts."""
    step = f"deploy-{seq % 60}"
    body: JsonObject = {"run": "night-1", "step": step, "attempt": 1, "inputs": {"wave": "2"}}
    at, stream = AT, "release/payments-core-2026.4"
    ann, made = PersonId("ann.lind"), FactId(f"{seq:032x}")
    act = KEY.sign(
        act_message(
            id=made,
            journal=JOURNAL,
            stream=stream,
            kind="step_started",
            version=1,
            at=at,
            by=ann,
            body=body,
        )
    )
    return Envelope(
        seq=seq,
        id=made,
        journal=JOURNAL,
        stream=stream,
        kind="step_started",
        version=1,
        at=at,
        tick=seq,
        by=ann,
        body=body,
        act=ActSignature(key=KEY.public.fingerprint, signature=to_base64url(act)),
    )


def _wanted() -> Wanted:
    """Give what is opened."""
    return Wanted(journal=JOURNAL, kind=JournalKind.LIVE, key=KEY, now=AT, projection=EffectFacts())


async def _appends(folder: Path) -> list[Row]:
    """Measure single appends and groups, each in turn with a plain append on the same disk."""
    journal = await open_journal(folder / "append.db", _wanted())
    plain = os.open(folder / "plain", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    taken: dict[str, list[float]] = {"plain": [], "one": [], "group": []}
    seq = 0
    try:
        for _ in range(APPENDS):
            seq = await _append_in_turn(journal, plain, seq, taken)
    finally:
        os.close(plain)
        await journal.close()
    once, one, group = (statistics.median(taken[name]) for name in ("plain", "one", "group"))
    peer = "write + fdatasync"
    on_top = (group - once) / GROUP * MICRO
    return [
        at_most(
            Row(
                job="durable append of one signed fact",
                measured=one * MICRO,
                unit="µs",
                peer=peer,
                peer_measured=once * MICRO,
                limit="at most the plain one + 200 µs",
            ),
            once * MICRO + 200,
        ),
        at_most(
            Row(
                job=f"{GROUP} signed facts at once: each, on top of one plain append",
                measured=on_top,
                unit="µs",
                peer=peer,
                peer_measured=once * MICRO,
                limit="at most 60 µs",
            ),
            60,
        ),
    ]


async def _append_in_turn(
    journal: SqlJournal, plain: int, seq: int, taken: dict[str, list[float]]
) -> int:
    """Do each kind of append once; gives the number of facts after it."""
    facts = [_fact(seq + at) for at in range(1, GROUP + 2)]
    raw = line(facts[0])
    _fall_out_of_step()
    start = perf_counter()
    os.write(plain, raw)
    os.fdatasync(plain)
    taken["plain"].append(perf_counter() - start)
    _fall_out_of_step()
    start = perf_counter()
    await journal.append(Batch(envelopes=(facts[0],)))
    taken["one"].append(perf_counter() - start)
    _fall_out_of_step()
    start = perf_counter()
    await asyncio.gather(*(journal.append(Batch(envelopes=(fact,))) for fact in facts[1:]))
    taken["group"].append(perf_counter() - start)
    return seq + GROUP + 1


def _fall_out_of_step() -> None:
    """Work at random: some disks answer at a beat, and each append would start on the last one.

    A processor that slept meanwhile would be measured waking up.
    """
    until = perf_counter() + CHANCE.uniform(0.0, 0.008)
    while perf_counter() < until:
        pass


async def _point_reads(folder: Path) -> list[Row]:
    """Measure one stored line read through a thread that owns the connection."""
    path = folder / "append.db"
    thread = SerialThread("bench reader")
    reader = await thread.call(lambda: Reader(path))

    async def ours(seq: int) -> object:
        return await thread.call(lambda: reader.lines(seq, 1, None))

    try:
        peer = await _aiosqlite(path)
        medians_of = {"ours": await _median_of(ours)}
        if peer is not None:
            read, close = peer
            # In turn: whichever comes second finds the file warm.
            medians_of["peer"] = await _median_of(read)
            medians_of["ours"] = min(medians_of["ours"], await _median_of(ours))
            await close()
    finally:
        await thread.close(reader.close)
    theirs = medians_of.get("peer")
    row = Row(
        job="point read through the database thread",
        measured=medians_of["ours"] * MICRO,
        unit="µs",
        peer="aiosqlite",
        peer_measured=None if theirs is None else theirs * MICRO,
        limit="at most 0.4x aiosqlite",
    )
    return [row if theirs is None else at_most(row, 0.4 * theirs * MICRO)]


async def _median_of(read: Callable[[int], Awaitable[object]]) -> float:
    """Give the median seconds of one read."""
    taken: list[float] = []
    for seq in range(READS):
        start = perf_counter()
        await read(seq)
        taken.append(perf_counter() - start)
    return statistics.median(taken)


async def _aiosqlite(
    path: Path,
) -> tuple[Callable[[int], Awaitable[object]], Callable[[], Awaitable[object]]] | None:
    """Give a read by the peer and what closes it, None where it is not installed."""
    if importlib.util.find_spec("aiosqlite") is None:
        return None
    connection: Any = await importlib.import_module("aiosqlite").connect(path)

    async def read(seq: int) -> object:
        async with connection.execute(LINES, (seq, 1)) as cursor:
            return await cursor.fetchone()

    return read, connection.close


def _verification(folder: Path) -> Row:
    """Measure the verification of a million facts against one pass of SHA-256 over their bytes."""
    path = folder / "million.db"
    flat = folder / "million.jsonl"
    _make_million(path, flat)
    connection = connect(path, Access.LOOK)
    known = Identity(journal=JOURNAL, kind=JournalKind.LIVE, key=KEY.public)

    def ours() -> None:
        connection.exec_driver_sql("BEGIN")
        verify(connection, known, projection=EffectFacts())
        connection.exec_driver_sql("COMMIT")

    def peer() -> None:
        with flat.open("rb") as file:
            hashlib.file_digest(file, "sha256")

    try:
        taken = medians({"ours": ours, "peer": peer}, rounds=3)
    finally:
        disconnect(connection)
    return at_most(
        Row(
            job=f"verify {FACTS:,} facts: stored bytes, tree, checkpoints",
            measured=taken["ours"],
            unit="s",
            peer="SHA-256 of the same lines",
            peer_measured=taken["peer"],
            limit="at most 10x",
        ),
        10 * taken["peer"],
    )


def _make_million(path: Path, flat: Path) -> None:
    """Write the facts by the thousand: how they came into the file is not measured."""

    async def make() -> None:
        journal = await open_journal(path, _wanted())
        await journal.close()

    asyncio.run(make())
    # One line taken apart at its numbers, so that a million are made in seconds.
    before, _, after = line(_fact(0x1234)).partition(f"{0x1234:032x}".encode())
    middle, _, last = after.partition(b'"seq":4660')
    connection = connect(path, Access.WRITE)
    driver = driver_of(connection)
    edge = Frontier()
    try:
        driver.execute("PRAGMA synchronous = OFF")
        with flat.open("wb") as file:
            for first in range(1, FACTS + 1, 10_000):
                lines = [
                    b'%s%032x%s"seq":%d%s' % (before, seq, middle, seq, last)
                    for seq in range(first, first + 10_000)
                ]
                leaves = [hashlib.sha256(b"\x00" + raw).digest() for raw in lines]
                edge = edge.extend(leaves)
                driver.execute("BEGIN")
                driver.executemany(
                    "INSERT INTO fact (seq, leaf, line) VALUES (?, ?, ?)",
                    list(zip(range(first, first + 10_000), leaves, lines, strict=True)),
                )
                driver.execute("COMMIT")
                file.write(b"\n".join(lines) + b"\n")
        head = sign_checkpoint(journal=JOURNAL, size=edge.size, root=edge.digest, at=AT, key=KEY)
        driver.execute(
            MOVE_HEAD,
            head_row(head, edge),
        )
    finally:
        disconnect(connection)

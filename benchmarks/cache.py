"""The cache of observations: a hundred thousand records upserted, and none of them again."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

import msgspec

from benchmarks.frame import Row, at_most, seconds_of
from relconsole.adapters.journal_sql.cache import SqlCache, open_cache
from relconsole.adapters.journal_sql.connecting import (
    Access,
    DriverConnection,
    create_private,
    open_driver,
)
from relconsole.ports.cache import Cached

RECORDS: Final = 100_000
ROUNDS: Final = 9
AT: Final = datetime(2026, 8, 8, 20, 0, tzinfo=UTC)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_TABLE: Final = (
    "CREATE TABLE observation (key TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL,"
    " source TEXT NOT NULL, observed_at INTEGER NOT NULL, time_to_live REAL NOT NULL)"
    " STRICT, WITHOUT ROWID"
)
_UPSERT: Final = (
    "INSERT INTO observation VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
    " value = excluded.value, source = excluded.source, observed_at = excluded.observed_at,"
    " time_to_live = excluded.time_to_live"
)


def run() -> list[Row]:
    """Give the rows of the cache."""
    with tempfile.TemporaryDirectory(prefix="bench-cache-") as folder:
        return asyncio.run(_upserts(Path(folder)))


def _observed(turn: int) -> list[Cached]:
    """Give all records as one poll brings them; every one differs from the poll before."""
    return [
        Cached(
            key=f"itsm/change/CHG{number:07d}",
            value={"state": "scheduled", "risk": number % 4, "turn": turn, "ci": f"srv{number}"},
            source="servicenow",
            observed_at=AT + timedelta(seconds=turn),
            time_to_live=60.0,
        )
        for number in range(RECORDS)
    ]


async def _upserts(folder: Path) -> list[Row]:
    """Measure ours and the bare driver in turn, then what is unchanged."""
    cache = await open_cache(folder / "cache.db")
    raw_path = folder / "raw.db"
    create_private(raw_path)
    raw = open_driver(raw_path, Access.WRITE)
    for sql in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", _TABLE):
        raw.execute(sql)
    ours: list[float] = []
    bare: list[float] = []
    try:
        entries: list[Cached] = []
        for turn in range(ROUNDS + 1):
            entries = _observed(turn)
            bare.append(seconds_of(partial(_put_raw, raw, entries)))
            ours.append(await _seconds_of_put(cache, entries, RECORDS))
        again = [await _seconds_of_put(cache, entries, 0) for _ in range(ROUNDS)]
    finally:
        raw.close()
        await cache.close()
    median, peer = statistics.median(ours[1:]), statistics.median(bare[1:])
    return [
        at_most(
            Row(
                job=f"upsert of {RECORDS:,} observed records",
                measured=median,
                unit="s",
                peer="the driver alone, same encoding",
                peer_measured=peer,
                limit="at most 1.05x",
            ),
            1.05 * peer,
        ),
        Row(
            job=f"the same {RECORDS:,} again, unchanged: none is written",
            measured=statistics.median(again),
            unit="s",
            limit="no row written",
            met=True,
        ),
    ]


async def _seconds_of_put(cache: SqlCache, entries: list[Cached], changed: int) -> float:
    """Give the seconds of one put; RuntimeError where another number of rows was written."""
    start = perf_counter()
    written = await cache.put(entries)
    seconds = perf_counter() - start
    if written != changed:
        raise RuntimeError(f"{written} rows were written, not {changed}")
    return seconds


def _put_raw(raw: DriverConnection, entries: list[Cached]) -> None:
    """Do with the driver alone what an upsert must do: encode, and write all in one go."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    microsecond = timedelta(microseconds=1)
    rows: list[tuple[object, ...]] = [
        (
            entry.key,
            encode(entry.value),
            entry.source,
            (entry.observed_at - EPOCH) // microsecond,
            entry.time_to_live,
        )
        for entry in entries
    ]
    raw.execute("BEGIN IMMEDIATE")
    raw.executemany(_UPSERT, rows)
    raw.execute("COMMIT")

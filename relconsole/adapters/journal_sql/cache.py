"""The cache of observations, in a file of its own that may be thrown away at any time.

A file that is damaged or of another form is replaced by an empty one without a word: what it held
can be asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar, cast

import msgspec
from sqlalchemy import Connection

from relconsole.adapters.journal_sql.connecting import Access, connect, create_private, disconnect
from relconsole.adapters.journal_sql.faults import FAULTS, code_of, is_damage, meaning
from relconsole.adapters.journal_sql.worker import SerialThread
from relconsole.domain.kernel.json import Json
from relconsole.ports.cache import Cached

Answer = TypeVar("Answer")

FORM: Final = 1
"""The form of the file, in SQLite's ``user_version``."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

AT_ONCE: Final = 2_000

_TABLE: Final = """
CREATE TABLE observation (
    key TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL,
    source TEXT NOT NULL,
    observed_at INTEGER NOT NULL,
    time_to_live REAL NOT NULL
) STRICT, WITHOUT ROWID
"""

_PUT: Final = """
INSERT INTO observation (key, value, source, observed_at, time_to_live) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, source = excluded.source,
    observed_at = excluded.observed_at, time_to_live = excluded.time_to_live
WHERE excluded.observed_at > observed_at OR (excluded.observed_at = observed_at AND
    (excluded.value, excluded.source, excluded.time_to_live) <> (value, source, time_to_live))
"""

_GET: Final = "SELECT key, value, source, observed_at, time_to_live FROM observation"

_DECODER: Final = msgspec.json.Decoder()
_WRONG: Final = (*FAULTS, msgspec.MsgspecError)


class SqlCache:
    """Last known values of other systems, on a thread of their own."""

    def __init__(self, path: Path, thread: SerialThread) -> None:
        """Take the file and the thread that will own it; ``open_cache`` makes one."""
        self._path: Final = path
        self._thread: Final = thread
        self._connection: Connection | None = None

    async def put(self, entries: Sequence[Cached]) -> int:
        """Keep the newest value of each key; gives how many rows really changed.

        A row that says the same of the same instant is not written, and an older observation
        replaces no newer one. TypeError for a value that is no JSON.
        """
        return await self._ask(lambda connection: _put(connection, entries))

    async def get(self, key: str) -> Cached | None:
        """Give the last known value."""

        def read(connection: Connection) -> Cached | None:
            row = connection.exec_driver_sql(f"{_GET} WHERE key = ?", (key,)).fetchone()
            return None if row is None else _cached(row)

        return await self._ask(read)

    async def under(self, prefix: str) -> Sequence[Cached]:
        """Give the values whose key begins so, ordered by key."""

        def read(connection: Connection) -> tuple[Cached, ...]:
            # The last code point is no character, so no key sorts behind it.
            ends = (prefix, f"{prefix}\U0010ffff")
            found = connection.exec_driver_sql(f"{_GET} WHERE key >= ? AND key < ?", ends)
            return tuple(_cached(row) for row in found)

        return await self._ask(read)

    async def close(self) -> None:
        """Close the file; again does nothing."""
        await self._thread.close(self._close)

    def _close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            disconnect(self._connection)
            self._connection = None

    async def _ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """Give the answer of the thread; WorldIsDown where the disk refuses."""

        def work() -> Answer:
            try:
                try:
                    return question(self._opened())
                except _WRONG as fault:
                    if not _is_worthless(fault):
                        raise
                    self._throw_away()
                    return question(self._opened())
            except FAULTS as fault:
                raise meaning(fault, self._path) from fault

        return await self._thread.call(work)

    def _opened(self) -> Connection:
        """Give the connection to a file of the present form."""
        if self._connection is None:
            try:
                self._connection = _connect(self._path)
            except FAULTS as fault:
                if not _is_worthless(fault):
                    raise
                self._throw_away()
            if self._connection is None:
                self._connection = _connect(self._path)
        return self._connection

    def _throw_away(self) -> None:
        """Remove the file and what SQLite keeps beside it."""
        with suppress(*FAULTS):
            self._close()
        self._connection = None
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)


async def open_cache(path: Path) -> SqlCache:
    """Give the cache in this file, a new one where there is none; its folder must exist."""
    cache = SqlCache(path, SerialThread("cache"))
    try:
        await cache.under("\U0010ffff")
    except BaseException:
        await cache.close()
        raise
    return cache


def _connect(path: Path) -> Connection:
    """Give a connection to a file that holds the table."""
    create_private(path)
    connection = connect(path, Access.WRITE)
    try:
        run = connection.exec_driver_sql
        # What a loss of power takes can be asked for again.
        run("PRAGMA synchronous = NORMAL")
        if run("PRAGMA user_version").scalar_one() != FORM:
            for (name,) in run("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                run('DROP TABLE "{}"'.format(str(name).replace('"', '""')))
            run(_TABLE)
            run(f"PRAGMA user_version = {FORM}")
    except BaseException:
        disconnect(connection)
        raise
    return connection


def _is_worthless(fault: Exception) -> bool:
    """Tell whether the content is to blame, by the database's word or because it makes no sense."""
    return is_damage(fault) or (not isinstance(fault, OSError) and code_of(fault) in {None, 1})


def _put(connection: Connection, entries: Sequence[Cached]) -> int:
    """Write the rows that differ, in one transaction."""
    changed = 0
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        # Some at a time, so that rows are still at hand when they are written.
        for first in range(0, len(entries), AT_ONCE):
            rows = _rows_of(entries[first : first + AT_ONCE])
            changed += connection.exec_driver_sql(_PUT, rows).rowcount
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        with suppress(*FAULTS):
            connection.exec_driver_sql("ROLLBACK")
        raise
    return changed


def _rows_of(entries: Sequence[Cached]) -> list[tuple[object, ...]]:
    """Give entries as their table keeps them."""
    encode = _ENCODER.encode
    return [
        (
            entry.key,
            encode(entry.value),
            entry.source,
            (entry.observed_at - EPOCH) // MICROSECOND,
            entry.time_to_live,
        )
        for entry in entries
    ]


def _cached(row: Sequence[object]) -> Cached:
    """Give the entry of a row."""
    key, value, source, observed_at, time_to_live = row
    return Cached(
        key=cast("str", key),
        value=cast("Json", _DECODER.decode(cast("bytes", value))),
        source=cast("str", source),
        observed_at=EPOCH + cast("int", observed_at) * MICROSECOND,
        time_to_live=cast("float", time_to_live),
    )


def _plain(value: object) -> object:
    """Give a mapping of another kind as a dict; TypeError for what is no JSON."""
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Json]", value))
    raise TypeError(f"{type(value).__name__} is no JSON")


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_plain, order="deterministic")

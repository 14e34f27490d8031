"""The reading half of a journal: its own connection, which cannot write, on its own thread."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Connection

from relconsole.adapters.journal_sql import rows
from relconsole.adapters.journal_sql.connecting import (
    Access,
    connect,
    create_private,
    disconnect,
    driver_of,
    open_driver,
)
from relconsole.adapters.journal_sql.faults import FAULTS, is_damage
from relconsole.adapters.journal_sql.projection import Projection
from relconsole.adapters.journal_sql.verification import RecordBroken, Verified, verify
from relconsole.domain.kernel.errors import Bug, PersonMustAct
from relconsole.domain.kernel.ids import EffectId, RunId
from relconsole.domain.record.checkpoint import Checkpoint, parse_checkpoint
from relconsole.domain.record.effect import Effect
from relconsole.ports.journal import Lease

LINES: Final = "SELECT line FROM fact WHERE seq > ? ORDER BY seq LIMIT ?"
STREAM: Final = (
    "SELECT line FROM fact WHERE json_extract(CAST(line AS TEXT), '$.stream') = ? AND seq > ?"
    " ORDER BY seq LIMIT ?"
)


class Reader:
    """Reads one journal, from the thread that made it; gives the errors of the database as such."""

    def __init__(self, path: Path) -> None:
        """Open the file, which must be a journal; RecordBroken where it says not which."""
        self._path: Final = path
        self._connection: Final = _connect(path)
        self._driver: Final = driver_of(self._connection)
        try:
            self.identity: Final = rows.read_identity(self._connection)
        except (ValueError, TypeError) as wrong:
            disconnect(self._connection)
            raise RecordBroken(path.name, str(wrong)) from wrong
        except FAULTS as fault:
            disconnect(self._connection)
            if is_damage(fault):
                raise
            raise PersonMustAct(f"{path} is no journal of this program.") from fault

    def lines(self, after: int, most: int, stream: str | None) -> list[bytes]:
        """Give stored lines after a sequence number, of one stream or all, at most so many."""
        # Straight from the driver: lines are read by the hundred thousand, and one by one.
        if stream is None:
            found = self._driver.execute(LINES, (after, most))
        else:
            found = self._driver.execute(STREAM, (stream, after, most))
        return [row[0] for row in cast("list[tuple[bytes]]", found.fetchmany(most))]

    def size(self) -> int:
        """Give the number of facts."""
        return cast("int", self._connection.exec_driver_sql("SELECT size FROM head").scalar_one())

    def head(self) -> Checkpoint | None:
        """Give the signed head, None while there is no fact."""
        head = rows.read_signed_head(self._connection, self.identity)
        return head if head.size else None

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Give the kept checkpoints, oldest first."""
        found = self._connection.exec_driver_sql("SELECT line FROM checkpoint ORDER BY number")
        return tuple(parse_checkpoint(cast("bytes", line)) for line in found.scalars())

    def effect(self, effect: EffectId) -> Effect | None:
        """Give where one effect stands."""
        return rows.read_effect(self._connection, effect)

    def effects(self, run: RunId | None) -> tuple[Effect, ...]:
        """Give where the effects stand."""
        return rows.read_effects(self._connection, run)

    def leases(self) -> tuple[Lease, ...]:
        """Give the leases, by run."""
        found = rows.read_leases(self._connection, self.identity)
        return tuple(found[run] for run in sorted(found))

    def verify(self, projection: Projection | None, anchors: Sequence[Checkpoint]) -> Verified:
        """Verify the whole file as it stands at one moment."""
        self._connection.exec_driver_sql("BEGIN")
        try:
            return verify(self._connection, self.identity, projection=projection, anchors=anchors)
        finally:
            self._connection.exec_driver_sql("COMMIT")

    def backup(self, to: Path) -> None:
        """Copy the journal, as it stands at one moment, to a file; a file there is replaced.

        The copy appears whole or not at all, and needs no side files.
        """
        part = to.with_name(f"{to.name}.part")
        part.unlink(missing_ok=True)
        if not create_private(part):
            raise Bug(f"{part} came back while it was made")
        try:
            target = open_driver(part, Access.WRITE)
            try:
                driver_of(self._connection).backup(target, pages=-1)
                target.execute("PRAGMA journal_mode = DELETE")
            finally:
                target.close()
            _sync(part)
            part.replace(to)
            _sync(to.parent)
        except (*FAULTS, Bug):
            with suppress(OSError):
                part.unlink()
            raise

    def close(self) -> None:
        """Close the connection."""
        disconnect(self._connection)


def _connect(path: Path) -> Connection:
    """Give a connection that cannot write; on read-only media too, if nothing was left open."""
    for access in (Access.LOOK, Access.READ):
        try:
            return _looking(path, access)
        except FAULTS as fault:
            if is_damage(fault) or not path.exists():
                raise
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        # What stands in the log alone cannot be merged here, and must not be passed over.
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
    return _looking(path, Access.SEALED)


def _looking(path: Path, access: Access) -> Connection:
    """Give a connection that has read from the file."""
    connection = connect(path, access)
    try:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
    except BaseException:
        disconnect(connection)
        raise
    return connection


def _sync(path: Path) -> None:
    """Bring a file or a folder to the disk."""
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

"""Connections to SQLite files: the bundled library, durable commits, and files for one's own eyes.

A connection belongs to the thread that made it. Transactions are begun and ended by name, never by
the driver: it stands in autocommit.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Final, Protocol, cast

from pysqlite3 import dbapi2 as untyped
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

DRIVER: Final = cast("ModuleType", untyped)
"""The bundled SQLite; it brings no types."""

DriverError: Final = cast("type[Exception]", DRIVER.Error)
"""The root of the driver's own errors."""

DriverIntegrityError: Final = cast("type[Exception]", DRIVER.IntegrityError)
"""What the driver raises where a row would break a rule of its table."""

BUSY_SECONDS: Final = 5.0
"""How long a statement waits for another program's transaction."""

PRIVATE: Final = 0o600


class Access(StrEnum):
    """How a file is opened.

    ``LOOK`` reads, and may only make the side files that a reader needs; ``READ`` needs them to be
    there; ``SEALED`` reads a file that nobody writes, on read-only media too.
    """

    WRITE = "write"
    LOOK = "look"
    READ = "read"
    SEALED = "sealed"


_MODES: Final[Mapping[Access, str]] = {
    Access.WRITE: "mode=rw",
    Access.LOOK: "mode=rw",
    Access.READ: "mode=ro",
    Access.SEALED: "mode=ro&immutable=1",
}


class Cursor(Protocol):
    """What we use of a driver's cursor."""

    def fetchone(self) -> tuple[object, ...] | None:
        """Give the next row."""
        ...

    def fetchmany(self, size: int) -> list[tuple[object, ...]]:
        """Give the next rows."""
        ...


class DriverConnection(Protocol):
    """What we use of a driver's connection: rows by the million, and copies while in use."""

    def execute(self, sql: str, parameters: tuple[object, ...] = ()) -> Cursor:
        """Run one statement."""
        ...

    def executemany(self, sql: str, parameters: list[tuple[object, ...]]) -> Cursor:
        """Run one statement for each row."""
        ...

    def backup(self, target: DriverConnection, *, pages: int) -> None:
        """Copy the whole database as it stands."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


def create_private(path: Path) -> bool:
    """Make an empty file that only its owner reads; False where there is one.

    SQLite gives its side files the same rights. A umask would be the whole process's.
    """
    try:
        made = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, PRIVATE)
    except FileExistsError:
        return False
    os.close(made)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def open_driver(path: Path, access: Access, busy_seconds: float = BUSY_SECONDS) -> DriverConnection:
    """Give a bare connection of the driver, in autocommit."""
    return cast(
        "DriverConnection",
        DRIVER.connect(
            f"{path.resolve().as_uri()}?{_MODES[access]}",
            uri=True,
            isolation_level=None,
            timeout=busy_seconds,
        ),
    )


def connect(path: Path, access: Access, *, busy_seconds: float = BUSY_SECONDS) -> Connection:
    """Give a connection for the calling thread; the driver's own errors come as SQLAlchemy's.

    A writer's commits are on the disk when they return: a write-ahead log, synced each time.
    """
    engine = create_engine(
        "sqlite://",
        module=DRIVER,
        creator=lambda: open_driver(path, access, busy_seconds),
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
    )
    connection = engine.connect()
    pragmas = ["trusted_schema = OFF", "foreign_keys = ON", "cell_size_check = ON"]
    if access is not Access.WRITE:
        pragmas.append("query_only = ON")
    else:
        pragmas += ["journal_mode = WAL", "synchronous = FULL", "fullfsync = ON"]
    try:
        for pragma in pragmas:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
    except BaseException:
        disconnect(connection)
        raise
    return connection


def disconnect(connection: Connection) -> None:
    """Close a connection and the engine that was made for it."""
    connection.close()
    connection.engine.dispose()


def driver_of(connection: Connection) -> DriverConnection:
    """Give the driver's connection beneath; its errors are the driver's own."""
    return cast("DriverConnection", connection.connection.driver_connection)

"""The tables of a journal file in the present form; how older ones became it is in ``migrations``.

A fact's id is computed from its line (a virtual column), so that no column can say something else
than the sealed bytes. All else about a fact stands in its line alone.
"""

from __future__ import annotations

import hashlib
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

FORMAT: Final = 1
"""The form of the file, kept in SQLite's ``user_version``; 0 is a file without tables."""

SCHEMA_DIGEST: Final = "0a6e2932efc16fcb8a620641a58e152fff4feeb9517f2716d4f227c222b4b76b"
"""What ``digest_of_schema`` gives for a file of the present form."""

METADATA: Final = MetaData()


META: Final = Table(
    "meta",
    METADATA,
    Column("one", Integer, primary_key=True),
    Column("journal", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("writer_epoch", Integer, nullable=False),
    CheckConstraint("one = 1"),
    sqlite_strict=True,
)
"""One row: which journal it is, the public key of its store, how often opened to write."""

FACT: Final = Table(
    "fact",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("leaf", LargeBinary, nullable=False),
    Column("line", LargeBinary, nullable=False),
    Column("id", Text, Computed("json_extract(CAST(line AS TEXT), '$.id')", persisted=False)),
    Index("fact_id", "id", unique=True),
    sqlite_strict=True,
)
"""The facts; ``line`` is the exact canonical bytes, ``leaf`` their hash in the tree.

Every index is a page more to write with each fact, so there is none but the one that keeps an id
from being given twice: a stream is found by a pass over the file.
"""

HEAD: Final = Table(
    "head",
    METADATA,
    Column("one", Integer, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("root", Text, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("at", Text, nullable=False),
    Column("signature", Text, nullable=False),
    CheckConstraint("one = 1"),
    sqlite_strict=True,
)
"""One row: the right edge of the tree (its peaks, 32 bytes each) and the signed head."""

CHECKPOINT: Final = Table(
    "checkpoint",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("line", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""Heads that are kept for good, in the order of keeping."""

EFFECT_NOW: Final = Table(
    "effect_now",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("run", Text, nullable=False),
    Column("step", Text),
    Column("attempt", Integer, nullable=False),
    Column("system", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("remote", Text),
    Column("outcome", Text),
    Column("since", Text, nullable=False),
    Column("not_before", Text),
    Index("effect_of_run", "run"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Where every effect stands: a projection of the facts, for the fence and the legal move only."""

Index(
    "job_intended_once",
    *(EFFECT_NOW.c[name] for name in ("run", "step", "attempt", "system", "kind")),
    unique=True,
    sqlite_where=(EFFECT_NOW.c.state == "intended") & EFFECT_NOW.c.kind.startswith("job."),
)

LEASE: Final = Table(
    "lease",
    METADATA,
    Column("run", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("until", Text, nullable=False),
    Column("seal", Text, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Who holds a run, until when; ``seal`` is the store's signature over the other columns."""


def digest_of_schema(connection: Connection) -> str:
    """Give a digest of everything that a file declares: tables, indexes, views and triggers."""
    found = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_schema ORDER BY name")
    text = "\n".join(f"{row[0]} {row[1]} {row[2]}" for row in found)
    return hashlib.sha256(text.encode()).hexdigest()

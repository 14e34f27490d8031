"""The first form: facts with their tree, kept heads, where effects stand, and leases."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    """Make the tables."""
    from alembic import op

    op.create_table(
        "meta",
        sa.Column("one", sa.Integer, primary_key=True),
        sa.Column("journal", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("writer_epoch", sa.Integer, nullable=False),
        sa.CheckConstraint("one = 1"),
        sqlite_strict=True,
    )
    op.create_table(
        "head",
        sa.Column("one", sa.Integer, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.CheckConstraint("one = 1"),
        sqlite_strict=True,
    )
    op.create_table(
        "checkpoint",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("line", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "lease",
        sa.Column("run", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("seal", sa.Text, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _make_facts()
    _make_effects()


def _make_facts() -> None:
    """Make the table of facts; the id is computed from the line."""
    from alembic import op

    of_line = sa.Computed("json_extract(CAST(line AS TEXT), '$.id')", persisted=False)
    op.create_table(
        "fact",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("line", sa.LargeBinary, nullable=False),
        sa.Column("id", sa.Text, of_line),
        sqlite_strict=True,
    )
    op.create_index("fact_id", "fact", ["id"], unique=True)


def _make_effects() -> None:
    """Make the projection of the effects; one attempt of a job is intended once at a time."""
    from alembic import op

    op.create_table(
        "effect_now",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("step", sa.Text),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("remote", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("not_before", sa.Text),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("effect_of_run", "effect_now", ["run"])
    op.create_index(
        "job_intended_once",
        "effect_now",
        ["run", "step", "attempt", "system", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'intended' AND (kind LIKE 'job.' || '%')"),
    )

"""How an older journal file becomes one of the present form, step by step, by Alembic.

Imported only when a file is older than the program: an ordinary start never loads Alembic. Which
form a file has stands in SQLite's ``user_version``, so there is no table of versions.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection


def migrate(connection: Connection, *, found: int, wanted: int) -> None:
    """Bring the tables from one form to a later one, inside the caller's transaction."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    here = Path(__file__).parent
    scripts = ScriptDirectory(here, version_locations=[here / "versions"])
    steps = scripts.iterate_revisions(_name(wanted), _name(found) if found else "base")
    with Operations.context(MigrationContext.configure(connection)):
        for step in reversed(list(steps)):
            step.module.upgrade()
    connection.exec_driver_sql(f"PRAGMA user_version = {wanted:d}")


def _name(form: int) -> str:
    """Give the revision that makes this form."""
    return f"{form:04d}"

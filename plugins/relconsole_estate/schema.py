"""The ledger's schema, version by version, and the moves between neighbouring versions.

SQL only; who may move when is not decided here.
"""

import sqlite3

from relconsole_estate.errors import UnknownNameError

ORDER = ("14.2", "15.0")
"""The schema versions, oldest first."""

_CREATE = """
CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    payment TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    legacy_reference TEXT NOT NULL
);
CREATE TABLE settlement_queue (
    id INTEGER PRIMARY KEY,
    entry INTEGER NOT NULL REFERENCES entries (id)
);
CREATE TABLE schema_version (version TEXT NOT NULL);
INSERT INTO schema_version VALUES ('14.2');
"""

_FORWARD = {
    "15.0": (
        "ALTER TABLE entries ADD COLUMN scheme_reference TEXT",
        "CREATE INDEX entries_by_scheme_reference ON entries (scheme_reference)",
    ),
}

_BACK = {
    "15.0": (
        "DROP INDEX entries_by_scheme_reference",
        "ALTER TABLE entries DROP COLUMN scheme_reference",
    ),
}
"""How a version is left for the one before it."""


def create(connection: sqlite3.Connection) -> None:
    """Makes an empty ledger of the first version."""
    connection.executescript(_CREATE)


def version_of(connection: sqlite3.Connection) -> str:
    """The version that the ledger has."""
    row = connection.execute("SELECT version FROM schema_version").fetchone()
    return str(row[0])


def migrate(connection: sqlite3.Connection, target: str) -> list[str]:
    """Moves to the target, all moves in one transaction; gives the versions passed through.

    Already being there is fine and gives nothing. `UnknownNameError` when there is no such
    version; then nothing has changed.
    """
    moves = _moves(version_of(connection), target)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statements, reached in moves:
            for statement in statements:
                connection.execute(statement)
            connection.execute("UPDATE schema_version SET version = ?", (reached,))
    except sqlite3.Error:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return [reached for _, reached in moves]


def _moves(current: str, target: str) -> list[tuple[tuple[str, ...], str]]:
    if target not in ORDER:
        raise UnknownNameError(f"no schema {target!r}; there are {', '.join(ORDER)}")
    here, there = ORDER.index(current), ORDER.index(target)
    if there >= here:
        return [(_FORWARD[version], version) for version in ORDER[here + 1 : there + 1]]
    return [(_BACK[ORDER[place]], ORDER[place - 1]) for place in range(here, there, -1)]

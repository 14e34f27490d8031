"""Restore points of the ledger: whole copies with the control totals they were taken with.

A restore point never changes once it is there, and one that was not finished is not there.
"""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from relconsole_estate.errors import MalformedError, UnknownNameError
from relconsole_estate.folder import EstateFolder, write_atomically
from relconsole_estate.schema import version_of
from relconsole_estate.values import Json, parse_object

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}")


def totals_of(connection: sqlite3.Connection) -> dict[str, Json]:
    """The control totals of a ledger: how many entries, and their sum in minor units."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(amount_minor), 0) FROM entries"
    ).fetchone()
    return {"entries": int(row[0]), "amount_minor": int(row[1])}


def take(connection: sqlite3.Connection, folder: EstateFolder, name: str) -> dict[str, Json]:
    """Copies the ledger, and gives the totals of the copy; one that is there stays as it is."""
    path = _path(folder, name)
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished)) as copy:
            connection.backup(copy)
            facts = {"schema": version_of(copy), **totals_of(copy)}
        write_atomically(path.with_suffix(".json"), json.dumps(facts))
        unfinished.replace(path)
    return _facts(path)


def check(folder: EstateFolder, name: str) -> dict[str, Json]:
    """What the restore point holds, once it was found whole and with the totals it was taken with.

    `MalformedError` when it is damaged or holds something else.
    """
    path = _existing(folder, name)
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
            found: dict[str, Json] = {"schema": version_of(copy), **totals_of(copy)}
    except sqlite3.DatabaseError as error:
        raise MalformedError(f"restore point {name} is damaged: {error}") from error
    if verdict != "ok":
        raise MalformedError(f"restore point {name} is damaged: {verdict}")
    if found != _facts(path):
        raise MalformedError(f"restore point {name} holds {found}, taken was {_facts(path)}")
    return found


def restore(connection: sqlite3.Connection, folder: EstateFolder, name: str) -> dict[str, Json]:
    """Makes the ledger what it was when the restore point was taken; gives its totals."""
    check(folder, name)
    with closing(sqlite3.connect(_existing(folder, name))) as copy:
        copy.backup(connection)
    return {"schema": version_of(connection), **totals_of(connection)}


def _path(folder: EstateFolder, name: str) -> Path:
    if _NAME.fullmatch(name) is None:
        raise UnknownNameError(f"{name!r} is no name for a restore point")
    return folder.restore_points / f"{name}.db"


def _existing(folder: EstateFolder, name: str) -> Path:
    path = _path(folder, name)
    if not path.exists():
        raise UnknownNameError(f"there is no restore point {name!r}")
    return path


def _facts(path: Path) -> dict[str, Json]:
    return parse_object(path.with_suffix(".json").read_bytes(), f"the totals of {path.stem}")

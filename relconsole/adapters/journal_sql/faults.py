"""What the errors of SQLite and of the disk mean to us: one table.

Whoever catches one raises the answer of ``meaning``, from it.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from relconsole.adapters.journal_sql.connecting import DriverError
from relconsole.domain.kernel.errors import Bug, PersonMustAct, RelconsoleError, WorldIsDown

FAULTS: Final = (DBAPIError, DriverError, OSError, UnicodeDecodeError)
"""What the database and the disk raise; the last where a damaged file is quoted in an error."""

BUSY: Final = 5
CONSTRAINT: Final = 19
CORRUPT: Final = 11
NOT_A_DATABASE: Final = 26

_SQLITE: Final[Mapping[int, str]] = {
    BUSY: "another program holds it for writing",
    6: "another program holds it for writing",
    8: "it cannot be written: the file, its folder or the disk is read-only",
    10: "the disk failed to read or write it",
    CORRUPT: "its content is damaged",
    13: "the disk is full",
    14: "it cannot be opened",
    15: "another program is at work on it",
    NOT_A_DATABASE: "it is no database, or a damaged one",
}
"""By SQLite's primary result code (https://sqlite.org/rescode.html)."""

_SYSTEM: Final[Mapping[int, str]] = {
    errno.EACCES: "this user may not open it",
    errno.EDQUOT: "the disk quota is used up",
    errno.EIO: "the disk failed to read or write it",
    errno.ENOENT: "it does not exist",
    errno.ENOSPC: "the disk is full",
    errno.EPERM: "this user may not open it",
    errno.EROFS: "it cannot be written: the file, its folder or the disk is read-only",
}

_DAMAGED: Final = frozenset({CORRUPT, NOT_A_DATABASE})


def code_of(fault: Exception) -> int | None:
    """Give SQLite's primary result code, None where the fault is none of SQLite's."""
    original = fault.orig if isinstance(fault, DBAPIError) else fault
    code = getattr(original, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def is_damage(fault: Exception) -> bool:
    """Tell whether the file itself is damaged, so that no waiting helps."""
    return code_of(fault) in _DAMAGED


def is_busy(fault: Exception) -> bool:
    """Tell whether another program's transaction was in the way; nothing was begun then."""
    return code_of(fault) in {BUSY, 6}


def meaning(fault: Exception, path: Path) -> RelconsoleError:
    """Give the error of our own for a fault at a file; Bug where no disk can be to blame."""
    code = code_of(fault)
    if code == CONSTRAINT:
        return Bug(f"{path.name}: {_words_of(fault)}")
    system = fault.errno if isinstance(fault, OSError) else None
    says = _SQLITE.get(code or 0) or _SYSTEM.get(system or 0)
    if says is None:
        return Bug(f"{path.name}: {_words_of(fault)}") if system is None else _down(path, fault)
    if code in _DAMAGED:
        return PersonMustAct(
            f"{path} cannot be used: {says}.",
            do="Keep the file as it is and restore the last good backup.",
        )
    return WorldIsDown(f"{path} cannot be used: {says}.", system="disk")


def meaning_of_content(fault: Exception, path: Path) -> RelconsoleError:
    """Give the error for a fault where only the file's content can be to blame, not our words."""
    found = meaning(fault, path)
    if not isinstance(found, Bug):
        return found
    return PersonMustAct(
        f"{path} cannot be used: its content makes no sense ({_words_of(fault)}).",
        do="Keep the file as it is and restore the last good backup.",
    )


def _down(path: Path, fault: Exception) -> WorldIsDown:
    """Give the error for a refusal of the operating system that has no words of ours."""
    return WorldIsDown(f"{path} cannot be used: {_words_of(fault)}.", system="disk")


def _words_of(fault: Exception) -> str:
    """Give the fault's own words, without the statement and its values."""
    if isinstance(fault, DBAPIError):
        return str(fault.orig)
    return (isinstance(fault, OSError) and fault.strerror) or str(fault)

"""The folder of a workspace: which files belong to it, and their bytes.

Nothing outside the folder is ever opened, whatever a link in it points to.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from relconsole.adapters.formats.workspace.compose import MOST_BYTES
from relconsole.adapters.formats.workspace.desk import nearest_to
from relconsole.adapters.formats.workspace.table import DOCUMENTS, Document, Spread
from relconsole.domain.kernel.errors import InputRejected, Problem

ENDINGS: Final = (".yaml", ".yml", ".json")
_NEARLY: Final = 0.8
_LONGEST_NAME: Final = 120


def rejected(file: str, message: str) -> InputRejected:
    """Give the error for a file or folder as a whole."""
    return InputRejected((Problem(file=shown(file), line=None, field="", message=message),))


def shown(path: Path | str) -> str:
    """Give a path as text that can be shown and recorded, bytes that are no UTF-8 escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def name_in(folder: Path, path: Path) -> str:
    """Give the name that problems bear for a file of a workspace."""
    return shown(path.relative_to(folder).as_posix())


def demand_folder(folder: Path) -> None:
    """Raise InputRejected where there is no such folder."""
    if not folder.is_dir():
        raise rejected(str(folder), "no such folder")


def files_of(folder: Path, document: Document) -> tuple[Path, ...]:
    """Give the files of a document: the one at the top first, then those of its folder by name.

    Names that begin with a dot are left out. InputRejected where the folder cannot be listed.
    """
    single = [folder / f"{document.name}{ending}" for ending in ENDINGS]
    found = [path for path in single if document.spread is not Spread.ONE_EACH and _exists(path)]
    inner = folder / document.name
    if document.spread is not Spread.ONE_FILE and _exists(inner):
        _demand_inside(folder, inner)
        try:
            names = sorted(os.listdir(inner))  # noqa: PTH208 - names, to be sorted before they are paths
        except OSError as wrong:
            raise rejected(document.name, f"cannot be listed: {wrong.strerror}") from wrong
        found.extend(inner / name for name in names if _is_ours(name))
    return tuple(found)


def misspelt_files(folder: Path) -> tuple[Problem, ...]:
    """Give a problem for each file at the top whose name is nearly that of a document.

    A calendar that is not read forbids nothing, so a slip in its name must not go unseen.
    """
    known = [it.name for it in DOCUMENTS]
    problems: list[Problem] = []
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - as above
    except OSError as wrong:
        raise rejected(str(folder), f"cannot be listed: {wrong.strerror}") from wrong
    for name in names:
        stem = Path(name).stem
        if not _is_ours(name) or stem in known:
            continue
        nearest = nearest_to(stem, known, cutoff=_NEARLY)
        if nearest:
            message = f"no file of a workspace; did you mean {nearest}?"
            problems.append(Problem(file=shown(name), line=None, field="", message=message))
    return tuple(problems)


def read_bytes(folder: Path, path: Path) -> bytes:
    """Give the bytes of a file of a workspace, at most one more than a file may have.

    InputRejected for a link out of the folder, for what is no plain file, and where reading fails.
    """
    _demand_inside(folder, path)
    return read_plain_file(path, name_in(folder, path))


def read_plain_file(path: Path, name: str) -> bytes:
    """Give the bytes of a file wherever it stands, at most one more than a file may have.

    ``name`` is what problems call it. InputRejected for what is no plain file or cannot be read.
    """
    try:
        # Not waiting keeps a named pipe from holding the reader until somebody writes to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise rejected(name, "no plain file")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read(MOST_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as wrong:
        raise rejected(name, f"cannot be read: {wrong.strerror}") from wrong


def _demand_inside(folder: Path, path: Path) -> None:
    """Raise InputRejected where a path leads out of the folder or nowhere."""
    name = name_in(folder, path)
    try:
        root = os.path.realpath(folder, strict=True)
        target = os.path.realpath(path, strict=True)
    except OSError as wrong:
        raise rejected(name, f"cannot be read: {wrong.strerror}") from wrong
    if os.path.commonpath([root, target]) != root:
        raise rejected(name, "a link that leads out of the workspace is not followed")


def _exists(path: Path) -> bool:
    """Tell whether something stands there, be it a link to nothing."""
    return os.path.lexists(path)


def _is_ours(name: str) -> bool:
    return not name.startswith(".") and name.endswith(ENDINGS)


def file_name_for(id: str) -> str:  # noqa: A002 - the word of the trade
    """Give a file name, without ending, that no two ids share and that every system takes."""
    safe = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "._-") else _escaped(letter)
        for letter in id
    )
    whole = f"%2E{safe[1:]}" if safe.startswith(".") else safe
    if len(whole) <= _LONGEST_NAME:
        return whole
    return f"{whole[:_LONGEST_NAME]}-{hashlib.sha256(id.encode()).hexdigest()[:16]}"


def _escaped(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode())

"""The folder of records: reading one, and changing one under the folder's lock.

A change is written beside the record and renamed over it, so that a reader sees the old file or the
new one. Console processes exclude each other by a lock on ``.lock``; an editor takes none, so the
record is looked at again just before the rename.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import re
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import Final

from relconsole.plugin_api.errors import BadAnswer, Unreachable
from relconsole_plugins.files.parse import LONGEST, Record

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LOCK_DEADLINE: Final = 5.0
_TURN: Final = 0.02
_LOOKS: Final = 10

Edit = Callable[[Record], str | bool]
"""Changes a record in place; gives whether there was something to do, or why it may not."""


class Records:
    """The records of one folder."""

    def __init__(self, folder: Path) -> None:
        """Keep where they are."""
        self._folder = folder

    def path(self, change: str) -> Path | None:
        """Give where a record of this id would be, None where the id cannot name a file."""
        if not _NAME.fullmatch(change):
            return None
        return self._folder / f"{change}.yaml"

    def read(self, change: str) -> Record | None:
        """Give a record, None where there is none; Unreachable where the folder is not there."""
        path = self.path(change)
        content = None if path is None else self._content(path)
        return None if content is None else Record(change, content[0])

    def changes(self) -> Iterator[str]:
        """Give the ids of all records, in order; Unreachable where the folder is not there."""
        try:
            names = sorted(path.stem for path in self._folder.iterdir() if path.suffix == ".yaml")
        except OSError as wrong:
            raise Unreachable(f"the folder {self._folder} cannot be read: {wrong}") from wrong
        return (name for name in names if _NAME.fullmatch(name))

    def mentions(self, change: str, text: str) -> bool:
        """Tell whether the text stands anywhere in a record's file, without understanding it."""
        path = self.path(change)
        content = None if path is None else self._content(path)
        return content is not None and text.encode() in content[0]

    async def edit(self, change: str, edit: Edit) -> str | None:
        """Change a record once; gives why not, None where it is as it should be."""
        path = self.path(change)
        async with self._locked():
            for _ in range(_LOOKS):
                content = None if path is None else self._content(path)
                if path is None or content is None:
                    return f"there is no change record {change[:80]}"
                record = Record(change, content[0])
                edited = edit(record)
                if isinstance(edited, str):
                    return edited
                if not edited or self._replace(path, record.text(), content[1]):
                    return None
                await asyncio.sleep(_TURN)
        raise Unreachable(f"{change} is being written by somebody else again and again")

    def _content(self, path: Path) -> tuple[bytes, tuple[int, int, int]] | None:
        """Give a file's bytes and what changes with every writing, None where there is none."""
        try:
            with path.open("rb") as file:
                mark = _mark(os.fstat(file.fileno()))
                return file.read(LONGEST + 1), mark
        except FileNotFoundError as wrong:
            if not self._folder.is_dir():
                raise Unreachable(f"the folder {self._folder} is not there") from wrong
            return None
        except OSError as wrong:
            raise BadAnswer(f"{path.name} cannot be read: {wrong}") from wrong

    def _replace(self, path: Path, text: bytes, seen: tuple[int, int, int]) -> bool:
        """Put the text in the file's place; False where somebody has written it since it was read.

        The file keeps its mode.
        """
        try:
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=self._folder)
            temporary = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            now = path.stat()
            if _mark(now) != seen:
                temporary.unlink()
                return False
            temporary.chmod(now.st_mode & 0o777)
            temporary.rename(path)
            held = os.open(self._folder, os.O_RDONLY)
            os.fsync(held)
            os.close(held)
        except OSError as wrong:
            raise Unreachable(f"{path.name} cannot be written: {wrong}") from wrong
        return True

    @contextlib.asynccontextmanager
    async def _locked(self) -> AsyncGenerator[None]:
        """Hold the folder's lock; Unreachable where somebody holds it for too long."""
        try:
            handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as wrong:
            raise Unreachable(f"the folder {self._folder} cannot be locked: {wrong}") from wrong
        try:
            await self._take(handle)
            yield
        finally:
            os.close(handle)

    async def _take(self, handle: int) -> None:
        deadline = asyncio.get_running_loop().time() + _LOCK_DEADLINE
        while not _try_lock(handle):
            if asyncio.get_running_loop().time() > deadline:
                raise Unreachable(f"the folder {self._folder} is locked by somebody else")
            await asyncio.sleep(_TURN)


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _mark(found: os.stat_result) -> tuple[int, int, int]:
    """Give what tells one writing of a file from the next."""
    return found.st_ino, found.st_mtime_ns, found.st_size

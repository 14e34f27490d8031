"""Files that are only added: what is preserved before a rollback, and requests for signatures."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from pathlib import Path
from typing import Final

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import Digest

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 120


def safe_name(name: str) -> str:
    """Give a file name without anything that a path, a shell or a file system could misread."""
    cleaned = _UNSAFE.sub("_", name).strip("._")[:_LONGEST]
    return cleaned or "unnamed"


def write_durably(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner alone; OSError where the disk refuses."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class EvidenceFolder:
    """A folder of the store that holds evidence, each kind in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when the first file comes."""
        self._folder = folder

    async def keep(self, folder: str, name: str, content: bytes) -> tuple[str, Digest]:
        """Keep a file durably; gives its path and the SHA-256 of its bytes."""
        path = self._folder / safe_name(folder) / safe_name(name)
        try:
            await asyncio.to_thread(write_durably, path, content)
        except OSError as wrong:
            raise WorldIsDown(
                f"{path} cannot be written: {wrong.strerror}.", system="disk"
            ) from wrong
        return str(path), Digest(hashlib.sha256(content).hexdigest())

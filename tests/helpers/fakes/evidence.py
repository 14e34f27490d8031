"""A folder of evidence in memory."""

from __future__ import annotations

import hashlib

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import Digest


class FakeEvidence:
    """Keeps files by folder and name; while `full`, the disk refuses."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str], bytes] = {}
        self.full = False

    async def keep(self, folder: str, name: str, content: bytes) -> tuple[str, Digest]:
        if self.full:
            raise WorldIsDown("The disk of the test is full.", system="disk")
        self.files[folder, name] = content
        return f"{folder}/{name}", Digest(hashlib.sha256(content).hexdigest())

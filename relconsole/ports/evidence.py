"""Keeping what must outlive a night as files: state before a rollback, requests, anchors."""

from __future__ import annotations

from typing import Protocol

from relconsole.domain.kernel.ids import Digest


class Evidence(Protocol):
    """A folder of the store to which files are only added."""

    async def keep(self, folder: str, name: str, content: bytes) -> tuple[str, Digest]:
        """Keep a file durably; gives its path and the SHA-256 of its bytes.

        ``folder`` and ``name`` are made safe; WorldIsDown where the disk refuses.
        """
        ...

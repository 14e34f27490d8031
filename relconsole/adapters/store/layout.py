"""Where everything of a store lies. Paths only; what is in the files is known elsewhere."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.instants import in_utc
from relconsole.ports.journal import JournalKind

OWN: Final = 0o700
"""The rights of every folder of a store: its owner's alone."""


@dataclass(frozen=True, slots=True)
class StoreLayout:
    """The paths of a store, whether they exist or not."""

    folder: Path

    @property
    def cache(self) -> Path:
        """Give the cache of observations, which may be thrown away."""
        return self.folder / "cache.db"

    @property
    def writer_lock(self) -> Path:
        """Give the file that the only writer holds."""
        return self.folder / "writer.lock"

    @property
    def requests(self) -> Path:
        """Give the folder of signing requests and their answers."""
        return self.folder / "requests"

    @property
    def inbox(self) -> Path:
        """Give the folder of commands that are posted to a running writer."""
        return self.folder / "inbox"

    @property
    def backups(self) -> Path:
        """Give the folder of copies of the journals."""
        return self.folder / "backups"

    def journal(self, kind: JournalKind) -> Path:
        """Give a journal's file."""
        return self.folder / kind / "journal.db"

    def plugin(self, system: SystemId) -> Path:
        """Give a connected system's working folder; ValueError for an id that is no file name."""
        if not system or system in {".", ".."} or set(system) & {"/", "\\", "\0", ":"}:
            raise ValueError(f"{system!r} cannot name a folder")
        return self.folder / "plugins" / system

    def make(self) -> None:
        """Make the folders that every store has, for their owner alone.

        A folder that others could enter is closed to them. PersonMustAct where the store is
        another user's, or no folder; WorldIsDown where the disk refuses.
        """
        wanted = [self.folder / kind for kind in JournalKind]
        for folder in (self.folder, *wanted, self.requests, self.inbox, self.backups):
            self.make_private(folder)
        self.make_private(self.folder / "plugins")

    def make_private(self, folder: Path) -> None:
        """Make one folder of the store, with those above it, for its owner alone."""
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=OWN, exist_ok=True)
            found = folder.stat()
            if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
                raise PersonMustAct(
                    f"{folder} belongs to another user.",
                    why="Whoever owns the folder of a store could replace what is in it.",
                    do="Choose a folder of your own with --store.",
                )
            if found.st_mode & 0o077:
                folder.chmod(OWN)
        except (FileExistsError, NotADirectoryError) as wrong:
            raise PersonMustAct(f"{wrong.filename} is in the way: it is no folder.") from wrong
        except OSError as wrong:
            raise WorldIsDown(
                f"{folder} cannot be made: {wrong.strerror}.", system="disk"
            ) from wrong

    def set_aside(self, kind: JournalKind, now: datetime) -> Path | None:
        """Move a journal out of the way, so that a new one can begin, and give where it is now.

        None where there is none. Nobody may have it open.
        """
        folder = self.journal(kind).parent
        if not self.journal(kind).exists():
            return None
        aside = folder.with_name(f"{kind}-until-{in_utc(now):%Y%m%dT%H%M%S%fZ}")
        try:
            folder.rename(aside)
        except OSError as wrong:
            raise WorldIsDown(
                f"{folder} cannot be set aside: {wrong.strerror}.", system="disk"
            ) from wrong
        self.make_private(folder)
        return aside

"""Nights on a disk that ends somewhere, is read-only, or is held by another program."""

from __future__ import annotations

import random
import shutil
import tempfile
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relconsole.adapters.journal_sql.connecting import DRIVER
from relconsole.adapters.journal_sql.journal import SqlJournal
from relconsole.adapters.journal_sql.opening import open_journal, open_readonly
from relconsole.domain.kernel.errors import RelconsoleError, WorldIsDown
from tests.helpers.journals import wanted
from tests.promises.disks_night import Bench, Night, as_nobody, largest_file, small_disk

LARGEST_LOG: Final = 420_000
MOST_PAGES: Final = 30
DISK: Final = 4 << 20
FILLER: Final = "filler"


@dataclass(slots=True)
class FullDisks(Bench):
    """Writes nights; ``disks`` tells whether a disk of our own may be mounted."""

    disks: bool = False

    async def fill(self, number: int) -> None:
        """Write a night on a disk that ends somewhere in it."""
        draw = random.Random(f"full {number}")
        kind = number % 3 if self.disks else number % 2
        folder = _folder(self.folder)
        case = f"full disk {number} of kind {kind}"
        disk: AbstractContextManager[None] = nullcontext()
        if kind == 2:
            disk = small_disk(folder, DISK)
        with disk:
            if kind == 2:
                (folder / FILLER).write_bytes(bytes(DISK - draw.randrange(40_000, LARGEST_LOG)))
            path = folder / "journal.db"
            limit = draw.randrange(LARGEST_LOG) if kind == 0 else None
            pages = draw.randrange(8, MOST_PAGES) if kind == 1 else None
            await self._fill(path, limit, pages, draw.random() < 0.5, case)
        self.done["full disks"] += 1
        shutil.rmtree(folder)

    async def _fill(
        self, path: Path, limit: int | None, pages: int | None, at_close: bool, case: str
    ) -> None:
        night = Night()
        try:
            journal = await open_journal(path, wanted())
        except WorldIsDown:
            self.done["of them at the start"] += 1
            return  # too small a disk for an empty journal: nothing was acknowledged
        try:
            if pages is not None:
                await _limit_pages(journal, pages)
            with largest_file(limit):
                fault = await self._until_it_refuses(journal, night, case)
                if fault is not None:
                    self.done["of them in the night"] += 1
                    await self._still_shown(journal, night, f"{case}, full")
            if pages is not None:
                await _limit_pages(journal, 1 << 30)
            (path.parent / FILLER).unlink(missing_ok=True)
            if fault is not None:
                await self._takes_no_more(journal, night, case)
        finally:
            with largest_file(limit if at_close else None):
                await journal.close()
        await self._goes_on(path, night, case)

    async def _until_it_refuses(
        self, journal: SqlJournal, night: Night, case: str
    ) -> WorldIsDown | None:
        try:
            await night.play(journal)
        except WorldIsDown as down:
            return down
        except Exception as other:  # noqa: BLE001 - every other one is a broken promise
            self.wrong.append(f"{case}: {other!r}")
        return None

    async def _still_shown(self, journal: SqlJournal, night: Night, case: str) -> None:
        """What was acknowledged can be read while nothing can be written."""
        try:
            lines = await journal.lines()
        except RelconsoleError as error:
            self.wrong.append(f"{case}: it cannot be read: {error}")
        else:
            if not night.is_kept_in(lines):
                self.wrong.append(f"{case}: {len(night.kept)} kept, {len(lines)} shown")

    async def _takes_no_more(self, journal: SqlJournal, night: Night, case: str) -> None:
        """After a fault nothing is taken, even where the disk has room again."""
        before, tried = len(night.kept), night.tried
        try:
            await night.play(journal, rounds=1)
        except WorldIsDown:
            pass
        except Exception as other:  # noqa: BLE001 - as above
            self.wrong.append(f"{case}: after the fault {other!r}")
        else:
            self.wrong.append(f"{case}: it went on after a fault, {len(night.kept) - before} facts")
        night.tried = tried

    async def _goes_on(self, path: Path, night: Night, case: str) -> None:
        """Opened again, with room, it has all that was acknowledged, and goes on."""
        try:
            journal = await open_journal(path, wanted())
        except RelconsoleError as refused:
            self.wrong.append(f"{case}: it does not open again: {refused}")
            return
        try:
            lines = await journal.lines()
            if not night.is_kept_in(lines):
                self.wrong.append(f"{case}: {len(night.kept)} kept, {len(lines)} found again")
                return
            night.kept = lines
            await night.play(journal, rounds=1)
            await journal.verify()
        finally:
            await journal.close()

    async def refuse(self, number: int) -> None:
        """Meet a folder that cannot be written, or another program at work on the file."""
        folder = _folder(self.folder)
        path, night = folder / "journal.db", Night()
        case = f"refusal {number}"
        journal = await open_journal(path, wanted())
        try:
            await night.play(journal, rounds=1)
            if number % 2:
                await self._held(journal, path, night, case)
        finally:
            await journal.close()
        if number % 2 == 0:
            await self._read_only(path, night, case)
        await self._goes_on(path, night, case)
        self.done["refusals"] += 1
        shutil.rmtree(folder)

    async def _held(self, journal: SqlJournal, path: Path, night: Night, case: str) -> None:
        other = DRIVER.connect(str(path), isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            for attempt in (night.play(journal, rounds=1), open_journal(path, wanted())):
                try:
                    await attempt
                except WorldIsDown as down:
                    if "another program" not in down.what:
                        self.wrong.append(f"{case}: not named: {down}")
                else:
                    self.wrong.append(f"{case}: it wrote while another held the file")
            await self._still_shown(journal, night, case)
            other.execute("ROLLBACK")
            try:
                await night.play(journal, rounds=1)
            except WorldIsDown as down:
                self.wrong.append(f"{case}: the other has let go, and it takes nothing: {down}")
        finally:
            other.close()

    async def _read_only(self, path: Path, night: Night, case: str) -> None:
        path.chmod(0o444)
        path.parent.chmod(0o555)
        with as_nobody():
            try:
                await (await open_journal(path, wanted())).close()
                self.wrong.append(f"{case}: it opened to write")
            except WorldIsDown as down:
                if "read-only" not in down.what:
                    self.wrong.append(f"{case}: not named: {down}")
            shown = await open_readonly(path)
            try:
                if await shown.lines() != night.kept:
                    self.wrong.append(f"{case}: not all is shown")
            finally:
                await shown.close()
        path.parent.chmod(0o755)
        path.chmod(0o600)


def _folder(top: Path) -> Path:
    """Give a folder that another user can reach."""
    folder = Path(tempfile.mkdtemp(dir=top))
    folder.chmod(0o755)
    return folder


async def _limit_pages(journal: SqlJournal, pages: int) -> None:
    """Let the database grow to so many pages, as the ledger's own connection sees it."""
    run = journal._ledger._connection.exec_driver_sql
    await journal._writing.call(lambda: run(f"PRAGMA max_page_count = {pages}").close())

"""Closed journals with one bit turned, and logs that were torn."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relconsole.adapters.journal_sql.connecting import Access, open_driver
from relconsole.adapters.journal_sql.journal import SqlJournal
from relconsole.adapters.journal_sql.opening import open_journal, open_readonly
from relconsole.domain.kernel.errors import Bug, PersonMustAct, WorldIsDown
from relconsole.domain.record.checkpoint import Checkpoint
from tests.helpers.journals import wanted
from tests.promises.disks_night import Bench, Night, content_of

PAGE: Final = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Torn:
    """A journal and its log as they stood in the middle of a night.

    ``ends`` has for each acknowledgement the length of the log and the number of facts by then.
    """

    file: bytes
    log: bytes
    night: Night
    ends: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A closed journal, all that it says, and where in it the indexes of its effects lie."""

    file: bytes
    content: Mapping[str, object]
    indexes: range


async def write_sound(folder: Path) -> Sound:
    """Give a closed journal."""
    path = folder / "sound.db"
    journal = await open_journal(path, wanted())
    await Night().play(journal)
    content = await content_of(journal)
    await journal.close()
    asked = open_driver(path, Access.READ)
    row = asked.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'effect_of_run'")
    root = int(str((row.fetchone() or (0,))[0]))
    asked.close()
    return Sound(
        file=path.read_bytes(), content=content, indexes=range((root - 1) * PAGE, root * PAGE)
    )


async def write_torn(folder: Path) -> Torn:
    """Give a journal whose log was never merged."""
    path, night = folder / "torn.db", Night()
    log = path.with_name("torn.db-wal")
    journal = await open_journal(path, wanted())
    night.acknowledged = lambda: night.ends.append((log.stat().st_size, len(night.kept)))
    await night.play(journal)
    torn = Torn(file=path.read_bytes(), log=log.read_bytes(), night=night, ends=night.ends)
    await journal.close()
    return torn


@dataclass(slots=True)
class Damage(Bench):
    """Damages copies of sound journals."""

    async def flip(self, sound: Sound, number: int) -> None:
        """Turn one bit of a closed journal: it is refused with a reason, or says what it said."""
        draw = random.Random(f"flip {number}")
        raw, content = bytearray(sound.file), sound.content
        places = (range(len(raw)), range(len(raw)), sound.indexes)[number % 3]
        used = [at for at in places if raw[at]]
        at = draw.choice(used) if number % 3 else draw.choice(places)
        raw[at] ^= 1 << draw.randrange(8)
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        path = folder / "journal.db"
        path.write_bytes(raw)
        case = f"flip {number} of byte {at}"
        try:
            journal = await open_journal(path, wanted())
        except Bug as bug:
            self.wrong.append(f"{case}: {bug!r}")
        except (PersonMustAct, WorldIsDown) as refused:
            self.done["of them refused"] += 1
            if not str(refused).strip():
                self.wrong.append(f"{case}: refused without a reason")
            await self._look(path, content, case)
        except Exception as other:  # noqa: BLE001 - every other one is a broken promise
            self.wrong.append(f"{case}: {other!r}")
        else:
            try:
                await self._says_the_same(journal, content, case)
            finally:
                await journal.close()
        self.done["flips"] += 1
        shutil.rmtree(folder)

    async def _says_the_same(
        self, journal: SqlJournal, content: Mapping[str, object], case: str
    ) -> None:
        """An opened journal says what it said, and what is appended to it stands."""
        try:
            found = await content_of(journal)
            other = [name for name, value in content.items() if found[name] != value]
            if other:
                self.wrong.append(f"{case}: opened, and other are {other}")
                return
            lines = await journal.lines()
            night = Night(kept=lines)
            await night.play(journal, rounds=1)
            await journal.verify()
            if await journal.lines() != night.kept:
                self.wrong.append(f"{case}: what was appended does not stand")
        except Exception as error:  # noqa: BLE001 - it was opened: nothing may fail
            self.wrong.append(f"{case}: opened, and then {error!r}")

    async def _look(self, path: Path, content: Mapping[str, object], case: str) -> None:
        """What is refused may be looked at; whatever cannot be read is a typed error."""
        try:
            journal = await open_readonly(path)
        except Bug as bug:
            self.wrong.append(f"{case}, to read: {bug!r}")
            return
        except (PersonMustAct, WorldIsDown):
            return
        try:
            await journal.verify()
            if await journal.lines() != content["lines"]:
                self.wrong.append(f"{case}: refused, yet verified with other lines")
        except Bug as bug:
            self.wrong.append(f"{case}, to read: {bug!r}")
        except (PersonMustAct, WorldIsDown):
            pass
        except Exception as other:  # noqa: BLE001 - as above
            self.wrong.append(f"{case}, to read: {other!r}")
        finally:
            await journal.close()

    async def tear(self, torn: Torn, number: int) -> None:
        """Cut or spoil the log that a lost machine left: what stood before the place is there."""
        draw = random.Random(f"tear {number}")
        log = torn.log
        at = draw.randrange(len(log))
        cut = log[:at]
        if number % 3 == 1:
            cut += draw.randbytes(len(log) - at)
        elif number % 3 == 2:
            cut += bytes(len(log) - at)
        kept = max([facts for end, facts in torn.ends if end <= at], default=0)
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        path = folder / "journal.db"
        for anchored in (False, True):
            path.write_bytes(torn.file)
            path.with_name("journal.db-wal").write_bytes(cut)
            path.with_name("journal.db-shm").unlink(missing_ok=True)
            anchors = (torn.night.heads[-1],) if anchored else ()
            await self._judge_torn(path, torn, kept, anchors, f"tear {number} at {at}")
        self.done["torn logs"] += 1
        shutil.rmtree(folder)

    async def _judge_torn(
        self, path: Path, torn: Torn, kept: int, anchors: tuple[Checkpoint, ...], case: str
    ) -> None:
        """What is found is a beginning of the night; an anchor tells of what is missing."""
        whole = torn.night.kept
        try:
            journal = await open_journal(path, wanted(anchors=anchors))
        except Bug as bug:
            self.wrong.append(f"{case}: {bug!r}")
        except PersonMustAct as refused:
            if not anchors or "signed" not in refused.what:
                self.wrong.append(f"{case}: refused: {refused}")
        except Exception as other:  # noqa: BLE001 - every other one is a broken promise
            self.wrong.append(f"{case}: {other!r}")
        else:
            lines = await journal.lines()
            await journal.close()
            if len(lines) < kept or lines != whole[: len(lines)]:
                self.wrong.append(f"{case}: {kept} facts stood before it, {len(lines)} found")
            elif anchors and lines != whole:
                self.wrong.append(f"{case}: {len(whole) - len(lines)} facts are not missed")

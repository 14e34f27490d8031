"""A disk that is full, read-only, held by another or broken: said plainly, and nothing is lost."""

import asyncio
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from relconsole.adapters.journal_sql.connecting import DRIVER
from relconsole.adapters.journal_sql.faults import is_damage, meaning, meaning_of_content
from relconsole.adapters.journal_sql.journal import SqlJournal
from relconsole.adapters.journal_sql.ledger import Ledger
from relconsole.adapters.journal_sql.opening import identity_of, open_journal, open_readonly
from relconsole.domain.kernel.errors import Bug, PersonMustAct, WorldIsDown
from relconsole.ports.journal import Batch
from tests.helpers.journals import fact, notes, wanted
from tests.unit.journal_sql.conftest import Opening

NOBODY = 65_534
LARGE = "x" * 20_000


async def _fill(journal: SqlJournal, most: int) -> int:
    """Append large facts until the disk refuses; gives how many were acknowledged."""
    for seq in range(1, most + 1):
        try:
            await journal.append(Batch(envelopes=(fact(seq, body={"text": LARGE}),)))
        except WorldIsDown:
            return seq - 1
    return most


class SmallDisk(Ledger):
    """A ledger whose file may not grow beyond a few pages, as on a full disk."""

    pages = 60

    def limit(self) -> None:
        self._connection.exec_driver_sql(f"PRAGMA max_page_count = {self.pages}")


def test_that_a_full_disk_loses_nothing_acknowledged_and_takes_no_more(path: Path) -> None:
    async def scene() -> None:
        journal = await open_journal(path, wanted(), make_ledger=SmallDisk)
        try:
            ledger = journal._ledger
            assert isinstance(ledger, SmallDisk)
            await journal._writing.call(ledger.limit)
            kept = await _fill(journal, 100)
            assert 0 < kept < 100
            with pytest.raises(WorldIsDown, match=r"opened again: .* the disk is full"):
                await journal.append(notes(kept + 1, kept + 1))
            # It is still shown.
            assert await journal.size() == kept
            assert len(await journal.read()) == kept
        finally:
            await journal.close()
        again = await open_journal(path, wanted())
        try:
            assert await again.size() == kept
            await again.append(notes(kept + 1, kept + 1))
        finally:
            await again.close()

    asyncio.run(scene())


def test_that_appends_that_share_a_commit_are_refused_together(path: Path) -> None:
    async def scene() -> None:
        journal = await open_journal(path, wanted(), make_ledger=SmallDisk)
        try:
            ledger = journal._ledger
            assert isinstance(ledger, SmallDisk)
            await journal._writing.call(ledger.limit)
            batches = [Batch(envelopes=(fact(n, body={"text": LARGE}),)) for n in range(1, 101)]
            answers = await asyncio.gather(
                *(journal.append(batch) for batch in batches), return_exceptions=True
            )
            kept = sum(not isinstance(answer, BaseException) for answer in answers)
            assert all(isinstance(answer, WorldIsDown) for answer in answers[kept:])
            assert await journal.size() == kept < 100
        finally:
            await journal.close()

    asyncio.run(scene())


def test_that_another_program_s_transaction_is_waited_for_and_then_named(
    opened: Opening, path: Path
) -> None:
    async def scene() -> None:
        async with opened() as journal:
            other = DRIVER.connect(str(path), isolation_level=None)
            try:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(WorldIsDown, match="another program"):
                    await journal.append(notes(1, 1))
                with pytest.raises(WorldIsDown, match="another program"):
                    await open_journal(path, wanted())
                # Nothing was begun, so nothing is broken.
                other.execute("ROLLBACK")
                await journal.append(notes(1, 1))
            finally:
                other.close()

    asyncio.run(scene())


class Failing(Ledger):
    """A ledger with a fault of ours in the middle of its transaction."""

    fault: Exception = ZeroDivisionError("by zero")

    def check_writer(self, head: object) -> None:
        raise self.fault


def test_that_a_fault_of_ours_in_the_writer_breaks_the_journal_and_not_the_program(
    path: Path,
) -> None:
    async def scene() -> None:
        journal = await open_journal(path, wanted(), make_ledger=Failing)
        try:
            with pytest.raises(ZeroDivisionError):
                await journal.append(notes(1, 1))
            with pytest.raises(WorldIsDown, match="failed in the middle"):
                await journal.append(notes(1, 1))
            assert await journal.size() == 0
            other = DRIVER.connect(str(path), isolation_level=None, timeout=0)
            other.execute("BEGIN IMMEDIATE")
            other.close()
        finally:
            await journal.close()

    asyncio.run(scene())


def test_that_a_disk_that_fails_is_named_and_breaks_the_journal(path: Path) -> None:
    class Broken(Failing):
        fault = OSError(errno.EIO, os.strerror(errno.EIO))

    async def scene() -> None:
        journal = await open_journal(path, wanted(), make_ledger=Broken)
        try:
            for says in ("failed to read or write", "until it is opened again: .* failed to read"):
                with pytest.raises(WorldIsDown, match=says):
                    await journal.append(notes(1, 1))
        finally:
            await journal.close()

    asyncio.run(scene())


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that another user can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _as_nobody(work: Callable[[], str]) -> str:
    """Do it in a child without the rights of root, and give what it says."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            said = work()
        except BaseException as error:  # noqa: BLE001 - the parent asserts on it
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said


def test_that_a_read_only_journal_is_refused_to_write_and_shown_to_read(
    public_folder: Path,
) -> None:
    path = public_folder / "journal.db"

    async def make() -> None:
        journal = await open_journal(path, wanted())
        await journal.append(notes(1, 3))
        await journal.close()

    asyncio.run(make())
    path.chmod(0o444)
    public_folder.chmod(0o555)

    async def look() -> str:
        journal = await open_readonly(path)
        try:
            await journal.verify()
            return str(await journal.size())
        finally:
            await journal.close()

    def write() -> str:
        asyncio.run(open_journal(path, wanted()))
        return "opened"

    assert _as_nobody(lambda: asyncio.run(look())) == "3"
    refused = _as_nobody(write)
    assert refused.startswith("WorldIsDown")
    assert "read-only" in refused
    path.chmod(0o000)
    assert "may not open" in _as_nobody(write) or "cannot be opened" in _as_nobody(write)


def test_that_a_log_which_cannot_be_merged_is_not_passed_over(public_folder: Path) -> None:
    path = public_folder / "journal.db"

    async def make() -> None:
        journal = await open_journal(path, wanted())
        await journal.append(notes(1, 3))
        for name in ("journal.db", "journal.db-wal"):
            shutil.copy(path.with_name(name), path.with_name(name.replace("journal", "copy")))
        await journal.close()

    asyncio.run(make())
    copy = public_folder / "copy.db"
    for file in (copy, copy.with_name("copy.db-wal")):
        file.chmod(0o444)
    public_folder.chmod(0o555)

    def look() -> str:
        return str(identity_of(copy))

    assert _as_nobody(look).startswith("WorldIsDown")


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        (OSError(errno.ENOSPC, "no space"), WorldIsDown, "the disk is full"),
        (OSError(errno.EROFS, "read-only"), WorldIsDown, "read-only"),
        (OSError(errno.ENAMETOOLONG, "name too long"), WorldIsDown, "name too long"),
        (DRIVER.OperationalError("no such table: x"), Bug, "no such table"),
    ],
)
def test_that_a_fault_is_told_by_whose_move_it_is(
    fault: Exception, kind: type[Exception], says: str
) -> None:
    told = meaning(fault, Path("journal.db"))
    assert isinstance(told, kind)
    assert says in str(told)
    assert not is_damage(fault)


def test_that_nonsense_in_a_file_is_the_file_s_fault() -> None:
    fault = DRIVER.OperationalError("no such column: x")
    assert isinstance(meaning_of_content(fault, Path("journal.db")), PersonMustAct)
    full = OSError(errno.ENOSPC, "no space")
    assert isinstance(meaning_of_content(full, Path("journal.db")), WorldIsDown)


def test_that_a_copy_made_while_open_is_a_whole_journal_of_one_file(
    opened: Opening, path: Path
) -> None:
    copy = path.with_name("copy.db")

    async def scene() -> None:
        async with opened() as journal:
            await journal.append(notes(1, 50))
            await journal.backup(copy)
            await journal.append(notes(51, 60))
            await journal.backup(copy)
            await journal.append(notes(61, 61))
        assert {it.name for it in path.parent.iterdir()} == {"journal.db", "copy.db"}
        assert copy.stat().st_mode & 0o777 == 0o600
        restored = await open_readonly(copy)
        try:
            assert await restored.size() == 60
            assert (await restored.verify()).head.size == 60
        finally:
            await restored.close()
        again = await open_journal(copy, wanted())
        try:
            await again.append(notes(61, 61))
        finally:
            await again.close()

    asyncio.run(scene())


def test_that_a_copy_that_cannot_be_made_leaves_the_last_good_one(
    opened: Opening, path: Path
) -> None:
    copy = path.with_name("copy.db")

    async def scene() -> None:
        async with opened() as journal:
            await journal.append(notes(1, 1))
            await journal.backup(copy)
            good = copy.read_bytes()
            with pytest.raises(WorldIsDown, match="does not exist"):
                await journal.backup(path.parent / "none" / "copy.db")
            copy.with_name("copy.db.part").mkdir()
            with pytest.raises(WorldIsDown):
                await journal.backup(copy)
            assert copy.read_bytes() == good

    asyncio.run(scene())

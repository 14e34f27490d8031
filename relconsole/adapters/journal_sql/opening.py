"""Opening a journal: made where there is none, brought to the present form, verified, fenced.

Every opening to write begins a new *writer epoch*; a program that opened the journal earlier, and
may have been frozen since, can append nothing from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from relconsole.adapters.journal_sql import rows
from relconsole.adapters.journal_sql.connecting import (
    BUSY_SECONDS,
    Access,
    connect,
    create_private,
    disconnect,
    driver_of,
)
from relconsole.adapters.journal_sql.faults import FAULTS, meaning_of_content
from relconsole.adapters.journal_sql.journal import ReadOnlyJournal, SqlJournal
from relconsole.adapters.journal_sql.ledger import Ledger
from relconsole.adapters.journal_sql.projection import Projection
from relconsole.adapters.journal_sql.reader import Reader
from relconsole.adapters.journal_sql.schema import FORMAT, METADATA
from relconsole.adapters.journal_sql.verification import RecordBroken, verify
from relconsole.adapters.journal_sql.worker import SerialThread
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.record.checkpoint import Checkpoint, sign_checkpoint
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.record.tree import Frontier
from relconsole.ports.journal import JournalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which journal is to be opened, and what it must agree with.

    ``journal`` is the id, ``key`` the store's; ``now`` dates the head of a new journal;
    ``projection`` says what the facts make of the effects (None: they are taken as given);
    ``anchors`` are heads of this journal that were kept elsewhere; ``busy_seconds`` is how long
    another program's transaction is waited for.
    """

    journal: str
    kind: JournalKind
    key: SigningKey
    now: datetime
    projection: Projection | None = None
    anchors: Sequence[Checkpoint] = ()
    busy_seconds: float = BUSY_SECONDS


def identity_of(path: Path) -> rows.Identity | None:
    """Give which journal a file is, None where there is none yet.

    Nothing is verified. PersonMustAct for a file that is no journal.
    """
    try:
        if not path.exists() or not path.stat().st_size:
            return None
        try:
            reader = Reader(path)
        except PersonMustAct:
            if _is_unmade(path):
                return None
            raise
    except FAULTS as fault:
        raise meaning_of_content(fault, path) from fault
    reader.close()
    return reader.identity


def _is_unmade(path: Path) -> bool:
    """Tell whether a file is what a full disk leaves of a journal that was being made."""
    connection = connect(path, Access.LOOK)
    try:
        return not connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
    finally:
        disconnect(connection)


async def open_journal(
    path: Path, wanted: Wanted, *, make_ledger: Callable[..., Ledger] = Ledger
) -> SqlJournal:
    """Give the journal, verified, with this program as its only writer from now on.

    Its folder must exist. RecordBroken (a PersonMustAct, with the first wrong fact) where it was
    changed outside the program; PersonMustAct where it is another journal, of another key, or
    newer than the program; WorldIsDown where the disk or another program is in the way. What
    cannot be opened so can still be read through ``open_readonly``.
    """
    writing = SerialThread(f"journal {wanted.kind} writer")
    try:
        ledger = await writing.call(lambda: _open_to_write(path, wanted, make_ledger))
    except BaseException:
        await writing.close(_nothing)
        raise
    try:
        reading, reader = await _open_reader(path, f"journal {wanted.kind} reader")
    except BaseException:
        await writing.close(ledger.close)
        raise
    return SqlJournal(path, reading, reader, writing, ledger)


async def open_readonly(path: Path) -> ReadOnlyJournal:
    """Give a journal to read, whatever state it is in; it is not verified.

    PersonMustAct where nothing can be read of it.
    """
    reading, reader = await _open_reader(path, "journal reader")
    return ReadOnlyJournal(path, reading, reader)


def fence_off(path: Path) -> None:
    """Make every program that has this journal open to write a stale one."""
    try:
        connection = connect(path, Access.WRITE)
        try:
            connection.exec_driver_sql("UPDATE meta SET writer_epoch = writer_epoch + 1")
        finally:
            disconnect(connection)
    except FAULTS as fault:
        raise meaning_of_content(fault, path) from fault


async def _open_reader(path: Path, name: str) -> tuple[SerialThread, Reader]:
    """Give a reader on a thread of its own."""

    def make() -> Reader:
        try:
            return Reader(path)
        except FAULTS as fault:
            raise meaning_of_content(fault, path) from fault

    thread = SerialThread(name)
    try:
        return thread, await thread.call(make)
    except BaseException:
        await thread.close(_nothing)
        raise


def _open_to_write(path: Path, wanted: Wanted, make_ledger: Callable[..., Ledger]) -> Ledger:
    """Give the ledger; runs on the thread that will own it."""
    try:
        create_private(path)
        connection = connect(path, Access.WRITE, busy_seconds=wanted.busy_seconds)
    except FAULTS as fault:
        raise meaning_of_content(fault, path) from fault
    try:
        with _transaction(connection):
            made = _bring_to_form(connection, path, wanted)
            epoch = _take(connection, path, wanted)
        if made:
            # From now on a log that is lost takes facts with it, never the journal itself.
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    except FAULTS as fault:
        disconnect(connection)
        raise meaning_of_content(fault, path) from fault
    except BaseException:
        disconnect(connection)
        raise
    return make_ledger(
        connection,
        path=path,
        identity=_identity(wanted),
        key=wanted.key,
        writer_epoch=epoch,
        projection=wanted.projection,
    )


def _take(connection: Connection, path: Path, wanted: Wanted) -> int:
    """Give the writer epoch that begins now, after everything about the file was found good."""
    # The quick check passes over what indexes hold; by those of the effects questions are answered.
    for check in ("quick_check(1)", "integrity_check(effect_now)"):
        damage = connection.exec_driver_sql(f"PRAGMA {check}").scalar()
        if damage != "ok":
            raise RecordBroken(wanted.journal, f"the file is damaged ({damage})")
    try:
        found = rows.read_identity(connection)
    except (ValueError, TypeError) as wrong:
        raise RecordBroken(wanted.journal, str(wrong)) from wrong
    _check_identity(path, found, wanted)
    verified = verify(connection, found, projection=wanted.projection, anchors=wanted.anchors)
    if not rows.read_effects(connection):
        for effect in verified.effects.values():
            connection.exec_driver_sql(rows.KEEP_EFFECT, rows.effect_row(effect))
    epoch = rows.read_head(driver_of(connection)).writer_epoch + 1
    connection.exec_driver_sql("UPDATE meta SET writer_epoch = ?", (epoch,))
    return epoch


def _bring_to_form(connection: Connection, path: Path, wanted: Wanted) -> bool:
    """Make the tables where there are none, and bring older ones to the present form.

    True where the journal was made.
    """
    form = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
    if form > FORMAT:
        raise PersonMustAct(
            f"{path} was written by a newer version of this program (form {form}, known {FORMAT}).",
            do="Use that version.",
        )
    if form == FORMAT:
        return False
    if not form and tables:
        raise PersonMustAct(f"{path} is a database, but no journal of this program.")
    if not form:
        _make(connection, wanted)
        return True
    from relconsole.adapters.journal_sql.migrations import migrate

    migrate(connection, found=form, wanted=FORMAT)
    return False


def _make(connection: Connection, wanted: Wanted) -> None:
    """Make an empty journal, with a signed head over nothing."""
    METADATA.create_all(connection)
    head = sign_checkpoint(
        journal=wanted.journal, size=0, root=Frontier().digest, at=wanted.now, key=wanted.key
    )
    run = connection.exec_driver_sql
    run(
        "INSERT INTO meta (one, journal, kind, key, writer_epoch) VALUES (1, ?, ?, ?, 0)",
        (wanted.journal, wanted.kind, wanted.key.public.text),
    )
    run(rows.MAKE_HEAD, rows.head_row(head, Frontier()))
    run(f"PRAGMA user_version = {FORMAT}")


def _identity(wanted: Wanted) -> rows.Identity:
    """Give the identity that the file must have."""
    return rows.Identity(journal=wanted.journal, kind=wanted.kind, key=wanted.key.public)


def _check_identity(path: Path, found: rows.Identity, wanted: Wanted) -> None:
    """Refuse another journal, and one whose key is not the one in hand."""
    if found == _identity(wanted):
        return
    if replace(found, key=wanted.key.public) == _identity(wanted):
        raise PersonMustAct(
            f"{path} was signed with the key {found.key.fingerprint},"
            f" not with this store's {wanted.key.public.fingerprint}.",
            why="Either its key was lost, or the record was replaced by another one.",
            do="It can be read and verified; to record anew, begin a new journal.",
        )
    raise PersonMustAct(
        f"{path} is the {found.kind} journal {found.journal},"
        f" not the {wanted.kind} journal {wanted.journal}."
    )


@contextmanager
def _transaction(connection: Connection) -> Generator[None]:
    """Commit what is done inside, or undo it."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        with suppress(*FAULTS):
            connection.exec_driver_sql("ROLLBACK")
        raise


def _nothing() -> None:
    """Do nothing; a thread that is closed does this last."""

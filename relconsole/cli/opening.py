"""Opening the store for a verb: to write as its only writer, or to read beside whoever writes.

What stands in the way of it is told in one place, as out of reach with what a person can do.
"""

from __future__ import annotations

import argparse
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from relconsole.adapters.journal_sql.opening import identity_of
from relconsole.adapters.journal_sql.verification import RecordBroken
from relconsole.adapters.keyring_os.credentials import DEADLINE_SECONDS, choose_credentials
from relconsole.adapters.person_keys import StoreKeyGone, read_store_key
from relconsole.adapters.store.layout import StoreLayout
from relconsole.adapters.store.writer_lock import StoreBusy, holder_of
from relconsole.cli.people import passphrase_of, person_of
from relconsole.cli.words import OutOfReach, say
from relconsole.domain.console.evolve import fold
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.credentials import Credentials
from relconsole.ports.journal import JournalKind
from relconsole.runtime.composition import open_console
from relconsole.runtime.console import KEYRING_SERVICE, URGENT_SECONDS, Console, Wish
from relconsole.runtime.reading import read_records

_POSTING: Final = frozenset(
    {
        "step",
        "gate",
        "problem",
        "alert",
        "muster",
        "message",
        "stop",
        "resume",
        "handover",
        "settle",
        "change",
    }
)
"""The verbs whose acts reach a running night through the program that conducts it."""


def wish_of(arguments: argparse.Namespace, kind: JournalKind = JournalKind.LIVE) -> Wish:
    """Give how the verb's arguments ask for a console: store, person, passphrase, credentials.

    A verb without ``--as`` opens nobody's key. Asks for the passphrase at the terminal.
    """
    signs = "person" in arguments and "passphrase_fd" in arguments
    return Wish(
        store=arguments.store,
        kind=kind,
        verb=arguments.verb,
        person=person_of(arguments) if signs else None,
        passphrase=passphrase_of(arguments) if signs else None,
        credentials=arguments.credentials,
        may_post=arguments.verb in _POSTING,
        is_urgent=arguments.verb == "stop",
    )


@asynccontextmanager
async def opened(wish: Wish) -> AsyncGenerator[Console]:
    """Open the store to write and tell the person what opening it brought to light.

    OutOfReach where somebody else writes, the journal's key is gone or the record is broken.
    """
    with reached():
        posts = wish.is_urgent and holder_of(wish.store) is not None
        deadline = URGENT_SECONDS if posts else DEADLINE_SECONDS
        async with _credentials(wish.credentials, deadline) as credentials:
            # Whoever only posts needs no key of the journal, and no keyring that answers.
            if wish.kind is JournalKind.LIVE and wish.verb != "import" and not posts:
                await _demand_key(wish, credentials)
            async with open_console(replace(wish, credentials=credentials)) as console:
                for line in console.said:
                    say(line)
                yield console


async def _demand_key(wish: Wish, credentials: Credentials) -> None:
    """Raise StoreKeyGone where the live journal's key is not kept.

    A new journal would begin without the workspace, which only an import can bring with it.
    """
    found = identity_of(StoreLayout(wish.store).journal(wish.kind))
    if found is not None:
        await read_store_key(credentials, found.journal, found.kind)


@contextmanager
def reached() -> Generator[None]:
    """Raise OutOfReach for what keeps a store from being opened or read."""
    try:
        yield
    except (StoreBusy, StoreKeyGone) as barred:
        raise OutOfReach(barred.what, why=barred.why, do=barred.do) from barred
    except RecordBroken as broken:
        first = "" if broken.seq is None else f" The first broken fact is {broken.seq}."
        raise OutOfReach(f"{broken.what}{first}", why=broken.why, do=broken.do) from broken


@contextmanager
def readable() -> Generator[None]:
    """Raise OutOfReach for whatever keeps a journal from being read."""
    with reached():
        try:
            yield
        except RecordBroken:
            raise
        except PersonMustAct as unread:
            raise OutOfReach(unread.what, why=unread.why, do=unread.do) from unread


async def records_of(store: Path, kind: JournalKind) -> tuple[Recorded[ConsoleFact], ...]:
    """Give every fact of a journal, read beside whoever writes; WorldIsDown where there is none."""
    with readable():
        records = await read_records(store, kind)
    if not records:
        raise WorldIsDown(f"Nothing is recorded in the {kind} journal of {store}.", system="store")
    return records


async def state_of(store: Path, kind: JournalKind) -> ConsoleState:
    """Give the state of a journal, read beside whoever writes; WorldIsDown where there is none."""
    return fold(await records_of(store, kind))


@asynccontextmanager
async def credentials_of(arguments: argparse.Namespace) -> AsyncGenerator[Credentials]:
    """Give the credentials that were handed in, else those of this desktop while they are used."""
    async with _credentials(arguments.credentials) as credentials:
        yield credentials


@asynccontextmanager
async def _credentials(
    given: Credentials | None, deadline: float = DEADLINE_SECONDS
) -> AsyncGenerator[Credentials]:
    """Give credentials as they are, else those of this desktop, closed at the end."""
    if given is not None:
        yield given
        return
    chosen = await choose_credentials(KEYRING_SERVICE, deadline=deadline)
    try:
        yield chosen
    finally:
        await chosen.close()

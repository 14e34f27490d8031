"""Opening the store for a verb: to write as its only writer, or to read beside whoever writes.

What stands in the way of it is told in one place, as out of reach with what a person can do.
"""

from __future__ import annotations

import argparse
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from relconsole.adapters.journal_sql.verification import RecordBroken
from relconsole.adapters.keyring_os.credentials import choose_credentials
from relconsole.adapters.person_keys import StoreKeyGone
from relconsole.adapters.store.writer_lock import StoreBusy
from relconsole.cli.people import passphrase_of, person_of
from relconsole.cli.words import OutOfReach, say
from relconsole.domain.console.evolve import fold
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.credentials import Credentials
from relconsole.ports.journal import JournalKind
from relconsole.runtime.composition import (
    KEYRING_SERVICE,
    Console,
    Wish,
    open_console,
    read_records,
)


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
    )


@asynccontextmanager
async def opened(wish: Wish) -> AsyncGenerator[Console]:
    """Open the store to write and tell the person what opening it brought to light.

    OutOfReach where somebody else writes, the journal's key is gone or the record is broken.
    """
    with reached():
        async with open_console(wish) as console:
            for line in console.said:
                say(line)
            yield console


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


async def records_of(store: Path, kind: JournalKind) -> tuple[Recorded[ConsoleFact], ...]:
    """Give every fact of a journal, read beside whoever writes; WorldIsDown where there is none."""
    with reached():
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
    if arguments.credentials is not None:
        yield arguments.credentials
        return
    chosen = await choose_credentials(KEYRING_SERVICE)
    try:
        yield chosen
    finally:
        await chosen.close()

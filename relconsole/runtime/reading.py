"""Reading a store beside whoever writes it: states, records and journals."""

from __future__ import annotations

import gc
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from relconsole.adapters.journal_sql.journal import ReadOnlyJournal
from relconsole.adapters.journal_sql.opening import (
    identity_of,
    open_readonly,
)
from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.console.evolve import fold
from relconsole.domain.console.facts import ConsoleFact, make_codec
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.record.codec import Codec
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.journal import JournalKind
from relconsole.services.desk import open_envelope

MANY: Final = 100_000
"""Values made at once from which it is worth to take them out of the collector's sight."""


@contextmanager
def without_collection() -> Generator[None]:
    """Keep the garbage collector away while many small values are made that all stay.

    It would look through all of them again and again, which takes a third of the time of a fold;
    where they are many, it is told that they stay.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > MANY:
            gc.freeze()
        if was_on:
            gc.enable()


async def read_state(
    store: Path, kind: JournalKind, codec: Codec[ConsoleFact] | None = None
) -> ConsoleState:
    """Give the state of a journal without the writer's role; empty where there is none."""
    records = await read_records(store, kind, codec)
    with without_collection():
        return fold(records)


async def read_records(
    store: Path, kind: JournalKind, codec: Codec[ConsoleFact] | None = None
) -> tuple[Recorded[ConsoleFact], ...]:
    """Give every recorded fact of a journal, none where there is no journal."""
    layout = StoreLayout(store)
    path = layout.journal(kind)
    if identity_of(path) is None:
        return ()
    forms = codec or make_codec()
    journal = await open_readonly(path)
    try:
        with without_collection():
            return tuple(open_envelope(each, forms) for each in await journal.read())
    finally:
        await journal.close()


@asynccontextmanager
async def open_to_read(store: Path, kind: JournalKind) -> AsyncGenerator[ReadOnlyJournal]:
    """Open a journal without the writer's role; WorldIsDown where there is none."""
    path = StoreLayout(store).journal(kind)
    if identity_of(path) is None:
        raise WorldIsDown(f"There is no {kind} journal in {store}.", system="store")
    journal = await open_readonly(path)
    try:
        yield journal
    finally:
        await journal.close()

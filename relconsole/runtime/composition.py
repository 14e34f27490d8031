"""Composing a console over a store: to write, with its journal, its keys and its systems; to read.

One process opens at most one person's key.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from relconsole import __version__
from relconsole.adapters.clock import SystemClock, SystemIds, draw
from relconsole.adapters.inbox import FolderInbox
from relconsole.adapters.journal_sql.cache import open_cache
from relconsole.adapters.journal_sql.journal import SqlJournal
from relconsole.adapters.journal_sql.opening import (
    Wanted,
    identity_of,
    open_journal,
    open_readonly,
)
from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.adapters.keyring_os.credentials import choose_credentials
from relconsole.adapters.person_keys import (
    StoreKeyGone,
    make_store_key,
    person_key_name,
    read_store_key,
    unlock_person_key,
)
from relconsole.adapters.plugin_host.host import PluginHost
from relconsole.adapters.store.layout import StoreLayout
from relconsole.adapters.store.writer_lock import (
    Frozen,
    StoreBusy,
    holder_of,
    is_gone,
    take_writer,
)
from relconsole.domain.console.commands import CountRehearsal, ImportWorkspace, TakeOverKeys
from relconsole.domain.console.facts import ConsoleFact, make_codec
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import PersonId, RunId, SystemId
from relconsole.domain.record.checkpoint import Checkpoint, parse_checkpoint
from relconsole.domain.record.codec import Codec
from relconsole.domain.record.signature import SigningKey
from relconsole.ports.credentials import Credentials, Secret
from relconsole.ports.journal import Journal, JournalKind
from relconsole.runtime.console import KEYRING_SERVICE, URGENT_SECONDS, Console, Wish
from relconsole.runtime.reading import read_state, without_collection
from relconsole.services.checkpoints import anchor_name
from relconsole.services.desk import Desk, Signer, load_state
from relconsole.services.forecasting import Forecaster
from relconsole.services.opening import Holder
from relconsole.services.orders import PostingDesk, make_order_codec
from relconsole.services.patience import Patience
from relconsole.services.rehearse import kept_times


@asynccontextmanager
async def open_console(wish: Wish) -> AsyncGenerator[Console]:
    """Open a store to write, as its only writer, and close everything at the end.

    StoreBusy where somebody else writes; StoreKeyGone where the journal's key is not kept any more;
    RecordBroken where the record was changed outside; PersonMustAct for a wrong passphrase.
    """
    clock, ids = SystemClock(), SystemIds()
    layout = StoreLayout(wish.store)
    async with AsyncExitStack() as stack:
        if wish.is_urgent and holder_of(wish.store) is not None:
            yield await _open_to_post(wish, layout, clock, ids, stack)
            return
        if not wish.is_urgent:
            layout.make()
        elif identity_of(layout.journal(wish.kind)) is None:
            raise _missing(wish)
        frozen = await _frozen(wish) if wish.take_over else None
        try:
            role = take_writer(wish.store, wish.verb, clock.now(), frozen=frozen)
        except StoreBusy:
            if not wish.may_post:
                raise
            yield await _open_to_post(wish, layout, clock, ids, stack)
            return
        stack.callback(role.release)
        credentials = wish.credentials or await _choose(stack)
        said: list[str] = []
        if not credentials.durable:
            said.append(f"Keys and credentials are in {credentials.place}.")
        codec = make_codec()
        signer = await _signer(wish, credentials, said)
        journal = await _open_to_write(layout, wish.kind, credentials, clock, ids, said)
        stack.push_async_callback(journal.close)
        desk = Desk(
            journal=journal,
            clock=clock,
            ids=ids,
            codec=codec,
            state=await _load(journal, codec),
            signer=signer,
            announce=wish.announce,
            brake=lambda: FolderInbox(layout.inbox).has_standing(journal.id),
        )
        if wish.kind is JournalKind.REHEARSAL:
            await _take_over_workspace(layout, desk, codec)
        cache = await open_cache(layout.cache)
        stack.push_async_callback(cache.close)
        console = _console(wish, layout, desk, credentials, role.holder.name, stack, tuple(said))
        # Whoever stopped the line while nobody could record it comes before everything else.
        await console.orders.take_stops()
        yield replace(console, cache=cache)


async def _open_to_post(
    wish: Wish, layout: StoreLayout, clock: SystemClock, ids: SystemIds, stack: AsyncExitStack
) -> Console:
    """Give a console whose acts are posted to the program that writes the store."""
    credentials = wish.credentials or await _choose(stack)
    said = ["The store is being written; this is posted to the program that writes it."]
    codec = make_codec()
    path = layout.journal(wish.kind)
    if identity_of(path) is None:
        raise _missing(wish)
    reading = await open_readonly(path)
    stack.push_async_callback(reading.close)
    # A posting desk appends nothing: what it decides goes to the one that does.
    journal = cast("Journal", reading)
    desk = PostingDesk(
        journal=journal,
        clock=clock,
        ids=ids,
        codec=codec,
        state=await _load(journal, codec),
        signer=await _signer(wish, credentials, said),
    )
    inbox = FolderInbox(layout.inbox, is_read=lambda: holder_of(wish.store) is not None)
    desk.follow(inbox, make_order_codec())
    return _console(wish, layout, desk, credentials, "", stack, tuple(said))


def _missing(wish: Wish) -> WorldIsDown:
    """Give the error for a store without the journal that is meant."""
    return WorldIsDown(f"There is no {wish.kind} journal in {wish.store}.", system="store")


async def _load(journal: Journal, codec: Codec[ConsoleFact]) -> ConsoleState:
    """Give what a journal comes to."""
    with without_collection():
        return await load_state(journal, codec)


def _console(
    wish: Wish,
    layout: StoreLayout,
    desk: Desk,
    credentials: Credentials,
    holder: str,
    stack: AsyncExitStack,
    said: tuple[str, ...],
) -> Console:
    """Give the console over a desk, with its connected systems closed at the end."""
    clock = SystemClock()
    plugins = PluginHost(
        lambda: desk.state.workspace.systems,
        secrets=lambda system: _system_secret(desk, credentials, system),
        folder=layout.folder / "plugins",
        clock=clock,
    )
    stack.push_async_callback(plugins.close)
    return Console(
        layout=layout,
        kind=wish.kind,
        desk=desk,
        plugins=plugins,
        clock=clock,
        ids=SystemIds(),
        credentials=credentials,
        holder=Holder(
            name=holder,
            lease_seconds=wish.lease_seconds,
            console=__version__,
            is_gone=is_gone,
        ),
        codec=make_codec(),
        forecaster=Forecaster(),
        patience=Patience(clock, draw),
        said=said,
    )


async def _frozen(wish: Wish) -> Frozen | None:
    """Give the console that holds the store, with the lease of its own that has run out.

    None where nobody holds the store, or its holder has no lease: then there is nothing to break.
    """
    holder = holder_of(wish.store)
    path = StoreLayout(wish.store).journal(wish.kind)
    if holder is None or identity_of(path) is None:
        return None
    journal = await open_readonly(path)
    try:
        leases = await journal.leases()
    finally:
        await journal.close()
    own = [lease for lease in leases if lease.holder == holder.name]
    return Frozen(holder=holder, lease=own[-1]) if own else None


async def _choose(stack: AsyncExitStack) -> Credentials:
    """Give the credentials of this desktop, closed at the end."""
    chosen = await choose_credentials(KEYRING_SERVICE)
    stack.push_async_callback(chosen.close)
    return chosen


async def _signer(wish: Wish, credentials: Credentials, said: list[str]) -> Signer | None:
    """Give the one person whose key is open, None where nobody signs.

    What is urgent does without a key that the keyring does not give at once, and says so.
    """
    if not wish.is_urgent:
        return await _opened_key(wish, credentials)
    try:
        return await _opened_key(wish, credentials, URGENT_SECONDS)
    except (PersonMustAct, WorldIsDown) as wrong:
        said.append(f"It goes unsigned: {wrong.what}")
    except TimeoutError:
        said.append(f"It goes unsigned: {credentials.place} does not answer.")
    return None


async def _opened_key(
    wish: Wish, credentials: Credentials, seconds: float | None = None
) -> Signer | None:
    """Give the one person whose key is open, None where nobody signs."""
    if wish.person is None:
        return None
    if wish.key is not None:
        return Signer(person=wish.person, key=wish.key)
    if wish.passphrase is None:
        return None
    return await open_key(credentials, wish.person, wish.passphrase, seconds)


async def open_key(
    credentials: Credentials, person: PersonId, passphrase: Secret, seconds: float | None = None
) -> Signer:
    """Give the person with their key open, once the keyring has given it.

    PersonMustAct for a wrong passphrase and where no key is kept; WorldIsDown where the keyring
    does not answer, TimeoutError where it does not within so many seconds.
    """
    async with asyncio.timeout(seconds):
        kept = await credentials.get(person_key_name(person))
    if kept is None:
        raise PersonMustAct(
            f"{credentials.place} keeps no key of {person}.",
            do=f"Make one with: relconsole key make {person}",
        )
    key = await asyncio.to_thread(unlock_person_key, kept, passphrase, person)
    return Signer(person=person, key=key)


async def _open_to_write(
    layout: StoreLayout,
    kind: JournalKind,
    credentials: Credentials,
    clock: SystemClock,
    ids: SystemIds,
    said: list[str],
) -> SqlJournal:
    """Give the journal of this kind, begun where there is none.

    A rehearsal or demo journal whose key is gone is set aside and another begun: it was made to be
    thrown away. A live one is never set aside by itself, unless it holds nothing but imports.
    """
    path = layout.journal(kind)
    found = identity_of(path)
    if found is not None:
        try:
            key = await read_store_key(credentials, found.journal, kind)
        except StoreKeyGone:
            if kind is JournalKind.LIVE and not await _holds_only_imports(path):
                raise
            aside = layout.set_aside(kind, clock.now())
            said.append(f"The {kind} journal's key is gone; it was set aside as {aside}.")
            found = None
        else:
            return await _open_known(path, kind, found.journal, key, credentials)
    journal = ids.fresh()
    key = await make_store_key(credentials, journal, ids.secret_bytes)
    wanted = Wanted(journal=journal, kind=kind, key=key, now=clock.now(), projection=EffectFacts())
    return await open_journal(path, wanted)


async def _open_live_again(console: Console) -> SqlJournal:
    """Give the live journal beside the one that is open; StoreKeyGone where its key is gone."""
    path = console.layout.journal(JournalKind.LIVE)
    found = identity_of(path)
    if found is None:
        raise WorldIsDown(f"There is no live journal in {console.layout.folder}.", system="store")
    key = await read_store_key(console.credentials, found.journal, JournalKind.LIVE)
    return await _open_known(path, JournalKind.LIVE, found.journal, key, console.credentials)


async def _open_known(
    path: Path, kind: JournalKind, journal: str, key: SigningKey, credentials: Credentials
) -> SqlJournal:
    """Give an existing journal, held against the anchor that the keyring keeps."""
    wanted = Wanted(
        journal=journal,
        kind=kind,
        key=key,
        now=SystemClock().now(),
        projection=EffectFacts(),
        anchors=await _anchors(credentials, journal),
    )
    return await open_journal(path, wanted)


async def _holds_only_imports(path: Path) -> bool:
    """Tell whether a journal holds what a workspace says and nothing that anybody decided."""
    journal = await open_readonly(path)
    try:
        return all(
            each.kind.endswith("_imported") or each.kind == "release_removed"
            for each in await journal.read()
        )
    finally:
        await journal.close()


async def _anchors(credentials: Credentials, journal: str) -> tuple[Checkpoint, ...]:
    """Give the newest anchor that the keyring keeps of a journal."""
    if not credentials.durable:
        return ()
    kept = await credentials.get(anchor_name(journal))
    return () if kept is None else (parse_checkpoint(kept.reveal().encode()),)


async def _take_over_workspace(layout: StoreLayout, desk: Desk, codec: Codec[ConsoleFact]) -> None:
    """Bring a rehearsal's journal to the workspace and the keys of the live one."""
    live = await read_state(layout.folder, JournalKind.LIVE, codec)
    await desk.must(ImportWorkspace(workspace=live.workspace))
    await desk.must(TakeOverKeys(keys=live.keys), desk.console)


async def _system_secret(desk: Desk, credentials: Credentials, system: SystemId) -> Secret | None:
    """Give the secret of one connected system, bound to the address it was given for."""
    known = desk.state.workspace.systems.get(system)
    return await credentials.get(credential_name(system, known.url if known else ""))


def credential_name(system: SystemId, url: str) -> str:
    """Give the name under which a system's secret is kept; another address needs it anew."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else "local"
    return f"system/{system}@{origin}"


async def count_rehearsal(console: Console, run: RunId) -> str:
    """Take the kept times of a finished rehearsal over into the live journal; says how it went.

    The writer's role of the store is held by this console already.
    """
    found = console.desk.run(run)
    head = await console.desk.journal.head()
    release = console.desk.state.workspace.releases[found.release]
    if head is None or release.rehearsal is None:
        return "A walk-through: no job ran, so no times were kept."
    try:
        journal = await _open_live_again(console)
    except StoreKeyGone as gone:
        return f"The times were not kept: {gone.what}"
    try:
        live = Desk(
            journal=journal,
            clock=console.clock,
            ids=console.ids,
            codec=console.codec,
            state=await _load(journal, console.codec),
        )
        counted = kept_times(found, head, console.clock.now())
        await live.must(CountRehearsal(counted=counted), live.console)
    finally:
        await journal.close()
    return f"Kept the times of {len(counted.forward)} steps and {len(counted.undo)} undo steps."

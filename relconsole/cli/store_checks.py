"""What a night needs of its store: rights, journals that verify, plugins, systems that answer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from relconsole.adapters.clock import SystemClock
from relconsole.adapters.journal_sql.opening import identity_of
from relconsole.adapters.plugin_host.discovery import Installed, installed_plugins
from relconsole.adapters.store.layout import StoreLayout
from relconsole.adapters.store.writer_lock import holder_of
from relconsole.cli.machine_checks import Check
from relconsole.cli.opening import reached
from relconsole.cli.runs import expired_words, waiting_words
from relconsole.cli.verdicts import take_journal
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.night.waiting import expired_effects, waiting_lines
from relconsole.ports.credentials import Credentials
from relconsole.ports.journal import JournalKind
from relconsole.runtime.reading import read_state
from relconsole.runtime.systems import connected


async def check_store(
    store: Path, credentials: Credentials, *, ask_systems: bool
) -> tuple[Check, ...]:
    """Give the checks of the store, whatever fails; ``ask_systems`` starts their plugins."""
    layout = StoreLayout(store)
    journals = [await check_journal(layout, kind, credentials) for kind in JournalKind]
    plugins = await asyncio.to_thread(installed_plugins)
    state, unread = await _state(store)
    systems = state.workspace.systems
    return (
        check_folder(layout),
        check_writer(layout),
        *journals,
        *unread,
        *check_plugins(plugins, systems),
        *check_waiting(state, SystemClock().now()),
        *(await check_systems(layout, systems, credentials) if ask_systems and systems else ()),
    )


def check_folder(layout: StoreLayout) -> Check:
    """Check that the folder is its owner's alone."""
    do = f"Choose a folder of your own with --store, or: chmod 700 {layout.folder}"
    try:
        found = layout.folder.stat()
    except FileNotFoundError:
        return Check(
            name="store", ok=True, found=f"{layout.folder} is not there yet; it will be made"
        )
    except OSError as wrong:
        return Check(name="store", ok=False, found=f"{layout.folder}: {wrong.strerror}", do=do)
    own = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    rights = found.st_mode & 0o777
    return Check(
        name="store",
        ok=layout.folder.is_dir() and own and not rights & 0o077,
        found=f"{layout.folder}, rights {rights:03o}{'' if own else ', of another user'}",
        do=do,
    )


def check_writer(layout: StoreLayout) -> Check:
    """Say who writes in the store now; that somebody does is no fault."""
    holder = holder_of(layout.folder)
    return Check(
        name="writer", ok=True, found="nobody writes now" if holder is None else str(holder)
    )


async def check_journal(layout: StoreLayout, kind: JournalKind, credentials: Credentials) -> Check:
    """Verify a journal of the store, with the anchor that the keyring keeps of it."""
    name = f"journal {kind}"
    try:
        found = identity_of(layout.journal(kind))
        if found is None:
            return Check(name=name, ok=True, found="not begun")
        taken = await take_journal(layout.folder, kind, credentials)
    except (PersonMustAct, WorldIsDown) as wrong:
        return Check(
            name=name, ok=False, found=str(wrong), do="Keep the file, and see the guide on records."
        )
    anchored = f"anchored to fact {taken.anchors[0].size}" if taken.anchors else "not anchored"
    return Check(
        name=name,
        ok=not taken.broken,
        found=taken.broken or f"{len(taken.facts)} facts verified, {anchored}",
        do="Keep the file as it is, restore the last good backup, and verify both.",
    )


async def _state(store: Path) -> tuple[ConsoleState, tuple[Check, ...]]:
    """Give the state of the live journal; where it cannot be read, an empty one and a check."""
    try:
        with reached():
            return await read_state(store, JournalKind.LIVE), ()
    except (PersonMustAct, WorldIsDown) as wrong:
        check = Check(
            name="workspace", ok=False, found=str(wrong), do="See the live journal above."
        )
        return ConsoleState(), (check,)


def check_waiting(state: ConsoleState, now: datetime) -> tuple[Check, ...]:
    """Tell which systems have something still to take, whatever night it is of."""
    do = (
        "Say of each: relconsole settle RELEASE --effect ID --send --note TEXT,"
        " or --outcome never-happened."
    )
    expired = expired_effects(state.runs.values(), now)
    return tuple(
        Check(
            name=f"waiting for {line.system}",
            ok=not line.expired,
            found="; ".join(
                (
                    waiting_words(line),
                    *expired_words([each for each in expired if each.effect.system == line.system]),
                )
            ),
            do=do if line.expired else "",
        )
        for line in waiting_lines(state.runs.values(), now)
    )


def check_plugins(
    plugins: Mapping[str, Installed | PersonMustAct], systems: Mapping[SystemId, System]
) -> tuple[Check, ...]:
    """Check every plugin that is installed, and that none is missing that a system needs."""
    found = [
        Check(
            name=f"plugin {name}",
            ok=False,
            found=f"{each.what} {each.why}".strip(),
            do=each.do,
        )
        if isinstance(each, PersonMustAct)
        else Check(name=f"plugin {name}", ok=True, found=f"{each.manifest.title}, from {each.root}")
        for name, each in sorted(plugins.items())
    ]
    missing = sorted({each.plugin for each in systems.values()} - plugins.keys())
    found += [
        Check(
            name=f"plugin {name}",
            ok=False,
            found="not installed",
            do="Install the distribution that brings it, or change connections.yaml.",
        )
        for name in missing
    ]
    return tuple(found)


async def check_systems(
    layout: StoreLayout, systems: Mapping[SystemId, System], credentials: Credentials
) -> tuple[Check, ...]:
    """Ask every connected system whether it answers, each through its own plugin."""
    async with connected(layout.folder, systems, credentials) as host:
        found = await host.check_systems()
    return tuple(
        Check(name=f"system {each.name}", ok=each.ok, found=each.found, do=each.do)
        for each in found
    )

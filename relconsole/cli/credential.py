"""``credential``: the secret of a connected system, kept where secrets are kept, never shown."""

from __future__ import annotations

import argparse
import asyncio
from typing import Final

from relconsole.cli.arguments import add_subverbs
from relconsole.cli.columns import in_columns
from relconsole.cli.lookup import find_named
from relconsole.cli.opening import credentials_of, state_of
from relconsole.cli.secret_input import new_secret
from relconsole.cli.words import DONE, OutOfReach, answer
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.ports.journal import JournalKind
from relconsole.runtime.composition import credential_name

_SUMMARIES: Final = {
    "set": "keep the secret of a connected system",
    "remove": "forget the secret of a connected system",
    "list": "list the connected systems and which have a secret, never the secret",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs of credentials."""
    verbs = add_subverbs(parser, _SUMMARIES)
    verbs["set"].add_argument("system", metavar="SYSTEM")
    verbs["set"].add_argument(
        "--secret-fd",
        type=int,
        metavar="N",
        help="read the secret from this file descriptor instead of the terminal",
    )
    verbs["remove"].add_argument("system", metavar="SYSTEM")


def run(arguments: argparse.Namespace) -> int:
    """Keep, forget or list."""
    document, lines = asyncio.run(
        _list(arguments) if arguments.subverb == "list" else _change(arguments)
    )
    answer(document, lines, as_json=arguments.json)
    return DONE


async def _change(arguments: argparse.Namespace) -> tuple[JsonObject, str]:
    """Keep or forget the secret of one system, under the address that it has now."""
    state = await state_of(arguments.store, JournalKind.LIVE)
    system: System = find_named(
        state.workspace.systems, "system", arguments.system, where=str(arguments.store)
    )
    name = credential_name(system.id, system.url)
    async with credentials_of(arguments) as credentials:
        sets = arguments.subverb == "set"
        if sets and not credentials.durable and arguments.credentials is None:
            raise OutOfReach(
                f"A secret of {system.id} would end with this program: it could only be kept in"
                f" {credentials.place}.",
                do="Unlock the keyring of this desktop.",
            )
        if sets:
            await credentials.put(name, new_secret(arguments.secret_fd, system.id))
        else:
            await credentials.remove(name)
        place = credentials.place
    document: JsonObject = {
        "system": system.id,
        "name": name,
        "kept": sets,
        "kept_in": place if sets else None,
    }
    return document, f"{name}: {f'kept in {place}' if sets else 'forgotten'}"


async def _list(arguments: argparse.Namespace) -> tuple[JsonObject, str]:
    """Give each connected system and whether a secret is kept for its present address."""
    state = await state_of(arguments.store, JournalKind.LIVE)
    rows: list[dict[str, Json]] = []
    async with credentials_of(arguments) as credentials:
        for each in sorted(state.workspace.systems.values(), key=lambda system: system.id):
            name = credential_name(each.id, each.url)
            kept = await credentials.get(name) is not None
            rows.append({"system": each.id, "plugin": each.plugin, "name": name, "kept": kept})
        place = credentials.place
    table = [("system", "plugin", "secret", "name")]
    table += [
        (
            str(row["system"]),
            str(row["plugin"]),
            "kept" if row["kept"] else "none",
            str(row["name"]),
        )
        for row in rows
    ]
    return {"credentials": rows, "kept_in": place}, f"{in_columns(table)}\nin {place}"

"""``cmdb SYSTEM``: the services of the store held against what a CMDB says; nothing is changed."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from relconsole.adapters.clock import SystemClock
from relconsole.cli.columns import in_columns
from relconsole.cli.lookup import find_named
from relconsole.cli.opening import credentials_of, state_of
from relconsole.cli.words import DONE, NO, OutOfReach, answer, plain
from relconsole.domain.estate.connections import System
from relconsole.domain.estate.inventory import (
    Comparison,
    ConfigurationItem,
    DifferenceKind,
    compare_inventory,
)
from relconsole.domain.kernel.errors import InputRejected, PersonMustAct
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.json import as_object
from relconsole.domain.night.plain_json import to_json
from relconsole.plugin_api.errors import NotSupported
from relconsole.ports.journal import JournalKind
from relconsole.runtime.systems import connected

_NAMED: Final = 20
"""Items that are named in a line for a person; more of them are counted."""

_WORDS: Final[Mapping[DifferenceKind, str]] = {
    DifferenceKind.ONLY_HERE: "only here",
    DifferenceKind.ONLY_THERE: "only there",
    DifferenceKind.SEVERAL_ITEMS: "several items",
    DifferenceKind.STATUS: "status",
    DifferenceKind.VERSION: "version",
    DifferenceKind.DEPENDENCY_ONLY_HERE: "dependency only here",
    DifferenceKind.DEPENDENCY_ONLY_THERE: "dependency only there",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the system."""
    parser.add_argument("system", metavar="SYSTEM", help="the connected system that is the CMDB")


def run(arguments: argparse.Namespace) -> int:
    """Answer how the two differ: 0 where they are alike, 1 where they differ.

    3 where the system or the store is out of reach.
    """
    return asyncio.run(_compare(arguments))


async def _compare(arguments: argparse.Namespace) -> int:
    workspace = (await state_of(arguments.store, JournalKind.LIVE)).workspace
    system = find_named(workspace.systems, "system", arguments.system, where=str(arguments.store))
    items = await _items(arguments, system.id, workspace.systems)
    found = compare_inventory(workspace.estate, items)
    services = len(workspace.estate.services)
    counts = f"{services} services here, {len(items)} items in {system.id}, {found.both} in both"
    document = {
        "system": system.id,
        "read_at": SystemClock().now(),
        "services": services,
        "items": len(items),
        "both": found.both,
        "differences": found.differences,
        "unversioned": found.unversioned,
        "nameless": found.nameless,
        "outward": found.outward,
    }
    lines = "\n".join([*_in_words(found), counts])
    answer(as_object(to_json(document)), lines, as_json=arguments.json)
    return NO if found.differences else DONE


async def _items(
    arguments: argparse.Namespace, system: SystemId, systems: Mapping[SystemId, System]
) -> tuple[ConfigurationItem, ...]:
    """Give the items of the system; OutOfReach where it does not give them before somebody acts."""
    async with (
        credentials_of(arguments) as credentials,
        connected(arguments.store, systems, credentials) as host,
    ):
        try:
            return await host.configuration_items(system)
        except (NotSupported, InputRejected):
            raise
        except PersonMustAct as barred:
            raise OutOfReach(barred.what, why=barred.why, do=barred.do) from barred


def _in_words(found: Comparison) -> list[str]:
    """Give the differences as a table, and a line for each thing that was not compared."""
    rows = [("service", "differs in", "here", "there", "items")]
    rows += [
        (each.service, _WORDS[each.kind], each.here, each.there, ", ".join(each.items))
        for each in found.differences
    ]
    outward = [f"{each.service} on {each.item}" for each in found.outward]
    return [
        in_columns(rows) if found.differences else "no differences",
        *_named("version not compared, which one side does not state", found.unversioned),
        *_named("items in use that name no service", found.nameless),
        *_named("dependencies on items of no known service", outward),
    ]


def _named(what: str, things: Sequence[str]) -> list[str]:
    """Give a line that names things, the first of them and how many more; none for nothing."""
    if not things:
        return []
    more = len(things) - _NAMED
    rest = f" and {more} more" if more > 0 else ""
    return [f"{what}: {', '.join(plain(each) for each in things[:_NAMED])}{rest}"]

"""``import DIR``: a workspace, or a spreadsheet, is taken in whole or not at all."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from relconsole.adapters.formats.spreadsheet import is_spreadsheet
from relconsole.cli.people import add_person
from relconsole.cli.sheet_import import add_sheet_arguments, run_sheet
from relconsole.cli.words import DONE, answer
from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.console.decide import decide
from relconsole.domain.console.difference import (
    How,
    WorkspaceDifference,
    count_contents,
    difference,
)
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.errors import RuleRefuses
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.ports.journal import JournalKind


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder or the file."""
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="the folder of the workspace, or an XLSX or CSV"
    )
    add_sheet_arguments(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would change and change nothing"
    )
    add_person(parser)


def run(arguments: argparse.Namespace) -> int:
    """Take it in and answer what it holds and what it changed."""
    if is_spreadsheet(arguments.folder):
        return run_sheet(arguments)
    from relconsole.adapters.formats.workspace import read_workspace

    workspace = read_workspace(arguments.folder)
    before = asyncio.run(
        _foresee(arguments, workspace) if arguments.dry_run else _take_in(arguments, workspace)
    )
    changed = difference(before.workspace, workspace)
    counts = count_contents(workspace)
    document: JsonObject = {
        "imported": dict(counts),
        "changed": {str(how): _ids(changed, how) for how in How},
        "dry_run": bool(arguments.dry_run),
    }
    answer(document, _in_words(changed, dry=arguments.dry_run), as_json=arguments.json)
    return DONE


async def _take_in(arguments: argparse.Namespace, workspace: Workspace) -> ConsoleState:
    """Import as the store's only writer; gives the state that was there before."""
    from relconsole.cli.opening import opened, wish_of

    async with opened(wish_of(arguments)) as console:
        before = console.desk.state
        await console.desk.must(ImportWorkspace(workspace=workspace))
        return before


async def _foresee(arguments: argparse.Namespace, workspace: Workspace) -> ConsoleState:
    """Give the present state, after the rules were asked whether they would take the workspace."""
    from relconsole.adapters.clock import SystemClock
    from relconsole.cli.opening import readable
    from relconsole.runtime.reading import read_state

    with readable():
        state = await read_state(arguments.store, JournalKind.LIVE)
    command = ImportWorkspace(workspace=workspace)
    would = decide(state, command, Actor(), SystemClock().now(), "dry run")
    if isinstance(would, Refusal):
        raise RuleRefuses(would)
    return state


def _ids(changed: WorkspaceDifference, how: How) -> JsonObject:
    """Give the ids of the things that came, changed or went, by kind; empty kinds are left out."""
    kinds = dict.fromkeys(each.kind for each in changed.changes)
    return {kind: list(ids) for kind in kinds if (ids := changed.ids(kind, how))}


def _in_words(changed: WorkspaceDifference, *, dry: bool) -> str:
    """Give one line for each thing that is not as it was, and a count."""
    lines = [f"{each.how} {each.kind}: {each.id}" for each in changed.changes]
    count = f"{len(changed.changes)} change{'' if len(changed.changes) == 1 else 's'}"
    return "\n".join([*lines, f"{count}, nothing recorded" if dry else f"{count} recorded"])

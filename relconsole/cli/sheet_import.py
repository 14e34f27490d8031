"""``import FILE.xlsx``: a runbook kept in a spreadsheet, into the store or into a folder."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from relconsole.cli.intake_words import describe, in_words
from relconsole.cli.words import DONE, NO, answer
from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.console.decide import decide
from relconsole.domain.console.taking_in.heading import Heading
from relconsole.domain.console.taking_in.intake import Intake
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.errors import RuleRefuses
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.kernel.json import Json
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.plan.taking_in.answers import Answers
from relconsole.domain.plan.taking_in.cells import Workbook
from relconsole.domain.plan.taking_in.plain_layout import PLAIN_LAYOUT
from relconsole.ports.journal import JournalKind
from relconsole.services.take_in import Asked, command_for, prepare_intake


def add_sheet_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only a spreadsheet needs."""
    parser.add_argument("--map", type=Path, metavar="FILE", help="the saved mapping of its columns")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="answers to what was asked")
    parser.add_argument("--release", metavar="RELEASE", help="the release whose runbook it is")
    parser.add_argument(
        "--into",
        nargs=2,
        metavar=("DIR", "RELEASE"),
        help="write a release into a workspace instead of the store",
    )


def run_sheet(arguments: argparse.Namespace) -> int:
    """Say what was understood and what was not, and take it in where nothing is open."""
    workbook, asked = _read(arguments)
    if arguments.into:
        return _into_folder(arguments, workbook, asked)
    return asyncio.run(_into_store(arguments, workbook, asked))


def _read(arguments: argparse.Namespace) -> tuple[Workbook, Asked]:
    from relconsole.adapters.formats.spreadsheet import read_answers, read_mapping, read_workbook

    mapping = PLAIN_LAYOUT if arguments.map is None else read_mapping(arguments.map)
    answers = Answers() if arguments.answers is None else read_answers(arguments.answers)
    release = arguments.into[1] if arguments.into else arguments.release
    heading = Heading(id=None if release is None else ReleaseId(release))
    workbook = read_workbook(arguments.folder, mapping)
    return workbook, Asked(mapping=mapping, answers=answers, heading=heading)


def _into_folder(arguments: argparse.Namespace, workbook: Workbook, asked: Asked) -> int:
    """Write the release into a workspace; what did not change keeps its files as they are."""
    from relconsole.adapters.formats.workspace import read_workspace, write_changes

    folder = Path(arguments.into[0])
    is_new = not folder.exists() or not any(folder.iterdir())
    before = Workspace() if is_new else read_workspace(folder)
    intake = prepare_intake(workbook, before, asked)
    if not intake.is_whole:
        return _answer(arguments, intake, {"files": []})
    after = _command(intake).workspace
    files = () if arguments.dry_run else write_changes(before, after, folder)
    return _answer(arguments, intake, {"files": [str(path) for path in files]})


async def _into_store(arguments: argparse.Namespace, workbook: Workbook, asked: Asked) -> int:
    """Import what the workbook makes of the store's own workspace, as its only writer."""
    from relconsole.cli.opening import opened, readable, wish_of
    from relconsole.runtime.reading import read_state

    with readable():
        state = await read_state(arguments.store, JournalKind.LIVE)
    intake = prepare_intake(workbook, state.workspace, asked)
    if not intake.is_whole:
        return _answer(arguments, intake, {"imported": False})
    if arguments.dry_run:
        from relconsole.adapters.clock import SystemClock

        now = SystemClock().now()
        would = decide(state, _command(intake), Actor(), now, "dry run")
        if isinstance(would, Refusal):
            raise RuleRefuses(would)
        return _answer(arguments, intake, {"imported": False})
    async with opened(wish_of(arguments)) as console:
        intake = prepare_intake(workbook, console.desk.state.workspace, asked)
        await console.desk.must(_command(intake))
    return _answer(arguments, intake, {"imported": True})


def _command(intake: Intake) -> ImportWorkspace:
    """Give the command of an intake; RuleRefuses where something is open or would be lost."""
    command = command_for(intake)
    if isinstance(command, Refusal):
        raise RuleRefuses(command)
    return command


def _answer(arguments: argparse.Namespace, intake: Intake, done: dict[str, Json]) -> int:
    """Answer with the whole of it; 1 where something has to be answered first."""
    document = describe(intake) | {"dry_run": bool(arguments.dry_run)} | done
    open_count = len(intake.problems) + len(intake.choices)
    ending = (
        f"nothing was taken in: {open_count} to answer first"
        if open_count
        else "nothing recorded"
        if arguments.dry_run
        else f"{intake.heading.id}: {len(intake.taken.rows)} steps taken in"
    )
    answer(document, f"{in_words(intake)}\n{ending}", as_json=arguments.json)
    return NO if open_count else DONE

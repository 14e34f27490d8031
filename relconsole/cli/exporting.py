"""``export DIR``: the workspace of the store as files, or one release of it as a spreadsheet."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from relconsole.cli.words import DONE, answer
from relconsole.domain.console.difference import count_contents
from relconsole.domain.console.taking_in.giving_out import give_out
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.plan.taking_in.plain_layout import PLAIN_LAYOUT
from relconsole.ports.journal import JournalKind


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder, or the file and the release."""
    parser.add_argument(
        "target", metavar="DIR", help="the folder to write; with --xlsx, the release"
    )
    parser.add_argument("--xlsx", type=Path, metavar="FILE", help="write a release as XLSX")
    parser.add_argument("--map", type=Path, metavar="FILE", help="in the layout of this mapping")


def run(arguments: argparse.Namespace) -> int:
    """Write the files; what stands in the folder already keeps its place and its file names."""
    if arguments.xlsx is not None:
        return _write_sheet(arguments)
    from relconsole.adapters.formats.workspace import write_workspace
    from relconsole.cli.opening import state_of

    workspace = asyncio.run(state_of(arguments.store, JournalKind.LIVE)).workspace
    files = write_workspace(workspace, Path(arguments.target))
    counts = dict(count_contents(workspace))
    names = [str(path) for path in files]
    answer(
        {"imported": counts, "exported": counts, "files": list(names)},
        "\n".join(names),
        as_json=arguments.json,
    )
    return DONE


def _write_sheet(arguments: argparse.Namespace) -> int:
    """Write one release as a workbook that can be taken in again."""
    from relconsole.adapters.formats.spreadsheet import read_mapping, write_release
    from relconsole.cli.opening import state_of

    mapping = PLAIN_LAYOUT if arguments.map is None else read_mapping(arguments.map)
    workspace = asyncio.run(state_of(arguments.store, JournalKind.LIVE)).workspace
    release = workspace.releases.get(ReleaseId(arguments.target))
    if release is None:
        raise PersonMustAct(
            f"There is no release {arguments.target}.", do="Name one that the store holds."
        )
    write_release(give_out(release, workspace, mapping), arguments.xlsx)
    answer(
        {
            "release": release.id,
            "steps": len(release.runbook.steps),
            "files": [str(arguments.xlsx)],
        },
        str(arguments.xlsx),
        as_json=arguments.json,
    )
    return DONE

"""``export DIR``: the workspace of the store as the files from which it could be imported."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from relconsole.cli.words import DONE, answer
from relconsole.domain.console.difference import count_contents
from relconsole.ports.journal import JournalKind


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder to write")


def run(arguments: argparse.Namespace) -> int:
    """Write the files; what stands in the folder already keeps its place and its file names."""
    from relconsole.adapters.formats.workspace import write_workspace
    from relconsole.cli.opening import state_of

    workspace = asyncio.run(state_of(arguments.store, JournalKind.LIVE)).workspace
    files = write_workspace(workspace, arguments.folder)
    counts = dict(count_contents(workspace))
    names = [str(path) for path in files]
    answer(
        {"imported": counts, "exported": counts, "files": list(names)},
        "\n".join(names),
        as_json=arguments.json,
    )
    return DONE

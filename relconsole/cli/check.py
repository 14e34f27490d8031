"""``check DIR``: what is wrong with a workspace, by file, line and field."""

from __future__ import annotations

import argparse
from pathlib import Path

from relconsole.cli.words import DONE, NO, answer, plain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the workspace")


def run(arguments: argparse.Namespace) -> int:
    """Read every file and answer every problem; 1 where there is one."""
    from relconsole.adapters.formats.workspace import check_workspace

    problems = check_workspace(arguments.folder)
    lines = [plain(str(problem)) for problem in problems]
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    answer(
        {
            "ok": not problems,
            "problems": [
                {
                    "file": problem.file,
                    "line": problem.line,
                    "field": problem.field,
                    "message": problem.message,
                }
                for problem in problems
            ],
        },
        "\n".join([*lines, count]) if problems else "no problems",
        as_json=arguments.json,
    )
    return NO if problems else DONE

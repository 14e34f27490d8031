"""``check DIR``: what is wrong with a workspace, by file, line and field."""

from __future__ import annotations

import argparse
from pathlib import Path

from relconsole.cli.words import DONE, NO, answer, plain
from relconsole.domain.kernel.errors import Problem
from relconsole.domain.kernel.json import JsonObject


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the workspace")


def run(arguments: argparse.Namespace) -> int:
    """Read every file and answer every problem; 1 where there is one."""
    from relconsole.adapters.formats.workspace import judge_workspace

    found = judge_workspace(arguments.folder)
    problems = found.problems
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}" if problems else ""
    lines = (
        *(plain(str(problem)) for problem in problems),
        *(f"note: {plain(str(remark))}" for remark in found.remarks),
        count or "no problems",
    )
    answer(
        {
            "ok": not problems,
            "problems": [_placed(problem) for problem in problems],
            **({"notes": [_placed(each) for each in found.remarks]} if found.remarks else {}),
        },
        "\n".join(lines),
        as_json=arguments.json,
    )
    return NO if problems else DONE


def _placed(problem: Problem) -> JsonObject:
    """Give a problem with its place."""
    return {
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "message": problem.message,
    }

"""A whole workspace as a team would write it, and ways to change one line of it."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from relconsole.adapters.formats.workspace import check_workspace
from relconsole.domain.kernel.errors import Problem

PAYMENTS = Path(__file__).parent / "payments"
RELEASE = "releases/payments-core-2026.4.yaml"


def copy_payments(to: Path) -> Path:
    """Give a folder of its own with the files of the example."""
    folder = to / "workspace"
    shutil.copytree(PAYMENTS, folder)
    return folder


def edit(folder: Path, file: str, old: str, new: str) -> Path:
    """Replace the one place where a text stands."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def line_of(folder: Path, file: str, text: str) -> int:
    """Give the line, from 1, on which a text first stands."""
    content = (folder / file).read_text(encoding="utf-8")
    return content[: content.index(text)].count("\n") + 1


def the_problem(folder: Path) -> Problem:
    """Give the only problem of a workspace."""
    problems: Sequence[Problem] = check_workspace(folder)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]

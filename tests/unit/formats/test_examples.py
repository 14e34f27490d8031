"""The examples that come with the product are workspaces without a problem."""

import re
from pathlib import Path

from relconsole.adapters.formats.workspace import (
    check_workspace,
    read_workspace,
    write_workspace,
)

EXAMPLES = Path(__file__).parents[3] / "resources/relconsole_resources/examples"


def test_that_the_night_of_sixty_steps_checks_clean_and_survives_a_round_trip(
    tmp_path: Path,
) -> None:
    folder = EXAMPLES / "sixty_steps"
    assert check_workspace(folder) == ()
    workspace = read_workspace(folder)
    steps = [step for it in workspace.releases.values() for step in it.runbook.steps]
    assert len(steps) == 60
    assert len({step.stream for step in steps if step.stream}) == 9
    write_workspace(workspace, tmp_path)
    assert read_workspace(tmp_path) == workspace


def test_that_the_estate_has_no_problem_but_its_blanks() -> None:
    blank = re.compile("@[A-Z_]+@")
    for problem in check_workspace(EXAMPLES / "estate"):
        assert problem.line is not None
        text = (EXAMPLES / "estate" / problem.file).read_text(encoding="utf-8")
        assert blank.search(text.splitlines()[problem.line - 1]), str(problem)

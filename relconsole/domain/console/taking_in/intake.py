"""What a workbook came to, as a whole: to be shown, answered, and in the end taken in."""

from __future__ import annotations

from dataclasses import dataclass

from relconsole.domain.console.difference import WorkspaceDifference
from relconsole.domain.console.taking_in.contacts import Roster
from relconsole.domain.console.taking_in.heading import Heading
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.plan.taking_in.cells import Sheet
from relconsole.domain.plan.taking_in.difference import RunbookDifference
from relconsole.domain.plan.taking_in.problem import CellProblem, Choice, Remark
from relconsole.domain.plan.taking_in.take import TakenIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What a workbook came to.

    ``workspace`` is the one in which the release stands beside all that stood there before, None
    while something is open. ``steps`` and ``changes`` say what would differ.
    """

    sheet: Sheet
    heading: Heading
    taken: TakenIn
    problems: tuple[CellProblem, ...]
    choices: tuple[Choice, ...]
    remarks: tuple[Remark, ...]
    roster: Roster
    steps: RunbookDifference
    changes: WorkspaceDifference
    workspace: Workspace | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is left to be asked."""
        return self.workspace is not None

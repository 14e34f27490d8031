"""How conducting ends."""

from relconsole.domain.night.facts import RunOutcome
from relconsole.services.crew import Ending, held


def test_that_a_held_run_says_why() -> None:
    assert held("one", "two") == Ending(outcome=RunOutcome.HELD, reasons=("one", "two"))

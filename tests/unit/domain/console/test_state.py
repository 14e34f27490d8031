"""What the console's state answers about its runs."""

from __future__ import annotations

from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import ReleaseId, RunId
from relconsole.domain.night.facts import RunEnded, RunLeft, RunOutcome
from tests.unit.domain.console.consoles import open_run, signer, stocked
from tests.unit.domain.night.scenes import MARA, RELEASE, RUN


def test_that_a_console_of_no_facts_has_no_runs_and_no_workspace() -> None:
    empty = ConsoleState()
    assert empty.newest_run(RELEASE) is None
    assert empty.open_runs() == {}
    assert not empty.workspace.releases


def test_that_the_newest_run_of_a_release_is_given_over_or_not() -> None:
    console = stocked()
    console.does(open_run(), signer(MARA))
    console.record(RunEnded(run=RUN, outcome=RunOutcome.FINISHED))
    first = console.state.newest_run(RELEASE)
    assert first is not None
    assert first.is_over
    console.does(open_run(run=RunId("run-2")), signer(MARA))
    newest = console.state.newest_run(RELEASE)
    assert newest is not None
    assert (newest.id, newest.is_over) == ("run-2", False)
    assert console.state.newest_run(ReleaseId("nowhere")) is None


def test_that_a_run_that_was_only_left_is_still_open() -> None:
    console = stocked()
    console.does(open_run(), signer(MARA))
    console.record(RunLeft(run=RUN, outcome=RunOutcome.HELD, reasons=("slow",)))
    assert list(console.state.open_runs()) == [RUN]
    console.record(RunEnded(run=RUN, outcome=RunOutcome.ROLLED_BACK))
    assert console.state.open_runs() == {}

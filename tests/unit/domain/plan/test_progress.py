"""How far a night has come."""

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.progress import Dropped, Finished, Progress, Running
from tests.unit.domain.plan.plans import at, ids


def test_that_what_is_running_or_finished_has_begun_and_what_was_dropped_has_not() -> None:
    progress = Progress(
        now=at(9),
        steps={
            StepId("a"): Finished(started=at(0), finished=at(5)),
            StepId("b"): Running(started=at(5)),
            StepId("c"): Dropped(),
        },
    )
    assert progress.begun == ids("ab")
    assert progress.finished == ids("a")
    assert progress.dropped == ids("c")


def test_that_a_night_starts_with_nothing_begun() -> None:
    assert Progress(now=at(0)).begun == frozenset()

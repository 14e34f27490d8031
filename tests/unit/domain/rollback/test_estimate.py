"""How long a rollback takes once it is fired."""

from collections.abc import Mapping
from dataclasses import replace

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.backout import WayBack
from relconsole.domain.plan.runbook import Step
from relconsole.domain.release.release import RestorePoint, RollbackEdits
from relconsole.domain.rollback.build import build_rollback, reckoned_runbook, restore_durations
from relconsole.domain.rollback.estimate import RollbackEstimate, estimate_rollback
from relconsole.domain.rollback.plan import RollbackPlan
from tests.unit.domain.plan.plans import START, WINDOW, lasting, minutes, step, undo
from tests.unit.domain.rollback.rollbacks import release

FIRST, SECOND = StepId("first"), StepId("second")
CHAIN = (step("first", 5, back=undo(4)), step("second", 5, "first", back=undo(2)))
CALL = step("call-back", 3, "undo-second", "undo-first")


def estimated(
    *,
    rehearsed: Mapping[StepId, ThreePoint] | None = None,
    edits: RollbackEdits | None = None,
    steps: tuple[Step, ...] = CHAIN,
) -> RollbackEstimate:
    found = release(*steps, items=(), edits=edits)
    plan = build_rollback(found, {FIRST, SECOND})
    assert isinstance(plan, RollbackPlan)
    way = WayBack(
        runbook=reckoned_runbook(found),
        deadline=WINDOW.end,
        rehearsed=rehearsed or {},
        restore=restore_durations(found.rollback),
    )
    return estimate_rollback(plan, way, START)


def test_that_chained_steps_add_up_with_the_factor_of_what_was_not_rehearsed() -> None:
    found = estimated()
    assert dict(found.steps) == {"undo-second": minutes(3), "undo-first": minutes(6)}
    assert (found.likely, found.nine_of_ten) == (minutes(9), minutes(9))


def test_that_what_a_rehearsal_took_counts_as_it_is() -> None:
    found = estimated(rehearsed={FIRST: lasting(5), SECOND: lasting(1)})
    assert found.likely == minutes(6)


def test_that_a_step_that_a_person_added_counts_with_the_factor_too() -> None:
    found = estimated(edits=RollbackEdits(extra=(CALL,)))
    assert found.steps[StepId("call-back")] == minutes(4.5)
    assert found.likely == minutes(13.5)


def test_that_bringing_back_what_was_saved_counts_without_a_factor() -> None:
    point = RestorePoint(id="copy", before=FIRST, what="rows", where="vault", restore=lasting(20))
    assert estimated(edits=RollbackEdits(restore_points=(point,))).likely == minutes(29)


def test_that_nine_nights_of_ten_take_no_less_than_the_likely_one() -> None:
    ranging = replace(CHAIN[0], undo=undo((2, 4, 20)))
    found = estimated(steps=(ranging, CHAIN[1]))
    assert found.nine_of_ten > found.likely > minutes(3)

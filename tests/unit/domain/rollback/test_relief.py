"""Relief steps of a plan, and what turns each off again."""

from dataclasses import replace

from hypothesis import given

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.plan.backout import WayBack, draw_backouts
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.plan.schedule import plan_schedule
from relconsole.domain.release.release import RollbackEdits
from relconsole.domain.rollback.build import build_rollback
from relconsole.domain.rollback.plan import RollbackPlan
from relconsole.domain.rollback.relief import all_steps, off_step, relief_steps, turned_off_by
from tests.unit.domain.plan.plans import NO_UNDO, at, plans, step, undo
from tests.unit.domain.rollback.rollbacks import BEGUN, release

PAGE = step("page", 1, back=undo(2))
SWITCH = step("switch", 1, back=NO_UNDO)


def test_that_each_relief_stands_before_what_turns_it_off() -> None:
    plan = Runbook(steps=(step("a", 1),), relief=(PAGE, SWITCH))
    assert [each.id for each in relief_steps(plan)] == ["page", "undo-page", "switch"]
    assert [each.id for each in all_steps(plan)] == ["a", "page", "undo-page", "switch"]
    off = off_step(PAGE)
    assert off is not None
    assert (off.after, off.duration) == ((), PAGE.undo.duration)
    assert off_step(SWITCH) is None


def test_that_only_the_step_that_turns_a_relief_off_names_it() -> None:
    plan = Runbook(relief=(PAGE, SWITCH))
    assert turned_off_by(plan, StepId("undo-page")) is PAGE
    assert turned_off_by(plan, StepId("undo-switch")) is None
    assert turned_off_by(plan, PAGE.id) is None


@given(plans())
def test_that_neither_schedule_nor_way_back_knows_of_relief(steps: tuple[Step, ...]) -> None:
    bare, relieved = Runbook(steps=steps), Runbook(steps=steps, relief=(PAGE, SWITCH))
    assert plan_schedule(relieved.steps, at(0)) == plan_schedule(bare.steps, at(0))
    ways = [
        draw_backouts(WayBack(runbook=plan, deadline=at(600), nights=20)).undo
        for plan in (bare, relieved)
    ]
    assert ways[0] == ways[1]


def test_that_a_rollback_undoes_no_relief_and_no_added_step_bears_its_id() -> None:
    plain = release()
    relieved = replace(plain, runbook=replace(plain.runbook, relief=(PAGE,)))
    built = build_rollback(relieved, BEGUN)
    assert isinstance(built, RollbackPlan)
    assert built == build_rollback(plain, BEGUN)
    for name in ("page", "undo-page"):
        taken = RollbackEdits(extra=(step(name, 1),))
        refused = build_rollback(relieved, BEGUN, taken)
        assert isinstance(refused, Refusal)
        assert [reason.rule for reason in refused.reasons] == ["step_id_taken"]

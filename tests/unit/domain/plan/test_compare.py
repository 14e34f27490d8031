"""What differs between two plans, and what an amendment would do."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import Digest, PersonId, StepId
from relconsole.domain.plan.amendment import (
    Insert,
    Reassign,
    Skip,
    apply,
    apply_to_progress,
)
from relconsole.domain.plan.backout import WayBack
from relconsole.domain.plan.compare import compare_plans, effect_of
from relconsole.domain.plan.digest import plan_digest
from relconsole.domain.plan.forecast import (
    ForecastBasis,
    make_forecast,
    prepare_forecasts,
)
from relconsole.domain.plan.progress import Finished, Progress
from relconsole.domain.plan.runbook import Runbook, Step
from tests.unit.domain.plan.plans import WINDOW, at, ids, lasting, minutes, plans, step, undo
from tests.unit.domain.plan.test_retreat import CUTOVER

WHY = "the vendor asked for it"
CALLS: dict[StepId, Digest | None] = {StepId("deploy"): Digest("d" * 64)}
BASIS = ForecastBasis(
    plan=plan_digest(Runbook(steps=CUTOVER), CALLS),
    way=WayBack(
        runbook=Runbook(steps=CUTOVER),
        deadline=WINDOW.end,
        rehearsed={one.id: one.undo.duration for one in CUTOVER if one.undo.duration},
        nights=50,
    ),
    window=WINDOW,
)
BEGUN = Progress(now=at(5), steps={StepId("stop-writers"): Finished(started=at(0), finished=at(5))})


def amend(amendment: Insert | Reassign | Skip) -> Runbook:
    answer = apply(BASIS.way.runbook, amendment, BEGUN.begun)
    assert isinstance(answer, Runbook)
    return answer


def test_that_an_inserted_step_voids_the_step_that_now_waits_for_it_and_no_other() -> None:
    new = step("copy", 20, back=undo(4))
    amended = amend(
        Insert(step=new, after=(StepId("migrate"),), before=(StepId("deploy"),), reason=WHY)
    )
    effect = effect_of(BASIS, amended, BEGUN, calls=CALLS)
    assert effect.difference.added == ("copy",)
    assert effect.difference.changed == effect.voided == ("deploy",)
    assert effect.difference.untouched == ("stop-writers", "migrate", "switch", "drop-columns")
    assert effect.after.end - effect.before.end == minutes(20)
    assert effect.plan_before == BASIS.plan != effect.plan_after


def test_that_a_voided_rehearsal_counts_its_estimate_times_the_factor() -> None:
    amended = amend(Reassign(step=StepId("migrate"), owner=PersonId("ilka"), reason=WHY))
    effect = effect_of(BASIS, amended, BEGUN, calls=CALLS)
    assert effect.after.unrehearsed == ("migrate",)
    [before], [after] = effect.before.starts, effect.after.starts
    assert before.latest_after is not None
    assert after.latest_after is not None
    assert before.latest_after - after.latest_after == minutes(35)
    assert effect.before.latest_safe_start == effect.after.latest_safe_start == at(215)


def test_that_a_skip_changes_the_night_and_not_the_plan() -> None:
    skip = Skip(step=StepId("migrate"), reason=WHY)
    effect = effect_of(
        BASIS, amend(skip), BEGUN, progress_after=apply_to_progress(BEGUN, skip), calls=CALLS
    )
    assert effect.difference.is_empty
    assert effect.plan_before == effect.plan_after
    assert effect.before.digest != effect.after.digest
    assert effect.before.end - effect.after.end == minutes(40)


def test_that_removed_steps_are_named_and_void() -> None:
    shorter = replace(BASIS.way.runbook, steps=CUTOVER[:4])
    effect = effect_of(BASIS, shorter, BEGUN, calls=CALLS)
    assert effect.difference.removed == effect.voided == ("drop-columns",)


def test_that_another_script_under_the_same_step_is_a_change() -> None:
    runbook = BASIS.way.runbook
    same = compare_plans(runbook, runbook, CALLS)
    assert same.is_empty
    assert same.untouched == tuple(one.id for one in CUTOVER)


@settings(max_examples=20)
@given(plans(), st.integers(0, 30))
def test_that_the_effect_shows_the_forecast_that_will_be_made(
    steps: tuple[Step, ...], now: int
) -> None:
    runbook = Runbook(steps=steps)
    basis = replace(
        BASIS,
        plan=plan_digest(runbook, {}),
        way=replace(BASIS.way, runbook=runbook, rehearsed={}),
    )
    new = Insert(step=Step(id=StepId("new"), title="new", duration=lasting((1, 2, 9))), reason=WHY)
    amended = apply(runbook, new, ids(""))
    assert isinstance(amended, Runbook)
    progress = Progress(now=at(now))
    effect = effect_of(basis, amended, progress, calls={}, prepared=prepare_forecasts(basis))
    then = replace(basis, plan=plan_digest(amended, {}), way=replace(basis.way, runbook=amended))
    assert effect.before == make_forecast(basis, progress)
    assert effect.after == make_forecast(then, progress)

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import EffectId, StepId, SystemId
from relconsole.domain.night.effect_facts import (
    EffectConfirmed,
    EffectIntended,
    EffectRefused,
    EffectSent,
    Purpose,
)
from relconsole.domain.night.facts import RunEnded, RunLeft, RunOutcome, StepState
from relconsole.domain.night.rollback_facts import RollbackEnding
from relconsole.domain.night.state import RollbackRun, StepRun
from relconsole.domain.record.effect import Outcome
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    JO,
    MARA,
    RUN,
    STOP,
    UNDO_DEPLOY,
    Night,
    armed,
    at,
    begin,
)


def intend(night: Night, step: StepId, attempt: int, purpose: Purpose) -> EffectId:
    fact = EffectIntended(
        run=RUN,
        system=SystemId("ci"),
        effect_kind="job.start",
        purpose=purpose,
        fence=1,
        step=step,
        attempt=attempt,
    )
    return EffectId(night.add(fact, 1))


def test_that_a_step_without_an_attempt_has_no_times() -> None:
    step = StepRun(step=STOP)
    assert (step.attempt, step.started, step.ended, step.was_done) == (None, None, None, False)


@pytest.mark.parametrize("state", list(StepState))
def test_that_only_done_with_or_without_a_remark_is_done(state: StepState) -> None:
    done = {StepState.DONE, StepState.DONE_WITH_REMARK}
    assert StepRun(step=STOP, state=state).was_done == (state in done)


def test_that_a_run_that_was_left_is_not_over() -> None:
    night = begin()
    assert not night.run.is_over
    night.add(RunLeft(run=RUN, outcome=RunOutcome.HELD, reasons=()), 5)
    assert not night.run.is_over
    night.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED), 6)
    assert night.run.is_over


def test_that_a_step_is_found_in_the_plan_and_in_the_armed_rollback_only() -> None:
    night = begin()
    assert night.run.find_step(UNDO_DEPLOY) is None
    assert not night.run.is_undo(UNDO_DEPLOY)
    night.add(armed(), 5, JO)
    found = night.run.find_step(UNDO_DEPLOY)
    assert found is not None
    assert found.title == "Back to payments-api 2.30.4"
    assert night.run.is_undo(UNDO_DEPLOY)
    assert not night.run.is_undo(DEPLOY)
    assert night.run.find_step(StepId("nowhere")) is None


def test_that_the_effects_of_an_attempt_are_those_that_do_its_work() -> None:
    night = begin()
    first = intend(night, DEPLOY, 1, Purpose.STEP)
    intend(night, DEPLOY, 1, Purpose.SILENCE)
    intend(night, STOP, 1, Purpose.STEP)
    second = intend(night, DEPLOY, 2, Purpose.UNDO)
    assert [each.effect.id for each in night.run.step_effects(DEPLOY, 1)] == [first]
    assert [each.effect.id for each in night.run.step_effects(DEPLOY, 2)] == [second]


def test_that_an_effect_is_open_until_its_end_is_known() -> None:
    night = begin()
    one = intend(night, DEPLOY, 1, Purpose.STEP)
    other = intend(night, DEPLOY, 1, Purpose.SILENCE)
    third = intend(night, STOP, 1, Purpose.STEP)
    assert [each.effect.id for each in night.run.open_effects()] == [one, other, third]
    night.add(EffectRefused(run=RUN, effect=one, reason="no such job"), 2)
    night.add(EffectSent(run=RUN, effect=other), 3)
    night.add(EffectConfirmed(run=RUN, effect=other, outcome=Outcome.SUCCEEDED), 4)
    assert [each.effect.id for each in night.run.open_effects()] == [third]


def test_that_a_failed_attempt_counts_as_touched_and_a_skipped_step_does_not() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 2, MARA)
    night.end(STOP, 3, ASHA, state=StepState.SKIPPED)
    night.start(DEPLOY, 4, JO)
    night.end(DEPLOY, 5, state=StepState.FAILED)
    assert night.run.touched() == {ANNOUNCE, DEPLOY}
    assert night.run.opened_at == at(0)


@pytest.mark.parametrize("ending", [None, *RollbackEnding])
def test_that_a_fired_rollback_runs_until_it_is_observed_as_rolled_back(
    ending: RollbackEnding | None,
) -> None:
    armed_only = RollbackRun(armed=armed(), armed_by=JO, armed_at=at(20))
    assert not armed_only.is_running
    fired = replace(armed_only, fired_at=at(21), ending=ending)
    assert fired.is_running == (ending is not RollbackEnding.ROLLED_BACK)

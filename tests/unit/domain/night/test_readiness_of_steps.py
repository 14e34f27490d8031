from __future__ import annotations

import pytest

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.facts import (
    Followers,
    FollowersDecided,
    GateDecided,
    StepReopened,
    StepState,
    StepWaits,
)
from relconsole.domain.night.readiness_of_steps import (
    is_dealt_with,
    is_finished,
    is_ready,
    lets_followers_go,
    progress_of,
    progress_through,
    ready_steps,
    steps_of,
    underway_steps,
    waiting_reasons,
)
from relconsole.domain.night.rollback_facts import RollbackFired
from relconsole.domain.plan.progress import Dropped, Finished, Running
from relconsole.domain.plan.runbook import Step
from relconsole.domain.readiness.poll import StationAnswer
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    DROP,
    GATE,
    JO,
    MARA,
    OTHER_PLAN,
    PLAN,
    RUN,
    STOP,
    UNDO_DEPLOY,
    Night,
    armed,
    at,
    begin,
    signature,
)


def do(night: Night, step: StepId, after: float, state: StepState = StepState.DONE) -> None:
    night.start(step, after, MARA)
    night.end(step, after + 1, MARA, state=state)


def decide(night: Night, step: StepId, decision: Followers) -> None:
    night.add(FollowersDecided(run=RUN, step=step, decision=decision), 50, MARA)


def decide_gate(night: Night, decision: StationAnswer) -> None:
    night.add(GateDecided(run=RUN, step=GATE, decision=decision, seen=PLAN), 50, MARA)


def planned(night: Night, step: StepId) -> Step:
    found = night.run.find_step(step)
    assert found is not None
    return found


def fire(night: Night) -> None:
    night.add(armed(), 40, JO)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), 41, JO)


def test_that_the_run_goes_through_the_way_back_once_it_is_fired() -> None:
    night = begin()
    night.add(armed(), 40, JO)
    assert [step.id for step in steps_of(night.run)][:1] == [ANNOUNCE]
    fire(night)
    assert [step.id for step in steps_of(night.run)] == [UNDO_DEPLOY]
    assert [step.id for step in ready_steps(night.run, at(42))] == [UNDO_DEPLOY]


@pytest.mark.parametrize(
    ("state", "goes"),
    [
        (StepState.DONE, True),
        (StepState.DONE_WITH_REMARK, True),
        (StepState.NOT_NEEDED, True),
        (StepState.FAILED, False),
        (StepState.SKIPPED, False),
    ],
)
def test_that_a_step_lets_its_followers_go_when_it_is_done_or_not_needed(
    state: StepState, goes: bool
) -> None:
    night = begin()
    assert not lets_followers_go(night.run, STOP)
    do(night, STOP, 1, state)
    assert lets_followers_go(night.run, STOP) == goes


@pytest.mark.parametrize("state", [StepState.FAILED, StepState.SKIPPED])
@pytest.mark.parametrize("decision", list(Followers))
def test_that_only_the_decision_to_go_on_lets_the_followers_of_a_failed_step_go(
    state: StepState, decision: Followers
) -> None:
    night = begin()
    do(night, STOP, 1, state)
    assert not is_dealt_with(night.run, STOP)
    decide(night, STOP, decision)
    assert lets_followers_go(night.run, STOP) == (decision is Followers.GO_ON)
    settled = {Followers.GO_ON, Followers.NOT_NEEDED}
    assert is_dealt_with(night.run, STOP) == (decision in settled)


@pytest.mark.parametrize("decision", [None, *StationAnswer])
def test_that_a_gate_lets_its_followers_go_only_by_the_decision_go(
    decision: StationAnswer | None,
) -> None:
    night = begin()
    if decision is not None:
        decide_gate(night, decision)
    do(night, GATE, 1)
    assert lets_followers_go(night.run, GATE) == (decision is StationAnswer.GO)


def test_that_a_gate_that_is_not_needed_needs_no_decision() -> None:
    night = begin()
    night.end(GATE, 1, MARA, state=StepState.NOT_NEEDED)
    assert lets_followers_go(night.run, GATE)


def test_that_a_repeated_gate_holds_its_followers_until_it_is_decided_again() -> None:
    night = begin()
    decide_gate(night, StationAnswer.GO)
    do(night, GATE, 1)
    night.add(StepReopened(run=RUN, step=GATE), 3, MARA)
    do(night, GATE, 4)
    assert not lets_followers_go(night.run, GATE)


def test_that_a_step_names_each_predecessor_that_it_waits_for_and_what_lifts_it() -> None:
    night = begin()
    waits = waiting_reasons(night.run, planned(night, STOP), at(0))
    assert [(each.rule, each.lifts) for each in waits] == [
        ("predecessor", "announce done, or not needed")
    ]
    do(night, ANNOUNCE, 0, StepState.FAILED)
    failed = waiting_reasons(night.run, planned(night, STOP), at(2))
    assert failed[0].lifts == "repeat it, or decide what becomes of its followers"
    assert "announce, which is failed" in failed[0].says


def test_that_a_fixed_start_locks_a_step_until_its_very_instant() -> None:
    night = begin()
    decide_gate(night, StationAnswer.GO)
    do(night, GATE, 10)
    drop = planned(night, DROP)
    early = waiting_reasons(night.run, drop, at(59))
    assert [each.rule for each in early] == ["fixed_start"]
    assert "2026-04-21T00:30:00Z" in early[0].says
    assert not is_ready(night.run, drop, at(59))
    assert waiting_reasons(night.run, drop, at(60)) == ()
    assert is_ready(night.run, drop, at(60))


def test_that_what_has_started_is_not_ready_but_under_way() -> None:
    night = begin()
    assert [step.id for step in ready_steps(night.run, at(0))] == [ANNOUNCE]
    do(night, ANNOUNCE, 0)
    night.start(STOP, 2, ASHA)
    assert ready_steps(night.run, at(3)) == ()
    night.add(StepWaits(run=RUN, step=STOP, reason="the vendor"), 3, ASHA)
    assert [step.id for step in underway_steps(night.run)] == [STOP]


def test_that_a_night_is_finished_when_nothing_is_left_to_decide() -> None:
    night = begin()
    for moment, step in enumerate((ANNOUNCE, STOP, DEPLOY)):
        do(night, step, moment * 2)
    decide_gate(night, StationAnswer.NO_GO)
    do(night, GATE, 10)
    night.end(DROP, 12, MARA, state=StepState.SKIPPED)
    assert not is_finished(night.run)
    decide(night, DROP, Followers.NOT_NEEDED)
    assert not is_finished(night.run)
    decide_gate(night, StationAnswer.GO)
    assert is_finished(night.run)


def test_that_progress_tells_running_finished_and_dropped_steps_apart() -> None:
    night = begin()
    do(night, ANNOUNCE, 0)
    night.start(STOP, 2, ASHA)
    night.end(DEPLOY, 3, MARA, state=StepState.NOT_NEEDED)
    told = progress_of(night.run, at(5))
    assert told.now == at(5)
    assert told.steps == {
        ANNOUNCE: Finished(started=at(0), finished=at(1)),
        STOP: Running(started=at(2)),
        DEPLOY: Dropped(),
    }


def test_that_a_step_skipped_after_it_ran_is_still_to_be_undone() -> None:
    night = begin()
    do(night, STOP, 1, StepState.SKIPPED)
    assert progress_of(night.run, at(5)).begun == {STOP}


def test_that_a_failed_step_counts_as_running_until_its_followers_are_decided() -> None:
    night = begin()
    do(night, STOP, 1, StepState.FAILED)
    assert progress_of(night.run, at(5)).steps == {STOP: Running(started=at(1))}
    decide(night, STOP, Followers.HOLD)
    assert progress_of(night.run, at(5)).steps == {STOP: Running(started=at(1))}
    decide(night, STOP, Followers.GO_ON)
    assert progress_of(night.run, at(5)).steps == {STOP: Finished(started=at(1), finished=at(2))}


def test_that_a_step_to_be_done_again_is_begun_and_not_finished() -> None:
    night = begin()
    do(night, STOP, 1)
    night.add(StepReopened(run=RUN, step=STOP), 4, ASHA)
    assert progress_of(night.run, at(5)).steps == {STOP: Running(started=at(1))}


def test_that_the_progress_of_the_way_back_is_told_alike() -> None:
    night = begin()
    fire(night)
    night.start(UNDO_DEPLOY, 42, JO)
    told = progress_through(night.run, steps_of(night.run), at(43))
    assert told.steps == {UNDO_DEPLOY: Running(started=at(42))}

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import Digest, ServiceId, StepId, SystemId
from relconsole.domain.night.bridge_facts import (
    ClockJumped,
    HandoverAccepted,
    HandoverOffered,
    HoldBegan,
    HoldCause,
    HoldEnded,
    LeftOpen,
    LeftOpenClosed,
    LeftOpenHandedOver,
    LineResumed,
    LineStopped,
    MonitoringWentDark,
    Noted,
    PlanAmended,
    ProblemClosed,
    ProblemOpened,
    TriggerCleared,
    TriggerMarkedFalse,
    TriggerStood,
)
from relconsole.domain.night.effect_facts import EffectIntended, Purpose
from relconsole.domain.night.facts import (
    CheckpointAnchored,
    RunEnded,
    RunLeft,
    RunOutcome,
    RunTakenUp,
    StepState,
)
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    ReconcileRow,
    RestorePointKept,
    RollbackDisarmed,
    RollbackEnded,
    RollbackEnding,
    RollbackFired,
    SignatureAsked,
    StatePreserved,
    TotalDifferenceClosed,
    TotalMoment,
    TwoPersonAct,
)
from relconsole.domain.plan.runbook import Runbook
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    DROP,
    INES,
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
    fleet_row,
    runbook,
    signature,
)


def hold(thing: str = "p95", *reasons: str) -> HoldBegan:
    return HoldBegan(
        run=RUN, cause=HoldCause.TRIGGER, thing=thing, reasons=reasons or ("p95 is high",)
    )


def stood(trigger: str = "p95") -> TriggerStood:
    return TriggerStood(run=RUN, trigger=trigger, value=0.9, since=at(1), reasons=("high",))


def amended(*steps: StepId) -> PlanAmended:
    kept = tuple(step for step in runbook().steps if step.id in steps)
    return PlanAmended(
        run=RUN,
        reason="the drop can wait",
        says=("drop is left out",),
        runbook=Runbook(steps=kept),
        plan=OTHER_PLAN,
        step_digests=Map(dict.fromkeys(steps, OTHER_PLAN)),
        calls=Map(dict.fromkeys(steps, PLAN)),
        changed=(),
        forecast=PLAN,
    )


def fire(night: Night, after: float) -> None:
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO), after, JO)


def test_that_an_opened_run_holds_the_plan_with_every_step_not_started() -> None:
    night = begin()
    assert night.run.commander == MARA
    assert night.run.plan == PLAN
    assert night.run.opened_by == MARA
    assert {step.state for step in night.run.steps.values()} == {StepState.NOT_STARTED}
    assert set(night.run.steps) == {step.id for step in runbook().steps}


def test_that_taking_a_left_run_up_lets_it_go_on_under_the_new_token() -> None:
    night = begin()
    night.add(RunLeft(run=RUN, outcome=RunOutcome.HELD, reasons=("p95",)), 5)
    assert (night.run.outcome, night.run.ended_at, night.run.ended_reasons) == (
        RunOutcome.HELD,
        at(5),
        ("p95",),
    )
    night.add(RunTakenUp(run=RUN, holder="console-2", fence=4), 6)
    assert (night.run.outcome, night.run.ended_at, night.run.ended_reasons) == (None, None, ())
    assert (night.run.holder, night.run.fence) == ("console-2", 4)


def test_that_an_ended_run_keeps_how_and_when_it_ended() -> None:
    night = begin()
    night.add(RunEnded(run=RUN, outcome=RunOutcome.FINISHED), 90)
    assert night.run.outcome is RunOutcome.FINISHED
    assert night.run.ended_at == at(90)


@given(st.lists(st.integers(min_value=0, max_value=500), min_size=1, max_size=12))
def test_that_the_anchored_size_never_shrinks(sizes: list[int]) -> None:
    night = begin()
    for size in sizes:
        night.add(CheckpointAnchored(run=RUN, size=size, root=PLAN, place="keyring"), 1)
    assert night.run.anchored == max(sizes)


def test_that_notes_clock_jumps_and_dark_monitoring_change_no_state() -> None:
    night = begin()
    before = night.run
    night.add(Noted(run=RUN, text="coffee"), 1, MARA)
    night.add(ClockJumped(run=RUN, seconds=90.0), 2)
    night.add(MonitoringWentDark(run=RUN, system=SystemId("metrics"), says="refused"), 3)
    assert night.run == before


def test_that_a_hold_with_new_reasons_is_still_the_same_hold_since_it_began() -> None:
    night = begin()
    night.add(hold(), 1)
    night.add(hold("errors"), 2)
    night.add(hold("p95", "p95 is higher still"), 3)
    assert [(each.thing, each.since, each.reasons) for each in night.run.holds] == [
        ("errors", at(2), ("p95 is high",)),
        ("p95", at(1), ("p95 is higher still",)),
    ]


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.booleans()), max_size=20))
def test_that_the_standing_holds_are_those_begun_and_not_ended(
    moves: list[tuple[str, bool]],
) -> None:
    night, standing = begin(), set[str]()
    for thing, begins in moves:
        if begins:
            night.add(hold(thing), 1)
            standing.add(thing)
        else:
            night.add(HoldEnded(run=RUN, cause=HoldCause.TRIGGER, thing=thing), 1)
            standing.discard(thing)
    assert sorted(each.thing for each in night.run.holds) == sorted(standing)


def test_that_a_cleared_trigger_stands_no_more_and_one_never_seen_is_no_matter() -> None:
    night = begin()
    night.add(stood(), 1)
    assert night.run.triggers["p95"] == stood()
    night.add(TriggerCleared(run=RUN, trigger="p95"), 2)
    night.add(TriggerCleared(run=RUN, trigger="never"), 2)
    assert not night.run.triggers


def test_that_false_positives_are_counted_and_take_the_trigger_away() -> None:
    night = begin()
    for moment in (1, 3):
        night.add(stood(), moment)
        night.add(TriggerMarkedFalse(run=RUN, trigger="p95", note="probe"), moment + 1, MARA)
    assert not night.run.triggers
    assert night.run.false_triggers["p95"] == 2


def test_that_a_stopped_line_keeps_who_stopped_it_and_by_which_fact_until_it_is_resumed() -> None:
    night = begin()
    fact = night.add(LineStopped(run=RUN, note="wrong host"), 7, ASHA)
    stop = night.run.stop
    assert stop is not None
    assert (stop.fact, stop.by, stop.at, stop.note) == (fact, ASHA, at(7), "wrong host")
    night.add(LineResumed(run=RUN, second=signature()), 9, MARA)
    assert night.run.stop is None


def test_that_a_problem_stays_with_its_decision_once_it_is_closed() -> None:
    night = begin()
    night.add(ProblemOpened(run=RUN, problem="P1", what="slow", severity="high"), 4, JO)
    assert [each.closed for each in night.run.problems.values()] == [None]
    night.add(ProblemClosed(run=RUN, problem="P1", decision="wait"), 6, MARA)
    assert [(each.closed, each.decision) for each in night.run.problems.values()] == [
        (at(6), "wait")
    ]


def test_that_a_left_open_entry_is_handed_over_or_closed() -> None:
    night = begin()
    for entry in ("silence-1", "lock-2"):
        night.add(
            LeftOpen(run=RUN, entry=entry, what="alerts", owner=JO, closes="end the silence"), 4
        )
    night.add(LeftOpenHandedOver(run=RUN, entry="silence-1", to=INES), 8, INES)
    night.add(LeftOpenClosed(run=RUN, entry="lock-2"), 9, JO)
    night.add(LeftOpenClosed(run=RUN, entry="never"), 9, JO)
    assert {name: each.handed_to for name, each in night.run.left_open.items()} == {
        "silence-1": INES
    }


def test_that_the_accepter_of_a_hand_over_commands() -> None:
    night = begin()
    offer = HandoverOffered(run=RUN, to=INES, brief=PLAN)
    night.add(offer, 10, MARA)
    offered = night.run
    night.add(HandoverAccepted(run=RUN, brief=PLAN), 11, INES)
    assert (offered.commander, offered.handover) == (MARA, offer)
    assert (night.run.commander, night.run.handover) == (INES, None)


def test_that_a_nameless_acceptance_leaves_the_commander() -> None:
    night = begin()
    night.add(HandoverOffered(run=RUN, to=INES, brief=PLAN), 10)
    night.add(HandoverAccepted(run=RUN, brief=PLAN), 11)
    assert night.run.commander == MARA


def test_that_an_amendment_brings_a_new_plan_and_leaves_what_happened() -> None:
    night = begin()
    night.start(ANNOUNCE, 0, MARA)
    night.end(ANNOUNCE, 2, MARA)
    night.add(amended(ANNOUNCE, STOP), 3, MARA)
    assert night.run.plan == OTHER_PLAN
    assert night.run.steps[ANNOUNCE].was_done
    assert night.run.find_step(DROP) is None
    assert night.run.calls[STOP] == PLAN
    assert [each.reason for each in night.run.amendments] == ["the drop can wait"]
    night.add(amended(ANNOUNCE, STOP, DEPLOY), 4, MARA)
    assert night.run.steps[DEPLOY].state is StepState.NOT_STARTED


def test_that_an_inserted_step_has_not_started() -> None:
    night = begin(Runbook(steps=runbook().steps[:1]))
    night.add(amended(ANNOUNCE, STOP), 3, MARA)
    assert night.run.steps[STOP].state is StepState.NOT_STARTED


def test_that_an_asked_signature_is_found_by_its_digest() -> None:
    night = begin()
    asked = SignatureAsked(
        run=RUN,
        act=TwoPersonAct.COMMIT,
        thing=DROP,
        digest=Digest("d" * 64),
        request="{}",
        expires=at(30),
    )
    night.add(asked, 5, MARA)
    assert night.run.asked[asked.digest] == asked


def test_that_an_armed_rollback_changes_no_step_and_can_be_put_away() -> None:
    night = begin()
    night.add(armed(), 20, JO)
    rollback = night.run.rollback
    assert rollback is not None
    assert (rollback.armed_by, rollback.armed_at, rollback.is_running) == (JO, at(20), False)
    assert UNDO_DEPLOY not in night.run.steps
    night.add(RollbackDisarmed(run=RUN), 21, JO)
    assert night.run.rollback is None


def test_that_a_fired_rollback_runs_its_steps_and_keeps_what_it_came_to() -> None:
    night = begin()
    night.add(armed(), 20, JO)
    fire(night, 21)
    night.add(StatePreserved(run=RUN, folder="kept", files=("log",), digests=(PLAN,)), 22)
    rollback = night.run.rollback
    assert rollback is not None
    assert (rollback.fired_by, rollback.second, rollback.preserved) == (JO, INES, True)
    assert rollback.is_running
    assert night.run.steps[UNDO_DEPLOY].state is StepState.NOT_STARTED
    row = ReconcileRow(item="ledger", reason="unknown")
    night.add(
        RollbackEnded(
            run=RUN, ending=RollbackEnding.PARTIAL, fleet=(fleet_row(),), reconcile=(row,)
        ),
        30,
    )
    ended = night.run.rollback
    assert ended is not None
    assert (ended.ending, ended.ended_at, ended.is_running) == (
        RollbackEnding.PARTIAL,
        at(30),
        True,
    )
    assert (ended.fleet, ended.reconcile) == ((fleet_row(),), (row,))


def test_that_a_rollback_goes_on_until_the_old_state_is_observed() -> None:
    night = begin()
    night.add(armed(), 20, JO)
    fire(night, 21)
    for moment, ending in enumerate((RollbackEnding.UNKNOWN, RollbackEnding.ROLLED_BACK), 22):
        night.add(RollbackEnded(run=RUN, ending=ending, fleet=()), moment)
        rollback = night.run.rollback
        assert rollback is not None
        assert rollback.is_running == (ending is RollbackEnding.UNKNOWN)


def test_that_a_fired_rollback_resumes_a_stopped_line() -> None:
    night = begin()
    night.add(armed(), 20, JO)
    night.add(LineStopped(run=RUN, note="wrong host"), 21, ASHA)
    fire(night, 22)
    assert night.run.stop is None


def test_that_a_rehearsed_rollback_has_no_second_person() -> None:
    night = begin(rehearsal=True)
    night.add(armed(), 20, JO)
    night.add(RollbackFired(run=RUN, plan=OTHER_PLAN, person=JO), 21, JO)
    rollback = night.run.rollback
    assert rollback is not None
    assert (rollback.fired_by, rollback.second, rollback.is_running) == (JO, None, True)


def test_that_a_rollback_fired_again_goes_on_counting_the_attempts_of_its_steps() -> None:
    night = begin()
    night.add(armed(), 20, JO)
    fire(night, 21)
    night.start(UNDO_DEPLOY, 22, JO)
    first = night.add(
        EffectIntended(
            run=RUN,
            system=SystemId("ci"),
            effect_kind="job.start",
            purpose=Purpose.UNDO,
            fence=1,
            step=UNDO_DEPLOY,
        ),
        22,
    )
    night.end(UNDO_DEPLOY, 24, JO, state=StepState.FAILED)
    night.add(RollbackEnded(run=RUN, ending=RollbackEnding.PARTIAL, fleet=()), 25)
    night.add(armed(only=ServiceId("payments-api")), 30, JO)
    fire(night, 31)
    again = night.run.steps[UNDO_DEPLOY]
    assert again.state is StepState.NOT_STARTED
    assert [attempt.number for attempt in again.attempts] == [1]
    assert [str(each.effect.id) for each in night.run.step_effects(UNDO_DEPLOY, 1)] == [str(first)]
    assert night.run.step_effects(UNDO_DEPLOY, 2) == ()


def test_that_restore_points_and_control_totals_are_kept() -> None:
    night = begin()
    night.add(RestorePointKept(run=RUN, point="dump", says="12 GB verified"), 10)
    taken = ControlTotalTaken(run=RUN, total="rows", moment=TotalMoment.BEFORE, value=12.0)
    closed = TotalDifferenceClosed(
        run=RUN,
        total="rows",
        moment=TotalMoment.AFTER,
        cause="a late booking",
        correction="booked again",
        owner=ASHA,
    )
    night.add(taken, 11)
    night.add(closed, 12, INES)
    assert night.run.restore_points["dump"] == "12 GB verified"
    assert (night.run.totals, night.run.total_closings) == ((taken,), (closed,))


@pytest.mark.parametrize(
    "fact",
    [
        RollbackFired(run=RUN, plan=OTHER_PLAN, second=signature(), person=JO),
        StatePreserved(run=RUN, folder="kept", files=(), digests=()),
        RollbackEnded(run=RUN, ending=RollbackEnding.UNKNOWN, fleet=()),
    ],
)
def test_that_nothing_is_fired_that_was_never_armed(
    fact: RollbackFired | StatePreserved | RollbackEnded,
) -> None:
    night = begin()
    with pytest.raises(Bug, match="without an armed rollback"):
        night.add(fact, 5, JO)

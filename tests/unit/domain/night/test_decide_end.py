"""Whether a step may end, wait or be done again, and what becomes of those that wait for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import PersonId, RunId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, HoldEnded
from relconsole.domain.night.decide_end import end_step, failing_checks
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectSent,
)
from relconsole.domain.night.facts import (
    CheckRead,
    Followers,
    FollowersDecided,
    RunEnded,
    RunOutcome,
    StepEnded,
    StepReopened,
    StepState,
    StepWaits,
)
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.step_commands import (
    DecideFollowers,
    EndStep,
    KeepCheck,
    RepeatStep,
    Said,
    StartStep,
    WaitStep,
)
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.record.effect import Outcome
from tests.unit.domain.night.nights import (
    BEN,
    CONSOLE,
    PIA,
    Bridge,
    at_the_gate,
    bridge,
    deploying,
    nameless,
    past_the_gate,
    read,
)
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    DROP,
    GATE,
    INES,
    JO,
    MARA,
    RUN,
    STOP,
    TOMAS,
    UNDO_DEPLOY,
    at,
    runbook,
)

BECAUSE = Said(note="the queue is empty")
DROPS = [StepState.SKIPPED, StepState.NOT_NEEDED]


def end(step: StepId, state: StepState = StepState.DONE, said: Said | None = None) -> EndStep:
    return EndStep(run=RUN, step=step, state=state, said=said or Said())


def stopping() -> Bridge:
    """A night in which a manual step runs."""
    night = bridge()
    night.comes_to(ANNOUNCE)
    night.does(night.start(STOP), by=ASHA)
    return night


def failed(step: StepId = STOP) -> Bridge:
    """A night in which a step has failed and those that wait for it are to be decided upon."""
    night = stopping() if step == STOP else deploying()
    if step == DEPLOY:
        night.succeeds(DEPLOY)
    night.does(end(step, StepState.FAILED, Said(note="no answer")), by=CONSOLE)
    return night


def checked(*, passed: bool | None) -> Bridge:
    """A night whose deployment succeeded and whose check was read."""
    night = deploying()
    night.succeeds(DEPLOY)
    night.does(KeepCheck(run=RUN, check=read(night.run, DEPLOY, "p95", passed=passed)), by=CONSOLE)
    return night


# How a step ends.


def test_that_a_step_is_done_by_its_owner() -> None:
    night = stopping()
    (ended,) = night.does(end(STOP, said=BECAUSE), by=ASHA)
    assert ended == StepEnded(
        run=RUN, step=STOP, attempt=1, state=StepState.DONE, note="the queue is empty"
    )


def test_that_an_ending_recorded_for_the_owner_keeps_both_names_and_how_it_was_heard() -> None:
    night = stopping()
    night.does(end(STOP, said=Said(for_person=ASHA, heard="voice")), by=INES)
    attempt = night.run.steps[STOP].attempt
    assert attempt is not None
    assert (attempt.ended_by, attempt.ended_for) == (INES, ASHA)


def test_that_a_step_that_no_plan_has_does_not_end() -> None:
    assert bridge().refuses(end(StepId("nowhere"))) == ("unknown_step",)


def test_that_a_step_of_a_rollback_that_was_not_fired_does_not_end() -> None:
    night = deploying()
    night.arms()
    assert night.refuses(end(UNDO_DEPLOY), by=JO) == ("unknown_step",)
    assert night.refuses(RepeatStep(run=RUN, step=UNDO_DEPLOY), by=JO) == ("unknown_step",)
    assert night.refuses(WaitStep(run=RUN, step=UNDO_DEPLOY, reason="it"), by=JO) == ("step_state",)


@pytest.mark.parametrize(
    "state", [StepState.NOT_STARTED, StepState.READY, StepState.RUNNING, StepState.WAITING]
)
def test_that_a_step_ends_only_in_a_state_that_is_an_ending(state: StepState) -> None:
    assert stopping().refuses(end(STOP, state), by=ASHA) == ("not_an_ending",)


@pytest.mark.parametrize("state", [StepState.DONE, StepState.DONE_WITH_REMARK, StepState.FAILED])
def test_that_what_never_started_is_neither_done_nor_failed(state: StepState) -> None:
    assert bridge().refuses(end(STOP, state), by=ASHA) == ("step_state",)


@pytest.mark.parametrize("state", DROPS)
def test_that_leaving_a_step_out_needs_a_reason(state: StepState) -> None:
    assert bridge().refuses(end(STOP, state), by=ASHA) == ("no_reason",)


@pytest.mark.parametrize("state", DROPS)
def test_that_a_step_is_left_out_before_it_starts_while_it_runs_or_after_it_failed(
    state: StepState,
) -> None:
    for night in (bridge(), stopping(), failed()):
        attempts = len(night.run.steps[STOP].attempts)
        ended, *_ = night.does(end(STOP, state, BECAUSE), by=ASHA)
        assert isinstance(ended, StepEnded)
        assert (ended.attempt, night.run.steps[STOP].state) == (attempts, state)


@pytest.mark.parametrize("state", DROPS)
def test_that_what_is_done_is_not_left_out_afterwards(state: StepState) -> None:
    night = bridge()
    night.comes_to(ANNOUNCE)
    assert night.refuses(end(ANNOUNCE, state, BECAUSE)) == ("step_state",)


@pytest.mark.parametrize("state", DROPS)
def test_that_a_step_is_not_left_out_while_its_job_may_still_run(state: StepState) -> None:
    night = deploying()
    assert night.refuses(end(DEPLOY, state, BECAUSE), by=JO) == ("effect_open",)
    night.succeeds(DEPLOY)
    assert night.does(end(DEPLOY, state, BECAUSE), by=JO)


def test_that_nothing_ends_in_a_run_that_is_over() -> None:
    night = stopping()
    night.record(RunEnded(run=RUN, outcome=RunOutcome.ROLLED_BACK))
    refusal = end_step(night.around(ASHA), night.run, end(STOP))
    assert "run_over" in str(refusal)


# Who ends it.


@pytest.mark.parametrize("said", [Said(), Said(for_person=BEN), Said(for_person=ASHA)])
def test_that_a_stranger_ends_nobodys_step_whoever_it_is_said_to_be_for(said: Said) -> None:
    assert stopping().refuses(end(STOP, said=said), by=BEN) == ("not_the_owner",)


@pytest.mark.parametrize("who", [TOMAS, PersonId("tnovak"), PIA])
def test_that_requester_and_author_confirm_no_production_step(who: PersonId) -> None:
    night = stopping()
    assert night.refuses(end(STOP, said=Said(for_person=who))) == ("segregation_of_duties",)


def test_that_an_unsigned_ending_does_not_count() -> None:
    night = stopping()
    unsigned = replace(night.around(ASHA).actor, key=None)
    assert night.refuses(end(STOP), by=unsigned) == ("unproven",)


def test_that_requester_and_author_may_end_what_changes_no_production() -> None:
    night = bridge(Runbook(steps=(replace(runbook().steps[0], owner=TOMAS),)))
    night.does(night.start(ANNOUNCE), by=TOMAS)
    assert night.does(end(ANNOUNCE), by=TOMAS)


def test_that_the_console_records_what_a_job_came_to_in_nobodys_name() -> None:
    night = checked(passed=True)
    assert night.does(end(DEPLOY), by=CONSOLE)


# What done means.


@pytest.mark.parametrize("by", [JO, CONSOLE], ids=["owner", "console"])
def test_that_a_step_is_not_done_while_its_job_is_not_over(by: PersonId) -> None:
    night = deploying()
    night.passes(runbook().steps[2])
    refusal = night.decide(end(DEPLOY), by=by)
    assert "is not over" in str(refusal)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.CANCELLED])
def test_that_a_step_is_not_done_where_its_job_did_not_succeed(outcome: Outcome) -> None:
    night = deploying()
    night.passes(runbook().steps[2])
    (effect,) = night.effects(DEPLOY)
    night.record(
        EffectSent(run=RUN, effect=effect),
        EffectAcknowledged(run=RUN, effect=effect, remote="7"),
        EffectConfirmed(run=RUN, effect=effect, outcome=outcome),
    )
    assert night.refuses(end(DEPLOY), by=JO) == ("job_not_done",)
    assert night.does(end(DEPLOY, StepState.FAILED), by=JO)


@pytest.mark.parametrize("passed", [False, None])
def test_that_a_check_that_fails_or_is_unknown_keeps_a_step_from_being_done(
    passed: bool | None,
) -> None:
    assert checked(passed=passed).refuses(end(DEPLOY), by=JO) == ("check_fails",)


def test_that_a_check_that_nobody_read_does_not_pass() -> None:
    night = deploying()
    night.succeeds(DEPLOY)
    refusal = night.decide(end(DEPLOY), by=JO)
    assert "check p95 was not read" in str(refusal)


def test_that_a_step_whose_checks_pass_is_done() -> None:
    assert checked(passed=True).does(end(DEPLOY), by=JO)


def test_that_a_rehearsal_reads_no_production() -> None:
    night = bridge(rehearsal=True)
    night.does(StartStep(run=RUN, step=ANNOUNCE))
    deploy = runbook().steps[2]
    assert failing_checks(night.run, deploy) == ()


def test_that_a_step_that_never_ran_has_no_failing_checks() -> None:
    assert failing_checks(bridge().run, runbook().steps[2]) == ()


# Overriding a check.


def test_that_a_second_person_overrides_a_failing_check_and_their_signature_is_kept() -> None:
    night = checked(passed=False)
    second = night.signs(TwoPersonAct.OVERRIDE, DEPLOY)
    (ended,) = night.does(replace(end(DEPLOY), second=second), by=JO)
    assert isinstance(ended, StepEnded)
    assert ended.second == second


@pytest.mark.parametrize(
    ("signer", "rules"),
    [
        ("jo", ("owner_overrides",)),
        ("JO", ("owner_overrides",)),
        ("mara", ("same_person",)),
        ("mokafor", ("same_person",)),
        ("tomas", ("segregation_of_duties",)),
        ("pia", ("segregation_of_duties",)),
    ],
)
def test_that_no_check_is_overridden_by_owner_recorder_requester_or_author(
    signer: str, rules: tuple[str, ...]
) -> None:
    night = checked(passed=False)
    second = night.signs(TwoPersonAct.OVERRIDE, DEPLOY, signer=signer)
    said = Said(for_person=JO, heard="voice")
    assert night.refuses(replace(end(DEPLOY, said=said), second=second)) == rules


def test_that_a_step_of_nobody_belongs_to_whoever_carries_it_out() -> None:
    plan = Runbook(steps=(replace(runbook().steps[2], owner=None, after=()),))
    night = bridge(plan)
    night.does(night.start(DEPLOY), by=JO)
    night.succeeds(DEPLOY)
    second = night.signs(TwoPersonAct.OVERRIDE, DEPLOY, signer=JO)
    assert night.refuses(replace(end(DEPLOY), second=second)) == ("owner_overrides",)


def test_that_nobody_signs_over_what_is_recorded_for_them() -> None:
    night = checked(passed=False)
    second = night.signs(TwoPersonAct.OVERRIDE, DEPLOY, signer=ASHA)
    meant = Said(for_person=ASHA, heard="voice")
    assert night.refuses(replace(end(DEPLOY, said=meant), second=second)) == ("owner_overrides",)


def test_that_a_refused_override_says_who_may_sign() -> None:
    night = checked(passed=False)
    second = night.signs(TwoPersonAct.OVERRIDE, DEPLOY, signer=JO)
    refusal = night.decide(replace(end(DEPLOY), second=second))
    assert isinstance(refusal, Refusal)
    assert [each.lifts for each in refusal.reasons] == ["one of these signs: asha, ben, ines"]


def test_that_a_step_of_nobody_is_overridden_by_any_second_person() -> None:
    plan = Runbook(steps=(replace(runbook().steps[2], owner=None, after=()),))
    night = bridge(plan)
    night.does(night.start(DEPLOY), by=JO)
    night.succeeds(DEPLOY)
    second = night.signs(TwoPersonAct.OVERRIDE, DEPLOY)
    assert night.does(replace(end(DEPLOY), second=second), by=JO)


def test_that_an_override_is_over_the_checks_that_failed_when_it_was_signed() -> None:
    night = checked(passed=False)
    second = night.signs(TwoPersonAct.OVERRIDE, DEPLOY)
    deploy = night.run.find_step(DEPLOY)
    assert deploy is not None
    worse = replace(deploy, checks=(*deploy.checks, replace(deploy.checks[0], id="errors")))
    steps = tuple(worse if step.id == DEPLOY else step for step in night.run.runbook.steps)
    night.night.run = replace(night.run, runbook=Runbook(steps=steps))
    command = replace(end(DEPLOY), second=second)
    assert night.refuses(command, by=JO) == ("request_is_old",)


def test_that_an_override_makes_no_job_succeed() -> None:
    night = deploying()
    night.does(KeepCheck(run=RUN, check=read(night.run, DEPLOY, "p95", passed=False)), by=CONSOLE)
    second = night.signs(TwoPersonAct.OVERRIDE, DEPLOY)
    assert night.refuses(replace(end(DEPLOY), second=second), by=JO) == ("job_not_done",)
    by_owner = night.signs(TwoPersonAct.OVERRIDE, DEPLOY, signer="jo")
    assert night.refuses(replace(end(DEPLOY), second=by_owner), by=JO) == (
        "job_not_done",
        "owner_overrides",
    )


@pytest.mark.parametrize("state", [StepState.FAILED, StepState.SKIPPED])
def test_that_a_signature_that_overrode_nothing_is_not_recorded(state: StepState) -> None:
    night = checked(passed=False)
    forged = night.signs(TwoPersonAct.OVERRIDE, DEPLOY, signer=INES, key=TOMAS)
    command = replace(end(DEPLOY, state, BECAUSE), second=forged)
    ended, *_ = night.does(command, by=JO)
    assert isinstance(ended, StepEnded)
    assert ended.second is None


def test_that_a_done_step_without_a_failing_check_keeps_no_signature() -> None:
    night = checked(passed=False)
    second = night.signs(TwoPersonAct.OVERRIDE, DEPLOY)
    night.passes(runbook().steps[2])
    (ended,) = night.does(replace(end(DEPLOY), second=second), by=JO)
    assert isinstance(ended, StepEnded)
    assert ended.second is None


# Gates end by their decision.


@pytest.mark.parametrize(
    "state", [StepState.DONE, StepState.FAILED, StepState.SKIPPED, StepState.NOT_NEEDED]
)
def test_that_a_gate_that_has_begun_ends_only_by_its_decision(state: StepState) -> None:
    night = at_the_gate()
    night.does(night.start(GATE))
    assert "gate_open" in night.refuses(end(GATE, state, BECAUSE))


@pytest.mark.parametrize("state", DROPS)
def test_that_only_the_commander_leaves_a_gate_out_before_anybody_answered(
    state: StepState,
) -> None:
    night = at_the_gate()
    assert night.refuses(end(GATE, state, BECAUSE), by=BEN) == ("not_the_commander",)
    assert night.does(end(GATE, state, BECAUSE), by=MARA)


# Those that wait for it.


def test_that_a_failure_holds_the_run_and_asks_what_becomes_of_those_that_wait() -> None:
    night = stopping()
    _, held = night.does(end(STOP, StepState.FAILED, Said(note="locked")), by=ASHA)
    says = "stop-writers failed: locked; deploy wait for it: repeat, go on, hold, not needed, or"
    assert held == HoldBegan(
        run=RUN, cause=HoldCause.STEP, thing=STOP, reasons=(f"{says} roll back",)
    )


def test_that_all_that_wait_for_a_failed_step_are_named() -> None:
    announce, stop, deploy, *_ = runbook().steps
    night = bridge(Runbook(steps=(announce, stop, replace(deploy, after=(ANNOUNCE,)))))
    night.does(night.start(ANNOUNCE))
    _, held = night.does(end(ANNOUNCE, StepState.FAILED))
    assert isinstance(held, HoldBegan)
    assert held.reasons[0].startswith("announce failed; stop-writers, deploy wait for it")


def test_that_a_failure_that_nobody_waits_for_holds_the_run_too() -> None:
    night = bridge(Runbook(steps=(runbook().steps[0],)))
    night.does(night.start(ANNOUNCE))
    _, held = night.does(end(ANNOUNCE, StepState.FAILED))
    assert isinstance(held, HoldBegan)
    assert held.reasons[0].startswith("announce failed; nothing waits for it")


def test_that_a_skipped_step_that_somebody_waits_for_asks_too() -> None:
    night = bridge()
    _, held = night.does(end(STOP, StepState.SKIPPED, BECAUSE), by=ASHA)
    assert isinstance(held, HoldBegan)


def test_that_a_skipped_step_that_nobody_waits_for_asks_nothing() -> None:
    night = bridge()
    _, decided = night.does(end(DROP, StepState.SKIPPED, BECAUSE), by=ASHA)
    assert isinstance(decided, FollowersDecided)
    assert decided.decision is Followers.GO_ON
    assert night.run.holds == ()


def decide(decision: Followers, step: StepId = STOP) -> DecideFollowers:
    return DecideFollowers(run=RUN, step=step, decision=decision, said=BECAUSE)


def test_that_followers_that_go_on_wait_no_longer() -> None:
    night = failed()
    decided, ended = night.does(decide(Followers.GO_ON))
    assert isinstance(decided, FollowersDecided)
    assert isinstance(ended, HoldEnded)
    assert night.does(night.start(DEPLOY), by=JO)


def test_that_followers_that_are_not_needed_are_left_out_with_their_reason() -> None:
    night = failed()
    _, dropped, ended = night.does(decide(Followers.NOT_NEEDED))
    assert dropped == StepEnded(
        run=RUN,
        step=DEPLOY,
        attempt=0,
        state=StepState.NOT_NEEDED,
        note="stop-writers failed",
    )
    assert isinstance(ended, HoldEnded)


def test_that_a_follower_that_is_over_already_is_not_left_out_again() -> None:
    night = failed()
    night.does(end(DEPLOY, StepState.NOT_NEEDED, BECAUSE), by=JO)
    decided, ended = night.does(decide(Followers.NOT_NEEDED))
    assert (type(decided), type(ended)) == (FollowersDecided, HoldEnded)


@pytest.mark.parametrize("decision", [Followers.HOLD, Followers.ROLL_BACK])
def test_that_hold_and_roll_back_keep_the_run_on_hold(decision: Followers) -> None:
    night = failed()
    assert len(night.does(decide(decision))) == 1
    assert [hold.cause for hold in night.run.holds] == [HoldCause.STEP]
    assert "predecessor" in night.refuses(night.start(DEPLOY), by=JO)


def test_that_only_a_failed_or_skipped_step_has_followers_to_decide_upon() -> None:
    night = stopping()
    assert night.refuses(decide(Followers.GO_ON)) == ("step_state",)
    assert night.refuses(decide(Followers.GO_ON, StepId("nowhere"))) == ("step_state",)


@pytest.mark.parametrize("who", [ASHA, INES, BEN])
def test_that_only_the_commander_decides_upon_followers(who: PersonId) -> None:
    assert failed().refuses(decide(Followers.GO_ON), by=who) == ("not_the_commander",)


@pytest.mark.parametrize("decision", [Followers.GO_ON, Followers.NOT_NEEDED])
def test_that_a_commander_who_requested_the_change_lets_no_failed_production_step_pass(
    decision: Followers,
) -> None:
    night = failed()
    night.release = replace(night.release, requester=MARA)
    assert night.refuses(decide(decision)) == ("segregation_of_duties",)
    assert night.does(decide(Followers.ROLL_BACK))


def test_that_other_holds_stand_when_followers_go_on() -> None:
    night = failed()
    night.record(HoldBegan(run=RUN, cause=HoldCause.TRIGGER, thing=STOP, reasons=("slow",)))
    night.does(decide(Followers.GO_ON))
    assert [hold.cause for hold in night.run.holds] == [HoldCause.TRIGGER]


# Doing it again.


def test_that_a_repeat_opens_the_step_again_and_ends_its_hold() -> None:
    night = failed()
    reopened, ended = night.does(
        RepeatStep(run=RUN, step=STOP, said=Said(for_person=ASHA, heard="chat", note="again"))
    )
    assert reopened == StepReopened(run=RUN, step=STOP, for_person=ASHA, heard="chat", note="again")
    assert isinstance(ended, HoldEnded)
    night.does(night.start(STOP), by=ASHA)
    assert [each.number for each in night.run.steps[STOP].attempts] == [1, 2]


def test_that_what_has_not_ended_is_not_repeated() -> None:
    assert stopping().refuses(RepeatStep(run=RUN, step=STOP), by=ASHA) == ("step_state",)


def test_that_no_step_is_repeated_while_its_job_may_still_run() -> None:
    night = deploying()
    night.does(end(DEPLOY, StepState.FAILED), by=JO)
    assert night.refuses(RepeatStep(run=RUN, step=DEPLOY), by=JO) == ("effect_open",)
    night.succeeds(DEPLOY)
    assert night.does(RepeatStep(run=RUN, step=DEPLOY), by=JO)


def test_that_strangers_requester_and_author_repeat_no_production_step() -> None:
    night = failed()
    assert night.refuses(RepeatStep(run=RUN, step=STOP), by=BEN) == ("not_the_owner",)
    assert night.refuses(RepeatStep(run=RUN, step=STOP, said=Said(for_person=PIA))) == (
        "segregation_of_duties",
    )


def test_that_a_step_that_changes_no_production_is_repeated_by_anybody_on_it() -> None:
    night = bridge()
    night.comes_to(ANNOUNCE)
    assert night.does(RepeatStep(run=RUN, step=ANNOUNCE), by=TOMAS)


# Waiting, and checks.


def test_that_a_running_step_waits_for_somebody_until_a_time() -> None:
    night = stopping()
    command = WaitStep(
        run=RUN,
        step=STOP,
        reason="the vendor",
        until=at(30),
        said=Said(for_person=ASHA, heard="voice"),
    )
    (waits,) = night.does(command, by=INES)
    assert waits == StepWaits(
        run=RUN,
        step=STOP,
        reason="the vendor",
        until=at(30),
        for_person=ASHA,
        heard="voice",
    )
    assert night.does(end(STOP), by=ASHA)


def test_that_only_a_step_under_way_waits_and_only_its_own_people_say_so() -> None:
    assert bridge().refuses(WaitStep(run=RUN, step=STOP, reason="it"), by=ASHA) == ("step_state",)
    foreign = WaitStep(run=RUN, step=STOP, reason="it", said=Said(for_person=ASHA))
    assert stopping().refuses(foreign, by=BEN) == ("not_the_owner",)


def test_that_a_check_is_read_for_the_attempt_that_runs() -> None:
    night = deploying()
    reading = read(night.run, DEPLOY, "p95", passed=True)
    assert night.does(KeepCheck(run=RUN, check=reading), by=CONSOLE) == (reading,)
    assert bridge().refuses(KeepCheck(run=RUN, check=reading), by=CONSOLE) == ("step_state",)


def test_that_a_reading_is_always_of_the_run_that_it_is_kept_in() -> None:
    night = deploying()
    foreign = replace(read(night.run, DEPLOY, "p95", passed=True), run=RunId("another"))
    (kept,) = night.does(KeepCheck(run=RUN, check=foreign), by=CONSOLE)
    assert isinstance(kept, CheckRead)
    assert kept.run == RUN


def test_that_a_nameless_night_is_carried_without_names() -> None:
    night = nameless()
    night.does(night.start(ANNOUNCE), by=None)
    assert night.does(end(ANNOUNCE), by=None)


def test_that_a_forward_step_may_still_end_after_a_rollback_was_fired() -> None:
    night = deploying()
    night.fires()
    night.succeeds(DEPLOY)
    _, held = night.does(end(DEPLOY, StepState.FAILED, Said(note="called off")), by=CONSOLE)
    assert isinstance(held, HoldBegan)
    assert "nothing waits for it" in held.reasons[0]


def test_that_the_last_step_of_a_night_ends_it_without_followers() -> None:
    night = past_the_gate()
    assert night.does(end(DROP, StepState.NOT_NEEDED, BECAUSE), by=ASHA)

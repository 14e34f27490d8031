"""Amending a running night: who may, what it voids, and the acts that it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import Digest, PersonId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import Amend
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, HoldEnded, PlanAmended
from relconsole.domain.night.decide_amend import amend, amendment_digest, name_amendment
from relconsole.domain.night.facts import (
    Followers,
    FollowersDecided,
    RunEnded,
    RunOutcome,
    StepEnded,
    StepReopened,
    StepState,
)
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole.domain.plan.amendment import (
    Amendment,
    Insert,
    NotNeeded,
    Reassign,
    Reorder,
    Repeat,
    Retime,
    Skip,
    apply_all,
    named_steps,
)
from relconsole.domain.plan.digest import plan_digest, step_digest
from relconsole.domain.plan.runbook import Runbook, Step
from tests.unit.domain.night.nights import (
    BEN,
    Bridge,
    at_the_gate,
    bridge,
    current_forecast,
    deploying,
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
    at,
    minutes,
    runbook,
)

WARM = Step(id=StepId("warm"), title="Warm the cache", duration=plain(minutes(3)), owner=JO)
INSERT = Insert(step=WARM, reason="cold cache", after=(DEPLOY,), before=(GATE,))
SKIP = Skip(step=STOP, reason="writers are down already")
NOT_NEEDED = NotNeeded(step=DROP, reason="columns are gone")
REPEAT = Repeat(step=DEPLOY, reason="one node was missed")
REASSIGN = Reassign(step=STOP, owner=BEN, reason="asha is ill")
REORDER = Reorder(step=GATE, after=(STOP,), reason="look first")
RETIME = Retime(step=DROP, reason="vendor is late", not_before=at(90))
LATER = timedelta(minutes=16)


def command(night: Bridge, *amendments: Amendment, later: timedelta = timedelta(0)) -> Amend:
    """The command over the current forecast, with nothing read anew."""
    return Amend(
        run=RUN,
        amendments=amendments,
        reason="the night is another one",
        calls={},
        forecast=current_forecast(night.run, night.now),
        later_by=later,
    )


def amended(night: Bridge, *amendments: Amendment) -> PlanAmended:
    fact, *_ = night.does(command(night, *amendments))
    assert isinstance(fact, PlanAmended)
    return fact


def deploy_failed() -> Bridge:
    night = deploying()
    night.succeeds(DEPLOY)
    night.does(EndStep(run=RUN, step=DEPLOY, state=StepState.FAILED, said=Said(note="no")), by=JO)
    return night


# What an amendment is.


def test_that_an_amended_plan_is_recorded_whole_with_its_reason_forecast_and_digests() -> None:
    night = bridge()
    shown = current_forecast(night.run, night.now)
    fact = amended(night, INSERT)
    calls = dict.fromkeys((step.id for step in fact.runbook.steps), None)
    assert fact.runbook == apply_all(runbook(), (INSERT,), frozenset())
    assert (fact.reason, fact.says) == ("the night is another one", ("insert warm: cold cache",))
    assert (fact.forecast, fact.second) == (shown, None)
    assert fact.plan == plan_digest(fact.runbook, calls)
    assert fact.step_digests == {step.id: step_digest(step, None) for step in fact.runbook.steps}
    assert night.run.plan == fact.plan
    assert night.run.steps[WARM.id].state is StepState.NOT_STARTED


def test_that_an_amendment_binds_what_was_read_for_it_and_keeps_the_rest() -> None:
    night = bridge()
    read, kept = Digest("c" * 64), Digest("d" * 64)
    night.night.run = replace(night.run, calls={**night.run.calls, DEPLOY: kept})
    facts = night.does(replace(command(night, INSERT), calls={WARM.id: read}))
    assert isinstance(facts[0], PlanAmended)
    assert (facts[0].calls[WARM.id], facts[0].calls[DEPLOY]) == (read, kept)


@pytest.mark.parametrize(
    ("amendment", "says"),
    [
        (INSERT, "insert warm: cold cache"),
        (SKIP, "skip stop-writers: writers are down already"),
        (NOT_NEEDED, "drop not needed: columns are gone"),
        (REPEAT, "repeat deploy: one node was missed"),
        (REASSIGN, "stop-writers to ben: asha is ill"),
        (REORDER, "canary after stop-writers: look first"),
        (replace(REORDER, after=()), "canary after nothing: look first"),
        (RETIME, "re-time drop: vendor is late"),
    ],
)
def test_that_every_amendment_is_named_in_one_phrase(amendment: Amendment, says: str) -> None:
    assert name_amendment(amendment) == says


def test_that_a_skip_is_the_end_of_its_step_and_lets_the_others_go_on() -> None:
    night = bridge()
    _, ended, decided = night.does(command(night, SKIP))
    assert ended == StepEnded(
        run=RUN, step=STOP, attempt=0, state=StepState.SKIPPED, note=SKIP.reason
    )
    assert isinstance(decided, FollowersDecided)
    assert decided.decision is Followers.GO_ON


def test_that_a_step_found_not_needed_ends_as_that() -> None:
    night = bridge()
    _, ended = night.does(command(night, NOT_NEEDED))
    assert isinstance(ended, StepEnded)
    assert ended.state is StepState.NOT_NEEDED


def test_that_a_repeat_opens_the_step_again_and_ends_only_its_own_hold() -> None:
    night = deploy_failed()
    night.record(HoldBegan(run=RUN, cause=HoldCause.TRIGGER, thing=DEPLOY, reasons=("slow",)))
    _, reopened, ended = night.does(command(night, REPEAT))
    assert reopened == StepReopened(run=RUN, step=DEPLOY, note=REPEAT.reason)
    assert isinstance(ended, HoldEnded)
    assert [hold.cause for hold in night.run.holds] == [HoldCause.TRIGGER]


@pytest.mark.parametrize("amendment", [INSERT, REASSIGN, REORDER, RETIME])
def test_that_the_others_change_the_plan_and_do_nothing_to_a_step(amendment: Amendment) -> None:
    night = bridge()
    assert len(night.does(command(night, amendment))) == 1


# What it voids.


@pytest.mark.parametrize(
    ("amendment", "changed"),
    [
        (INSERT, (WARM.id, GATE)),
        (SKIP, ()),
        (NOT_NEEDED, ()),
        (REASSIGN, (STOP,)),
        (REORDER, (GATE,)),
        (RETIME, (DROP,)),
    ],
)
def test_that_an_amendment_voids_exactly_what_it_names(
    amendment: Amendment, changed: tuple[StepId, ...]
) -> None:
    night = bound_bridge()
    assert amended(night, amendment).changed == changed


def test_that_a_job_that_is_another_one_now_voids_its_step_too() -> None:
    night = bound_bridge()
    fresh = {DEPLOY: Digest("c" * 64)}
    fact, *_ = night.does(replace(command(night, RETIME), calls=fresh))
    assert isinstance(fact, PlanAmended)
    assert fact.changed == (DEPLOY, DROP)


def bound_bridge() -> Bridge:
    """A night whose steps are bound by their own digests."""
    night = bridge()
    digests = {step.id: step_digest(step, None) for step in night.run.runbook.steps}
    night.night.run = replace(
        night.run,
        step_digests=digests,
        plan=plan_digest(night.run.runbook, night.run.calls),
    )
    return night


STEPS = st.sampled_from([ANNOUNCE, STOP, DEPLOY, GATE, DROP])
AMENDMENTS: st.SearchStrategy[Amendment] = st.one_of(
    st.builds(Skip, step=STEPS, reason=st.just("r")),
    st.builds(NotNeeded, step=STEPS, reason=st.just("r")),
    st.builds(Repeat, step=STEPS, reason=st.just("r")),
    st.builds(Reassign, step=STEPS, owner=st.sampled_from([ASHA, BEN]), reason=st.just("r")),
    st.builds(Reorder, step=STEPS, after=st.tuples(STEPS), reason=st.just("r")),
    st.builds(
        Retime,
        step=STEPS,
        reason=st.just("r"),
        duration=st.integers(1, 9).map(lambda count: plain(minutes(count))),
    ),
    st.builds(
        Insert,
        step=st.sampled_from(["warm", "look"]).map(lambda name: replace(WARM, id=StepId(name))),
        reason=st.just("r"),
        after=st.lists(STEPS, max_size=1).map(tuple),
        before=st.lists(STEPS, max_size=1).map(tuple),
    ),
)


@settings(max_examples=120)
@given(st.lists(AMENDMENTS, max_size=3), st.sampled_from(["fresh", "begun"]))
def test_that_whatever_is_amended_only_named_steps_change_and_none_that_has_begun(
    amendments: list[Amendment], when: str
) -> None:
    night = bound_bridge()
    if when == "begun":
        night.comes_to(ANNOUNCE, STOP)
    begun = {step for step, found in night.run.steps.items() if found.attempts}
    before = {step.id: step for step in night.run.runbook.steps}
    answer = night.decide(command(night, *amendments))
    if isinstance(answer, Refusal):
        return
    night.record(*answer, by=MARA)
    named = set[StepId]().union(*(named_steps(each) for each in amendments))
    fact = answer[0]
    assert isinstance(fact, PlanAmended)
    assert set(fact.changed) <= named
    assert begun.isdisjoint(fact.changed)
    after = {step.id: step for step in night.run.runbook.steps}
    assert {step for step in before if before[step] != after[step]} <= set(fact.changed)
    assert set(before) <= set(after)


# Who may, and when.


def test_that_only_the_commander_amends_and_under_their_own_key() -> None:
    night = bridge()
    assert night.refuses(command(night, SKIP), by=INES) == ("not_the_commander",)
    unsigned = replace(night.around(MARA).actor, key=None)
    assert night.refuses(command(night, SKIP), by=unsigned) == ("unproven",)


def test_that_an_amendment_is_judged_by_the_current_forecast() -> None:
    night = bridge()
    stale = command(night, RETIME)
    night.comes_to(ANNOUNCE)
    assert night.refuses(stale) == ("forecast_old",)


def test_that_an_amendment_amends_something() -> None:
    night = bridge()
    assert night.refuses(command(night)) == ("nothing_amended",)


def test_that_a_step_that_has_begun_is_over_or_was_dropped_is_not_amended() -> None:
    night = deploying()
    for step in (ANNOUNCE, DEPLOY):
        assert night.refuses(command(night, Skip(step=step, reason="no"))) == ("step_has_begun",)
    night.does(command(night, NOT_NEEDED))
    assert night.refuses(command(night, RETIME)) == ("step_has_begun",)


def test_that_nothing_is_amended_once_a_rollback_was_fired() -> None:
    night = deploying()
    night.fires()
    assert night.refuses(command(night, RETIME)) == ("rolling_back",)


def test_that_an_armed_rollback_keeps_nobody_from_amending() -> None:
    night = deploying()
    night.arms()
    assert night.does(command(night, RETIME))


def test_that_a_run_that_is_over_is_not_amended() -> None:
    night = bridge()
    night.record(RunEnded(run=RUN, outcome=RunOutcome.FINISHED))
    answer = amend(night.around(MARA), night.run, command(night, RETIME))
    assert isinstance(answer, Refusal)
    assert "run_over" in str(answer)


# No act hides in an amendment.


def test_that_a_step_that_runs_is_not_repeated_by_an_amendment_either() -> None:
    night = deploying()
    assert night.refuses(command(night, REPEAT)) == ("step_state",)


def test_that_a_step_whose_job_may_still_run_is_not_repeated_by_an_amendment_either() -> None:
    night = deploying()
    failed = EndStep(run=RUN, step=DEPLOY, state=StepState.FAILED, said=Said(note="no"))
    night.does(failed, by=JO)
    assert night.refuses(command(night, REPEAT)) == ("effect_open",)


@pytest.mark.parametrize("amendment", [SKIP, NOT_NEEDED, REPEAT])
def test_that_a_commander_who_requested_the_change_amends_no_production_step_away(
    amendment: Amendment,
) -> None:
    night = bridge() if amendment is SKIP else deploy_failed()
    night.release = replace(night.release, requester=MARA)
    assert night.refuses(command(night, amendment)) == ("segregation_of_duties",)


def test_that_what_changes_no_production_is_skipped_by_its_commander_whoever_asked() -> None:
    night = bridge()
    night.release = replace(night.release, requester=MARA)
    assert night.does(command(night, Skip(step=ANNOUNCE, reason="told by mail")))


# Beyond the commander's limit.


def test_that_within_the_limit_the_commander_amends_alone() -> None:
    night = bridge()
    limit = night.policy.amendment_limit
    assert night.does(command(night, RETIME, later=limit))


def test_that_beyond_the_limit_a_second_person_signs_the_acts_and_the_plan_after_them() -> None:
    night = bridge()
    late = command(night, RETIME, later=LATER)
    refusal = night.decide(late)
    assert isinstance(refusal, Refusal)
    (against,) = refusal.reasons
    assert (against.rule, against.says) == (
        "beyond_the_limit",
        "the end moves by 16m, beyond the commander's 15m",
    )
    second = night.signs(TwoPersonAct.AMEND, against.thing)
    fact, *_ = night.does(replace(late, second=second))
    assert isinstance(fact, PlanAmended)
    assert fact.second == second


@pytest.mark.parametrize("signer", ["mara", "mokafor", "tomas", "pia"])
def test_that_commander_requester_and_author_do_not_sign_the_amendment(signer: str) -> None:
    night = bridge()
    late = command(night, RETIME, later=LATER)
    second = night.signs(TwoPersonAct.AMEND, thing_of(night, RETIME), signer=signer)
    assert night.refuses(replace(late, second=second))


def thing_of(night: Bridge, *amendments: Amendment) -> Digest:
    """What a second person signs for these amendments."""
    after = apply_all(night.run.runbook, amendments, frozenset({ANNOUNCE, STOP, DEPLOY}))
    assert isinstance(after, Runbook)
    return amendment_digest(plan_digest(after, night.run.calls), amendments)


def test_that_a_signature_under_one_skip_carries_no_other() -> None:
    night = bridge()
    second = night.signs(TwoPersonAct.AMEND, amendment_digest(bound_plan(night), (SKIP,)))
    other = replace(command(night, NOT_NEEDED, later=LATER), second=second)
    assert night.refuses(other) == ("no_such_request",)
    assert night.does(replace(command(night, SKIP, later=LATER), second=second))


def bound_plan(night: Bridge) -> Digest:
    """The digest of the plan as it stands."""
    return plan_digest(night.run.runbook, night.run.calls)


def test_that_a_signature_carries_one_amendment_once() -> None:
    night = deploy_failed()
    second = night.signs(TwoPersonAct.AMEND, amendment_digest(bound_plan(night), (REPEAT,)))
    night.does(replace(command(night, REPEAT, later=LATER), second=second))
    night.does(night.start(DEPLOY), by=JO)
    night.succeeds(DEPLOY)
    failed = EndStep(run=RUN, step=DEPLOY, state=StepState.FAILED, said=Said(note="no"))
    night.does(failed, by=JO)
    again = replace(command(night, REPEAT, later=LATER), second=second)
    assert night.refuses(again) == ("request_is_old",)


def test_that_a_signature_nobody_needed_is_not_recorded() -> None:
    night = bridge()
    forged = night.signs(TwoPersonAct.AMEND, thing_of(night, RETIME), signer=INES, key=BEN)
    fact, *_ = night.does(replace(command(night, RETIME), second=forged))
    assert isinstance(fact, PlanAmended)
    assert fact.second is None


def test_that_a_rehearsal_is_amended_without_a_second_person() -> None:
    night = bridge(rehearsal=True)
    assert night.does(command(night, RETIME, later=timedelta(hours=2)), by=PersonId("zoe"))


def test_that_policy_sets_the_limit() -> None:
    night = at_the_gate()
    night.policy = Policy(amendment_limit=timedelta(0))
    late = command(night, RETIME, later=timedelta(seconds=1))
    assert night.refuses(late) == ("beyond_the_limit",)

"""Whether a step may start: everything that may forbid it, asked at the moment of intent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from immutables import Map

from relconsole.domain.estate.policy import Authority, Policy
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import Digest, PersonId, StepId, SystemId
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause
from relconsole.domain.night.decide_start import halt_reasons, side_reasons
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import RunEnded, RunOutcome, StepStarted, StepState
from relconsole.domain.night.rollback_commands import KeepRestorePoint
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.step_commands import EndStep, Said, StartStep
from relconsole.domain.plan.guard import StartFigures
from relconsole.domain.plan.runbook import JobRun, Runbook, Step, StepKind
from relconsole.domain.release.release import RehearsalPlace, RestorePoint, RollbackEdits
from tests.unit.domain.night.nights import (
    BEN,
    CONSOLE,
    PIA,
    Bridge,
    bridge,
    deploying,
    figures,
    freeze,
    intended,
    nameless,
    past_the_gate,
    start,
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
    START,
    STOP,
    TOMAS,
    UNDO_DEPLOY,
    WINDOW,
    at,
    minutes,
    runbook,
)

DATA = Step(
    id=StepId("migrate"),
    title="Widen the ledger",
    owner=ASHA,
    kind=StepKind.AUTOMATED,
    duration=plain(minutes(5)),
    run=JobRun(system=SystemId("ci"), job="migrate"),
    changes_data=True,
)


def held(found: Bridge, cause: HoldCause, thing: str = "it") -> Bridge:
    found.record(HoldBegan(run=RUN, cause=cause, thing=thing, reasons=(f"held by {cause}",)))
    return found


def ready_to_deploy(found: Bridge | None = None) -> Bridge:
    night = found or bridge()
    night.comes_to(ANNOUNCE, STOP)
    return night


def test_that_a_started_step_is_an_attempt_with_its_inputs_and_the_effect_of_its_job() -> None:
    night = ready_to_deploy()
    started, job = night.does(night.start(DEPLOY), by=JO)
    assert started == StepStarted(
        run=RUN, step=DEPLOY, attempt=1, inputs={"to": "prod"}, commit=None
    )
    (effect,) = intended((job,))
    assert (effect.purpose, effect.step, effect.attempt) == (Purpose.STEP, DEPLOY, 1)
    assert night.run.steps[DEPLOY].state is StepState.RUNNING


def test_that_a_recorded_start_keeps_both_names_and_how_it_was_heard() -> None:
    night = bridge()
    night.comes_to(ANNOUNCE)
    said = Said(for_person=ASHA, heard="voice", note="she says go")
    (started,) = night.does(night.start(STOP, said), by=INES)
    assert isinstance(started, StepStarted)
    assert (started.for_person, started.heard, started.note) == (ASHA, "voice", "she says go")
    attempt = night.run.steps[STOP].attempt
    assert attempt is not None
    assert (attempt.by, attempt.for_person) == (INES, ASHA)


def test_that_a_step_that_no_plan_has_cannot_start() -> None:
    night = bridge()
    assert night.refuses(StartStep(run=RUN, step=StepId("nowhere"))) == ("unknown_step",)


@pytest.mark.parametrize(
    "state", [StepState.DONE, StepState.FAILED, StepState.SKIPPED, StepState.RUNNING]
)
def test_that_only_a_step_that_has_not_started_starts(state: StepState) -> None:
    night = bridge()
    night.does(night.start(ANNOUNCE))
    if state is not StepState.RUNNING:
        night.does(EndStep(run=RUN, step=ANNOUNCE, state=state, said=Said(note="so it is")))
    assert night.refuses(night.start(ANNOUNCE)) == ("step_state",)


def test_that_a_step_waits_for_those_before_it_and_for_its_fixed_start() -> None:
    night = bridge()
    assert night.refuses(night.start(STOP), by=ASHA) == ("predecessor",)
    early = past_the_gate()
    early.clock = 59
    command = replace(early.start(DROP), second=early.signs(TwoPersonAct.COMMIT, DROP))
    assert early.refuses(command, by=ASHA) == ("fixed_start",)


def test_that_the_console_alone_starts_nothing() -> None:
    night = ready_to_deploy()
    assert night.refuses(night.start(DEPLOY), by=CONSOLE) == ("unproven",)


def test_that_a_stranger_starts_no_step_even_when_said_to_be_for_themselves() -> None:
    night = ready_to_deploy()
    assert night.refuses(night.start(DEPLOY, Said(for_person=BEN)), by=BEN) == ("not_the_owner",)


@pytest.mark.parametrize("who", [TOMAS, PIA, PersonId("TNOVAK")])
def test_that_requester_and_author_start_no_production_step_even_of_their_own(
    who: PersonId,
) -> None:
    plan = Runbook(steps=(replace(runbook().steps[1], owner=who, after=()),))
    night = bridge(plan)
    assert night.refuses(night.start(STOP), by=who) == ("segregation_of_duties",)
    assert night.refuses(night.start(STOP, Said(for_person=who))) == ("segregation_of_duties",)


def test_that_a_requester_who_commands_starts_nothing_in_production_either() -> None:
    night = ready_to_deploy()
    night.release = replace(night.release, requester=MARA)
    said = Said(for_person=JO, heard="voice")
    assert night.refuses(night.start(DEPLOY, said)) == ("segregation_of_duties",)


def test_that_what_changes_no_production_is_not_kept_from_the_requester() -> None:
    plan = Runbook(steps=(replace(runbook().steps[0], owner=TOMAS),))
    night = bridge(plan)
    assert night.does(night.start(ANNOUNCE), by=TOMAS)


def test_that_a_job_that_is_not_what_the_plan_was_bound_to_is_not_called() -> None:
    night = ready_to_deploy()
    other = replace(night.start(DEPLOY), call_now=Digest("c" * 64))
    assert night.refuses(other, by=JO) == ("call_changed",)


def test_that_a_job_that_can_no_longer_be_read_is_not_called_where_it_was_bound() -> None:
    night = ready_to_deploy()
    bound = {**night.run.calls, DEPLOY: Digest("c" * 64)}
    night.night.run = replace(night.run, calls=bound)
    unread = replace(night.start(DEPLOY), call_now=None)
    assert night.refuses(unread, by=JO) == ("call_changed",)
    assert night.does(night.start(DEPLOY), by=JO)


def test_that_a_freeze_on_the_planned_interval_keeps_production_steps_only() -> None:
    night = ready_to_deploy()
    night.calendar = freeze(START, WINDOW.end)
    assert night.refuses(night.start(DEPLOY), by=JO) == ("freeze_forbids",)
    calm = bridge()
    calm.calendar = freeze(START, WINDOW.end)
    assert calm.does(calm.start(ANNOUNCE))


def test_that_the_clock_on_the_wall_moves_no_planned_interval_into_a_freeze() -> None:
    night = ready_to_deploy()
    night.calendar = freeze(WINDOW.end, WINDOW.end + timedelta(days=1))
    night.clock = 60 * 4
    back_in_time = figures(DEPLOY, latest_after=60 * 5)
    assert night.does(replace(night.start(DEPLOY), figures=back_in_time), by=JO)


def with_point(*points: RestorePoint) -> Bridge:
    night = bridge(Runbook(steps=(DATA,)))
    night.release = replace(night.release, rollback=RollbackEdits(restore_points=points))
    return night


POINT = RestorePoint(id="ledger-dump", before=DATA.id, what="ledger", where="vault")


def test_that_a_step_that_changes_data_needs_a_planned_restore_point() -> None:
    night = with_point(replace(POINT, before=StepId("another")))
    assert night.refuses(night.start(DATA.id), by=ASHA) == ("no_restore_point",)


def test_that_a_step_that_changes_data_waits_for_each_of_its_restore_points() -> None:
    night = with_point(POINT, replace(POINT, id="queue-dump"))
    night.does(KeepRestorePoint(run=RUN, point=POINT.id, says="4 GB, checked"))
    refusal = night.decide(night.start(DATA.id), by=ASHA)
    assert "queue-dump" in str(refusal)
    assert "ledger-dump" not in str(refusal)
    night.does(KeepRestorePoint(run=RUN, point="queue-dump", says="1 GB, checked"))
    assert night.does(night.start(DATA.id), by=ASHA)


def test_that_a_start_names_the_current_forecast_and_figures_of_its_own() -> None:
    night = ready_to_deploy()
    good = night.start(DEPLOY)
    stale: tuple[StartStep, ...] = (
        replace(good, forecast=None),
        replace(good, forecast=Digest("0" * 64)),
        replace(good, figures=None),
        replace(good, figures=figures(STOP)),
    )
    assert [night.refuses(each, by=JO) for each in stale] == [("forecast_old",)] * 4


def test_that_a_forecast_from_before_the_night_moved_on_is_old() -> None:
    night = bridge()
    night.comes_to(ANNOUNCE)
    early = night.start(STOP)
    night.comes_to(STOP)
    old = replace(night.start(DEPLOY), forecast=early.forecast)
    assert night.refuses(old, by=JO) == ("forecast_old",)


def test_that_a_step_that_would_end_past_the_latest_safe_start_needs_two_people() -> None:
    night = ready_to_deploy()
    late = replace(night.start(DEPLOY), figures=figures(DEPLOY, latest_after=9))
    assert night.refuses(late, by=JO) == ("past_latest_safe_start",)
    second = night.signs(TwoPersonAct.COMMIT, DEPLOY)
    started, job = night.does(replace(late, second=second), by=JO)
    assert isinstance(started, StepStarted)
    assert started.commit == second
    assert [each.second_person for each in intended((job,))] == [BEN]


def test_that_a_step_that_ends_at_the_latest_safe_start_itself_is_safe() -> None:
    night = ready_to_deploy()
    assert night.does(replace(night.start(DEPLOY), figures=figures(DEPLOY, latest_after=10)), by=JO)


def test_that_a_step_that_cannot_be_undone_needs_two_people() -> None:
    night = past_the_gate()
    command = replace(night.start(DROP), figures=figures(DROP, latest_after=None))
    assert night.refuses(command, by=ASHA) == ("irreversible_step",)
    second = night.signs(TwoPersonAct.COMMIT, DROP)
    assert night.does(replace(command, second=second), by=ASHA)


@pytest.mark.parametrize(
    ("signer", "rule"),
    [
        ("asha", "same_person"),
        ("ASHA", "same_person"),
        ("mara", "same_person"),
        ("mokafor", "same_person"),
        ("tomas", "segregation_of_duties"),
        ("tnovak", "segregation_of_duties"),
        ("pia", "segregation_of_duties"),
    ],
)
def test_that_the_second_person_is_neither_the_first_nor_a_party_to_the_change(
    signer: str, rule: str
) -> None:
    night = past_the_gate()
    second = night.signs(TwoPersonAct.COMMIT, DROP, signer=signer)
    command = replace(night.start(DROP), figures=figures(DROP, latest_after=None), second=second)
    assert night.refuses(command, by=ASHA) == (rule,)


def test_that_the_second_person_holds_the_role_that_the_policy_names() -> None:
    night = past_the_gate()
    named = Authority(act=TwoPersonAct.COMMIT, role="lead")
    night.policy = Policy(authorities=(named,))
    bare = replace(night.start(DROP), figures=figures(DROP, latest_after=None))
    without = replace(bare, second=night.signs(TwoPersonAct.COMMIT, DROP, signer=JO))
    assert night.refuses(without, by=ASHA) == ("authority_missing",)
    assert night.does(
        replace(bare, second=night.signs(TwoPersonAct.COMMIT, DROP, signer=BEN)), by=ASHA
    )


def test_that_a_signature_nobody_needed_and_nobody_looked_at_is_not_recorded() -> None:
    night = ready_to_deploy()
    forged = night.signs(TwoPersonAct.COMMIT, DEPLOY, signer=INES, key=TOMAS)
    started, job = night.does(replace(night.start(DEPLOY), second=forged), by=JO)
    assert isinstance(started, StepStarted)
    assert started.commit is None
    assert [each.second_person for each in intended((job,))] == [None]


def test_that_once_the_way_back_is_given_up_nobody_signs_for_it_again() -> None:
    night = past_the_gate()
    gone = replace(figures(DROP, latest_after=None), given_up_by=(DEPLOY,))
    assert night.does(replace(night.start(DROP), figures=gone), by=ASHA)


def test_that_one_signature_carries_one_start() -> None:
    night = ready_to_deploy()
    late = figures(DEPLOY, latest_after=9)
    second = night.signs(TwoPersonAct.COMMIT, DEPLOY)
    night.does(replace(night.start(DEPLOY), figures=late, second=second), by=JO)
    night.succeeds(DEPLOY)
    failed = EndStep(run=RUN, step=DEPLOY, state=StepState.FAILED, said=Said(note="wrong node"))
    night.does(failed, by=JO)
    repeated = night.run.steps[DEPLOY]
    night.night.run = replace(
        night.run,
        steps=night.run.steps.set(DEPLOY, replace(repeated, state=StepState.NOT_STARTED)),
        holds=(),
    )
    again = replace(night.start(DEPLOY), figures=late, second=second)
    assert night.refuses(again, by=JO) == ("request_is_old",)


def test_that_a_rehearsal_changes_no_production_and_asks_for_none_of_it() -> None:
    night = bridge(rehearsal=True)
    night.calendar = freeze(START, WINDOW.end)
    night.record(StepStarted(run=RUN, step=ANNOUNCE, attempt=1))
    night.does(EndStep(run=RUN, step=ANNOUNCE, state=StepState.DONE))
    bare = StartStep(run=RUN, step=STOP, call_now=Digest("c" * 64))
    (started,) = night.does(bare, by=TOMAS)
    assert isinstance(started, StepStarted)


def test_that_a_rehearsal_with_a_place_is_still_bound_to_the_jobs_it_read() -> None:
    plan = Runbook(steps=(replace(runbook().steps[2], after=()),))
    night = bridge(plan, rehearsal=True)
    place = RehearsalPlace(environment=night.release.environment, parameters=Map({}))
    night.release = replace(night.release, rehearsal=place)
    moved = StartStep(run=RUN, step=DEPLOY, call_now=Digest("c" * 64))
    assert night.refuses(moved) == ("call_changed",)


def test_that_a_start_gives_every_reason_at_once() -> None:
    night = held(ready_to_deploy(), HoldCause.TRIGGER, "latency")
    night.does(StopLine(run=RUN, said=Said(note="smoke in hall 2")), by=BEN)
    night.calendar = freeze(START, WINDOW.end)
    moved = replace(night.start(DEPLOY), call_now=Digest("c" * 64), forecast=None)
    assert night.refuses(moved, by=TOMAS) == (
        "line_stopped",
        "hold_trigger",
        "not_the_owner",
        "call_changed",
        "segregation_of_duties",
        "freeze_forbids",
        "forecast_old",
    )


def test_that_before_anybody_is_enrolled_a_nameless_console_conducts_a_night() -> None:
    night = nameless()
    assert night.does(night.start(ANNOUNCE), by=None)


# What halts a night, forward and back.

HALTS_FORWARD = [cause for cause in HoldCause if cause is not HoldCause.NO_ANSWER]
HALTS_BACK = [HoldCause.CLOCK, HoldCause.PERSON]


@pytest.mark.parametrize("cause", list(HoldCause))
def test_that_a_hold_halts_forward_steps_and_only_clock_and_person_halt_the_way_back(
    cause: HoldCause,
) -> None:
    run = held(bridge(), cause).run
    assert bool(halt_reasons(run, forward=True)) is (cause in HALTS_FORWARD)
    assert bool(halt_reasons(run, forward=False)) is (cause in HALTS_BACK)


@pytest.mark.parametrize("forward", [True, False])
def test_that_a_stopped_line_halts_both_ways_and_says_why(forward: bool) -> None:
    night = bridge()
    night.does(StopLine(run=RUN), by=BEN)
    (stopped,) = halt_reasons(night.run, forward=forward)
    assert (stopped.rule, stopped.says) == (
        "line_stopped",
        "the line is stopped: no reason given",
    )


@pytest.mark.parametrize("forward", [True, False])
def test_that_nothing_is_intended_in_a_run_that_is_over(forward: bool) -> None:
    night = bridge()
    night.record(RunEnded(run=RUN, outcome=RunOutcome.FINISHED))
    assert [each.rule for each in halt_reasons(night.run, forward=forward)] == ["run_over"]


@pytest.mark.parametrize("cause", list(HoldCause))
def test_that_an_undo_step_starts_under_the_holds_that_made_it_necessary(cause: HoldCause) -> None:
    night = deploying()
    night.fires()
    held(night, cause)
    answer = night.decide(start(night.run, UNDO_DEPLOY, now=night.now), by=JO)
    if cause in HALTS_BACK:
        assert night.refuses(start(night.run, UNDO_DEPLOY, now=night.now), by=JO) == (
            f"hold_{cause}",
        )
    else:
        assert isinstance(answer, tuple)


def test_that_a_stop_after_the_firing_halts_the_way_back_too() -> None:
    night = deploying()
    night.fires()
    night.does(StopLine(run=RUN, said=Said(note="wait")), by=INES)
    assert night.refuses(start(night.run, UNDO_DEPLOY, now=night.now), by=JO) == ("line_stopped",)


def test_that_a_freeze_and_a_lost_forecast_do_not_keep_the_way_back_from_its_work() -> None:
    night = deploying()
    night.fires()
    night.calendar = freeze(START, WINDOW.end)
    bare = StartStep(run=RUN, step=UNDO_DEPLOY, call_now=night.run.calls[UNDO_DEPLOY])
    started, job = night.does(bare, by=JO)
    assert isinstance(started, StepStarted)
    (effect,) = intended((job,))
    assert (effect.purpose, effect.second_person) == (Purpose.UNDO, INES)


def test_that_requester_and_author_run_no_step_of_the_way_back() -> None:
    night = deploying()
    night.fires()
    said = Said(for_person=PIA)
    assert night.refuses(start(night.run, UNDO_DEPLOY, now=night.now, said=said)) == (
        "segregation_of_duties",
    )


def test_that_nothing_goes_back_before_the_rollback_is_fired_and_nothing_forward_after() -> None:
    night = deploying()
    night.arms()
    undo, gate = night.run.find_step(UNDO_DEPLOY), night.run.find_step(GATE)
    assert undo is not None
    assert gate is not None
    assert night.refuses(StartStep(run=RUN, step=UNDO_DEPLOY), by=JO) == ("not_fired",)
    assert side_reasons(night.run, gate) == ()
    fired = deploying()
    fired.fires()
    assert fired.refuses(fired.start(GATE)) == ("rolling_back",)
    assert side_reasons(fired.run, undo) == ()


def test_that_figures_name_the_step_that_they_are_about() -> None:
    assert isinstance(figures(DROP), StartFigures)
    assert figures(DROP).latest_after == at(120)

"""How a step stands beside its plan."""

from datetime import timedelta

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.step_commands import WaitStep
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.lateness import StepStanding, planned_starts, standings
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.step_card import due_of
from tests.unit.presenters.night_plan import GATE, P95, RUN, SHIFT, VERIFY, WARM, at
from tests.unit.presenters.scenes import alarm, before, calm, finished, none_live, polling
from tests.unit.presenters.whole_night import night


def stands(seen: Seen, step: StepId) -> StepStanding:
    return next(each for each in standings(seen) if each.step.id == step)


def test_that_before_the_night_no_step_stands_anywhere() -> None:
    assert standings(before().seen()) == ()
    assert planned_starts(before().seen()) == {}
    assert due_of(before().seen(), SHIFT) is None


def test_that_a_running_step_is_due_when_its_time_is_up() -> None:
    seen = calm().seen()
    shift = stands(seen, SHIFT)
    assert (shift.number, shift.due, shift.status) == (14, at("02:15"), Status.RUNNING)
    assert not shift.is_late
    assert due_of(seen, SHIFT) == at("02:15")


def test_that_a_running_step_beyond_its_time_is_late_and_a_gate_only_waits() -> None:
    seen = polling().seen("02:27")
    assert stands(seen, WARM).status is Status.WARNING
    assert stands(seen, WARM).late == timedelta(minutes=13, seconds=30)
    assert stands(seen, GATE).status is Status.WAITING


def test_that_a_failing_check_weighs_more_than_lateness() -> None:
    assert stands(alarm().seen(), SHIFT).status is Status.CRITICAL


def test_that_a_step_to_come_waits_once_it_should_have_begun() -> None:
    verify = stands(alarm().seen(), VERIFY)
    assert (verify.status, verify.waits_for, verify.is_ready) == (Status.WAITING, (14,), False)


def test_that_without_a_forecast_a_step_to_come_is_due_at_no_known_time() -> None:
    verify = stands(calm().seen(forecasts=False), VERIFY)
    assert (verify.due, verify.is_late, verify.status) == (None, False, Status.NOT_STARTED)


def test_that_a_step_that_waits_is_due_when_its_wait_ends() -> None:
    stage = calm()
    wait = WaitStep(run=RUN, step=WARM, reason="the cache", until=at("02:30"))
    stage.do("02:11:50", wait)
    warm = stands(stage.seen(), WARM)
    assert (warm.due, warm.status) == (at("02:30"), Status.WAITING)
    stage.do("02:11:55", WaitStep(run=RUN, step=WARM, reason="the cache"))
    assert stands(stage.seen(), WARM).due == at("02:13:30")


def test_that_a_step_that_ended_is_due_no_more() -> None:
    shift = stands(finished().seen(), SHIFT)
    assert (shift.due, shift.status) == (None, Status.DONE)
    assert stands(finished().seen(), VERIFY).status is Status.SKIPPED


def test_that_checks_that_were_not_read_are_named_as_failing() -> None:
    assert stands(calm().seen(), SHIFT).failing == (f"check {P95.id} was not read",)


def test_that_nobody_knows_how_a_step_goes_whose_system_does_not_answer() -> None:
    silent = none_live(at("02:10"))
    seen = calm().seen(sources=silent)
    assert stands(seen, SHIFT).status is Status.UNKNOWN
    assert stands(seen, WARM).status is Status.RUNNING
    with_job = night().seen("02:11:42", sources=silent)
    assert stands(with_job, StepId("shift")).status is Status.UNKNOWN
    assert stands(with_job, StepId("shift")).step.run is not None

"""The critical path, before the night and in the middle of it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.progress import Dropped, Finished, Progress, Running
from relconsole.domain.plan.runbook import Step
from relconsole.domain.plan.schedule import expected_parts, plan_schedule
from tests.unit.domain.plan.plans import START, at, lasting, nights, plans, step

CLASSIC = (
    step("A", 10),
    step("B", 20, "A"),
    step("C", 5, "A"),
    step("D", 15, "C"),
    step("E", 10, "B", "D"),
    step("F", 25, "D"),
    step("G", 5, "E", "F"),
)


def night(now: float, **states: Running | Finished | Dropped) -> Progress:
    return Progress(now=at(now), steps={StepId(name): state for name, state in states.items()})


def test_the_worked_example_of_seven_steps() -> None:
    planned = plan_schedule(CLASSIC, START)
    assert planned.end == 60 * 60
    assert planned.critical_path == ("A", "C", "D", "F", "G")
    floats = {name: (t.total_float / 60, t.free_float / 60) for name, t in planned.steps.items()}
    assert floats == {
        "A": (0, 0),
        "B": (15, 0),
        "C": (0, 0),
        "D": (0, 0),
        "E": (15, 15),
        "F": (0, 0),
        "G": (0, 0),
    }
    effort = planned.steps[StepId("E")]
    assert (effort.earliest_start, effort.earliest_finish) == (30 * 60, 40 * 60)
    assert (effort.latest_start, effort.latest_finish) == (45 * 60, 55 * 60)


def test_that_a_duration_counts_as_its_expectation_without_rounding() -> None:
    third = lasting((0, 0, 2 / 60))
    assert expected_parts(third) * 3 == 6_000_000
    three = (
        Step(id=StepId("a"), title="a", duration=third),
        Step(id=StepId("b"), title="b", duration=third, after=(StepId("a"),)),
        Step(id=StepId("c"), title="c", duration=third, after=(StepId("b"),)),
        step("whole", 1 / 60),
    )
    planned = plan_schedule(three, START)
    assert planned.end == 1
    assert all(timing.critical for timing in planned.steps.values())


def test_that_a_plan_without_steps_ends_where_it_starts() -> None:
    planned = plan_schedule((), START)
    assert (planned.end, planned.steps, planned.critical_path) == (0, {}, ())


def test_that_a_fixed_start_holds_a_step_back_and_gives_float_before_it() -> None:
    steps = (step("a", 10), step("b", 5, "a", not_before=at(30)))
    planned = plan_schedule(steps, START)
    assert planned.steps[StepId("b")].earliest_start == 30 * 60
    assert planned.steps[StepId("a")].total_float == 20 * 60
    assert not planned.steps[StepId("a")].critical


def test_that_a_fixed_start_already_past_holds_nothing_back() -> None:
    planned = plan_schedule((step("a", 10), step("b", 5, "a", not_before=at(3))), START)
    assert planned.steps[StepId("b")].earliest_start == 10 * 60


def test_that_a_finished_step_keeps_its_actual_times() -> None:
    progress = night(20, A=Finished(started=at(1), finished=at(17)))
    planned = plan_schedule(CLASSIC, START, progress)
    first = planned.steps[StepId("A")]
    assert (first.earliest_start, first.earliest_finish) == (60, 17 * 60)
    assert (first.latest_finish, first.total_float, first.critical) == (17 * 60, 0, False)
    assert planned.end == (20 + 50) * 60


def test_that_a_running_step_ends_no_earlier_than_now() -> None:
    on_time = plan_schedule(CLASSIC, START, night(4, A=Running(started=at(0))))
    late = plan_schedule(CLASSIC, START, night(14, A=Running(started=at(0))))
    assert on_time.end == 60 * 60
    assert late.steps[StepId("A")].earliest_finish == 14 * 60
    assert late.steps[StepId("A")].critical
    assert late.end == 64 * 60


def test_that_a_step_not_started_starts_no_earlier_than_now() -> None:
    assert plan_schedule(CLASSIC, START, night(5)).end == 65 * 60
    assert plan_schedule(CLASSIC, START, night(-5)).end == 60 * 60


def test_that_a_dropped_step_takes_no_time_and_its_fixed_start_binds_not() -> None:
    steps = (step("a", 10), step("b", 5, "a", not_before=at(30)), step("c", 5, "b"))
    planned = plan_schedule(steps, START, night(0, b=Dropped()))
    assert planned.end == 15 * 60
    dropped = planned.steps[StepId("b")]
    assert dropped.earliest_start == dropped.earliest_finish == 10 * 60
    assert planned.critical_path == ("a", "c")


def test_that_a_step_begun_early_binds_nothing_it_once_waited_for() -> None:
    steps = (step("a", 10), step("b", 5, "a"))
    planned = plan_schedule(
        steps, START, night(6, a=Running(started=at(5)), b=Finished(started=at(1), finished=at(6)))
    )
    assert planned.end == 15 * 60
    assert planned.steps[StepId("a")].total_float == 0


def test_that_instants_are_given_to_the_microsecond() -> None:
    planned = plan_schedule(CLASSIC, START)
    assert planned.instant_of(planned.finish) == at(60)
    assert planned.instant_of(7) == START + timedelta(microseconds=1)


def test_that_the_window_start_must_have_a_zone() -> None:
    with pytest.raises(ValueError, match="no zone"):
        plan_schedule(CLASSIC, datetime(2026, 4, 21, 1))  # noqa: DTZ001 - the point of the test


@given(plans())
def test_that_float_is_never_negative_and_something_is_critical(steps: tuple[Step, ...]) -> None:
    planned = plan_schedule(steps, START)
    for timing in planned.steps.values():
        assert timing.total_float >= timing.free_float >= 0
        assert timing.latest_start >= timing.earliest_start >= 0
    assert bool(planned.critical_path) == bool(steps)


@given(st.data())
def test_that_float_is_never_negative_in_the_middle_of_a_night(data: st.DataObject) -> None:
    steps = data.draw(plans())
    progress = data.draw(nights(steps))
    planned = plan_schedule(steps, START, progress)
    for name, timing in planned.steps.items():
        assert timing.total_float >= 0
        assert timing.free_float >= 0
        if name not in progress.steps:
            assert planned.instant_of(timing.start) >= progress.now


@given(plans())
def test_that_slipping_by_the_free_float_moves_no_other_step(steps: tuple[Step, ...]) -> None:
    planned = plan_schedule(steps, START)
    for one in steps:
        timing = planned.steps[one.id]
        slipped = timing.finish + timing.free_slack
        behind = [planned.steps[other.id].start for other in steps if one.id in other.after]
        assert all(start >= slipped for start in behind)
        assert slipped <= planned.finish

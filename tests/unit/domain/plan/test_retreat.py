"""The latest safe rollback start."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.backout import WayBack, draw_backouts
from relconsole.domain.plan.graph import order_steps
from relconsole.domain.plan.retreat import find_deadline, latest_safe_start, retreat_table
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.plan.schedule import Schedule, plan_schedule
from tests.unit.domain.plan.plans import (
    IRREVERSIBLE,
    START,
    WINDOW,
    at,
    ids,
    minutes,
    plans,
    step,
    undo,
)

CUTOVER = (
    step("stop-writers", 5, back=undo(5)),
    step("migrate", 40, "stop-writers", back=undo(70)),
    step("deploy", 30, "migrate", back=undo(25)),
    step("switch", 10, "deploy", back=undo(10)),
    step("drop-columns", 15, "switch", back=IRREVERSIBLE),
)


def way_back(*steps: Step, factor: float = 1.0, nights: int = 200) -> WayBack:
    return WayBack(
        runbook=Runbook(steps=steps, unrehearsed_factor=factor), deadline=WINDOW.end, nights=nights
    )


def table(*steps: Step, factor: float = 1.0) -> dict[str, datetime | None]:
    backouts = draw_backouts(way_back(*steps, factor=factor))
    return {
        str(name): found
        for name, found in retreat_table(backouts, plan_schedule(steps, START)).items()
    }


def test_the_worked_example_of_a_cutover() -> None:
    clock = {name: found and found.strftime("%H:%M") for name, found in table(*CUTOVER).items()}
    assert clock == {
        "stop-writers": "04:35",
        "migrate": "03:25",
        "deploy": "03:00",
        "switch": "02:50",
        "drop-columns": None,
    }


def test_that_before_anything_has_begun_only_verification_and_decision_count() -> None:
    assert latest_safe_start(draw_backouts(way_back(*CUTOVER)), ids("")) == at(240 - 20)


def test_that_the_live_figure_follows_what_has_begun() -> None:
    backouts = draw_backouts(way_back(*CUTOVER, factor=1.5))
    assert latest_safe_start(backouts, {StepId("stop-writers")}) == at(240 - 20 - 7.5)
    assert latest_safe_start(backouts, {step.id for step in CUTOVER}) is None


def test_that_a_step_counts_from_the_moment_it_has_started() -> None:
    found = table(
        step("short", 10, back=undo(1)),
        step("long", 30, back=undo(60)),
        step("next", 5, "short", back=undo(2)),
    )
    assert found["short"] == at(240 - 20 - 60)
    assert found["next"] == at(240 - 20 - 60)


def test_that_a_step_that_starts_at_the_very_moment_does_not_count_yet() -> None:
    found = table(step("first", 10, back=undo(1)), step("second", 5, "first", back=undo(60)))
    assert found["first"] == at(240 - 20 - 1)
    assert found["second"] == at(240 - 20 - 61)


def test_that_a_step_without_length_counts_at_the_moment_it_finishes() -> None:
    found = table(step("first", 10, back=undo(1)), step("instant", 0, "first", back=undo(60)))
    assert found == {"first": at(240 - 20 - 61), "instant": at(240 - 20 - 61)}


def test_that_ties_are_exact_where_durations_are_thirds() -> None:
    third = (0, 0, 2 / 60)
    found = table(
        step("a", third),
        step("b", third, "a"),
        step("c", third, "b", back=undo(1)),
        step("whole", 1 / 60, back=undo(1)),
        step("behind", 1, "whole", back=undo(60)),
    )
    assert found["c"] == at(240 - 20 - 1)


def test_that_an_irreversible_step_that_has_started_counts_at_once() -> None:
    found = table(step("gone", 30, back=IRREVERSIBLE), step("short", 10, back=undo((1, 2, 9))))
    assert found == {"gone": None, "short": None}


def test_the_deadline() -> None:
    waiting = (at(300), at(200))
    written = Runbook(deadline=at(230))
    assert find_deadline(Runbook(), WINDOW) == WINDOW.end
    assert find_deadline(Runbook(), WINDOW, waiting) == at(200)
    assert find_deadline(Runbook(), WINDOW, waiting[:1]) == WINDOW.end
    assert find_deadline(written, WINDOW, waiting) == at(230)


def begun_at(planned: Schedule, name: StepId) -> frozenset[StepId]:
    """Give what is finished, or started strictly before, when a step finishes; and that step."""
    moment = planned.steps[name].finish
    return frozenset(
        step
        for step, timing in planned.steps.items()
        if timing.finish <= moment or timing.start < moment or step == name
    )


@given(plans())
def test_that_the_table_says_what_is_asked_of_each_moment_alone(steps: tuple[Step, ...]) -> None:
    backouts = draw_backouts(way_back(*steps))
    planned = plan_schedule(steps, START)
    assert retreat_table(backouts, planned) == {
        name: latest_safe_start(backouts, begun_at(planned, name)) for name in planned.steps
    }


@given(plans(), st.data())
def test_that_it_never_moves_later_while_more_begins(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    backouts = draw_backouts(way_back(*steps))
    begun: set[StepId] = set()
    before = latest_safe_start(backouts, begun)
    assert before == WINDOW.end - minutes(20)
    for one in order_steps(steps):
        if data.draw(st.booleans()) or not begun.issuperset(one.after):
            continue
        begun.add(one.id)
        after = latest_safe_start(backouts, begun)
        assert after is None or (before is not None and after <= before)
        before = after


@given(plans(), st.integers(0, 90), st.integers(0, 90))
def test_that_verification_and_decision_are_always_left(
    steps: tuple[Step, ...], verification: int, decision: int
) -> None:
    way = way_back(*steps)
    timed = replace(
        way.runbook, verification=minutes(verification), decision_time=minutes(decision)
    )
    backouts = draw_backouts(replace(way, runbook=timed))
    for found in retreat_table(backouts, plan_schedule(steps, START)).values():
        assert found is None or found <= WINDOW.end - minutes(verification + decision)


def test_that_ranges_make_it_earlier_by_what_nine_nights_of_ten_need() -> None:
    way = way_back(step("a", 10, back=undo((10, 15, 35))), nights=10_000)
    found = latest_safe_start(draw_backouts(way), ids("a"))
    assert found is not None
    length = WINDOW.end - timedelta(minutes=20) - found
    assert length.total_seconds() / 60 == pytest.approx(23.66, abs=0.2)

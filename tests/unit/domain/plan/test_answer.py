"""The schedule as the command line answers it."""

from dataclasses import fields, replace

import pytest

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.answer import ScheduleAnswer, StepAnswer, schedule_answer
from relconsole.domain.plan.runbook import Runbook
from tests.unit.domain.plan.plans import START, WINDOW, at, lasting, step, undo
from tests.unit.domain.plan.test_retreat import CUTOVER
from tests.unit.domain.plan.test_schedule import CLASSIC

REHEARSED = Runbook(steps=CUTOVER, unrehearsed_factor=1.0)


def test_the_worked_example_of_seven_steps() -> None:
    answer = schedule_answer(Runbook(steps=CLASSIC), WINDOW, WINDOW.end)
    assert (answer.end, answer.percentiles.p50, answer.percentiles.p90) == (3_600, 3_600, 3_600)
    assert [name for name, one in answer.steps.items() if one.critical] == [*"ACDFG"]
    assert answer.steps[StepId("E")] == StepAnswer(
        earliest_start=1_800,
        earliest_finish=2_400,
        latest_start=2_700,
        latest_finish=3_300,
        total_float=900,
        free_float=900,
        critical=False,
    )


def test_the_worked_example_of_a_cutover() -> None:
    table = schedule_answer(REHEARSED, WINDOW, WINDOW.end).latest_safe_rollback_start
    assert list(table.values()) == [at(215), at(145), at(120), at(110), None]
    assert list(table) == [one.id for one in CUTOVER]


def test_that_restore_points_are_part_of_the_way_back() -> None:
    restore = {StepId("migrate"): lasting(30)}
    table = schedule_answer(REHEARSED, WINDOW, WINDOW.end, restore).latest_safe_rollback_start
    assert table[StepId("migrate")] == at(115)


def test_that_an_earlier_deadline_moves_every_start() -> None:
    table = schedule_answer(REHEARSED, WINDOW, at(200)).latest_safe_rollback_start
    assert table[StepId("switch")] == at(70)


def test_that_ranges_are_answered_by_percentiles() -> None:
    steps = (step("a", (10, 15, 35), back=undo(1)), step("b", (10, 15, 35)))
    answer = schedule_answer(Runbook(steps=steps), replace(WINDOW, end=at(20)), at(20))
    assert answer.percentiles.p50 / 60 == pytest.approx(19.7, abs=0.1)
    assert answer.percentiles.p90 / 60 == pytest.approx(25.5, abs=0.15)
    assert answer.in_window == pytest.approx(0.53, abs=0.02)


def test_that_a_plan_longer_than_its_window_does_not_fit() -> None:
    answer = schedule_answer(REHEARSED, WINDOW, WINDOW.end)
    assert answer.fits(Interval(start=START, end=at(100)))
    assert not answer.fits(Interval(start=START, end=at(99.9)))


def test_that_the_fields_are_the_keys_of_the_public_answer() -> None:
    assert [field.name for field in fields(ScheduleAnswer)] == [
        "end",
        "steps",
        "percentiles",
        "in_window",
        "latest_safe_rollback_start",
    ]

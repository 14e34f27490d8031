"""Many nights instead of one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.draws import Draws, draw_nights, fit_draws
from relconsole.domain.plan.graph import order_steps
from relconsole.domain.plan.progress import Dropped, Finished, Progress, Running
from relconsole.domain.plan.runbook import Step
from relconsole.domain.plan.sampling import ticks_to
from relconsole.domain.plan.schedule import plan_schedule
from relconsole.domain.plan.simulation import end_each_night, simulate
from tests.unit.domain.plan.plans import START, WINDOW, at, nights, plans, step

TWO_PATHS = (step("a", (10, 15, 35)), step("b", (10, 15, 35)))


def walk_whole_plan(steps: tuple[Step, ...], draws: Draws, progress: Progress) -> list[int]:
    """Give the end of each night by a plain walk over all steps, with nothing worked out before."""
    now = ticks_to(progress.now - START, draws.tick)
    ends: list[int] = []
    for night in range(draws.nights):
        finishes: dict[StepId, int] = {}
        for one in order_steps(steps):
            ready = max((finishes[before] for before in one.after), default=0)
            drawn = int(draws.durations[draws.rows[one.id], night])
            match progress.steps.get(one.id):
                case Finished(finished=finished):
                    finishes[one.id] = ticks_to(finished - START, draws.tick)
                case Running(started=started):
                    finishes[one.id] = max(now, ticks_to(started - START, draws.tick) + drawn)
                case Dropped():
                    finishes[one.id] = ready
                case _:
                    fixed = ticks_to(one.not_before - START, draws.tick) if one.not_before else 0
                    finishes[one.id] = max(ready, fixed, now, 0) + drawn
        ends.append(max(finishes.values(), default=-(2**62)))
    return ends


@settings(max_examples=150)
@given(st.data())
def test_that_looking_at_the_front_gives_what_a_walk_over_the_plan_gives(
    data: st.DataObject,
) -> None:
    steps = data.draw(plans())
    progress = data.draw(nights(steps))
    draws = fit_draws(draw_nights(steps, nights=5), steps, progress, nights=5)
    assert end_each_night(draws, START, progress).tolist() == walk_whole_plan(
        steps, draws, progress
    )


def test_the_merge_bias_of_two_parallel_paths() -> None:
    assert plan_schedule(TWO_PATHS, START).end == 17.5 * 60
    found = simulate(TWO_PATHS, WINDOW)
    assert found.mean / 60 == pytest.approx(19.95, abs=0.1)
    assert found.p50 / 60 == pytest.approx(19.7, abs=0.1)
    assert found.p90 / 60 == pytest.approx(25.5, abs=0.15)
    assert found.count == 10_000


def test_that_the_same_seed_gives_the_same_nights() -> None:
    assert simulate(TWO_PATHS, WINDOW, seed=7) == simulate(TWO_PATHS, WINDOW, seed=7)
    assert simulate(TWO_PATHS, WINDOW, seed=7) != simulate(TWO_PATHS, WINDOW, seed=8)


def test_that_the_order_of_the_file_changes_no_figure() -> None:
    assert simulate(TWO_PATHS, WINDOW) == simulate(TWO_PATHS[::-1], WINDOW)


def test_that_draws_made_before_change_no_figure() -> None:
    draws = draw_nights(TWO_PATHS)
    assert simulate(TWO_PATHS, WINDOW, draws=draws) == simulate(TWO_PATHS, WINDOW)


def test_the_odds_of_the_window() -> None:
    short = Interval(start=START, end=at(19.7))
    assert simulate(TWO_PATHS, short).in_window == pytest.approx(0.5, abs=0.02)
    assert simulate(TWO_PATHS, WINDOW).in_window == 1
    assert simulate(TWO_PATHS, Interval(start=START, end=at(10))).in_window == 0


def test_that_where_nothing_varies_one_night_stands_for_all() -> None:
    steps = (step("a", 10), step("b", 50, "a"))
    found = simulate(steps, WINDOW)
    assert (found.mean, found.p50, found.p90, found.count) == (3_600, 3_600, 3_600, 0)


def test_that_ending_at_the_very_end_of_the_window_fits() -> None:
    exact = (step("a", 240),)
    assert simulate(exact, WINDOW).in_window == 1
    assert simulate((*exact, step("b", 1 / 60, "a")), WINDOW).in_window == 0
    varied = (*exact, step("c", (1, 2, 3)))
    assert simulate(varied, WINDOW).in_window == 1


def test_that_what_is_over_varies_no_more() -> None:
    done = Finished(started=at(0), finished=at(12))
    progress = Progress(now=at(12), steps={StepId("a"): done, StepId("b"): Dropped()})
    found = simulate(TWO_PATHS, WINDOW, progress)
    assert (found.p50, found.count) == (12 * 60, 0)


def test_that_a_late_running_step_moves_every_night() -> None:
    progress = Progress(now=at(40), steps={StepId("a"): Running(started=at(0))})
    draws = draw_nights(TWO_PATHS)
    ends = end_each_night(draws, START, progress)
    tail = draws.durations[draws.rows[StepId("b")]].astype(np.int64)
    assert (ends == np.maximum(40 * 60_000, 40 * 60_000 + tail)).all()

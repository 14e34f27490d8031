"""Drawn durations of a whole plan."""

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.draws import draw_nights, find_settled, fit_draws
from relconsole.domain.plan.graph import order_steps
from relconsole.domain.plan.progress import Dropped, Finished, Progress, Running, StepProgress
from relconsole.domain.plan.runbook import Step
from tests.unit.domain.plan.plans import at, ids, plans, step

STEPS = (
    step("a", (1, 2, 9)),
    step("b", (2, 3, 4), "a"),
    step("c", 5, "a"),
    step("d", (1, 1, 6), "b", "c"),
)
BEFORE = Progress(now=at(0))


def test_that_a_tail_is_the_longest_chain_behind_a_step() -> None:
    draws = draw_nights(STEPS, nights=50)
    row = {name: draws.durations[draws.rows[StepId(name)]] for name in "abcd"}
    tail = {name: draws.tails[draws.rows[StepId(name)]] for name in "abcd"}
    assert (tail["d"] == 0).all()
    assert (tail["b"] == row["d"]).all()
    assert (tail["a"] == np.maximum(row["b"], row["c"]) + row["d"]).all()


@settings(max_examples=20)
@given(plans(), st.integers(0, 5))
def test_that_draws_taken_over_are_those_that_would_be_drawn(
    steps: tuple[Step, ...], seed: int
) -> None:
    known = draw_nights(steps[1:] if not _needed(steps) else steps, nights=20, seed=seed)
    over = draw_nights(steps, nights=20, seed=seed, known=known)
    fresh = draw_nights(steps, nights=20, seed=seed)
    assert (over.durations == fresh.durations).all()
    assert (over.tails == fresh.tails).all()


def _needed(steps: tuple[Step, ...]) -> bool:
    return bool(steps) and any(steps[0].id in one.after for one in steps)


def test_that_draws_of_another_seed_count_or_tick_are_not_taken_over() -> None:
    known = draw_nights(STEPS, nights=20, seed=1)
    assert (
        draw_nights(STEPS, nights=20, seed=0, known=known).durations
        == draw_nights(STEPS, nights=20, seed=0).durations
    ).all()
    long = (*STEPS, step("e", 60 * 24 * 30))
    taken = draw_nights(long, nights=20, seed=1, known=known)
    assert taken.tick == timedelta(milliseconds=10)
    assert (taken.durations == draw_nights(long, nights=20, seed=1).durations).all()


def test_that_a_changed_duration_is_drawn_and_the_others_stay() -> None:
    known = draw_nights(STEPS, nights=20)
    amended = (step("a", (1, 2, 12)), *STEPS[1:])
    fitted = fit_draws(known, amended, BEFORE, nights=20)
    assert (fitted.durations[0] != known.durations[0]).any()
    assert (fitted.durations[1:] == known.durations[1:]).all()


def test_that_fitting_draws_are_given_back_as_they_are() -> None:
    known = draw_nights(STEPS, nights=20)
    begun = Progress(now=at(1), steps={StepId("a"): Running(started=at(0))})
    assert fit_draws(known, STEPS, BEFORE, nights=20) is known
    assert fit_draws(known, STEPS, begun, nights=20) is known
    assert fit_draws(None, STEPS, BEFORE, nights=20).nights == 20


def test_that_a_dropped_step_takes_no_time_in_the_chains() -> None:
    dropped = Progress(now=at(1), steps={StepId("c"): Dropped()})
    draws = fit_draws(None, STEPS, dropped, nights=20)
    row = {name: draws.durations[draws.rows[StepId(name)]] for name in "bd"}
    assert (draws.tails[draws.rows[StepId("a")]] == row["b"] + row["d"]).all()


def test_that_what_began_too_early_is_in_no_chain() -> None:
    early = Progress(now=at(1), steps={StepId("d"): Running(started=at(0))})
    draws = fit_draws(None, STEPS, early, nights=20)
    assert (draws.tails[draws.rows[StepId("b")]] == 0).all()


def test_which_steps_are_settled() -> None:
    states: dict[StepId, StepProgress] = {
        StepId("a"): Finished(started=at(0), finished=at(1)),
        StepId("b"): Dropped(),
        StepId("c"): Running(started=at(1)),
        StepId("d"): Dropped(),
    }
    assert find_settled(order_steps(STEPS), states) == ids("ab")

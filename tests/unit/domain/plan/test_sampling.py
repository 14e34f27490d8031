"""Seeded draws and percentiles."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.sampling import (
    Purpose,
    choose_tick,
    draw_row,
    microseconds_of,
    percentile,
    ticks_to,
)
from tests.unit.domain.plan.plans import durations, lasting

MILLISECOND = timedelta(milliseconds=1)


def draw(
    duration: ThreePoint, *, name: str = "a", seed: int = 0, purpose: Purpose = Purpose.FORWARD
) -> "np.ndarray[tuple[int, ...], np.dtype[np.int32]]":
    return draw_row(
        StepId(name), duration, purpose=purpose, tick=MILLISECOND, nights=10_000, seed=seed
    )


def test_that_draws_follow_the_pert_beta_distribution() -> None:
    row = draw(lasting((10, 15, 35))) / 60_000
    assert row.mean() == pytest.approx(17.5, abs=0.15)
    assert row.std() == pytest.approx(4.33, abs=0.1)
    assert 10 <= row.min() < row.max() <= 35


@given(durations())
def test_that_no_draw_leaves_the_three_points(duration: ThreePoint) -> None:
    row = draw(duration)
    assert duration.best <= int(row.min()) * MILLISECOND
    assert int(row.max()) * MILLISECOND <= duration.worst


def test_that_a_duration_without_a_range_is_the_same_each_night_and_rounds_up() -> None:
    row = draw(plain(timedelta(microseconds=1_500)))
    assert set(row.tolist()) == {2}


def test_that_a_stream_is_named_by_step_seed_and_purpose() -> None:
    duration = lasting((1, 2, 9))
    row = draw(duration)
    assert (row == draw(duration)).all()
    assert (row != draw(duration, name="b")).any()
    assert (row != draw(duration, seed=1)).any()
    assert (row != draw(duration, purpose=Purpose.BACKWARD)).any()


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=30), st.floats(0, 1))
def test_that_a_percentile_is_that_of_numpy(values: list[int], share: float) -> None:
    row = np.array(values, dtype=np.int64)
    assert percentile(row, share) == pytest.approx(np.percentile(row, share * 100), rel=1e-9)


def test_that_the_tick_grows_only_with_plans_of_many_days() -> None:
    assert choose_tick([]) == MILLISECOND
    assert choose_tick([plain(timedelta(days=12))]) == MILLISECOND
    assert choose_tick([plain(timedelta(days=7))] * 2) == 10 * MILLISECOND
    assert choose_tick([plain(timedelta(days=36_500))]) == timedelta(seconds=10)


def test_that_ticks_round_up_in_both_directions() -> None:
    assert ticks_to(timedelta(microseconds=1_001), MILLISECOND) == 2
    assert ticks_to(timedelta(microseconds=-1_001), MILLISECOND) == -1
    assert microseconds_of(2.0001, MILLISECOND) == 2_001
    assert microseconds_of(2, MILLISECOND) == 2_000

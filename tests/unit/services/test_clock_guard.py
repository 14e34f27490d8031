"""The guard of the clock: a jump is what the wall clock moved beyond the time that passed."""

from datetime import timedelta

import pytest

from relconsole.services.clock_guard import ClockGuard
from tests.helpers.fakes.clock import FakeClock

LIMIT = timedelta(seconds=30)


def test_that_time_that_passes_is_no_jump() -> None:
    clock = FakeClock()
    guard = ClockGuard(clock)
    clock.advance(86_400)
    assert guard.jump(LIMIT) is None


@pytest.mark.parametrize("seconds", [31.0, -31.0, 31_536_000.0, -31_536_000.0])
def test_that_a_jump_beyond_the_limit_is_told_once(seconds: float) -> None:
    clock = FakeClock()
    guard = ClockGuard(clock)
    clock.advance(5)
    clock.jump(seconds)
    assert guard.jump(LIMIT) == seconds
    assert guard.jump(LIMIT) is None


@pytest.mark.parametrize("seconds", [1.0, -1.0, 30.0, -30.0])
def test_that_a_correction_within_the_limit_is_none(seconds: float) -> None:
    clock = FakeClock()
    guard = ClockGuard(clock)
    clock.jump(seconds)
    assert guard.jump(LIMIT) is None

"""Patience with a system that failed: the pause grows, is capped, and ends with an answer."""

from hypothesis import given
from hypothesis import strategies as st

from relconsole.services.patience import (
    FIRST_PAUSE_SECONDS,
    LONGEST_ASKED_SECONDS,
    LONGEST_PAUSE_SECONDS,
    Patience,
)
from tests.helpers.fakes.clock import FakeClock
from tests.unit.services.rooms import CI, METRICS

MOMENT = 0.001


def pause_after(failures: int, retry_after: float | None = None) -> float:
    """How long a system is left alone after it failed so often in a row."""
    clock = FakeClock()
    patience = Patience(clock)
    for _ in range(failures):
        patience.failed(CI, retry_after)
    waited = 0.0
    while not patience.may_ask(CI):
        clock.advance(0.125)
        waited += 0.125
    return waited


def test_that_a_system_that_never_failed_may_be_asked_at_once() -> None:
    assert Patience(FakeClock()).may_ask(CI)


def test_that_a_system_that_failed_once_is_asked_again_after_half_a_second() -> None:
    clock = FakeClock()
    patience = Patience(clock)
    patience.failed(CI)
    clock.advance(FIRST_PAUSE_SECONDS - MOMENT)
    assert not patience.may_ask(CI)
    clock.advance(MOMENT)
    assert patience.may_ask(CI)


def test_that_the_pause_doubles_up_to_thirty_seconds() -> None:
    assert [pause_after(count) for count in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_that_one_system_does_not_wait_for_another() -> None:
    patience = Patience(FakeClock())
    patience.failed(CI)
    assert patience.may_ask(METRICS)


def test_that_an_answer_ends_the_pause_and_the_next_one_is_short_again() -> None:
    clock = FakeClock()
    patience = Patience(clock)
    for _ in range(5):
        patience.failed(CI)
    patience.answered(CI)
    assert patience.may_ask(CI)
    patience.failed(CI)
    clock.advance(FIRST_PAUSE_SECONDS)
    assert patience.may_ask(CI)


def test_that_an_answer_of_a_system_that_never_failed_changes_nothing() -> None:
    patience = Patience(FakeClock())
    patience.answered(CI)
    assert patience.may_ask(CI)


def test_that_a_target_is_left_alone_for_as_long_as_it_asks() -> None:
    assert pause_after(1, retry_after=120.0) == 120.0


def test_that_no_target_may_ask_for_more_than_a_quarter_of_an_hour() -> None:
    assert pause_after(1, retry_after=86_400.0) == LONGEST_ASKED_SECONDS


def test_that_a_target_cannot_ask_for_a_shorter_pause_than_our_own() -> None:
    assert pause_after(3, retry_after=0.0) == pause_after(3)
    assert pause_after(3, retry_after=-5.0) == pause_after(3)


def test_that_a_jump_of_the_wall_clock_shortens_no_pause() -> None:
    clock = FakeClock()
    patience = Patience(clock)
    patience.failed(CI)
    clock.jump(3_600)
    assert not patience.may_ask(CI)


@given(
    failures=st.integers(min_value=1, max_value=200),
    asked=st.none() | st.floats(allow_nan=False, allow_infinity=True),
)
def test_that_no_system_is_left_alone_for_ever(failures: int, asked: float | None) -> None:
    clock = FakeClock()
    patience = Patience(clock)
    for _ in range(failures):
        patience.failed(CI, asked)
    assert not patience.may_ask(CI)
    clock.advance(max(LONGEST_PAUSE_SECONDS, LONGEST_ASKED_SECONDS))
    assert patience.may_ask(CI)

"""Patience: a system that failed is asked again, not at once and not never."""

from relconsole.domain.kernel.ids import SystemId
from relconsole.services.patience import (
    FIRST_PAUSE_SECONDS,
    LONGEST_ASKED_SECONDS,
    LONGEST_PAUSE_SECONDS,
    Patience,
)
from tests.helpers.fakes.clock import FakeClock

CI, OTHER = SystemId("ci"), SystemId("other")


def pause(clock: FakeClock, patience: Patience) -> float:
    """How long it takes until the system may be asked again, by quarters of a second."""
    waited = 0.0
    while not patience.may_ask(CI):
        clock.advance(0.25)
        waited += 0.25
    return waited


def test_that_nobody_waits_for_a_system_that_did_not_fail() -> None:
    patience = Patience(FakeClock())
    patience.failed(OTHER)
    assert patience.may_ask(CI)
    assert not patience.may_ask(OTHER)


def test_that_the_pause_doubles_up_to_its_longest() -> None:
    clock = FakeClock()
    patience = Patience(clock)
    pauses: list[float] = []
    for _ in range(8):
        patience.failed(CI)
        pauses.append(pause(clock, patience))
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert (pauses[0], pauses[-1]) == (FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)


def test_that_an_answer_forgets_the_failures() -> None:
    clock = FakeClock()
    patience = Patience(clock)
    patience.failed(CI)
    patience.failed(CI)
    patience.answered(CI)
    assert patience.may_ask(CI)
    patience.failed(CI)
    assert pause(clock, patience) == FIRST_PAUSE_SECONDS


def test_that_what_a_system_asks_for_is_kept_within_reason() -> None:
    clock = FakeClock()
    patience = Patience(clock)
    patience.failed(CI, retry_after=60.0)
    assert pause(clock, patience) == 60.0
    patience.failed(CI, retry_after=-5.0)
    assert pause(clock, patience) == 1.0
    patience.failed(CI, retry_after=1e9)
    assert pause(clock, patience) == LONGEST_ASKED_SECONDS


def test_that_a_jump_of_the_wall_clock_changes_no_pause() -> None:
    clock = FakeClock()
    patience = Patience(clock)
    patience.failed(CI)
    clock.jump(86_400)
    assert not patience.may_ask(CI)

"""Patience with a system that failed: the pause grows, is capped, and ends with an answer."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.night.away import Away
from relconsole.ports.clock import Chance
from relconsole.services.patience import (
    FIRST_PAUSE_SECONDS,
    LONGEST_ASKED_SECONDS,
    LONGEST_PAUSE_SECONDS,
    MOST_ADDED,
    Patience,
)
from tests.helpers.fakes.clock import FakeClock
from tests.unit.services.rooms import CI, METRICS

MOMENT = 0.001
MOST = 1.0 - 2**-53
HOURS = 3


def nothing() -> float:
    """The chance that adds nothing to a pause."""
    return 0.0


def pause_after(failures: int, retry_after: float | None = None, chance: Chance = nothing) -> float:
    """How long a system is left alone after it failed so often in a row."""
    clock = FakeClock()
    patience = Patience(clock, chance)
    for _ in range(failures):
        patience.failed(CI, retry_after=retry_after)
    waited = 0.0
    while not patience.may_ask(CI):
        clock.advance(0.125)
        waited += 0.125
    return waited


def test_that_a_system_that_never_failed_may_be_asked_at_once() -> None:
    assert Patience(FakeClock(), nothing).may_ask(CI)


def test_that_a_system_that_failed_once_is_asked_again_after_half_a_second() -> None:
    clock = FakeClock()
    patience = Patience(clock, nothing)
    patience.failed(CI)
    clock.advance(FIRST_PAUSE_SECONDS - MOMENT)
    assert not patience.may_ask(CI)
    clock.advance(MOMENT)
    assert patience.may_ask(CI)


def test_that_the_pause_doubles_up_to_thirty_seconds() -> None:
    assert [pause_after(count) for count in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_that_one_system_does_not_wait_for_another() -> None:
    patience = Patience(FakeClock(), nothing)
    patience.failed(CI)
    assert patience.may_ask(METRICS)


def test_that_an_answer_ends_the_pause_and_the_next_one_is_short_again() -> None:
    clock = FakeClock()
    patience = Patience(clock, nothing)
    for _ in range(5):
        patience.failed(CI)
    patience.answered(CI)
    assert patience.may_ask(CI)
    patience.failed(CI)
    clock.advance(FIRST_PAUSE_SECONDS)
    assert patience.may_ask(CI)


def test_that_an_answer_of_a_system_that_never_failed_changes_nothing() -> None:
    patience = Patience(FakeClock(), nothing)
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
    patience = Patience(clock, nothing)
    patience.failed(CI)
    clock.jump(3_600)
    assert not patience.may_ask(CI)


def test_that_chance_adds_to_a_pause_and_takes_nothing_off_it() -> None:
    assert pause_after(7, chance=lambda: 0.5) == LONGEST_PAUSE_SECONDS * (1 + MOST_ADDED / 2)
    assert pause_after(1, retry_after=80.0, chance=lambda: 0.5) == 90.0


def test_that_chance_spreads_what_is_left_below_the_longest_pause_a_target_may_ask() -> None:
    assert pause_after(1, retry_after=880.0, chance=lambda: 0.5) == 890.0
    assert pause_after(1, retry_after=900.0, chance=lambda: MOST) == LONGEST_ASKED_SECONDS


def probes(chance: Chance) -> list[float]:
    """When a console asks a system that is away for three hours."""
    clock = FakeClock()
    patience = Patience(clock, chance)
    asked: list[float] = []
    while clock.tick() < HOURS * 3_600:
        if patience.may_ask(CI):
            asked.append(clock.tick())
            patience.failed(CI, "no answer")
        clock.advance(0.25)
    return asked


def share_that_meets(ours: list[float], theirs: list[float]) -> float:
    """Which part of our probes falls within half a second of one of theirs."""
    close = [each for each in ours if any(abs(each - other) < 0.5 for other in theirs)]
    return len(close) / len(ours)


def test_that_two_consoles_that_lost_a_system_together_do_not_come_back_in_step() -> None:
    ours, theirs = (probes(random.Random(seed).random) for seed in (1, 2))
    # Of probes some 34 s apart, each half a second wide on both sides, 3 % meet by chance alone.
    assert share_that_meets(ours, theirs) < 0.06
    assert share_that_meets(probes(nothing), probes(nothing)) == 1.0


def test_that_a_system_that_is_away_is_probed_at_most_every_thirty_seconds() -> None:
    asked = probes(random.Random(3).random)
    assert min(later - earlier for earlier, later in pairwise(asked[6:])) >= LONGEST_PAUSE_SECONDS
    assert max(later - earlier for earlier, later in pairwise(asked)) < 38.0


def test_that_a_system_is_away_from_its_first_failure_until_it_answers() -> None:
    clock = FakeClock()
    patience = Patience(clock, nothing)
    since = clock.now()
    patience.failed(METRICS)
    patience.failed(CI, "no route")
    clock.advance(0.25)
    patience.failed(CI, "no answer")
    assert patience.away() == (
        Away(system=CI, failures=2, since=since, says="no answer", asked_in=1.0),
        Away(system=METRICS, failures=1, since=since, says="", asked_in=0.25),
    )
    clock.advance(5.0)
    assert [away.asked_in for away in patience.away()] == [0.0, 0.0]
    patience.answered(CI)
    assert [away.system for away in patience.away()] == [METRICS]


def test_that_patience_for_another_purpose_knows_of_no_failure() -> None:
    patience = Patience(FakeClock(), nothing)
    patience.failed(CI)
    beside = patience.beside()
    assert beside.may_ask(CI)
    beside.failed(CI)
    beside.answered(CI)
    assert not patience.may_ask(CI)


@given(
    failures=st.integers(min_value=1, max_value=200),
    asked=st.none() | st.floats(allow_nan=False, allow_infinity=True),
    chance=st.floats(min_value=0.0, max_value=MOST),
)
def test_that_no_system_is_left_alone_for_ever_nor_asked_sooner_than_it_allows(
    failures: int, asked: float | None, chance: float
) -> None:
    clock = FakeClock()
    patience = Patience(clock, lambda: chance)
    for _ in range(failures):
        patience.failed(CI, retry_after=asked)
    (away,) = patience.away()
    assert not patience.may_ask(CI)
    assert away.asked_in >= min(max(asked or 0.0, 0.0), LONGEST_ASKED_SECONDS)
    clock.advance(max(LONGEST_PAUSE_SECONDS, LONGEST_ASKED_SECONDS))
    assert patience.may_ask(CI)

"""How a system that does not answer stands, in words."""

from datetime import timedelta

import pytest

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.night.away import Away, say_away, say_back
from tests.unit.domain.night.scenes import at


def away(failures: int = 3, says: str = "no route to host", asked_in: float = 31.6) -> Away:
    """A system that is away since four minutes past."""
    return Away(
        system=SystemId("desk"), failures=failures, since=at(4), says=says, asked_in=asked_in
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            away(),
            (
                "desk does not answer since 2026-04-20T23:34:00Z, asked 3 times, again in 32 s:"
                " no route to host"
            ),
        ),
        (
            away(failures=1, says="", asked_in=0.0),
            "desk does not answer since 2026-04-20T23:34:00Z, asked once, again in 0 s",
        ),
    ],
)
def test_that_a_silent_system_is_told_with_since_when_and_its_last_word(
    found: Away, words: str
) -> None:
    assert say_away(found) == words


def test_that_a_strangers_word_cannot_forge_a_line() -> None:
    assert "\n" not in say_away(away(says="down\nrun ended: finished"))


def test_that_a_system_that_is_back_is_told_with_how_long_it_was_away() -> None:
    assert say_back(away(), at(64)) == "desk answers again after 1h 00m"


def test_that_a_clock_set_back_makes_no_negative_absence() -> None:
    assert say_back(away(), at(4) - timedelta(hours=1)) == "desk answers again after 0s"

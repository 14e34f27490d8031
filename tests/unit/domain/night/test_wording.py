from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.wording import (
    CAP,
    one_line,
    say_clock,
    say_duration,
    say_instant,
    say_lateness,
    say_person,
)
from tests.unit.domain.night.scenes import ASHA, MARA, at


@given(st.text(max_size=400))
def test_that_a_strangers_text_is_one_printable_line_of_bounded_length(text: str) -> None:
    line = one_line(text)
    assert len(line) <= CAP
    assert line.isprintable() or line == ""
    assert one_line(line) == line


def test_that_a_forged_line_and_a_turned_direction_are_seen() -> None:
    assert one_line("done\n2026 mara: go") == "done 2026 mara: go"
    assert one_line("a\u202eb\x1b[31m") == "a\ufffdb\ufffd[31m"


def test_that_a_long_text_ends_with_an_ellipsis() -> None:
    assert one_line("x" * 1000, cap=5) == "xxxx…"


@pytest.mark.parametrize(
    ("by", "for_person", "heard", "said"),
    [
        (MARA, None, "", "mara"),
        (MARA, MARA, "voice", "mara"),
        (None, None, "", "the console"),
        (MARA, ASHA, "", "asha, recorded by mara"),
        (MARA, ASHA, "voice", "asha, recorded by mara (voice)"),
        (None, ASHA, "chat", "asha, recorded by the console (chat)"),
    ],
)
def test_that_an_act_recorded_for_somebody_names_both(
    by: PersonId | None, for_person: PersonId | None, heard: str, said: str
) -> None:
    assert say_person(by, for_person, heard) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0s"),
        (0.25, "0.2s"),
        (12.9, "12s"),
        (485, "8m 05s"),
        (3840, "1h 04m"),
        (-485, "-8m 05s"),
    ],
)
def test_that_a_duration_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert say_duration(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.5, "on time"), (90, "1m 30s late"), (-90, "1m 30s early")]
)
def test_that_lateness_has_a_direction(seconds: float, said: str) -> None:
    assert say_lateness(timedelta(seconds=seconds)) == said


def test_that_a_time_is_said_in_utc_and_by_the_wall() -> None:
    assert say_instant(at(0), "Europe/Berlin") == "2026-04-20 23:30:00Z (01:30:00 Berlin)"
    assert say_instant(at(0), "America/New_York") == "2026-04-20 23:30:00Z (19:30:00 New York)"
    assert say_clock(at(0), "Europe/Berlin") == "23:30Z (01:30)"


def test_that_utc_is_not_said_twice_and_an_unknown_zone_is_named() -> None:
    assert say_clock(at(0), "UTC") == "23:30Z"
    assert say_clock(at(0), "Nowhere/Town") == "23:30Z"
    assert say_instant(at(0), "Nowhere/Town") == "2026-04-20 23:30:00Z (zone Nowhere/Town unknown)"

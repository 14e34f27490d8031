"""Instants, spans and counts as they read on a screen."""

from datetime import UTC, datetime, timedelta

import pytest

from relconsole_ui.presenters.words import (
    MINUS,
    NBSP,
    clock,
    clock_seconds,
    count_down,
    counted,
    day,
    minutes,
    percent,
    short_name,
    table_cell,
    zone_name,
)

NOW = datetime(2026, 4, 21, 0, 17, 42, tzinfo=UTC)


def test_that_an_instant_reads_in_its_zone() -> None:
    assert clock(NOW, "Europe/Berlin") == "02:17"
    assert clock_seconds(NOW, "UTC") == "00:17:42"
    assert day(NOW, "America/New_York") == "Mon 20 Apr"
    assert zone_name(NOW, "Europe/Berlin") == "CEST"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "00:00"),
        (162, "02:42"),
        (3_600, "1:00:00"),
        (-162, f"{MINUS}02:42"),
        (-0.4, "00:00"),
        (99 * 3_600, "99:00:00"),
        (100 * 3_600, f"4{NBSP}d"),
        (-100 * 3_600, f"{MINUS}4{NBSP}d"),
    ],
)
def test_that_a_span_counts_down_and_has_a_minus_once_it_is_over(seconds: float, text: str) -> None:
    assert count_down(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(40, "40 s"), (342, "5 min 42 s"), (300, "5 min"), (5_280, "1 h 28 min"), (3_600, "1 h")],
)
def test_that_a_span_reads_as_a_person_says_it(seconds: float, text: str) -> None:
    assert minutes(timedelta(seconds=seconds)).replace("\u00a0", " ") == text


def test_that_a_count_has_its_noun() -> None:
    assert counted(1, "step") == "1 step"
    assert counted(2, "step") == "2 steps"
    assert counted(0, "person", "people") == "0 people"


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0"), (0.001, "1"), (0.914, "91"), (0.999, "99"), (1, "100")]
)
def test_that_what_is_not_certain_is_never_all_or_nothing(share: float, text: str) -> None:
    assert percent(share) == f"{text}\u00a0%"


@pytest.mark.parametrize(
    ("name", "text"),
    [("Hanna Berg", "H. Berg"), ("Plato", "Plato"), ("", ""), ("Ana de la Cruz", "A. de la Cruz")],
)
def test_that_a_short_name_keeps_what_comes_after_the_first(name: str, text: str) -> None:
    assert short_name(name) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "-2+3", "\t=1", "\N{FULLWIDTH EQUALS SIGN}1", "  =1+1", '"=1']
)
def test_that_no_cell_is_reckoned_with(text: str) -> None:
    assert table_cell(text) == f"'{text}"


def test_that_any_other_cell_is_what_it_was() -> None:
    assert table_cell("Deploy = go") == "Deploy = go"

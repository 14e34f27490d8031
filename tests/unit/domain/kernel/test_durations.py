"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.durations import ThreePoint, format_duration, parse_duration, plain

LONG = st.timedeltas(min_value=timedelta(0), max_value=timedelta.max)
SHORT = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("8m", 480),
        ("1h30m", 5_400),
        ("3d", 259_200),
        ("1d2h3m4s", 93_784),
        (" 5m ", 300),
        ("0.5s", 0.5),
        ("0s", 0),
        ("007m", 420),
    ],
)
def test_that_a_written_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", " ", "8", "8 m", "m", "-5m", "1m1h", "1.5h", "0.1234567s", "1h1h", "8min", "٣m", ".5s"],
)
def test_that_other_text_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["999999999999d", "9" * 17 + "s", "1" * 5_000 + "d"])
def test_that_a_duration_beyond_any_plan_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="longer than any plan"):
        parse_duration(text)


@given(LONG)
def test_that_what_is_written_reads_back_to_the_microsecond(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (90, "1m30s"), (86_400, "1d"), (3_600.25, "1h0.25s"), (0.000001, "0.000001s")],
)
def test_that_a_duration_is_written_in_its_largest_units(seconds: float, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text


def test_that_a_negative_duration_is_not_written() -> None:
    with pytest.raises(ValueError, match="negative"):
        format_duration(timedelta(seconds=-1))


@given(st.lists(SHORT, min_size=3, max_size=3), st.floats(min_value=0, max_value=10))
def test_that_the_pert_expectation_lies_between_best_and_worst(
    cases: list[timedelta], factor: float
) -> None:
    best, likely, worst = sorted(cases)
    estimate = ThreePoint(best=best, likely=likely, worst=worst)
    assert best.total_seconds() - 1e-6 <= estimate.expected_seconds
    assert estimate.expected_seconds <= worst.total_seconds() + 1e-6
    assert estimate.has_range == (best != worst)
    assert estimate.scaled(factor).likely == likely * factor


def test_that_the_expectation_counts_the_likely_case_four_times() -> None:
    minute = timedelta(minutes=1)
    assert ThreePoint(best=minute, likely=2 * minute, worst=9 * minute).expected_seconds == 180


@pytest.mark.parametrize(("best", "likely", "worst"), [(-1, 0, 0), (2, 1, 3), (1, 3, 2)])
def test_that_an_unordered_estimate_is_refused(best: int, likely: int, worst: int) -> None:
    with pytest.raises(ValueError, match="not in order"):
        ThreePoint(
            best=timedelta(seconds=best),
            likely=timedelta(seconds=likely),
            worst=timedelta(seconds=worst),
        )


@given(SHORT)
def test_that_a_duration_without_a_range_is_its_own_expectation(duration: timedelta) -> None:
    assert not plain(duration).has_range
    assert plain(duration).expected_seconds == pytest.approx(duration.total_seconds())

"""A time axis stands at round wall times, whatever the clocks do."""

from datetime import UTC, datetime

import pytest

from relconsole_ui.presenters.axis import axis_ticks

BERLIN = "Europe/Berlin"
SUMMER = datetime(2026, 4, 20, 23, 30, tzinfo=UTC)
HOUR = 3_600.0


def labels(origin: datetime, zone: str, hours: float, most: int = 6) -> list[str]:
    ticks = axis_ticks(origin, zone, 0, hours * HOUR, most)
    return [tick.label for tick in ticks if tick.label]


def test_that_an_unknown_zone_is_utc() -> None:
    assert labels(SUMMER, "Mars/Olympus", 1, most=2) == ["23:30", "Tue 21", "00:30"]


def test_that_two_hours_are_labelled_each_half_hour_with_a_line_between() -> None:
    ticks = axis_ticks(SUMMER, BERLIN, 0, 2 * HOUR, 6)
    assert [tick.label for tick in ticks][:4] == ["01:30", "", "02:00", ""]
    assert [tick.at for tick in ticks][:4] == [0, 900, 1_800, 2_700]


def test_that_a_short_stretch_has_only_labelled_ticks() -> None:
    assert all(tick.label for tick in axis_ticks(SUMMER, BERLIN, 10, 1_200, 6))


@pytest.mark.parametrize("hours", [0.3, 2, 7, 30, 200, 2_000, 40_000])
def test_that_no_stretch_has_more_labels_than_there_is_room_for(hours: float) -> None:
    if hours < 4 * 24 * 28:
        assert 1 <= len(labels(SUMMER, BERLIN, hours)) <= 7
    else:
        assert labels(SUMMER, BERLIN, hours)


def test_that_no_room_still_gives_one_label() -> None:
    assert len(labels(SUMMER, BERLIN, 5, most=0)) <= 1


def test_that_midnight_names_the_day() -> None:
    assert "Wed 22" in labels(datetime(2026, 4, 21, 18, tzinfo=UTC), "UTC", 12)


def test_that_weeks_are_labelled_by_the_date() -> None:
    assert labels(datetime(2026, 4, 1, tzinfo=UTC), "UTC", 24 * 40)[0] == "6 Apr"


def test_that_an_hour_that_comes_twice_is_there_twice_and_says_so() -> None:
    before = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert labels(before, BERLIN, 4) == ["02:00", "02:00 CET", "03:00", "04:00"]


def test_that_an_hour_that_is_skipped_is_not_there() -> None:
    before = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    assert labels(before, BERLIN, 3, most=4) == ["01:00", "03:00 CEST", "04:00", "05:00"]
    ticks = axis_ticks(before, BERLIN, 0, 3 * HOUR, 4)
    assert [tick.at / HOUR for tick in ticks if tick.label] == [0, 1, 2, 3]

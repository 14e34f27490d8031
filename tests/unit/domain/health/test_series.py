"""An indicator over half an hour, and the band of the same hour in other weeks."""

import math
from datetime import UTC, datetime, timedelta

from relconsole.domain.health.series import Band, Point, Series, find_band, same_hours
from relconsole.domain.kernel.observation import Observation

NOW = datetime(2026, 4, 21, 0, 17, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def reading(seconds: float, value: float) -> Observation[float]:
    return Observation(
        value=value, source="metrics", observed_at=at(seconds), time_to_live=timedelta(seconds=10)
    )


def values(series: Series) -> list[float]:
    return [point.value for point in series.points]


def test_that_a_new_reading_is_added_at_the_end() -> None:
    series = Series().with_reading(reading(0, 1.0)).with_reading(reading(5, 2.0))
    assert values(series) == [1.0, 2.0]


def test_that_the_same_reading_or_an_older_one_adds_nothing() -> None:
    series = Series().with_reading(reading(5, 1.0))
    assert series.with_reading(reading(5, 2.0)) is series
    assert series.with_reading(reading(4, 2.0)) is series


def test_that_what_is_no_number_adds_nothing() -> None:
    assert Series().with_reading(reading(0, math.nan)) == Series()
    history = Series().with_history([Point(at=at(0), value=math.inf)])
    assert history.points == ()


def test_that_points_older_than_half_an_hour_are_dropped() -> None:
    series = Series().with_reading(reading(0, 1.0)).with_reading(reading(1_000, 2.0))
    assert values(series.with_reading(reading(1_801, 3.0))) == [2.0, 3.0]
    assert values(series.with_reading(reading(9_000, 3.0))) == [3.0]


def test_that_history_comes_before_the_readings_and_never_over_them() -> None:
    series = Series().with_reading(reading(0, 9.0))
    told = series.with_history(
        [Point(at=at(10), value=3.0), Point(at=at(-10), value=2.0), Point(at=at(-20), value=1.0)]
    )
    assert values(told) == [1.0, 2.0, 9.0]


def test_that_the_same_hour_is_by_the_wall_across_a_clock_change() -> None:
    april = datetime(2026, 4, 7, 10, 0, tzinfo=UTC)
    hours = same_hours(april, "Europe/Berlin")
    assert [hour.start.hour for hour in hours] == [9, 10, 10, 10]
    assert [hour.start.day for hour in hours] == [31, 24, 17, 10]
    assert hours[0].length == timedelta(hours=1)


def test_that_an_hour_that_was_skipped_or_came_twice_still_has_a_place() -> None:
    skipped = datetime(2026, 4, 5, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, skipped a week before
    assert same_hours(skipped, "Europe/Berlin")[0].start == datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    doubled = datetime(2026, 11, 1, 1, 30, tzinfo=UTC)  # 02:30, which came twice a week before
    hours = same_hours(doubled, "Europe/Berlin")
    assert hours[0].start == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)


def test_that_an_unknown_zone_is_utc() -> None:
    assert same_hours(NOW, "Mars/Olympus") == same_hours(NOW, "UTC")


def test_that_few_values_give_a_band_from_the_lowest_to_the_highest() -> None:
    assert find_band([[3.0, 1.0], [], [2.0]]) == Band(low=1.0, high=3.0, weeks=2)


def test_that_of_many_values_the_outer_twentieths_are_left_out() -> None:
    assert find_band([[float(each) for each in range(100)]]) == Band(low=5.0, high=94.0, weeks=1)
    assert find_band([[0.0] * 19 + [9.0]]) == Band(low=0.0, high=0.0, weeks=1)


def test_that_no_values_give_no_band() -> None:
    assert find_band([]) is None
    assert find_band([[math.nan]]) is None


def test_that_a_band_holds_its_edges() -> None:
    band = Band(low=1.0, high=2.0, weeks=4)
    assert band.holds(1.0)
    assert band.holds(2.0)
    assert not band.holds(2.1)

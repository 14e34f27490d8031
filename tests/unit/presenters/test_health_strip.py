"""The health strip: grey inside, a tone only beyond a limit now, nothing stale shown as live."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.health.indicator import FalsePositive, Watch, WatchState
from relconsole.domain.health.series import Band, Point, Series
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.release.release import Indicator, Limit, Severity
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.figures import figure
from relconsole_ui.presenters.health_strip import (
    MOST_TILES,
    LimitLine,
    Tile,
    present_health_strip,
    thin,
)
from relconsole_ui.presenters.seen import Seen
from tests.helpers.payments_health import (
    ALL,
    CHECKOUT,
    ERRORS,
    LAG,
    alarm,
    indicator,
    quiet,
    seen_with,
    watch,
)
from tests.helpers.payments_night import at, release, run_of, runbook, seen_at

NOW = at(47.7)


def tile_of(seen: Seen, of: Indicator) -> Tile:
    return next(tile for tile in present_health_strip(seen).tiles if tile.indicator == of.id)


def shown(of: Indicator, found: Watch | None, kept: Series | None = None) -> Tile:
    """The tile of one indicator alone."""
    plan = runbook()
    seen = seen_at(47.7, run_of(plan), of=release(plan, of))
    watches = {} if found is None else {of.id: found}
    series = {} if kept is None else {of.id: kept}
    return tile_of(replace(seen, watches=watches, series=series), of)


@pytest.mark.parametrize(
    ("value", "unit", "says"),
    [
        (1.416, "s", "1.42\u00a0s"),
        (0.8, "s", "0.80\u00a0s"),
        (0.0, "%", "0.00\u00a0%"),
        (0.0021, "%", "0.0021\u00a0%"),
        (98.64, "%", "98.6\u00a0%"),
        (12_345.6, "", "12,346"),
        (3.0, "", "3"),
        (3.0, "s", "3.00\u00a0s"),
        (3.5, "", "3.50"),
        (-250.0, "ms", "-250\u00a0ms"),
    ],
)
def test_that_a_figure_has_three_digits_that_count(value: float, unit: str, says: str) -> None:
    assert figure(value, unit) == says


def test_that_a_quiet_strip_has_no_tone_and_no_status() -> None:
    rows = present_health_strip(quiet())
    assert {(tile.tone, tile.status, tile.stale_from) for tile in rows.tiles} == {("", None, None)}
    assert rows.says == "6 of 6 indicators inside."
    assert rows.note == "band: same hour, last 4 weeks"


def test_that_a_critical_limit_that_is_left_is_critical_and_names_the_limit() -> None:
    tile = tile_of(alarm(), CHECKOUT)
    assert (tile.status, tile.tone, tile.value) == (Status.CRITICAL, "crit", "1.42\u00a0s")
    assert tile.words == "limit 0.80\u00a0s"
    assert tile.says == (
        "Checkout p95: 1.42\u00a0s, critical, beyond its limit, limit 0.80\u00a0s."
    )


def test_that_a_warning_is_amber_and_an_info_has_no_hue() -> None:
    assert tile_of(alarm(), ERRORS).tone == "warn"
    mild = replace(ERRORS, severity=Severity.INFO)
    tile = shown(mild, watch(mild, 0.3, NOW, WatchState.LEFT))
    assert (tile.status, tile.tone) == (Status.ADVISORY, "t1")


def test_that_a_limit_that_is_being_left_says_for_how_long() -> None:
    leaving = watch(CHECKOUT, 0.9, NOW, WatchState.LEAVING)
    tile = shown(CHECKOUT, replace(leaving, beyond_since=NOW - timedelta(seconds=40)))
    assert (tile.status, tile.tone) == (Status.ADVISORY, "warn")
    assert tile.words == "beyond limit 0.80\u00a0s for 40s"
    mild = replace(CHECKOUT, severity=Severity.INFO)
    assert shown(mild, leaving).tone == "t1"


def test_that_a_limit_that_is_clearing_is_still_left() -> None:
    tile = shown(CHECKOUT, watch(CHECKOUT, 0.7, NOW, WatchState.CLEARING))
    assert (tile.status, tile.tone) == (Status.CRITICAL, "crit")
    assert "beyond its limit" not in tile.says


def test_that_what_a_person_called_a_false_positive_is_not_critical() -> None:
    left = watch(CHECKOUT, 1.4, NOW, WatchState.LEFT)
    marked = replace(left, marked=FalsePositive(by="mara", reason="probe", at=NOW))
    assert shown(CHECKOUT, marked).status is Status.ADVISORY


def test_that_c15_a_value_past_its_time_to_live_is_stale_whatever_it_was() -> None:
    old = watch(CHECKOUT, 1.42, NOW - timedelta(seconds=94), WatchState.LEFT)
    tile = shown(CHECKOUT, old)
    assert (tile.status, tile.tone, tile.words) == (Status.STALE, "", "no data 94 s")
    assert tile.stale_from == pytest.approx(1 - 94 / 1_800)
    assert tile.dot is not None
    assert tile.dot[0] == tile.stale_from
    assert tile.says.startswith("Checkout p95: last known 1.42\u00a0s, stale")


def test_that_a_value_that_was_never_read_is_unknown_and_says_why() -> None:
    tile = shown(CHECKOUT, None)
    assert (tile.status, tile.value, tile.words) == (Status.UNKNOWN, "?", "not read yet")
    assert (tile.stale_from, tile.dot, tile.points) == (0.0, None, ())
    assert tile.says == "Checkout p95: unknown, not read yet."
    failing = Watch(indicator=CHECKOUT.id, why="prometheus is away")
    assert shown(CHECKOUT, failing).words == "prometheus is away"
    assert shown(CHECKOUT, replace(failing, why="")).words == "not read yet"


def test_that_a_value_older_than_the_strip_has_no_dot_and_is_hatched_all_over() -> None:
    tile = shown(CHECKOUT, watch(CHECKOUT, 1.0, NOW - timedelta(hours=1), WatchState.INSIDE))
    assert (tile.dot, tile.stale_from) == (None, 0.0)


def test_that_a_value_that_a_step_mutes_says_so() -> None:
    muted = replace(watch(LAG, 1.1, NOW, WatchState.INSIDE), suppressed_by=StepId("s14"))
    assert shown(LAG, muted).words == "not judged in s14"


def test_that_without_a_limit_the_band_is_what_counts() -> None:
    inside = watch(LAG, 1.1, NOW, WatchState.INSIDE)
    band = Series(band=Band(low=1.0, high=1.2, weeks=4), no_band="")
    assert shown(LAG, inside, band).words == "in band"
    assert shown(LAG, watch(LAG, 1.3, NOW, WatchState.INSIDE), band).words == "outside band"
    assert shown(LAG, inside).words == "no band"
    assert shown(LAG, inside).band is None


def test_that_of_two_limits_the_nearer_is_named() -> None:
    both = replace(LAG, limit=Limit(above=9.0, below=0.5))
    assert shown(both, watch(both, 1.1, NOW, WatchState.INSIDE)).words == "limit 0.50\u00a0s"


def test_that_the_dot_is_the_printed_value_at_the_end_of_the_line() -> None:
    tile = tile_of(alarm(), CHECKOUT)
    assert tile.dot == tile.points[-1]
    assert tile.dot is not None
    assert tile.dot[0] == 1.0


def test_that_points_beyond_half_an_hour_are_left_out() -> None:
    kept = Series(points=(Point(at=NOW - timedelta(minutes=31), value=1.0), Point(at=NOW, value=2)))
    assert len(shown(LAG, watch(LAG, 2.0, NOW, WatchState.INSIDE), kept).points) == 1


def test_that_limits_lie_where_their_values_do_and_say_which_side_is_beyond() -> None:
    both = replace(LAG, limit=Limit(above=2.0, below=1.0))
    lower, upper = sorted(
        shown(both, watch(both, 1.5, NOW, WatchState.INSIDE)).limits, key=lambda each: each.height
    )
    assert lower == LimitLine(height=lower.height, is_upper=False)
    assert upper.is_upper
    assert 0 < lower.height < upper.height < 1


def test_that_a_far_limit_does_not_flatten_the_line() -> None:
    far = replace(LAG, limit=Limit(above=1_000.0))
    assert shown(far, watch(far, 1.1, NOW, WatchState.INSIDE)).limits == ()


def test_that_an_indicator_with_nothing_but_a_limit_still_has_a_height() -> None:
    (line,) = shown(CHECKOUT, None).limits
    assert 0 < line.height < 1
    assert shown(LAG, None).limits == ()


def test_that_steps_that_changed_production_mark_when_they_began() -> None:
    tile = tile_of(alarm(), LAG)
    assert [marker.number for marker in tile.markers] == ["8", "9", "11", "12", "13", "14"]
    assert tile.markers[-1].at == pytest.approx(1 - 10.7 / 30)
    assert present_health_strip(alarm()).marker_note == "step 14 started 02:07"


def test_that_before_a_run_no_step_is_marked() -> None:
    plan = runbook()
    rows = present_health_strip(seen_at(-30, None, of=release(plan, *ALL)))
    assert rows.marker_note == ""
    assert rows.tiles[0].markers == ()


def test_that_more_than_twelve_leave_out_what_has_nothing_to_say() -> None:
    many = [indicator(f"i{number}", f"Indicator {number}") for number in range(15)]
    plan = runbook()
    watches = {of.id: watch(of, 1.0, NOW, WatchState.INSIDE) for of in many[:-1]}
    seen = replace(seen_at(47.7, run_of(plan), of=release(plan, *many)), watches=watches)
    rows = present_health_strip(seen)
    assert len(rows.tiles) == MOST_TILES
    assert rows.tiles[-1].indicator == "i14"
    assert rows.note == "3 more in band or inside their limits"


def test_that_a_release_without_indicators_says_that_nothing_is_watched() -> None:
    rows = present_health_strip(seen_at(47.7, None))
    assert (rows.tiles, rows.says) == ((), "No indicator is watched.")


def test_that_the_strip_in_words_tells_what_is_not_inside() -> None:
    assert present_health_strip(alarm()).says.startswith("3 of 6 indicators inside. Checkout p95")
    assert seen_with({}, {}, 47.7).watches == {}


PLACES = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=60, unique_by=lambda place: place[0]
).map(lambda places: tuple(sorted(places)))


@given(PLACES, st.integers(1, 40))
def test_that_thinning_keeps_ends_and_at_most_a_point_a_column(
    places: tuple[tuple[float, float], ...], columns: int
) -> None:
    kept = thin(places, columns)
    assert set(kept) <= set(places)
    assert list(kept) == sorted(kept)
    if places:
        assert (kept[0], kept[-1]) == (places[0], places[-1])
    if len(places) > max(columns, 2):
        used = [int(place[0] * columns) for place in kept[1:]]
        assert len(used) == len(set(used))


def test_that_thinning_loses_no_spike() -> None:
    flat = [(number / 1_000, 0.1) for number in range(1_000)]
    flat[503] = (0.503, 0.9)
    assert (0.503, 0.9) in thin(flat, 100)

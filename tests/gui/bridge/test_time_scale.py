"""A stretch of time over pixels: what is under the pointer stays, nothing leaves the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole_ui.presenters.timeline_rows import Span
from relconsole_ui.views.bridge.time_scale import (
    SHORTEST,
    Stretch,
    TimeScale,
    brought_in,
    held_within,
    moved,
    zoomed,
)

WHOLE = Span(start=-100.0, end=7_100.0)
FACTORS = st.floats(0.01, 100.0)
SHARES = st.floats(0.0, 1.0)


def test_that_pixels_and_instants_are_one_to_one() -> None:
    scale = TimeScale(shown=Span(start=0, end=100), left=50, width=200)
    assert (scale.x(0), scale.x(50), scale.x(100)) == (50, 150, 250)
    assert scale.at(150) == 50


@given(FACTORS, SHARES, FACTORS)
def test_that_zooming_stays_within_the_whole_and_never_below_the_shortest(
    first: float, share: float, second: float
) -> None:
    shown = zoomed(WHOLE, first, WHOLE.start + share * WHOLE.length, WHOLE)
    shown = zoomed(shown, second, shown.start + share * shown.length, WHOLE)
    assert WHOLE.start - 1e-6 <= shown.start
    assert shown.end <= WHOLE.end + 1e-6
    assert shown.length >= SHORTEST - 1e-6


@given(SHARES)
def test_that_what_is_under_the_pointer_stays_there_while_zooming_in(share: float) -> None:
    at = WHOLE.start + share * WHOLE.length
    shown = zoomed(WHOLE, 0.5, at, WHOLE)
    assert (at - shown.start) / shown.length == pytest.approx(share)


def test_that_moving_stops_at_the_edges() -> None:
    shown = Span(start=0, end=1_000)
    assert moved(shown, 500, WHOLE) == Span(start=500, end=1_500)
    assert moved(shown, -500, WHOLE) == Span(start=-100, end=900)
    assert moved(shown, 99_999, WHOLE) == Span(start=6_100, end=7_100)
    assert held_within(Span(start=-9_999, end=9_999), WHOLE) == WHOLE


def test_that_a_part_is_brought_in_by_the_least_move() -> None:
    shown = Span(start=0, end=1_000)
    assert brought_in(shown, Span(start=100, end=200), WHOLE) == shown
    assert brought_in(shown, Span(start=1_100, end=1_200), WHOLE) == Span(start=200, end=1_200)
    assert brought_in(shown, Span(start=-50, end=20), WHOLE) == Span(start=-50, end=950)
    assert brought_in(shown, Span(start=2_000, end=5_000), WHOLE).start == 2_000


def test_that_all_of_a_growing_night_is_shown_until_a_person_chooses_a_part() -> None:
    stretch = Stretch()
    longer = Span(start=-100.0, end=9_000.0)
    assert (stretch.shown(WHOLE), stretch.shown(longer)) == (WHOLE, longer)
    stretch.move(50, WHOLE)
    stretch.bring_in(Span(start=0, end=1), WHOLE)
    assert stretch.shown(WHOLE) == WHOLE
    stretch.zoom(0.5, 0.0, WHOLE)
    chosen = stretch.shown(WHOLE)
    assert stretch.shown(longer) == chosen
    stretch.zoom(9.0, 0.0, WHOLE)
    assert stretch.shown(longer) == longer


def test_that_showing_all_gives_up_the_part() -> None:
    stretch = Stretch()
    stretch.zoom(0.1, 3_000.0, WHOLE)
    stretch.move(100, WHOLE)
    stretch.bring_in(Span(start=0, end=10), WHOLE)
    assert stretch.shown(WHOLE).start == 0
    stretch.show_all()
    assert stretch.shown(WHOLE) == WHOLE

"""Every status has a shape and a symbol of its own, and a word."""

from itertools import combinations

import pytest

from relconsole_ui.design.status import GLYPHS, Status
from relconsole_ui.design.tokens import THEMES

COLOURED = ("acc", "crit", "warn", "go")


def test_that_every_status_has_a_glyph() -> None:
    assert set(GLYPHS) == set(Status)


@pytest.mark.parametrize(("one", "other"), list(combinations(Status, 2)))
def test_that_two_states_differ_without_colour(one: Status, other: Status) -> None:
    first, second = GLYPHS[one], GLYPHS[other]
    assert (first.shape, first.symbol) != (second.shape, second.symbol)
    assert one.value != other.value


@pytest.mark.parametrize("status", Status)
def test_that_a_glyph_is_drawn_in_colours_of_the_theme(status: Status) -> None:
    for theme in THEMES.values():
        assert getattr(theme, GLYPHS[status].ink)
        assert not GLYPHS[status].fill or getattr(theme, GLYPHS[status].fill)


@pytest.mark.parametrize("status", [Status.DONE, Status.UNKNOWN, Status.STALE, Status.WAITING])
def test_that_what_is_ordinary_or_unknown_has_no_hue(status: Status) -> None:
    glyph = GLYPHS[status]
    assert not glyph.fill
    assert not glyph.ink.startswith(COLOURED)

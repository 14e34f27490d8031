"""A look gives colours and fonts by what they are for, and says once when it changes."""

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF

from relconsole_ui.design.fonts import (
    DISPLAY_FAMILY,
    MONO_FAMILY,
    TEXT_FAMILY,
    WITH_NAMES,
    load_fonts,
)
from relconsole_ui.design.look import LARGEST_SCALE, SMALLEST_SCALE, Look
from relconsole_ui.design.tokens import SCALES, THEMES, TYPE, TextRole, ThemeName
from tests.gui.bot import Bot


def test_that_the_bundled_families_are_loaded(look: Look) -> None:
    assert {TEXT_FAMILY, DISPLAY_FAMILY, MONO_FAMILY} <= load_fonts()


@pytest.mark.parametrize("role", TextRole)
def test_that_a_role_is_written_in_a_bundled_typeface_of_its_size(
    look: Look, role: TextRole
) -> None:
    told = QFontInfo(look.font(role))
    assert told.family() in {TEXT_FAMILY, DISPLAY_FAMILY, MONO_FAMILY}
    assert told.pixelSize() == TYPE[role].size
    assert told.weight() == TYPE[role].weight


@pytest.mark.parametrize("role", [role for role in TextRole if role not in WITH_NAMES])
@pytest.mark.parametrize("scale", SCALES)
def test_that_figures_have_one_width(look: Look, role: TextRole, scale: float) -> None:
    look.set_scale(scale)
    widths = [look.metrics(role).horizontalAdvance(figure * 8) for figure in "0123456789"]
    # The typeface itself is a sixtieth of a pixel off in one weight.
    assert max(widths) - min(widths) <= 8 * 0.05


def test_that_a_typeface_without_the_feature_would_be_seen(look: Look) -> None:
    plain = QFont(look.font(TextRole.COUNTDOWN))
    plain.unsetFeature(QFont.Tag("tnum"))
    metrics = QFontMetricsF(plain)
    assert metrics.horizontalAdvance("0000") - metrics.horizontalAdvance("1111") > 10


@pytest.mark.parametrize("role", [TextRole.BODY, TextRole.ROW_STRONG, TextRole.STEP_TITLE])
def test_that_a_hyphen_does_not_tear_a_name_apart(look: Look, role: TextRole) -> None:
    metrics = look.metrics(role)
    assert metrics.horizontalAdvance("-") < 0.8 * metrics.horizontalAdvance("0")


def test_that_a_change_of_several_things_is_said_once(look: Look, bot: Bot) -> None:
    said = bot.heard(look.changed)
    look.change(theme=ThemeName.LIGHT, scale=1.5, reduced_motion=True)
    assert len(said) == 1
    assert (look.theme, look.scale, look.reduced_motion) == (THEMES[ThemeName.LIGHT], 1.5, True)


def test_that_the_same_again_is_not_said(look: Look, bot: Bot) -> None:
    said = bot.heard(look.changed)
    look.set_theme(ThemeName.DARK)
    look.set_scale(1.0)
    look.set_reduced_motion(False)
    assert said == []


def test_that_colours_and_fonts_follow(look: Look) -> None:
    before = look.colour("t1"), look.font(TextRole.BODY).pixelSize()
    look.change(theme=ThemeName.LIGHT, scale=2.0)
    assert look.colour("t1").name().upper() == THEMES[ThemeName.LIGHT].t1
    assert before[0].name().upper() == THEMES[ThemeName.DARK].t1
    assert look.font(TextRole.BODY).pixelSize() == 2 * before[1]


def test_that_a_font_is_made_once(look: Look) -> None:
    assert look.font(TextRole.BODY) is look.font(TextRole.BODY)


@pytest.mark.parametrize(("asked", "given"), [(0.1, SMALLEST_SCALE), (9.0, LARGEST_SCALE)])
def test_that_a_scale_is_held_within_what_can_be_laid_out(
    look: Look, asked: float, given: float
) -> None:
    look.set_scale(asked)
    assert look.scale == given


def test_that_a_thin_line_never_vanishes(look: Look) -> None:
    look.set_scale(SMALLEST_SCALE)
    assert look.px(0.4) == 1
    assert look.px(0) == 0

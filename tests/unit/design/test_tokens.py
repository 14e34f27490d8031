"""The tokens can be read: enough contrast on every ground, large enough, and valid."""

import re
import subprocess
import sys
from dataclasses import fields

import pytest

from relconsole_ui.design import tokens
from relconsole_ui.design.tokens import SMALLEST_TEXT, THEMES, TYPE, TextRole, Theme, ThemeName

GROUNDS = ("bg0", "bg1", "bg2", "bg3")
FILLS = (("acc_fill", "on_acc"), ("crit_fill", "on_crit"), ("warn_fill", "on_warn"),
         ("go_fill", "on_go"), ("hold_fill", "on_hold"))  # fmt: skip
TINTS = ("sel", "crit_bg", "warn_bg", "go_bg")

themes = pytest.mark.parametrize(
    "theme", [THEMES[it] for it in ThemeName], ids=lambda theme: str(theme.name)
)


def _luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(theme: Theme, ink: str, ground: str) -> float:
    one, other = (_luminance(getattr(theme, token)) for token in (ink, ground))
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def test_that_every_name_has_its_theme() -> None:
    assert {name: theme.name for name, theme in THEMES.items()} == {it: it for it in ThemeName}


@themes
def test_that_every_colour_is_six_digits(theme: Theme) -> None:
    for field in fields(theme):
        if field.name not in {"name", "border"}:
            assert re.fullmatch(r"#[0-9A-F]{6}", getattr(theme, field.name)), field.name


@themes
@pytest.mark.parametrize("ground", [*GROUNDS, "field"])
def test_that_what_is_read_has_seven_to_one(theme: Theme, ground: str) -> None:
    assert _contrast(theme, "t1", ground) >= 7
    assert _contrast(theme, "t2", ground) >= 7


@themes
@pytest.mark.parametrize("ground", [*GROUNDS, "field"])
@pytest.mark.parametrize("ink", ["t3", "acc", "crit", "warn", "go", "hold"])
def test_that_side_notes_and_states_have_four_and_a_half_to_one(
    theme: Theme, ink: str, ground: str
) -> None:
    assert _contrast(theme, ink, ground) >= 4.5


@themes
@pytest.mark.parametrize("ground", GROUNDS)
def test_that_the_borders_of_controls_have_three_to_one(theme: Theme, ground: str) -> None:
    assert _contrast(theme, "ctl", ground) >= 3


@themes
@pytest.mark.parametrize(("fill", "ink"), FILLS)
def test_that_words_on_a_fill_have_four_and_a_half_to_one(
    theme: Theme, fill: str, ink: str
) -> None:
    assert _contrast(theme, ink, fill) >= 4.5


@themes
@pytest.mark.parametrize("tint", TINTS)
def test_that_words_on_a_tint_have_seven_to_one(theme: Theme, tint: str) -> None:
    assert _contrast(theme, "t1", tint) >= 7
    assert tint != "crit_bg" or _contrast(theme, "crit", tint) >= 4.5


@themes
def test_that_the_ring_of_the_focus_stands_out(theme: Theme) -> None:
    assert all(_contrast(theme, "acc", ground) >= 3 for ground in (*GROUNDS, "field"))


@pytest.mark.parametrize("role", TextRole)
def test_that_no_text_is_smaller_than_the_floor(role: TextRole) -> None:
    assert TYPE[role].size >= SMALLEST_TEXT
    assert 100 <= TYPE[role].weight <= 900


def test_that_what_one_acts_on_has_fourteen_pixels() -> None:
    assert all(TYPE[role].size >= 14 for role in (TextRole.BODY, TextRole.BODY_STRONG))


def test_that_high_contrast_has_thicker_borders_and_no_faint_text() -> None:
    contrast = THEMES[ThemeName.CONTRAST]
    assert contrast.border == 2
    assert contrast.t3 == contrast.t2
    assert contrast.is_dark


def test_that_light_fields_are_white_and_light_is_not_dark() -> None:
    assert THEMES[ThemeName.LIGHT].field == "#FFFFFF"
    assert not THEMES[ThemeName.LIGHT].is_dark


def test_that_no_target_is_smaller_than_it_may_be() -> None:
    heights = (tokens.CONTROL, tokens.STEP_BUTTON, tokens.ROLLBACK_BUTTON)
    assert all(height >= tokens.SMALLEST_TARGET for height in heights)
    assert tokens.ROLLBACK_BUTTON >= 44


def test_that_tokens_states_and_safe_text_load_no_qt() -> None:
    names = "relconsole_ui.design.tokens, relconsole_ui.design.status, relconsole_ui.design.text"
    program = f"import sys, {names}; sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

"""How a person wants the window, and which theme follows from it."""

import pytest

from relconsole_ui.design.tokens import ThemeName
from relconsole_ui.presenters.taste import (
    MOST_ZONES,
    OF_THE_RELEASE,
    Desktop,
    Taste,
    ThemeWish,
    present_look,
    present_zones,
    theme_of,
)
from tests.unit.presenters.night_plan import at

NOW = at("02:11:42")
NIGHT = Desktop(is_dark=True)


@pytest.mark.parametrize(
    ("wish", "desktop", "theme"),
    [
        (ThemeWish.DARK, Desktop(is_dark=False), ThemeName.DARK),
        (ThemeWish.LIGHT, NIGHT, ThemeName.LIGHT),
        (ThemeWish.CONTRAST, NIGHT, ThemeName.CONTRAST),
        (ThemeWish.SYSTEM, Desktop(), ThemeName.DARK),
        (ThemeWish.SYSTEM, NIGHT, ThemeName.DARK),
        (ThemeWish.SYSTEM, Desktop(is_dark=False), ThemeName.LIGHT),
        (ThemeWish.SYSTEM, Desktop(is_dark=False, high_contrast=True), ThemeName.CONTRAST),
    ],
)
def test_that_a_choice_leads_to_a_theme(
    wish: ThemeWish, desktop: Desktop, theme: ThemeName
) -> None:
    assert theme_of(wish, desktop) is theme


def test_that_a_theme_chosen_in_a_live_night_waits_for_its_end() -> None:
    taste = Taste(theme=ThemeWish.LIGHT)
    night = present_look(taste, NIGHT, ThemeName.DARK, NOW, is_live_night=True)
    assert night.waits.startswith("A night is open. Light comes once it is over")
    day = present_look(taste, NIGHT, ThemeName.DARK, NOW, is_live_night=False)
    assert day.waits == ""
    worn = present_look(taste, NIGHT, ThemeName.LIGHT, NOW, is_live_night=True)
    assert worn.waits == ""


@pytest.mark.parametrize(
    ("desktop", "says"),
    [
        (Desktop(), "The desktop says nothing: dark"),
        (Desktop(is_dark=False), "The desktop wishes light"),
        (Desktop(high_contrast=True), "The desktop wishes high contrast"),
    ],
)
def test_that_it_is_said_what_the_desktop_wishes(desktop: Desktop, says: str) -> None:
    assert present_look(Taste(), desktop, ThemeName.DARK, NOW, is_live_night=False).system == says


def test_that_the_nearest_size_stands() -> None:
    rows = present_look(Taste(scale=1.28), NIGHT, ThemeName.DARK, NOW, is_live_night=False)
    assert rows.scale == "1.3"
    assert [choice.says for choice in rows.scales] == [
        f"{each}\u00a0%" for each in (100, 115, 130, 150, 200)
    ]


def test_that_the_zone_is_said_with_the_time_that_it_has() -> None:
    own = present_look(Taste(), NIGHT, ThemeName.DARK, NOW, is_live_night=False)
    assert own.zone_says == "Times are in the zone of the release."
    tokyo = Taste(zone="Asia/Tokyo")
    rows = present_look(tokyo, NIGHT, ThemeName.DARK, NOW, is_live_night=False)
    assert rows.zone_says == "Times are in Asia/Tokyo, where it is 09:11 JST."


def test_that_zones_are_found_by_any_part_of_their_name() -> None:
    zones = ("America/New_York", "Europe/Berlin", "Asia/Kolkata")
    rows = present_zones(zones, "york AM", NOW)
    assert [(row.key, row.title) for row in rows] == [
        (OF_THE_RELEASE, "Zone of the release"),
        ("America/New_York", "America/New York"),
    ]
    assert rows[1].sentence == "America/New York, 20:11 EDT"
    assert len(present_zones(zones, "", NOW)) == 1 + len(zones)
    many = present_zones(["Europe/Berlin"] * 200, "", NOW)
    assert len(many) == 1 + MOST_ZONES

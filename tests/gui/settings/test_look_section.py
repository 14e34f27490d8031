"""The look on the page: each choice counts at once, but no theme changes under a live night."""

import time
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import ThemeName
from relconsole_ui.presenters.taste import Desktop, ThemeWish
from relconsole_ui.views.settings.keyboard import KeyboardView
from relconsole_ui.views.settings.look import LookView
from tests.gui.bot import Bot
from tests.gui.settings.kit import Kit
from tests.unit.presenters import scenes

SWITCH_SECONDS = 0.3


class Page:
    """The section of the look, shown."""

    def __init__(self, kit: Kit, bot: Bot, section: str = "look") -> None:
        self.kit = kit
        self.bot = bot
        self.look = cast("LookView", kit.parts.page.view("look"))
        self.keys = cast("KeyboardView", kit.parts.page.view("keyboard"))
        bot.show(kit.parts.page, 1500, 860)
        kit.parts.open(section)


def moves(look: Look) -> bool:
    return not look.reduced_motion


def wears(look: Look) -> ThemeName:
    return look.theme.name


@pytest.fixture
def page(dressed: Look, bot: Bot) -> Page:
    return Page(Kit(dressed, bot, scenes.before()), bot)


def test_that_a_chosen_theme_is_worn_and_kept_at_once(page: Page, dressed: Look) -> None:
    page.look.themes.buttons[ThemeWish.LIGHT].click()
    assert wears(dressed) is ThemeName.LIGHT
    assert page.kit.kept[-1].theme is ThemeWish.LIGHT


def test_that_a16_a_theme_waits_for_the_end_of_a_live_night(dressed: Look, bot: Bot) -> None:
    page = Page(Kit(dressed, bot, scenes.calm()), bot)
    page.look.themes.buttons[ThemeWish.LIGHT].click()
    assert wears(dressed) is ThemeName.DARK
    assert page.look.waits.text().startswith("A night is open. Light comes once it is over")
    assert page.kit.kept[-1].theme is ThemeWish.LIGHT
    bot.click(page.look.force)
    assert wears(dressed) is ThemeName.LIGHT
    assert page.look.waits.isHidden()


def test_that_a_waiting_theme_comes_when_the_night_is_over(dressed: Look, bot: Bot) -> None:
    page = Page(Kit(dressed, bot, scenes.calm()), bot)
    page.look.themes.buttons[ThemeWish.CONTRAST].click()
    page.kit.room.desk._state = scenes.finished().state
    page.kit.room.show()
    assert wears(dressed) is ThemeName.CONTRAST


def test_that_the_wish_of_the_desktop_is_followed_but_not_in_a_night(
    dressed: Look, bot: Bot
) -> None:
    day = Kit(dressed, bot, scenes.before(), desktop=Desktop(is_dark=False))
    assert wears(dressed) is ThemeName.LIGHT
    day.desktop = Desktop(is_dark=True)
    day.parts.look.follow_desktop()
    assert wears(dressed) is ThemeName.DARK
    night = Kit(dressed, bot, scenes.calm(), desktop=Desktop(is_dark=False))
    night.parts.look.follow_desktop()
    assert wears(dressed) is ThemeName.DARK


def test_that_size_and_motion_count_at_once(page: Page, dressed: Look) -> None:
    page.look.scales.buttons["1.5"].click()
    assert dressed.scale == 1.5
    page.look.motion.click()
    assert moves(dressed) is False
    taste = page.kit.kept[-1]
    assert (taste.scale, taste.reduced_motion) == (1.5, True)
    page.look.motion.click()
    assert not page.kit.kept[-1].reduced_motion
    page.kit.desktop = Desktop(reduced_motion=True)
    assert moves(dressed) is True
    page.kit.parts.look.follow_desktop()
    assert moves(dressed) is False


def test_that_a_zone_is_searched_and_chosen_by_keyboard(page: Page) -> None:
    for letter in "york":
        page.bot.key(page.look.search, getattr(Qt.Key, f"Key_{letter.upper()}"))
    assert [row.key for row in page.look.zones.rows] == ["release", "America/New_York"]
    page.bot.focus(page.look.zones)
    page.bot.key(page.look.zones, Qt.Key.Key_Down)
    page.bot.key(page.look.zones, Qt.Key.Key_Return)
    assert page.kit.kept[-1].zone == "America/New_York"
    assert page.kit.told[-1] == "zone America/New_York"
    assert "America/New_York" in page.look.zone_says.text()


def test_that_the_zone_of_the_release_can_be_taken_again(page: Page) -> None:
    page.look.zone_chosen.emit("Asia/Kolkata")
    page.look.zone_chosen.emit("release")
    assert page.kit.kept[-1].zone == ""
    assert page.look.zones.selected == "release"


def test_that_letters_are_switched_off_and_marked(dressed: Look, bot: Bot) -> None:
    kit = Kit(dressed, bot, scenes.before())
    action = kit.table.bind("hold", lambda: None)
    page = Page(kit, bot, "keyboard")
    page.keys.letters.click()
    assert action.shortcuts() == []
    assert kit.kept[-1].letters is False
    hold = next(row for row in page.keys.rows.rows if row.key == "hold")
    assert hold.note == "off"


def test_that_actions_are_searched_by_word_and_key(dressed: Look, bot: Bot) -> None:
    page = Page(Kit(dressed, bot, scenes.before()), bot, "keyboard")
    page.keys.search.setText("ctrl u")
    page.keys.search.textEdited.emit("ctrl u")
    assert [row.key for row in page.keys.rows.rows] == ["sign-in"]
    page.keys.search.textEdited.emit("zebra")
    assert page.keys.empty.text()


def test_that_a16_a_theme_is_switched_within_300_ms(page: Page, dressed: Look) -> None:
    for _ in range(600):
        QLabel("a label", page.kit.parts.page)
    QApplication.processEvents()
    spent: list[float] = []
    for name in (ThemeName.LIGHT, ThemeName.DARK, ThemeName.CONTRAST):
        begun = time.thread_time()
        dressed.set_theme(name)
        page.bot.settle()
        spent.append(time.thread_time() - begun)
    assert min(spent) <= SWITCH_SECONDS, spent

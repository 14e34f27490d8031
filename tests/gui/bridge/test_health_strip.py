"""The painted health strip: colour only beyond a limit, stale as stale, all of it by keyboard."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import PaintedText, recorded_text
from relconsole_ui.design.tokens import SCALES, SMALLEST_TARGET, SMALLEST_TEXT, ThemeName
from relconsole_ui.presenters.health_strip import HealthStripRows, present_health_strip
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.bridge.health_strip import HealthStrip
from tests.gui.bot import Bot
from tests.helpers.payments_health import alarm, quiet
from tests.helpers.payments_night import seen_at

SIZE = (1040, 180)


def shown(look: Look, bot: Bot, rows: HealthStripRows, size: tuple[int, int] = SIZE) -> HealthStrip:
    strip = HealthStrip(look)
    strip.show_rows(rows)
    bot.show(strip, *size)
    # The focus that a fresh window gives is not what is looked at.
    for tile in strip.tiles:
        tile.clearFocus()
    return strip


def strip_of(look: Look, bot: Bot, seen: Seen, size: tuple[int, int] = SIZE) -> HealthStrip:
    return shown(look, bot, present_health_strip(seen), size)


def twelve() -> HealthStripRows:
    rows = present_health_strip(alarm())
    again = tuple(replace(tile, indicator=f"{tile.indicator}-2") for tile in rows.tiles)
    return replace(rows, tiles=(*rows.tiles, *again))


def painted(strip: HealthStrip, bot: Bot) -> list[PaintedText]:
    with recorded_text() as record:
        bot.picture(strip)
    return record


def coloured(picture: QImage) -> list[tuple[int, int, int]]:
    """The coloured pixels, with their hue."""
    found: list[tuple[int, int, int]] = []
    for y in range(picture.height()):
        for x in range(picture.width()):
            colour = QColor(picture.pixel(x, y))
            if colour.hsvSaturationF() > 0.45 and colour.valueF() > 0.3:
                found.append((x, y, colour.hsvHue()))
    return found


@pytest.mark.parametrize("theme", [ThemeName.DARK, ThemeName.LIGHT])
def test_that_a5_a_quiet_strip_has_no_colour_at_all(look: Look, bot: Bot, theme: ThemeName) -> None:
    look.set_theme(theme)
    assert coloured(bot.picture(strip_of(look, bot, quiet()))) == []


@pytest.mark.parametrize("theme", [ThemeName.DARK, ThemeName.LIGHT])
def test_that_the_line_is_coloured_only_beyond_its_limit(
    look: Look, bot: Bot, theme: ThemeName
) -> None:
    look.set_theme(theme)
    strip = strip_of(look, bot, alarm())
    (tile, rows) = strip.tiles[0], present_health_strip(alarm()).tiles[0]
    spots = coloured(bot.picture(tile))
    left = min(x for x, _, _ in spots)
    assert left < tile.width() / 4  # the value and the dotted limit
    picture = bot.picture(tile)
    (limit,) = rows.limits
    line = [
        (x, y)
        for x, y, _ in spots
        if y > tile.height() * 0.45 and y < tile.height() * 0.72 and x > tile.width() * 0.2
    ]
    assert line
    rise = [point for point in rows.points if point[1] > limit.height]
    first = tile.width() * min(point[0] for point in rise)
    beyond_dots = [
        x for x, y in line if abs(y - _limit_row(picture, look.colour("crit"), tile.width())) > 2
    ]
    assert min(beyond_dots) >= first - 12


def _limit_row(picture: QImage, colour: QColor, width: int) -> int:
    """The row of the dotted limit: the one with the most of its colour."""
    top, bottom = int(picture.height() * 0.45), int(picture.height() * 0.72)
    return max(
        range(top, bottom),
        key=lambda y: sum(picture.pixelColor(x, y) == colour for x in range(width // 2)),
    )


def test_that_c15_a_stale_tile_is_grey_and_says_for_how_long(look: Look, bot: Bot) -> None:
    strip = strip_of(look, bot, alarm())
    stale = strip.tiles[-1]
    assert coloured(bot.picture(stale)) == []
    texts = {text.shown: text.colour for text in painted(strip, bot)}
    assert texts["0.02\u00a0%"] == "t3"
    assert texts["no data 94 s"] == "t1"
    live = bot.picture(strip_of(look, bot, quiet()).tiles[-1])
    assert bot.picture(stale) != live


@pytest.mark.parametrize("scale", SCALES)
def test_that_a7_a9_no_text_is_below_the_floor_or_cut(look: Look, bot: Bot, scale: float) -> None:
    look.set_scale(scale)
    size = (round(1_040 * scale), round(180 * scale))
    texts = painted(strip_of(look, bot, alarm(), size), bot)
    assert {text.text for text in texts} >= {"Checkout p95", "1.42\u00a0s", "limit 0.80\u00a0s"}
    assert min(text.pixels for text in texts) >= SMALLEST_TEXT * scale
    assert [text.text for text in texts if text.elided] == []


def test_that_a_wide_strip_has_its_half_hours_and_a_narrow_one_drops_them(
    look: Look, bot: Bot
) -> None:
    strip = strip_of(look, bot, alarm())
    assert all(tile.has_sparkline for tile in strip.tiles)
    strip.resize(640, 180)
    bot.settle()
    assert not any(tile.has_sparkline for tile in strip.tiles)
    values = [text for text in painted(strip, bot) if text.text == "1.42\u00a0s"]
    assert [text.elided for text in values] == [False]


def test_that_twelve_tiles_stand_in_two_rows_with_every_value_whole(look: Look, bot: Bot) -> None:
    strip = shown(look, bot, twelve(), (760, 190))
    assert len({tile.geometry().top() for tile in strip.tiles}) == 2
    inside = strip.rect()
    assert all(inside.contains(tile.geometry()) for tile in strip.tiles)
    rows = twelve()
    texts = {text.text: text.elided for text in painted(strip, bot)}
    assert not any(texts[tile.value] or texts[tile.words] for tile in rows.tiles)


def test_that_tiles_come_and_go(look: Look, bot: Bot) -> None:
    strip = shown(look, bot, twelve(), (760, 190))
    strip.show_rows(present_health_strip(quiet()))
    counts = [len(strip.tiles)]
    strip.show_rows(present_health_strip(seen_at(0, None)))
    counts.append(len(strip.tiles))
    assert counts == [6, 0]
    assert "No indicator is watched." in {text.shown for text in painted(strip, bot)}
    strip.show_rows(present_health_strip(quiet()))
    bot.settle()
    assert [tile.accessibleName() for tile in strip.tiles][:2] == ["Checkout p95", "Error rate"]


def test_that_a3_each_tile_says_its_sentence_and_the_strip_the_whole(look: Look, bot: Bot) -> None:
    strip = strip_of(look, bot, alarm())
    first = strip.tiles[0]
    assert first.accessibleName() == "Checkout p95"
    assert first.accessibleDescription().startswith("Checkout p95: 1.42\u00a0s, critical")
    assert strip.accessibleDescription().startswith("3 of 6 indicators inside.")


def test_that_a1_tab_goes_from_tile_to_tile_and_enter_opens(look: Look, bot: Bot) -> None:
    strip = strip_of(look, bot, alarm())
    opened = bot.heard(strip.opened)
    bot.focus(strip.tiles[0])
    for tile in strip.tiles[:-1]:
        assert tile.hasFocus()
        bot.key(tile, Qt.Key.Key_Return)
        bot.key(tile, Qt.Key.Key_Tab)
    assert strip.tiles[-1].hasFocus()
    assert opened == [("p95",), ("errors",), ("success",), ("lag",), ("queue",)]


def test_that_a2_the_focused_tile_is_seen(look: Look, bot: Bot) -> None:
    strip = strip_of(look, bot, quiet())
    tile = strip.tiles[2]
    bare = bot.picture(tile)
    bot.focus(tile)
    assert bot.picture(tile) != bare


def test_that_a8_a_tile_is_large_enough_to_hit(look: Look, bot: Bot) -> None:
    strip = shown(look, bot, twelve(), (760, 190))
    opened = bot.heard(strip.opened)
    assert all(min(it.width(), it.height()) >= SMALLEST_TARGET for it in strip.tiles)
    QTest.mouseDClick(strip.tiles[1], Qt.MouseButton.LeftButton)
    assert opened == [("errors",)]


def test_that_the_same_state_is_not_painted_again(look: Look, bot: Bot) -> None:
    strip = strip_of(look, bot, quiet())
    bot.settle()
    with recorded_text() as record:
        strip.show_rows(present_health_strip(quiet()))
        bot.settle()
    assert record == []


def test_that_an_empty_tile_shows_nothing_and_opens_nothing(look: Look, bot: Bot) -> None:
    strip = strip_of(look, bot, quiet())
    (tile, *_) = strip.tiles
    fresh = bot.show(type(tile)(look), 150, 120)
    opened = bot.heard(fresh.opened)
    bot.key(fresh, Qt.Key.Key_Return)
    bot.key(fresh, Qt.Key.Key_X)
    assert (opened, fresh.tile) == ([], None)
    look.set_scale(1.5)

"""How the sheet of two people looks: readable, reachable, calm, and nothing cut without a word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.design.tokens import SMALLEST_TARGET, SMALLEST_TEXT, ThemeName
from relconsole_ui.presenters.second_sheet import SecondSheetRows
from relconsole_ui.views.second.sheet import SecondSheet
from tests.gui.bot import Bot
from tests.gui.second.rows import COMMIT, OVERRIDE

CLASS_THREE = 44
"""Pixels that a dangerous control has at least."""


@pytest.fixture
def sheet(dressed: Look, bot: Bot) -> SecondSheet:
    found = SecondSheet(dressed)
    found.show_rows(OVERRIDE)
    return bot.show(found, 560, 830)


def reachable(view: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in view.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
    ]


@pytest.mark.parametrize("rows", [OVERRIDE, COMMIT], ids=["override", "commit"])
def test_that_everything_the_keyboard_comes_to_has_a_name_and_a_size(
    sheet: SecondSheet, rows: SecondSheetRows, bot: Bot
) -> None:
    sheet.show_rows(rows)
    sheet.people.open_form()
    bot.settle()
    for widget in reachable(sheet):
        assert widget.accessibleName(), widget
        assert widget.height() >= SMALLEST_TARGET, widget
    assert sheet.foot_rows.confirm.height() >= CLASS_THREE


@pytest.mark.parametrize("rows", [OVERRIDE, COMMIT], ids=["override", "commit"])
def test_that_no_text_is_too_small_or_cut(
    sheet: SecondSheet, rows: SecondSheetRows, bot: Bot
) -> None:
    sheet.show_rows(rows)
    with recorded_text() as painted:
        bot.picture(sheet)
    assert len(painted) > 10
    assert all(text.pixels >= SMALLEST_TEXT for text in painted)
    assert [text.text for text in painted if text.elided] == []


def test_that_a_long_reading_is_read_whole(sheet: SecondSheet, bot: Bot) -> None:
    one = sheet.rows.height()
    long = replace(OVERRIDE.rows[0], says="Checkout p95 is unknown: " + "no word, " * 20)
    sheet.show_rows(replace(OVERRIDE, rows=(long, OVERRIDE.rows[1])))
    bot.wait_until(lambda: sheet.rows.height() > one + 20)


def test_that_what_looks_like_markup_is_shown_as_it_is(sheet: SecondSheet) -> None:
    says = sheet.rows.findChildren(type(sheet.about))[0]
    assert says.text() == "<b>Checkout p95</b> is 1.42, limit below 0.8"
    assert says.textFormat() is Qt.TextFormat.PlainText


def test_that_the_sheet_says_itself_to_a_screen_reader(sheet: SecondSheet) -> None:
    assert sheet.accessibleName() == "Override a failing check"
    assert "A second person has not signed" in sheet.accessibleDescription()


def reds(picture: QImage) -> float:
    """The share of red pixels."""
    count = 0
    for y in range(0, picture.height(), 2):
        for x in range(0, picture.width(), 2):
            colour = QColor(picture.pixelColor(x, y))
            is_red = colour.hsvSaturationF() > 0.45 and colour.valueF() > 0.3
            count += is_red and (colour.hsvHue() < 20 or colour.hsvHue() > 340)
    return count * 4 / (picture.width() * picture.height())


@pytest.mark.parametrize("theme", list(ThemeName))
def test_that_red_is_left_to_what_fails(
    theme: ThemeName, dressed: Look, sheet: SecondSheet, bot: Bot
) -> None:
    dressed.set_theme(theme)
    assert 0.0 < reds(bot.picture(sheet)) < 0.005
    sheet.show_rows(replace(OVERRIDE, rows=()))
    assert reds(bot.picture(sheet)) == 0.0


def test_that_the_sheet_follows_theme_and_scale(
    dressed: Look, sheet: SecondSheet, bot: Bot
) -> None:
    dark = bot.picture(sheet).pixelColor(280, 700)
    dressed.set_theme(ThemeName.LIGHT)
    assert bot.picture(sheet).pixelColor(280, 700).lightness() > dark.lightness() + 100
    before = sheet.foot_rows.confirm.sizeHint().height()
    dressed.set_scale(1.5)
    bot.settle()
    assert sheet.foot_rows.confirm.sizeHint().height() == round(before * 1.5)


def test_that_what_was_typed_is_forgotten_when_the_sheet_goes(sheet: SecondSheet) -> None:
    sheet.show_rows(COMMIT)
    sheet.foot_rows.typed.setText("pay-")
    sheet.show_rows(OVERRIDE)
    sheet.people.open_form()
    sheet.people.form.passphrase.setText("secret words")
    sheet.leave()
    assert sheet.foot_rows.typed.text() == ""
    assert sheet.people.form.passphrase.text() == ""
    assert not sheet.people.form.passphrase.isUndoAvailable()


def test_that_asking_again_is_offered_only_where_it_helps(sheet: SecondSheet, bot: Bot) -> None:
    wanted = bot.heard(sheet.again_wanted)
    assert not sheet.foot_rows.again.isVisible()
    sheet.show_rows(replace(OVERRIDE, can_ask_again=True))
    bot.click(sheet.foot_rows.again)
    assert wanted == [()]

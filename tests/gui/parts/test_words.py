"""Words are plain: what looks like markup is shown, and what is cut says so."""

import pytest
from PySide6.QtCore import Qt

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.design.tokens import TextRole, ThemeName
from relconsole_ui.views.parts.words import Words
from tests.gui.bot import Bot, colours


@pytest.mark.parametrize("wraps", [False, True])
@pytest.mark.parametrize("text", ["<b>GO</b>", "&amp;", "<img src='file:///x'>", "R&D", "&Open"])
def test_that_what_looks_like_markup_is_shown_as_it_is(
    look: Look, bot: Bot, text: str, wraps: bool
) -> None:
    words = bot.add(Words(look, TextRole.BODY, text, wraps=wraps))
    assert words.textFormat() is Qt.TextFormat.PlainText
    assert words.text() == text


@pytest.mark.parametrize("text", ["<b>GO</b>", "&amp;", "R&D"])
def test_that_markup_takes_its_room(look: Look, bot: Bot, text: str) -> None:
    with recorded_text() as record:
        words = bot.show(Words(look, TextRole.BODY, text))
    assert record[-1].shown == text
    assert words.sizeHint().width() >= look.metrics(TextRole.BODY).horizontalAdvance(text)


def test_that_hidden_characters_are_seen(look: Look, bot: Bot) -> None:
    words = bot.add(Words(look, TextRole.BODY, "pay\u202eroll"))
    assert words.text() == "pay¤roll"


def test_that_a_huge_text_is_capped(look: Look, bot: Bot) -> None:
    words = bot.add(Words(look, TextRole.BODY, wraps=True))
    words.setText("x" * 5_000_000)
    assert len(words.text()) <= 4_000


def test_that_lines_are_kept_where_words_wrap(look: Look, bot: Bot) -> None:
    assert bot.add(Words(look, TextRole.BODY, "one\ntwo", wraps=True)).text() == "one\ntwo"
    assert bot.add(Words(look, TextRole.BODY, "one\ntwo")).text() == "one¶two"


def test_that_what_is_cut_is_told_in_a_tip_without_markup(look: Look, bot: Bot) -> None:
    words = bot.show(
        Words(look, TextRole.BODY, "<b>a long name of a step</b>", elides=True), 80, 20
    )
    narrow = words.is_cut, words.toolTip()
    words.resize(600, 20)
    assert narrow == (True, "<span>&lt;b&gt;a long name of a step&lt;/b&gt;</span>")
    assert (words.is_cut, words.toolTip()) == (False, "")


def test_that_words_that_may_not_be_cut_keep_their_room(look: Look, bot: Bot) -> None:
    words = bot.add(Words(look, TextRole.BODY, "a long name of a step"))
    assert words.minimumSizeHint() == words.sizeHint()


def test_that_an_accessible_name_is_the_whole_text(look: Look, bot: Bot) -> None:
    words = bot.show(Words(look, TextRole.BODY, "a long name of a step", elides=True), 40, 20)
    assert words.text() == "a long name of a step"


def test_that_colour_and_size_follow_the_look(dressed: Look, bot: Bot) -> None:
    words = bot.show(Words(dressed, TextRole.METRIC, "M M M", "warn"), 300, 40)
    assert dressed.colour("warn").name() in colours(bot.picture(words))
    height = words.sizeHint().height()
    dressed.change(theme=ThemeName.LIGHT, scale=2.0)
    assert dressed.colour("warn").name() in colours(bot.picture(words))
    assert words.sizeHint().height() > 1.6 * height


def test_that_colour_and_role_can_change(look: Look, bot: Bot) -> None:
    words = bot.show(Words(look, TextRole.BODY, "late"))
    with recorded_text() as record:
        words.show_words("02:42", "warn")
        words.set_role(TextRole.METRIC)
        bot.picture(words)
    assert (record[-1].text, record[-1].colour, record[-1].role) == (
        "02:42",
        "warn",
        TextRole.METRIC,
    )


def test_that_wrapped_words_are_in_their_colour(dressed: Look, bot: Bot) -> None:
    words = bot.show(Words(dressed, TextRole.METRIC, "M M M M M M", "crit", wraps=True), 90, 200)
    assert dressed.colour("crit").name() in colours(bot.picture(words))


def test_that_a_name_is_as_wide_in_a_window_as_it_is_measured(dressed: Look, bot: Bot) -> None:
    words = bot.show(Words(dressed, TextRole.STEP_TITLE, "a-b-c-d-e-f-g-h"))
    inside = words.fontMetrics().horizontalAdvance(words.text())
    assert abs(inside - dressed.metrics(TextRole.STEP_TITLE).horizontalAdvance(words.text())) < 1

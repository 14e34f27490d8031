"""The small parts: panel, glyph, chip, avatar and thin progress."""

from itertools import pairwise

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTextEdit

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.design.status import Status
from relconsole_ui.design.tokens import TextRole, ThemeName
from relconsole_ui.views.parts.avatar import Avatar
from relconsole_ui.views.parts.chip import Chip
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.thin_progress import ProgressRow, ThinProgress
from relconsole_ui.views.parts.words import Words
from tests.gui.bot import Bot, colours


def test_that_a_panel_shows_heading_note_and_body_in_order(look: Look, bot: Bot) -> None:
    panel = Panel(look, "Running now")
    panel.set_note("2 late")
    panel.body.addWidget(Words(look, TextRole.BODY, "Shift 25 %"))
    with recorded_text() as record:
        bot.show(panel, 300, 200)
    assert {painted.shown for painted in record} == {"Running now", "2 late", "Shift 25 %"}
    assert panel.accessibleName() == "Running now"
    assert panel.heading.y() == panel.note.y()
    assert panel.heading.x() < panel.note.x()


def test_that_the_body_of_a_panel_stays_at_its_top(look: Look, bot: Bot) -> None:
    panel = Panel(look, "Running now")
    words = Words(look, TextRole.BODY, "Shift 25 %")
    panel.body.addWidget(words)
    bot.show(panel, 300, 400)
    assert panel.heading.geometry().bottom() < words.y() < 60


def test_that_what_can_grow_fills_a_panel(look: Look, bot: Bot) -> None:
    panel = Panel(look, "Note")
    field = QTextEdit()
    panel.body.addWidget(field)
    bot.show(panel, 300, 400)
    assert field.height() > 300


def test_that_a_panel_without_heading_and_note_gives_their_room(look: Look, bot: Bot) -> None:
    panel = bot.show(Panel(look), 300, 200)
    assert not panel.heading.isVisible()
    assert not panel.note.isVisible()


def test_that_a_critical_panel_has_a_red_border(look: Look, bot: Bot) -> None:
    panel = bot.show(Panel(look, "Rollback"), 300, 100)
    crit = look.colour("crit").name()
    assert crit not in colours(bot.picture(panel))
    panel.set_tone("crit")
    assert crit in colours(bot.picture(panel))
    panel.set_tone("")
    assert crit not in colours(bot.picture(panel))


def test_that_a_glyph_tells_its_word(look: Look, bot: Bot) -> None:
    glyph = bot.show(StatusGlyph(look, 32, Status.GO))
    assert glyph.accessibleName() == "GO"
    assert look.colour("go_fill").name() in colours(bot.picture(glyph))
    glyph.set_status(Status.FAILED)
    assert glyph.accessibleName() == "failed"
    assert glyph.status is Status.FAILED
    assert look.colour("crit_fill").name() in colours(bot.picture(glyph))


def test_that_a_glyph_of_nothing_known_is_unknown(look: Look, bot: Bot) -> None:
    assert bot.add(StatusGlyph(look)).status is Status.UNKNOWN


def test_that_parts_grow_with_the_scale(look: Look, bot: Bot) -> None:
    parts = [StatusGlyph(look), Chip(look, "PROD", "strong"), Avatar(look, "JR", "Jo Reyes")]
    before = [bot.add(part).sizeHint().height() for part in parts]
    look.set_scale(2.0)
    assert [part.sizeHint().height() for part in parts] == [2 * height for height in before]


def test_that_a_chip_is_never_cut(look: Look, bot: Bot) -> None:
    chip = bot.show(Chip(look, "at risk", "dashed"))
    chip.resize(chip.minimumSizeHint())
    with recorded_text() as record:
        bot.picture(chip)
    assert [(it.shown, it.elided) for it in record] == [("at risk", False)]
    assert chip.accessibleName() == chip.text == "at risk"


def test_that_an_avatar_tells_the_name(look: Look, bot: Bot) -> None:
    avatar = Avatar(look, "JR", "Jo Reyes")
    with recorded_text() as record:
        bot.show(avatar)
    assert record[-1].shown == "JR"
    assert avatar.accessibleName() == "Jo Reyes"


def _runs(picture: QImage, look: Look) -> list[str]:
    """Give the colours of the middle row from the left, as tokens, each once a run."""
    names = {look.colour(token).name(): token for token in ("acc", "warn_fill", "bg3", "t1")}
    middle = picture.height() // 2
    row = [names.get(picture.pixelColor(x, middle).name(), "") for x in range(picture.width())]
    inner = [token for token in row if token]
    return [inner[0], *(new for old, new in pairwise(inner) if old != new)]


@pytest.mark.parametrize(
    ("row", "runs"),
    [
        (ProgressRow(done=0.0, due=0.6), ["bg3", "t1", "bg3"]),
        (ProgressRow(done=0.3, due=0.6), ["acc", "bg3", "t1", "bg3"]),
        (ProgressRow(done=0.8, due=0.6), ["acc", "t1", "warn_fill", "bg3"]),
        (ProgressRow(done=0.5), ["acc", "bg3"]),
        (ProgressRow(done=7.0), ["acc"]),
    ],
)
def test_that_progress_is_blue_up_to_the_tick_and_amber_beyond(
    look: Look, bot: Bot, row: ProgressRow, runs: list[str]
) -> None:
    progress = bot.show(ThinProgress(look), 200, 12)
    progress.show_rows(row)
    assert _runs(bot.picture(progress), look) == runs


def test_that_progress_is_told_in_words(look: Look, bot: Bot) -> None:
    progress = bot.add(ThinProgress(look))
    progress.show_rows(ProgressRow(done=0.3, due=0.6, sentence="3 of 8 minutes"))
    assert progress.accessibleName() == "3 of 8 minutes"


@pytest.mark.parametrize("name", ThemeName)
def test_that_parts_take_another_theme(look: Look, bot: Bot, name: ThemeName) -> None:
    chip = bot.show(Chip(look, "PROD", "strong"))
    look.set_theme(name)
    assert look.colour("hold_fill").name() in colours(bot.picture(chip))

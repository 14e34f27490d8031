"""The page: sections by keyboard, names, sizes, and nothing cut at any size of the window."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from relconsole.domain.console.commands import RegisterKey
from relconsole.ports.credentials import Secret
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.views.parts.rows import RowList
from tests.gui.bot import Bot
from tests.gui.settings.kit import KEYS, MARKS, Kit, run
from tests.helpers.fakes.signing import passphrase_of
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import JO, MARA

SECTIONS = ("people", "connections", "look", "keyboard")
SMALLEST_TEXT = 12
SMALLEST_TARGET = 24
MOST_COLOURED = 0.015


def full(look: Look, bot: Bot, width: int = 1516, height: int = 860) -> Kit:
    """A page with keys, and both its forms open."""
    kit = Kit(look, bot, scenes.before())
    bot.show(kit.parts.page, width, height)
    for person in (JO, MARA):
        run(kit.parts.key._keeper.open(person, Secret(passphrase_of(person))))
    kit.parts.open("connections")
    kit.parts.connections.add()
    kit.parts.open("people")
    kit.parts.people.ask(MARKS[JO])
    kit.room.show()
    bot.settle()
    return kit


def controls(kit: Kit) -> list[QWidget]:
    kinds = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, RowList)
    roots = (kit.parts.page, kit.parts.key_form)
    found = [each for root in roots for each in root.findChildren(QWidget)]
    return [each for each in found if isinstance(each, kinds)]


def test_that_sections_are_opened_by_keyboard(dressed: Look, bot: Bot) -> None:
    kit = Kit(dressed, bot, scenes.before())
    page = bot.show(kit.parts.page, 1516, 860)
    bot.focus(page.sections)
    opened = bot.heard(page.opened)
    for _ in range(3):
        bot.key(page.sections, Qt.Key.Key_Down)
    assert opened == [("connections",), ("look",), ("keyboard",)]
    assert page.view("keyboard").isVisible()


def test_that_a3_every_control_has_a_name(dressed: Look, bot: Bot) -> None:
    kit = full(dressed, bot)
    inner = [it for it in controls(kit) if it.objectName().startswith("qt_")]
    nameless = [
        repr(each)
        for each in controls(kit)
        if each not in inner
        and not each.accessibleName()
        and not (isinstance(each, QAbstractButton) and each.text())
    ]
    assert nameless == []


@pytest.mark.parametrize("section", SECTIONS)
def test_that_a8_every_target_is_large_enough(section: str, dressed: Look, bot: Bot) -> None:
    kit = full(dressed, bot)
    kit.parts.open(section)
    bot.settle()
    small = [
        f"{each!r} {each.width()} x {each.height()}"
        for each in controls(kit)
        if each.isVisible() and min(each.width(), each.height()) < SMALLEST_TARGET
    ]
    assert small == []


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    ("scale", "width", "height"), [(1.0, 1208, 640), (1.0, 1516, 860), (2.0, 1456, 800)]
)
def test_that_a7_and_a9_no_text_is_small_or_cut_at_any_size(
    section: str, scale: float, width: int, height: int, dressed: Look, bot: Bot
) -> None:
    kit = full(dressed, bot, width, height)
    dressed.set_scale(scale)
    kit.parts.open(section)
    bot.settle()
    with recorded_text() as painted:
        bot.picture(kit.parts.page)
    assert painted
    assert [each.text for each in painted if each.pixels < SMALLEST_TEXT * scale] == []
    assert [each.text for each in painted if each.elided] == []
    view = kit.parts.page.view(section)
    place = view.parentWidget()
    assert place is not None
    assert view.width() <= place.width()


@pytest.mark.parametrize("section", SECTIONS)
def test_that_a5_the_page_is_calm(section: str, dressed: Look, bot: Bot) -> None:
    kit = Kit(dressed, bot, scenes.before())
    bot.show(kit.parts.page, 1516, 860)
    kit.parts.open(section)
    assert coloured(bot.picture(kit.parts.page)) <= MOST_COLOURED


def coloured(picture: QImage) -> float:
    """The share of pixels with a hue, every third one looked at."""
    seen = found = 0
    for y in range(0, picture.height(), 3):
        for x in range(0, picture.width(), 3):
            colour = picture.pixelColor(x, y)
            seen += 1
            found += colour.hsvSaturationF() > 0.45 and colour.valueF() > 0.3
    return found / seen


def test_that_what_was_typed_is_forgotten_when_the_settings_close(dressed: Look, bot: Bot) -> None:
    kit = Kit(dressed, bot, scenes.before())
    kit.parts.key.ask()
    kit.parts.key_form.first.setText("words")
    shown: list[int] = []
    kit.room.follow(lambda seen: shown.append(seen.state.size))
    kit.parts.close()
    assert kit.parts.key_form.first.text() == ""
    shown.clear()
    kit.room.show()
    assert shown == []


def test_that_facts_of_one_frame_are_shown_together(dressed: Look, bot: Bot) -> None:
    kit = Kit(dressed, bot, scenes.before())
    shown: list[int] = []
    kit.room.follow(lambda seen: shown.append(seen.state.size))
    shown.clear()

    async def play() -> None:
        for person in (JO, MARA):
            public = KEYS[person].public.text
            await kit.stage.desk.must(RegisterKey(person=person, public_key=public))
        await asyncio.sleep(0.1)

    run(play())
    assert shown == [kit.stage.state.size]
    kit.room.unfollow()
    kit.room.show()
    assert len(shown) == 1

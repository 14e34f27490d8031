"""A button shows its key, takes its text as it is, and says why it cannot be pressed."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.design.tokens import SCALES, SMALLEST_TARGET, ThemeName
from relconsole_ui.views.parts.button import ActionButton, Kind
from tests.gui.bot import Bot, contrast

KINDS: tuple[Kind, ...] = ("plain", "primary", "danger", "quiet")


def test_that_the_name_holds_the_text_and_the_key(look: Look, bot: Bot) -> None:
    button = bot.add(ActionButton(look, "Acknowledge", "A"))
    assert button.accessibleName() == "Acknowledge, key A"
    assert bot.add(ActionButton(look, "Record choice")).accessibleName() == "Record choice"


def test_that_an_ampersand_is_no_key(look: Look, bot: Bot) -> None:
    button = bot.show(ActionButton(look, "R&D"))
    assert button.shortcut().isEmpty()
    with recorded_text() as record:
        bot.picture(button)
    assert [painted.shown for painted in record] == ["R&D"]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_that_nothing_on_it_is_cut_or_overlaps(
    look: Look, bot: Bot, kind: Kind, scale: float
) -> None:
    look.set_scale(scale)
    button = ActionButton(look, "Arm rollback", "Ctrl Shift R", kind, icon_name="play")
    bot.show(button)
    button.resize(button.minimumSizeHint())
    with recorded_text() as record:
        bot.picture(button)
    assert [painted.shown for painted in record] == ["Arm rollback", "Ctrl Shift R"]
    assert not any(painted.elided for painted in record)
    assert all(it.rect.left() >= 0 and it.rect.right() <= button.width() for it in record)
    assert all(one.rect.right() < other.rect.left() for one, other in pairwise(record))


def test_that_the_key_stands_first_where_lines_run_from_the_right(look: Look, bot: Bot) -> None:
    button = ActionButton(look, "Hold", "H")
    button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    bot.show(button)
    with recorded_text() as record:
        bot.picture(button)
    places = {painted.shown: painted.rect.left() for painted in record}
    assert places["H"] < places["Hold"]


def test_that_it_says_why_it_cannot_be_pressed(look: Look, bot: Bot) -> None:
    button = bot.show(ActionButton(look, "Complete"))
    pressed = bot.heard(button.clicked)
    button.set_possible(False, "Two checks <fail>.")
    bot.click(button)
    assert pressed == []
    assert button.accessibleDescription() == "Two checks <fail>."
    assert button.toolTip() == "<span>Two checks &lt;fail&gt;.</span>"
    button.set_possible(True)
    bot.click(button)
    assert len(pressed) == 1
    assert (button.why, button.toolTip(), button.accessibleDescription()) == ("", "", "")


@pytest.mark.parametrize("name", ThemeName)
@pytest.mark.parametrize("kind", KINDS)
def test_that_its_focus_is_seen(dressed: Look, bot: Bot, kind: Kind, name: ThemeName) -> None:
    look = dressed
    look.set_theme(name)
    host = QWidget()
    layout = QVBoxLayout(host)
    button = ActionButton(look, "Hold", "H", kind)
    layout.addWidget(ActionButton(look, "other"))
    layout.addWidget(button)
    bot.show(host, 200, 120)
    bot.focus(button)
    # Alone, it would be grabbed on the ground that the sheet gives it, not on the window's.
    seen = bot.picture(host).copy(button.geometry())
    acc, middle = look.colour("acc"), seen.width() // 2
    for y in (0, 1, seen.height() - 2, seen.height() - 1):
        assert seen.pixelColor(middle, y) == acc
    assert contrast(seen.pixelColor(middle, 2), acc) >= 3
    assert contrast(seen.pixelColor(middle, seen.height() - 3), acc) >= 3


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_that_it_is_pressed_by_a_key(look: Look, bot: Bot, key: Qt.Key) -> None:
    button = bot.show(ActionButton(look, "Hold"))
    pressed = bot.heard(button.clicked)
    bot.focus(button)
    bot.key(button, key)
    assert len(pressed) == 1


def test_that_it_is_large_enough_to_hit(look: Look, bot: Bot) -> None:
    assert bot.add(ActionButton(look, "x", height=20)).sizeHint().height() >= SMALLEST_TARGET

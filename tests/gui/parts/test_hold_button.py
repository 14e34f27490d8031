"""A hold button acts after two seconds of holding, and never by a slip."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.views.parts.hold_button import HOLD_SECONDS, LETTING_GO_MILLISECONDS, HoldButton
from tests.gui.bot import Bot, colours

FRAME = 0.025
LEFT = Qt.MouseButton.LeftButton


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Held:
    """A hold button in a window, with the clock in a test's hands and what it has said."""

    def __init__(self, look: Look, bot: Bot) -> None:
        self.clock = Clock()
        self.bot = bot
        self.button = HoldButton(look, "Hold 2 s to roll back", self.clock)
        self.other = QLineEdit()
        self.window = QWidget()
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.button)
        layout.addWidget(self.other)
        bot.show(self.window, 400, 160)
        bot.focus(self.button)
        self.held = bot.heard(self.button.held)
        self.cancelled = bot.heard(self.button.cancelled)
        self.clicked = bot.heard(self.button.clicked)

    def press(self) -> None:
        QTest.mousePress(self.button, LEFT, pos=self.button.rect().center())

    def release(self) -> None:
        QTest.mouseRelease(self.button, LEFT, pos=self.button.rect().center())

    def pass_time(self, seconds: float, step: float = FRAME) -> None:
        for _ in range(round(seconds / step)):
            self.clock.seconds += step
            self.button.look_at_clock()

    def outcome(self) -> tuple[int, int, int]:
        return len(self.held), len(self.cancelled), len(self.clicked)


NOTHING_YET = (0, 0, 0)
HELD = (1, 0, 0)
CANCELLED = (0, 1, 0)


@pytest.fixture
def it(look: Look, bot: Bot) -> Held:
    return Held(look, bot)


def test_that_it_acts_after_two_seconds_and_not_before(it: Held) -> None:
    it.press()
    it.pass_time(HOLD_SECONDS - 0.1)
    assert it.outcome() == NOTHING_YET
    it.pass_time(0.2)
    assert it.outcome() == HELD


def test_that_it_acts_once_however_long_it_is_held(it: Held) -> None:
    it.press()
    it.pass_time(3 * HOLD_SECONDS)
    it.release()
    assert it.outcome() == HELD


def test_that_letting_go_early_cancels(it: Held) -> None:
    it.press()
    it.pass_time(HOLD_SECONDS - 0.1)
    it.release()
    it.pass_time(HOLD_SECONDS)
    assert it.outcome() == CANCELLED


def test_that_two_short_holds_do_not_add_up(it: Held) -> None:
    for _ in range(2):
        it.press()
        it.pass_time(1.5)
        it.release()
    assert it.outcome() == (0, 2, 0)


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_that_it_is_held_by_a_key(it: Held, key: Qt.Key) -> None:
    QTest.keyPress(it.button, key)
    it.pass_time(HOLD_SECONDS + 0.1)
    QTest.keyRelease(it.button, key)
    assert it.outcome() == HELD


def test_that_the_repeats_of_a_key_are_one_press(it: Held) -> None:
    QTest.keyPress(it.button, Qt.Key.Key_Space)
    for _ in range(20):
        it.pass_time(0.1)
        for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
            _send_repeat(it.button, kind)
    it.pass_time(0.1)
    assert it.outcome() == HELD


def _send_repeat(button: QWidget, kind: QEvent.Type) -> None:
    none = Qt.KeyboardModifier.NoModifier
    QCoreApplication.sendEvent(button, QKeyEvent(kind, Qt.Key.Key_Space, none, " ", True))


def test_that_a_key_that_is_still_down_does_not_start_again(it: Held) -> None:
    QTest.keyPress(it.button, Qt.Key.Key_Space)
    it.pass_time(HOLD_SECONDS + 0.1)
    for _ in range(30):
        _send_repeat(it.button, QEvent.Type.KeyPress)
        it.pass_time(0.1)
    assert it.outcome() == HELD


def test_that_letting_a_key_go_early_cancels(it: Held) -> None:
    QTest.keyPress(it.button, Qt.Key.Key_Return)
    it.pass_time(1.0)
    QTest.keyRelease(it.button, Qt.Key.Key_Return)
    QTest.qWait(3 * LETTING_GO_MILLISECONDS)
    assert it.outcome() == CANCELLED


def _press_escape(it: Held) -> None:
    QTest.keyClick(it.button, Qt.Key.Key_Escape)


def _escape_that_a_shortcut_takes(it: Held) -> None:
    none = Qt.KeyboardModifier.NoModifier
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, none)
    QCoreApplication.sendEvent(it.button, override)


def _lose_the_focus(it: Held) -> None:
    it.other.setFocus()


def _lose_the_window(it: Held) -> None:
    QCoreApplication.sendEvent(it.button, QEvent(QEvent.Type.WindowDeactivate))


def _be_hidden(it: Held) -> None:
    it.button.hide()


def _be_disabled(it: Held) -> None:
    it.button.set_possible(False, "The second person has not signed.")


def _lose_the_pointer(it: Held) -> None:
    QTest.mouseMove(it.button, QPoint(-20, -20))


def _press_another_key(it: Held) -> None:
    QTest.keyClick(it.button, Qt.Key.Key_A)


@pytest.mark.parametrize(
    "happens",
    [
        _press_escape,
        _escape_that_a_shortcut_takes,
        _lose_the_focus,
        _lose_the_window,
        _be_hidden,
        _be_disabled,
        _lose_the_pointer,
        _press_another_key,
    ],
)
def test_that_it_cancels_without_effect(it: Held, happens: Callable[[Held], None]) -> None:
    it.press()
    it.pass_time(1.9)
    happens(it)
    it.bot.settle()
    it.pass_time(HOLD_SECONDS)
    assert it.outcome() == CANCELLED
    assert not it.button.is_holding


def test_that_another_button_of_the_mouse_does_nothing(it: Held) -> None:
    QTest.mousePress(it.button, Qt.MouseButton.RightButton, pos=it.button.rect().center())
    it.pass_time(HOLD_SECONDS + 0.1)
    assert it.outcome() == NOTHING_YET


def test_that_what_is_disabled_cannot_be_held(it: Held) -> None:
    it.button.set_possible(False, "The second person has not signed.")
    it.press()
    it.pass_time(HOLD_SECONDS + 0.1)
    assert it.outcome() == NOTHING_YET
    assert it.button.accessibleDescription() == "The second person has not signed."


def test_that_a_frozen_window_makes_the_hold_longer(it: Held) -> None:
    it.press()
    it.pass_time(0.5)
    it.clock.seconds += 30
    it.button.look_at_clock()
    assert it.outcome() == NOTHING_YET
    it.pass_time(HOLD_SECONDS)
    assert it.outcome() == HELD


def test_that_a_clock_that_goes_back_does_not_help(it: Held) -> None:
    it.press()
    it.clock.seconds -= 500
    it.button.look_at_clock()
    it.pass_time(1.9)
    assert it.outcome() == NOTHING_YET


def test_that_it_shows_the_seconds_and_fills_from_the_left(it: Held, look: Look) -> None:
    it.press()
    it.pass_time(1.0)
    with recorded_text() as record:
        half = it.bot.picture(it.button)
    assert "1.0\u00a0s" in {painted.shown for painted in record}
    filled = look.colour("crit_fill").name()
    middle, width = half.height() // 4, half.width()
    row = [half.pixelColor(x, middle).name() == filled for x in range(width)]
    assert 0.4 < sum(row) / width < 0.55
    assert not any(row[round(0.6 * width) :])
    it.release()


def test_that_it_does_not_move_when_nothing_may(it: Held, look: Look) -> None:
    look.set_reduced_motion(True)
    it.press()
    it.pass_time(1.0)
    with recorded_text() as record:
        picture = it.bot.picture(it.button)
    assert "1.0\u00a0s" in {painted.shown for painted in record}
    assert look.colour("crit_fill").name() not in colours(picture)
    it.release()


def test_that_it_looks_at_the_clock_by_itself(look: Look, bot: Bot) -> None:
    clock = Clock()

    def run() -> float:
        clock.seconds += 0.09
        return clock.seconds

    button = bot.show(HoldButton(look, "Hold", run), 200, 60)
    held = bot.heard(button.held)
    QTest.mousePress(button, LEFT, pos=button.rect().center())
    bot.wait_until(lambda: len(held) == 1)
    QTest.mouseRelease(button, LEFT, pos=button.rect().center())


def test_that_a_target_this_dangerous_is_large(look: Look, bot: Bot) -> None:
    assert bot.add(HoldButton(look, "Hold", Clock())).sizeHint().height() >= 44

"""What holds for everybody in every state: keyboard, names, contrast, colour, sizes, motion."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QWidget,
)

from relconsole.domain.night.facts import StepState
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.design.status import GLYPHS, Status
from relconsole_ui.design.tokens import ThemeName
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.hold_button import HoldButton
from relconsole_ui.views.parts.words import Words
from tests.gui.acceptance.conftest import Open
from tests.gui.acceptance.walks import (
    coloured_and_red,
    cut_buttons,
    interactive,
    luminance,
    named,
    place_in,
    press,
    sampled_contrast,
    spoken_name,
    spoken_role,
    tab_walk,
    takers,
    types,
)
from tests.gui.screens.pictures import picture_of
from tests.gui.screens.states import STATES
from tests.unit.presenters.night_plan import RUN, WARM

WALKED = (
    "bridge-alarm", "bridge-armed", "bridge-network-cut", "bridge-empty", "bridge-rolled-back",
    "bridge-alarm-1280", "alerts", "brief", "message", "rollbacks", "report", "plan", "log",
)  # fmt: skip
CALM = ("bridge-calm", "bridge-rehearsal", "bridge-empty", "report", "rollbacks", "settings")
THEMES = (ThemeName.DARK, ThemeName.LIGHT, ThemeName.CONTRAST)


@pytest.mark.parametrize("state", WALKED)
def test_that_a1_tab_goes_round_both_ways_and_is_caught_nowhere(opened: Open, state: str) -> None:
    console = opened(state)
    # Coming to a list stands on its first row, which may bring buttons into sight.
    tab_walk(console)
    forth = tab_walk(console)
    back = tab_walk(console, back=True)
    assert {named(each) for each in forth} == {named(each) for each in back}
    missed = [named(each) for each in takers(console.window) if each not in forth]
    assert missed == [], "Tab does not come to these"


def test_that_a1_the_palette_keeps_the_keyboard_until_it_is_left(opened: Open) -> None:
    console = opened("bridge-calm")
    before = QApplication.focusWidget()
    press(console, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is console.bridge.palette.line
    press(console, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is before


def test_that_a1_every_action_has_a_place_in_the_palette(opened: Open) -> None:
    console = opened("bridge-alarm")
    offered = {entry.id for entry in console.bridge._entries()}
    bound = {deed.id for deed, _ in console.window.actions_.bound()}
    assert bound - offered == {"palette"}


@pytest.mark.parametrize("theme", [ThemeName.DARK, ThemeName.LIGHT])
def test_that_a2_what_has_the_keyboard_is_seen_to_have_it(
    opened: Open, dressed: Look, theme: ThemeName
) -> None:
    dressed.change(theme=theme, reduced_motion=True)
    console = opened("bridge-alarm")
    unseen: list[str] = []
    for widget in tab_walk(console):
        console.window.setFocus()
        console.settle()
        around = place_in(widget, console.window).adjusted(-4, -4, 4, 4)
        place = around.intersected(console.window.rect())
        if place.isEmpty() or not widget.isVisible():
            continue
        without = console.window.grab(place).toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        console.settle()
        with_focus = console.window.grab(place).toImage()
        changed = _changed_with_contrast(without, with_focus)
        if changed < 2 * min(place.width(), place.height()):
            unseen.append(f"{named(widget)}: {changed} pixels")
    assert unseen == []


def _changed_with_contrast(before: QImage, after: QImage) -> int:
    """Give how many pixels changed to something that stands out by 3 to 1 from what was there."""
    one, other = (_pixels(each) for each in (before, after))

    light, dark = luminance(one), luminance(other)
    ratio = (np.maximum(light, dark) + 0.05) / (np.minimum(light, dark) + 0.05)
    return int((ratio >= 3).sum())


def _pixels(image: QImage) -> NDArray[np.float64]:

    bits = image.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(bits.constBits(), np.uint8).reshape(bits.height(), bits.bytesPerLine())
    whole = lines[:, : bits.width() * 3].reshape(bits.height(), bits.width(), 3)
    return whole.astype(np.float64)


@pytest.mark.parametrize("state", WALKED)
def test_that_a3_whatever_takes_the_keyboard_has_a_name_and_a_role(
    opened: Open, state: str
) -> None:
    console = opened(state)
    found = [*takers(console.window), *interactive(console.window)]
    assert [named(each) for each in found if not spoken_name(each).strip()] == []
    odd = [
        named(each)
        for each in found
        if isinstance(each, QAbstractButton)
        and spoken_role(each)
        not in {
            QAccessible.Role.PushButton,
            QAccessible.Role.CheckBox,
            QAccessible.Role.RadioButton,
            QAccessible.Role.Button,
        }
    ]
    assert odd == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("state", ["bridge-alarm", "bridge-calm", "bridge-network-cut"])
def test_that_a4_what_is_read_stands_out_from_where_it_stands(
    opened: Open, dressed: Look, state: str, theme: ThemeName
) -> None:
    dressed.change(theme=theme)
    console = opened(state)
    pixels = picture_of(console)
    faint: list[str] = []
    for words in console.window.findChildren(Words):
        place = place_in(words, console.window).intersected(console.window.rect())
        if not words.text() or words.visibleRegion().isEmpty() or not words.isEnabled():
            continue
        if place.width() < 4 or place.height() < 4:
            continue
        piece = pixels[place.top() : place.bottom(), place.left() : place.right()]
        token = words._colour
        least = 7.0 if token in {"t1", "t2"} else 4.5
        found = sampled_contrast(piece, dressed.colour(token))
        if found < least - 0.05:
            faint.append(f"{words.text()[:30]!r} in {token}: {found:.2f}")
    assert faint == []


@pytest.mark.parametrize("theme", [ThemeName.DARK, ThemeName.LIGHT])
@pytest.mark.parametrize("state", CALM)
def test_that_a5_a_calm_screen_has_hardly_any_colour_and_no_red(
    opened: Open, dressed: Look, state: str, theme: ThemeName
) -> None:
    dressed.change(theme=theme)
    console = opened(state)
    coloured, red = coloured_and_red(picture_of(console))
    print(f"{state} {theme.value}: {coloured:.2%} coloured, {red:.2%} red")
    assert red == 0
    assert coloured <= 0.015


@pytest.mark.parametrize("theme", [ThemeName.DARK, ThemeName.LIGHT])
@pytest.mark.parametrize("state", ["bridge-alarm", "bridge-armed", "bridge-flood"])
def test_that_a5_an_alarm_is_a_twentieth_of_the_screen_at_most(
    opened: Open, dressed: Look, state: str, theme: ThemeName
) -> None:
    dressed.change(theme=theme)
    console = opened(state)
    coloured, red = coloured_and_red(picture_of(console))
    print(f"{state} {theme.value}: {coloured:.2%} coloured, {red:.2%} red")
    assert 0 < red <= coloured <= 0.05


def test_that_a6_every_state_is_told_by_shape_or_symbol_and_by_a_word() -> None:
    drawn = [(glyph.shape, glyph.symbol) for glyph in GLYPHS.values()]
    assert len(set(drawn)) == len(drawn)
    assert all(status.value for status in Status)
    assert set(GLYPHS) == set(Status)


@pytest.mark.parametrize(
    "state", ["bridge-alarm", "bridge-armed", "bridge-network-cut", "bridge-alarm-1280", "report"]
)
def test_that_a7_no_text_is_under_12_pixels_and_none_one_acts_on_under_14(
    opened: Open, state: str
) -> None:
    console = opened(state)
    with recorded_text() as painted:
        picture_of(console)
    assert painted
    assert [each.shown for each in painted if each.pixels < 12] == []
    fonts = [
        (named(each), each.font().pixelSize())
        for each in console.window.findChildren(QWidget)
        if isinstance(each, QLabel | QAbstractButton | QLineEdit) and each.isVisible()
    ]
    assert [each for each in fonts if 0 < each[1] < 12] == []
    acted_on = {
        each.label: each.font().pixelSize()
        for each in console.window.findChildren(ActionButton)
        if each.isVisible()
    }
    labels = {each.text: each.pixels for each in painted if each.text in acted_on}
    assert {text: size for text, size in labels.items() if size < 14} == {}


@pytest.mark.parametrize("state", WALKED)
def test_that_a8_every_target_is_large_enough_and_what_cannot_be_undone_larger(
    opened: Open, state: str
) -> None:
    console = opened(state)
    small = [
        f"{named(each)} {each.width()} x {each.height()}"
        for each in interactive(console.window)
        if min(each.width(), each.height()) < 24
    ]
    assert small == []
    graver: list[QWidget] = [console.bridge.panels.rollback.card.button]
    graver += [each for each in console.window.findChildren(HoldButton) if each.isVisible()]
    assert [named(each) for each in graver if each.height() < 44] == []


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("state", ["bridge-alarm", "bridge-calm", "bridge-armed", "report"])
def test_that_a9_no_text_is_cut_but_where_the_whole_of_it_is_told(
    opened: Open, dressed: Look, state: str, scale: float
) -> None:
    dressed.change(scale=scale)
    console = opened(state, (round(1600 * scale), round(1000 * scale)))
    cut = [
        words.text()
        for words in console.window.findChildren(Words)
        if words.isVisible()
        and not words.visibleRegion().isEmpty()
        and words.is_cut
        and not words.toolTip()
        and not _parent_tip(words)
    ]
    assert cut == []
    low = [
        f"{words.text()[:30]} {words.height()}"
        for words in console.window.findChildren(Words)
        if words.isVisible()
        and words.text()
        and not words.wordWrap()
        and words.height() < dressed.metrics(words._role).capHeight() + dressed.px(4)
    ]
    assert low == []
    assert cut_buttons(console.window) == []


@pytest.mark.parametrize("state", list(STATES))
def test_that_a9_no_button_is_cut(opened: Open, state: str) -> None:
    assert cut_buttons(opened(state).window) == []


def _parent_tip(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return "" if parent is None else parent.toolTip()


class Paints(QObject):
    """Counts who is painted anew."""

    def __init__(self) -> None:
        super().__init__()
        self.by: dict[str, int] = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            name = type(watched).__name__
            self.by[name] = self.by.get(name, 0) + 1
        return False


def test_that_a11_nothing_moves_by_itself_where_motion_is_reduced(
    opened: Open, dressed: Look
) -> None:
    dressed.change(reduced_motion=True)
    console = opened("bridge-alarm")
    running = [
        each
        for each in console.window.findChildren(QTimer)
        if each.isActive() and each.interval() < 500
    ]
    assert running == []
    still = picture_of(console)
    for _ in range(5):
        console.settle()
    assert (picture_of(console) == still).all()


def test_that_a11_a_second_paints_only_what_a_second_changes(
    opened: Open, qapp: QApplication
) -> None:
    console = opened("bridge-calm")
    console.pass_time(1)
    paints = Paints()
    qapp.installEventFilter(paints)
    try:
        for _ in range(3):
            console.pass_time(1)
    finally:
        qapp.removeEventFilter(paints)
    print({name: count for name, count in sorted(paints.by.items()) if count})
    assert all(count <= 2 * 3 * _several(name) for name, count in paints.by.items())


def _several(name: str) -> int:
    """How many widgets of a kind change by right each second: clock, countdowns, figures."""
    return {"Words": 16, "QWidget": 60, "FigureWords": 3, "HealthTile": 6}.get(name, 4)


def test_that_a12_nothing_flashes_more_than_once_a_second(opened: Open) -> None:
    console = opened("bridge-alarm")
    frames = [picture_of(console)]
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        console.settle()
        frames.append(picture_of(console))
    changes = [(one != other).any(axis=2) for one, other in pairwise(frames)]
    turns = np.sum(changes, axis=0)
    assert int(turns.max(initial=0)) <= 2 * 2


def test_that_a14_no_action_of_the_table_fires_or_overrides_by_itself(opened: Open) -> None:
    """Whatever one action does, nothing that takes two people or a reason is done by it alone."""
    graver = {"rollback_fired", "line_resumed", "step_overridden", "alert_shelved"}
    console = opened("bridge-alarm")
    table = console.window.actions_
    for deed in [deed.id for deed, _ in table.bound()]:
        if deed in {"quit", "larger", "smaller", "theme"}:
            continue
        before = console.stage.state.size
        action = table.find(deed)
        assert action is not None
        if action.isEnabled():
            action.trigger()
            console.settle()
        new = console.stage.stored.envelopes[before:]
        assert {each.kind for each in new}.isdisjoint(graver), deed
        press(console, Qt.Key.Key_Escape)


def test_that_a14_completing_a_step_and_a_hold_are_each_undone_by_one_chord(opened: Open) -> None:
    console = opened("bridge-calm")
    console.bridge.panels.card.setFocus()

    def state() -> StepState:
        return console.stage.state.runs[RUN].steps[WARM].state

    press(console, Qt.Key.Key_Return)
    assert state() is StepState.DONE
    press(console, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert state() is StepState.NOT_STARTED
    notice = console.window.notice
    assert notice.words.text() == "Taken back: Warm fraud-score v41: done."
    notice.clear()
    press(console, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert notice.words.text().startswith("Not taken back")
    notice.clear()
    press(console, Qt.Key.Key_H)
    assert console.stage.state.runs[RUN].holds
    press(console, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not console.stage.state.runs[RUN].holds


def test_that_a15_letters_only_write_while_one_types(opened: Open) -> None:
    console = opened("bridge-alarm")
    press(console, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    before = console.stage.state.size
    types(console, "ahopgmrt")
    assert console.bridge.palette.line.text() == "ahopgmrt"
    assert console.stage.state.size == before


def test_that_a16_the_theme_is_switched_at_once_without_a_restart(
    opened: Open, dressed: Look
) -> None:
    console = opened("bridge-alarm")
    dressed.change(theme=ThemeName.LIGHT)
    console.settle()
    took: list[float] = []
    for theme in (ThemeName.DARK, ThemeName.LIGHT, ThemeName.DARK):
        before = time.thread_time()
        dressed.change(theme=theme)
        console.settle()
        took.append(time.thread_time() - before)
    print(f"a theme is switched in {min(took) * 1000:.0f} ms of this thread")
    assert min(took) <= 0.3

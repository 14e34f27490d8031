"""The painted timeline: what is seen, what is painted each second, and all of it by keyboard."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.state import Hold
from relconsole.domain.plan.runbook import Runbook
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import PaintedText, recorded_text
from relconsole_ui.design.tokens import SCALES, SMALLEST_TEXT, ThemeName
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.timeline import present_timeline
from relconsole_ui.presenters.timeline_rows import TimelineRows
from relconsole_ui.views.bridge.timeline import Timeline
from relconsole_ui.views.bridge.timeline_dense import DENSE
from relconsole_ui.views.bridge.timeline_flags import place_flags
from relconsole_ui.views.bridge.timeline_geometry import TimelineGeometry
from tests.gui.bot import Bot
from tests.helpers.payments_night import (
    BEGAN,
    TOOK,
    at,
    calm,
    late,
    name,
    run_of,
    runbook,
    seen_at,
    step,
)

SIZE = (650, 430)
PIXEL = 15.0
"""Seconds of a pixel, when all is shown at that size."""


def held() -> Seen:
    """02:17:42 with a hold."""
    hold = Hold(cause=HoldCause.PERSON, thing="mara", reasons=("look",), since=at(47))
    return seen_at(47.7, replace(run_of(runbook(), TOOK, BEGAN), holds=(hold,)))


def shown(look: Look, bot: Bot, seen: Seen, size: tuple[int, int] = SIZE) -> Timeline:
    timeline = Timeline(look)
    timeline.show_rows(present_timeline(seen))
    return bot.show(timeline, *size)


def painted(timeline: Timeline, bot: Bot) -> list[PaintedText]:
    timeline.ground.forget()
    with recorded_text() as record:
        bot.picture(timeline)
    return record


def place_of(timeline: Timeline) -> TimelineGeometry:
    assert timeline.place is not None
    return timeline.place


def middle_of(timeline: Timeline, number: int) -> QPoint:
    """The middle of a bar's body."""
    place = place_of(timeline)
    bar = next(bar for bar in place.rows.bars if bar.step == name(number))
    assert bar.body is not None
    return place.body_rect(bar, bar.body).center().toPoint()


def share_of(picture: QImage, *, red: bool) -> float:
    """The share of pixels that are coloured, or of those that are red."""
    count = 0
    for y in range(picture.height()):
        for x in range(picture.width()):
            colour = QColor(picture.pixel(x, y))
            if colour.hsvSaturationF() > 0.45 and colour.valueF() > 0.3:
                hue = colour.hsvHue()
                count += not red or hue < 20 or hue > 340
    return count / (picture.width() * picture.height())


@pytest.mark.parametrize("scale", SCALES)
def test_that_c7_now_latest_safe_and_no_return_are_seen_whole_and_apart(
    look: Look, bot: Bot, scale: float
) -> None:
    look.set_scale(scale)
    timeline = shown(look, bot, late(), (round(600 * scale), round(420 * scale)))
    said = [
        text for text in painted(timeline, bot) if text.shown.split()[0] in {"Now", "Latest", "No"}
    ]
    assert [text.shown for text in said] == ["Now 02:17", "Latest safe 02:52", "No return 02:54"]
    assert not any(text.elided for text in said)
    boxes = [placed.rect for placed in place_flags(place_of(timeline))]
    assert all(left.right() <= right.left() for left, right in pairwise(boxes))
    assert all(box.left() >= 0 and box.right() <= timeline.viewport().width() for box in boxes)


def test_that_flags_out_of_sight_stay_at_the_edge(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, late())
    timeline.zoom(0.1, 0.0)
    boxes = [placed.rect for placed in place_flags(place_of(timeline))]
    assert all(box.left() >= 0 and box.right() <= timeline.viewport().width() for box in boxes)


@pytest.mark.parametrize("scale", SCALES)
def test_that_a7_a9_no_text_is_below_the_floor_or_cut(look: Look, bot: Bot, scale: float) -> None:
    look.set_scale(scale)
    timeline = shown(look, bot, held(), (round(650 * scale), round(430 * scale)))
    texts = painted(timeline, bot)
    assert {text.text for text in texts} >= {"Command", "Mara Okafor", "14", "02:00"}
    assert min(text.pixels for text in texts) >= SMALLEST_TEXT * scale
    assert [text.text for text in texts if text.elided] == []


def test_that_every_bar_with_room_bears_its_number_once(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    numbers = [text.shown for text in painted(timeline, bot) if text.shown.isdigit()]
    assert sorted(map(int, numbers)) == list(range(1, 28))


def test_that_numbers_never_cover_one_another(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, late())
    boxes = [text.rect for text in painted(timeline, bot) if text.shown.isdigit()]
    overlaps = [
        (one, other)
        for at, one in enumerate(boxes)
        for other in boxes[at + 1 :]
        if one.adjusted(1, 3, -1, -3).intersects(other.adjusted(1, 3, -1, -3))
    ]
    assert overlaps == []


@pytest.mark.parametrize("theme", [ThemeName.DARK, ThemeName.LIGHT])
def test_that_a5_a_calm_timeline_has_no_red(look: Look, bot: Bot, theme: ThemeName) -> None:
    look.set_theme(theme)
    picture = bot.picture(shown(look, bot, calm()))
    assert share_of(picture, red=True) == 0
    assert share_of(picture, red=False) < 0.06


def test_that_c7_at_the_smallest_window_every_lane_and_flag_is_seen_without_scrolling(
    look: Look, bot: Bot
) -> None:
    timeline = shown(look, bot, held(), (436, 330))
    assert place_of(timeline).overflow == 0
    texts = [text.shown for text in painted(timeline, bot)]
    assert {"Command", "fraud-score", "Now 02:17", "Latest safe 02:52"} <= set(texts)
    assert "Mara Okafor" not in texts


def test_that_the_number_of_what_has_happened_hides_none_of_it(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, late(), (360, 330))
    place = place_of(timeline)
    running = next(bar for bar in place.rows.running if bar.step == name(14))
    assert running.body is not None
    rect = place.body_rect(running, running.body)
    (number,) = [text.rect for text in painted(timeline, bot) if text.shown == "14"]
    assert number.left() >= rect.right()


def test_that_only_a_held_night_says_that_it_is_drawn_as_if_resumed(look: Look, bot: Bot) -> None:
    words = "not running: drawn as if resumed now"
    assert words in {text.shown for text in painted(shown(look, bot, held()), bot)}
    assert words not in {text.shown for text in painted(shown(look, bot, late()), bot)}


def test_that_a11_a_second_later_only_what_moves_is_painted(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    before = timeline.ground.painted
    for second in range(1, 6):
        timeline.show_rows(present_timeline(replace(calm(), now=at(41.7 + second / 60))))
        bot.settle()
    assert timeline.ground.painted == before


def test_that_a_step_that_ends_is_painted_at_once(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    before = timeline.ground.painted
    took = {**TOOK, 14: (37.0, 41.7)}
    began = {11: BEGAN[11], 13: BEGAN[13]}
    timeline.show_rows(present_timeline(seen_at(41.7, run_of(runbook(), took, began))))
    bot.settle()
    assert timeline.ground.painted == before + 1


def test_that_what_is_kept_looks_like_what_is_painted_anew(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    for second in (20, 40, 60, 80):
        timeline.show_rows(present_timeline(replace(calm(), now=at(41.7 + second / 60))))
        kept = bot.picture(timeline)
        timeline.ground.forget()
        assert kept == bot.picture(timeline)


def test_that_a_change_of_theme_is_painted(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    before = bot.picture(timeline)
    look.set_theme(ThemeName.LIGHT)
    assert bot.picture(timeline) != before


def test_that_keys_zoom_and_show_all_again(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    whole = timeline.shown
    assert whole is not None
    bot.key(timeline, Qt.Key.Key_Plus)
    nearer = timeline.shown
    assert nearer is not None
    assert nearer.length == pytest.approx(whole.length * 0.8)
    bot.key(timeline, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert timeline.shown is not None
    assert timeline.shown.start == pytest.approx(nearer.start + nearer.length / 10, abs=PIXEL)
    bot.key(timeline, Qt.Key.Key_Minus)
    bot.key(timeline, Qt.Key.Key_Plus)
    bot.key(timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    bot.key(timeline, Qt.Key.Key_0)
    assert timeline.shown == whole


def test_that_a_small_move_paints_nothing_anew_and_looks_the_same(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    timeline.zoom(0.3)
    bot.settle()
    timeline.move_by(0.1)
    bot.settle()
    before = timeline.ground.painted
    timeline.move_by(0.1)
    moved = bot.picture(timeline)
    assert timeline.ground.painted == before
    timeline.move_by(0.9)
    bot.settle()
    assert timeline.ground.painted == before + 1
    timeline.move_by(-0.9)
    timeline.ground.forget()
    afresh = bot.picture(timeline)
    assert difference(moved, afresh) < 0.02


def difference(one: QImage, other: QImage) -> float:
    """The share of pixels that differ; a hatch may begin elsewhere."""
    spots = [(x, y) for y in range(one.height()) for x in range(one.width())]
    return sum(one.pixel(*at) != other.pixel(*at) for at in spots) / len(spots)


def test_that_the_scroll_bar_moves_the_stretch(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    timeline.zoom(0.2)
    bar = timeline.horizontalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(0)
    assert timeline.shown is not None
    assert timeline.shown.start == pytest.approx(place_of(timeline).rows.span.start, abs=PIXEL)


def turn(timeline: Timeline, at: QPoint, by: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(timeline.mapToGlobal(at)), QPoint(), by, Qt.MouseButton.NoButton,
        modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(timeline.viewport(), event)


def test_that_the_wheel_zooms_around_the_pointer(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    under = middle_of(timeline, 20)
    before = place_of(timeline).scale.at(under.x())
    turn(timeline, under, QPoint(0, 120), Qt.KeyboardModifier.NoModifier)
    assert place_of(timeline).scale.at(under.x()) == pytest.approx(before, abs=PIXEL)
    nearer = place_of(timeline).scale.shown
    assert nearer.length < place_of(timeline).rows.span.length
    turn(timeline, under, QPoint(0, -120), Qt.KeyboardModifier.ShiftModifier)
    assert place_of(timeline).scale.shown.start > nearer.start
    turn(timeline, under, QPoint(0, 0), Qt.KeyboardModifier.NoModifier)


def test_that_where_lanes_overflow_the_wheel_scrolls_them(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm(), (500, 220))
    assert place_of(timeline).overflow > 0
    spot = place_of(timeline).plot.center().toPoint()
    turn(timeline, spot, QPoint(0, -120), Qt.KeyboardModifier.NoModifier)
    assert place_of(timeline).scrolled == 60
    assert timeline.shown == place_of(timeline).rows.span
    turn(timeline, spot, QPoint(0, 120), Qt.KeyboardModifier.ControlModifier)
    assert timeline.shown != place_of(timeline).rows.span


def test_that_arrows_walk_from_bar_to_bar_and_enter_opens(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    chosen, opened = bot.heard(timeline.selected), bot.heard(timeline.opened)
    bot.focus(timeline)
    bot.key(timeline, Qt.Key.Key_Return)
    for key in (
        Qt.Key.Key_Right,  # from nothing: the step that has run longest
        Qt.Key.Key_Right,
        Qt.Key.Key_Left,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_Left,
        Qt.Key.Key_Up,
        Qt.Key.Key_End,
        Qt.Key.Key_Right,
    ):
        bot.key(timeline, key)
    bot.key(timeline, Qt.Key.Key_Return)
    steps = [11, 19, 11, 12, 11, 1, 1, 1, 27, 27]
    assert chosen == [(name(number),) for number in steps]
    assert opened == [(name(27),)]


def test_that_the_last_lane_is_where_down_ends(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    chosen = bot.heard(timeline.selected)
    timeline.choose(name(13))
    bot.key(timeline, Qt.Key.Key_Down)
    assert chosen == [(name(13),)]


def test_that_a_chosen_bar_is_brought_into_sight(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm(), (500, 220))
    timeline.zoom(0.2, 0.0)
    timeline.choose(name(25))
    place = place_of(timeline)
    bar = next(bar for bar in place.rows.bars if bar.step == name(25))
    assert place.plot.intersects(place.whole_rect(bar))
    assert bar.start >= place.scale.shown.start


def test_that_a_click_chooses_and_a_double_click_opens(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    chosen, opened = bot.heard(timeline.selected), bot.heard(timeline.opened)
    bot.click(timeline.viewport(), middle_of(timeline, 18))
    bot.click(timeline.viewport(), QPoint(3, 3))
    QTest.mouseDClick(timeline.viewport(), Qt.MouseButton.LeftButton, pos=middle_of(timeline, 18))
    QTest.mouseDClick(timeline.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert chosen[0] == (name(18),)
    assert opened == [(name(18),)]


def test_that_choosing_from_outside_tells_nobody(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    chosen = bot.heard(timeline.selected)
    timeline.choose(name(14))
    timeline.choose(None)
    assert chosen == []


def test_that_a3_the_sentence_tells_the_night_and_the_chosen_step(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, late())
    assert timeline.accessibleName() == "Timeline"
    assert timeline.accessibleDescription() == present_timeline(late()).says
    timeline.choose(name(14))
    assert timeline.accessibleDescription().startswith(
        "Selected: Step 14, Shift 25 % traffic, payments-api, Jo Reyes: running since 02:07:00"
    )


def test_that_a2_the_focus_is_seen_with_and_without_a_choice(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    timeline.clearFocus()
    bare = bot.picture(timeline)
    bot.focus(timeline)
    assert bot.picture(timeline) != bare
    timeline.choose(name(14))
    focused = bot.picture(timeline)
    timeline.clearFocus()
    assert bot.picture(timeline) != focused


def many(bars: int, lanes: int) -> TimelineRows:
    """A plan of many short steps side by side."""
    steps = tuple(
        step(number, f"Step {number}", f"Lane {number % lanes}", number, 1)
        for number in range(1, bars + 1)
    )
    return present_timeline(seen_at(0, run_of(Runbook(steps=steps)), latest_safe=None))


def test_that_only_what_is_in_sight_is_painted(look: Look, bot: Bot) -> None:
    timeline = Timeline(look)
    timeline.show_rows(many(2_000, 4))
    bot.show(timeline, *SIZE)
    timeline.zoom(0.02, 1_000.0)
    numbers = [text for text in painted(timeline, bot) if text.shown.isdigit()]
    assert 20 < len(numbers) < 80


def test_that_more_bars_than_pixels_are_painted_as_runs(look: Look, bot: Bot) -> None:
    rows = many(4 * DENSE, 1)
    timeline = Timeline(look)
    timeline.show_rows(rows)
    bot.show(timeline, *SIZE)
    assert not [text for text in painted(timeline, bot) if text.shown.isdigit()]
    place = place_of(timeline)
    (lane,) = rows.lanes
    body = place.body_rect(lane.bars[0], rows.span)
    x = round(place.scale.x(lane.bars[800].start + 30))
    colour = bot.picture(timeline.viewport()).pixelColor(x, round(body.center().y()))
    assert colour == look.colour("bar")
    before = round(place.plot.left()) + 2
    bare = bot.picture(timeline.viewport()).pixelColor(before, round(body.center().y()))
    assert bare == look.colour("bg1")


def test_that_nothing_under_the_pointer_is_no_bar(look: Look, bot: Bot) -> None:
    timeline = shown(look, bot, calm())
    place = place_of(timeline)
    assert place.bar_at(QPointF(2, 2)) is None
    assert place.bar_at(QPointF(place.plot.right() - 2, place.plot.bottom() - 2)) is None
    assert place.bar_at(QPointF(middle_of(timeline, 5))) is not None


def test_that_before_the_first_rows_it_stands_empty_and_takes_every_key(
    look: Look, bot: Bot
) -> None:
    timeline = bot.show(Timeline(look), *SIZE)
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_0, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_X):
        bot.key(timeline, key)
    bot.key(timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    bot.click(timeline.viewport())
    timeline.choose(name(1))
    turn(timeline, QPoint(9, 9), QPoint(0, 120), Qt.KeyboardModifier.NoModifier)
    assert timeline.shown is None
    assert QRectF(timeline.rect()).isValid()

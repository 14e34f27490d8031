"""What a commander does: one key to a view, one to acknowledge, and nothing in the way."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from relconsole.domain.health.indicator import WatchState
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.alerts import FOLD
from relconsole_ui.presenters.palette import EntryKind, rank
from relconsole_ui.presenters.seen import SourceStanding
from relconsole_ui.presenters.words import count_down
from relconsole_ui.shell.screens import Box, place_within
from tests.gui.acceptance.conftest import Open
from tests.gui.acceptance.walks import press, types
from tests.gui.screens.console import ConsoleOnStage, all_answer, none_answers
from tests.gui.screens.states import SMALL, USUAL
from tests.unit.presenters.night_plan import EDGE_METRICS, RUN, at
from tests.unit.presenters.whole_night import series_at, watches_at

CTRL = Qt.KeyboardModifier.ControlModifier
POLL_SECONDS = 15


@pytest.mark.parametrize(
    ("keys", "page"),
    [((Qt.Key.Key_1,), "bridge"), ((Qt.Key.Key_2,), "rollbacks"), ((Qt.Key.Key_3,), "reports")],
)
def test_that_c4_every_view_is_one_key_away_and_there_at_once(
    opened: Open, keys: tuple[Qt.Key, ...], page: str
) -> None:
    console = opened("bridge-alarm")
    console.window.open_page("reports" if page != "reports" else "bridge")
    console.settle()
    before = time.thread_time()
    for key in keys:
        press(console, key, CTRL)
    took = time.thread_time() - before
    assert console.window.page == page
    print(f"{page} in {took * 1000:.0f} ms of this thread")
    assert took <= 0.15


def test_that_c6_an_alert_is_acknowledged_by_one_key_and_stays(opened: Open) -> None:
    console = opened("bridge-alarm")
    strip = console.bridge.panels.strip
    before, says = console.stage.state.size, strip.rows.says
    assert not strip.rows.is_outline
    press(console, Qt.Key.Key_A)
    console.pass_time(1)
    kinds = [each.kind for each in console.stage.stored.envelopes[before:]]
    assert kinds == ["alert_acknowledged"]
    assert strip.isVisible()
    assert (strip.rows.says, strip.rows.is_outline) == (says, True)


TOLD: dict[str, str] = {
    "what now": "running",
    "whose step, and how late": "step",
    "the way back": "rollback",
}


@pytest.mark.parametrize("size", [USUAL, SMALL])
@pytest.mark.parametrize("state", ["bridge-alarm", "bridge-calm", "bridge-network-cut"])
def test_that_c7_what_counts_is_in_sight_without_scrolling(
    opened: Open, state: str, size: tuple[int, int]
) -> None:
    console = opened(state, size)
    panels, window = console.bridge.panels, console.window
    for told, name in TOLD.items():
        panel = panels.view.panel(name)
        assert panel is not None
        assert _is_whole(panel, window), told
    for part in (panels.card.title, panels.card.person, panels.card.count):
        assert _is_whole(part, window), part.text()
    for figure in window.figures.figures:
        assert _is_whole(figure.value, window), figure.accessibleName()
        assert not figure.value.is_cut
    assert _is_whole(panels.rollback.card.button, window)
    assert _is_whole(panels.strip, window)


def _is_whole(widget: QWidget, window: QWidget) -> bool:
    """Tell whether all of a widget is in sight."""
    seen = widget.visibleRegion().boundingRect()
    return not seen.isEmpty() and seen == widget.rect() and widget.window() is window


def test_that_c8_a_new_critical_alert_is_seen_with_the_very_next_look(opened: Open) -> None:
    console = opened("bridge-calm")
    assert console.bridge.panels.strip.rows.tone == "quiet"
    console.stage.stand_at("02:16:29")
    console.observed = all_answer(console.stage.now)
    assert _left(console) == set()
    console.stage.stand_at("02:16:32")
    assert _left(console) == {"p95"}
    started = time.thread_time()
    console.room.show()
    console.settle()
    took = time.thread_time() - started
    assert console.bridge.panels.strip.rows.tone == "crit"
    assert "Checkout p95" in console.bridge.panels.strip.rows.says
    print(f"a critical alert is painted in {took * 1000:.0f} ms of this thread")
    assert took <= 1.0


def _left(console: ConsoleOnStage) -> set[str]:
    """Give the indicators beyond their limit for as long as it takes."""
    found = watches_at(series_at(console.stage.now))
    return {each.indicator for each in found.values() if each.state is WatchState.LEFT}


def test_that_c9_a_countdown_is_the_clock_and_nothing_else(opened: Open) -> None:
    """Eight hours of looks, and a clock set forward: no second is counted, all are read."""
    console = opened("bridge-calm")
    card = console.bridge.panels.card
    due = at("02:13:30")
    for seconds in (0, 1, 59, 60, 3_600, 8 * 3_600):
        console.stage.clock.advance(seconds)
        console.room.show()
        assert card.count.text() == count_down(due - console.stage.now)
    console.stage.clock.jump(3_600)
    console.room.show()
    assert card.count.text() == count_down(due - console.stage.now)


def test_that_c10_a_flood_is_a_few_rows_with_what_came_first_on_top(opened: Open) -> None:
    console = opened("bridge-flood")
    sheet = console.bridge.panels.alerts._sheet
    rows = sheet.list.rows
    standing = console.bridge.panels.alerts.standing
    assert len(standing.shown) >= 200
    assert 0 < len(rows) <= 10
    first = min(standing.shown, key=lambda each: each.alert.since)
    assert next(iter(rows)).key == first.alert.key
    started = time.thread_time()
    console.room.show()
    console.settle()
    took = time.thread_time() - started
    print(f"a flood is painted in {took * 1000:.0f} ms of this thread")
    assert took <= 0.1
    for row in rows:
        if row.key.startswith(FOLD):
            sheet.list.opened.emit(row.key)
    assert len(sheet.list.rows) >= 200


def test_that_c13_a_window_whose_screen_is_gone_comes_back_whole() -> None:
    main, gone = Box(left=0, top=0, width=1280, height=800), QRect(1280, 0, 1600, 1000)
    stood = Box(left=gone.left() + 100, top=50, width=1600, height=1000)
    placed = place_within(stood, (main,))
    assert (placed.width, placed.height) == (1280, 800)
    assert (placed.left, placed.top) == (0, 0)


FLOWS = (
    "palette", "keys", "arm", "hold", "problem", "ask-next", "acknowledge", "open-alert",
    "shelve", "recall", "message", "log", "plan", "amend", "note", "brief", "stop", "table",
)  # fmt: skip


@pytest.mark.parametrize("deed", FLOWS)
def test_that_c14_nothing_bars_the_bridge_whatever_is_done(opened: Open, deed: str) -> None:
    console = opened("bridge-alarm")
    action = console.window.actions_.find(deed)
    assert action is not None
    action.trigger()
    console.pass_time(1)
    assert QApplication.activeModalWidget() is None
    dialogs = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog)]
    assert [each for each in dialogs if each.isVisible()] == []
    press(console, Qt.Key.Key_Escape)
    assert QApplication.activeModalWidget() is None


def test_that_c15_what_is_no_longer_read_is_never_shown_as_live(opened: Open) -> None:
    console = opened("bridge-calm")
    silent_since = console.stage.now
    console.observed = none_answers(silent_since)
    for tile in console.bridge.panels.pictures._health.tiles:
        assert tile.tile is not None
        assert tile.tile.stale_from is None
    console.stage.clock.advance(60 + 2 * POLL_SECONDS)
    console.room.show()
    console.settle()
    for tile in console.bridge.panels.pictures._health.tiles:
        assert tile.tile is not None
        assert tile.tile.stale_from is not None
        assert tile.tile.status in {Status.STALE, Status.UNKNOWN}
    sources = console.room.seen().sources
    assert {each.standing for each in sources} == {SourceStanding.AWAY}
    assert console.bridge.panels.strip.rows.tone == "blind"


def test_that_c15_one_source_that_is_lost_is_named_and_its_tile_is_stale(opened: Open) -> None:
    console = opened("bridge-alarm")
    named = console.bridge.panels.strip.rows.sources
    assert EDGE_METRICS in named
    assert "stale" in named
    stale = {
        tile.tile.title
        for tile in console.bridge.panels.pictures._health.tiles
        if tile.tile is not None and tile.tile.stale_from is not None
    }
    assert stale == {"Edge 5xx"}


@pytest.mark.parametrize("letters", ["r", "ro", "pa", "roll"])
def test_that_e1_the_rollback_of_a_service_is_first_after_two_letters(
    opened: Open, letters: str
) -> None:
    console = opened("bridge-calm")
    found = rank(letters, console.bridge._entries())
    assert found[0].kind is EntryKind.ROLLBACK
    assert "payments-api" in found[0].text


def test_that_e1_two_letters_and_enter_bring_the_rollback_into_sight(opened: Open) -> None:
    console = opened("bridge-calm")
    press(console, Qt.Key.Key_K, CTRL)
    types(console, "ro")
    press(console, Qt.Key.Key_Return)
    assert console.stage.state.runs[RUN].rollback is None
    assert console.window.page in {"rollbacks", "bridge"}

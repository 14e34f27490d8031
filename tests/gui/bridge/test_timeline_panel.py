"""The timeline's card: the table behind one key says what the picture shows."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QToolTip

from relconsole.domain.plan.runbook import Runbook
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.models.timeline import TimelineModel
from relconsole_ui.presenters.timeline import present_timeline
from relconsole_ui.presenters.timeline_words import HEADINGS, twin_rows
from relconsole_ui.views.bridge.timeline_panel import TimelinePanel
from tests.gui.bot import Bot
from tests.helpers.payments_night import calm, late, name, run_of, seen_at, step

SIZE = (675, 482)


def shown(look: Look, bot: Bot) -> TimelinePanel:
    panel = TimelinePanel(look)
    panel.show_rows(present_timeline(calm()))
    return bot.show(panel, *SIZE)


def press_t(panel: TimelinePanel, bot: Bot) -> None:
    """Press T where the keyboard is, as the window would get it."""
    window = panel.window().windowHandle()
    assert window is not None
    QTest.keyClick(window, Qt.Key.Key_T)
    bot.settle()


def test_that_t_turns_to_the_table_and_back_with_the_keyboard(look: Look, bot: Bot) -> None:
    panel = shown(look, bot)
    bot.focus(panel.timeline)
    press_t(panel, bot)
    turned = [(panel.shows_table, panel.table.hasFocus())]
    press_t(panel, bot)
    turned.append((panel.shows_table, panel.timeline.hasFocus()))
    assert turned == [(True, True), (False, True)]


def test_that_the_letter_can_be_switched_off(look: Look, bot: Bot) -> None:
    panel = shown(look, bot)
    bot.focus(panel.timeline)
    panel.allow_letter_key(allowed=False)
    press_t(panel, bot)
    assert not panel.shows_table
    panel.turn()
    assert panel.shows_table


def test_that_the_table_is_filled_only_while_it_is_seen(look: Look, bot: Bot) -> None:
    panel = shown(look, bot)
    assert panel.model.rowCount() == 0
    panel.turn()
    assert panel.model.rowCount() == 27
    panel.show_rows(present_timeline(late()))
    row = panel.model.row_of(name(14))
    assert row is not None
    assert panel.model.index(row, 4).data() == "running, late"


def test_that_the_choice_is_one_for_both(look: Look, bot: Bot) -> None:
    panel = shown(look, bot)
    chosen = bot.heard(panel.selected)
    panel.choose(name(14))
    panel.turn()
    assert panel.table.currentIndex().row() == panel.model.row_of(name(14))
    bot.key(panel.table, Qt.Key.Key_Down)
    assert chosen == [(name(17),)]
    assert panel.timeline.accessibleDescription().startswith("Selected: Step 17")
    panel.choose(name(4))
    assert panel.table.currentIndex().row() == panel.model.row_of(name(4))
    assert chosen == [(name(17),)]


def test_that_a_bar_chosen_by_hand_is_told(look: Look, bot: Bot) -> None:
    panel = shown(look, bot)
    chosen = bot.heard(panel.selected)
    bot.key(panel.timeline, Qt.Key.Key_End)
    assert chosen == [(name(27),)]


def test_that_enter_on_a_row_opens_its_step(look: Look, bot: Bot) -> None:
    panel = shown(look, bot)
    opened = bot.heard(panel.opened)
    panel.choose(name(14))
    panel.turn()
    bot.key(panel.table, Qt.Key.Key_Return)
    assert opened == [(name(14),)]


def test_that_a3_a_row_is_read_aloud_as_a_sentence(look: Look, bot: Bot) -> None:
    panel = shown(look, bot)
    panel.turn()
    row = panel.model.row_of(name(11))
    assert row is not None
    role = Qt.ItemDataRole.AccessibleTextRole
    assert str(panel.model.index(row, 0).data(role)).startswith("Step 11, Watch ledger lag")
    assert panel.model.index(row, 3).data(role) == "Owner: Asha Nair"
    assert panel.model.index(row, 8).data(role) == "Overrun: none"
    assert panel.table.accessibleName() == "Timeline as a table"


def test_that_the_legend_says_where_the_forecast_only_holds_if_resumed(
    look: Look, bot: Bot
) -> None:
    panel = shown(look, bot)
    assert panel.legend.accessibleName() == "Legend: planned, actual, forecast, critical path"
    held = replace(present_timeline(late()), resumed="a hold stands")
    panel.show_rows(held)
    bot.settle()
    with recorded_text() as record:
        panel.legend.grab()
    assert [text.shown for text in record] == [
        "planned",
        "actual",
        "forecast, if resumed now",
        "critical path",
    ]


def test_that_a_legend_without_room_leaves_out_from_the_right(look: Look, bot: Bot) -> None:
    panel = shown(look, bot)
    panel.legend.setFixedWidth(200)
    bot.settle()
    with recorded_text() as record:
        panel.legend.grab()
    assert [text.shown for text in record] == ["planned", "actual"]
    assert not any(text.elided for text in record)


@pytest.mark.parametrize("width", [400, 468, 675])
def test_that_the_heading_stands_whole_before_the_legend(look: Look, bot: Bot, width: int) -> None:
    panel = shown(look, bot)
    panel.resize(width, 380)
    bot.settle()
    assert not panel.heading.is_cut
    assert panel.heading.geometry().right() < panel.legend.geometry().left()


def test_that_the_model_keeps_the_rules_and_changes_only_what_changed(bot: Bot) -> None:
    model = TimelineModel()
    tester = QAbstractItemModelTester(model)
    changed, reset = bot.heard(model.dataChanged), bot.heard(model.modelReset)
    model.show_rows(twin_rows(present_timeline(calm())))
    model.show_rows(twin_rows(present_timeline(calm())))
    assert (len(reset), len(changed)) == (1, 0)
    model.show_rows(twin_rows(present_timeline(late())))
    assert len(reset) == 1
    assert 0 < len(changed) < 27
    assert model.headerData(0, Qt.Orientation.Horizontal) == HEADINGS[0]
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert model.index(0, 0).data(Qt.ItemDataRole.DecorationRole) is None
    assert model.row_of("nothing") is None
    assert tester.model() is model


def test_that_p14_a_title_that_looks_like_markup_is_shown_as_it_is(look: Look, bot: Bot) -> None:
    evil = "<img src=x><b>go</b>\u202e"
    plan = Runbook(steps=(replace(step(1, evil, "<u>lane</u>", 0, 30)),))
    panel = TimelinePanel(look)
    panel.show_rows(present_timeline(seen_at(10, run_of(plan, began={1: 0}))))
    bot.show(panel, *SIZE)
    with recorded_text() as record:
        panel.timeline.ground.forget()
        bot.picture(panel.timeline)
    assert "<u>lane</u>" in {text.shown for text in record}
    place = panel.timeline.place
    assert place is not None
    (bar,) = place.rows.bars
    spot = place.whole_rect(bar).center().toPoint()
    event = QHelpEvent(QEvent.Type.ToolTip, spot, panel.timeline.viewport().mapToGlobal(spot))
    QApplication.sendEvent(panel.timeline.viewport(), event)
    assert "&lt;img" in QToolTip.text()
    assert "<img" not in QToolTip.text()
    away = QPoint(1, 1)
    event = QHelpEvent(QEvent.Type.ToolTip, away, panel.timeline.viewport().mapToGlobal(away))
    QApplication.sendEvent(panel.timeline.viewport(), event)
    QToolTip.hideText()
    panel.turn()
    assert "\u202e" not in str(panel.model.index(0, 1).data())
    assert "&lt;b&gt;" in str(panel.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole))

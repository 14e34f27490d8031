"""What is left open: closed or taken over, by keyboard, with a note."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from relconsole_ui.controllers.left_open import LeftOpenController
from relconsole_ui.design.look import Look
from relconsole_ui.views.bridge.left_open import LeftOpenView
from tests.gui.bot import Bot
from tests.gui.bridge.rooms import room_of
from tests.unit.presenters.night_plan import MARA, RUN
from tests.unit.presenters.scenes import Stage, before, calm


def panel(stage: Stage, look: Look, bot: Bot) -> tuple[LeftOpenView, LeftOpenController]:
    view = LeftOpenView(look)
    controller = LeftOpenController(room_of(stage), view)
    return bot.show(view, 424, 142), controller


def test_that_buttons_come_with_a_selection_and_the_count_without(dressed: Look, bot: Bot) -> None:
    view, _ = panel(calm(), dressed, bot)
    view.leave_selection()
    assert (view.note.text(), view.close_entry.isVisible()) == ("4, none overdue", False)
    view.list.setCurrentIndex(view.list.model().index(0, 0))
    assert view.close_entry.isVisible()
    assert view.take_over.isVisible()


def test_that_an_entry_is_closed_with_a_note(dressed: Look, bot: Bot) -> None:
    stage = calm()
    view, _ = panel(stage, dressed, bot)
    bot.focus(view.list)
    bot.key(view.list, Qt.Key.Key_C)
    QTest.keyClicks(view.note_line.field, "lifted")
    QTest.keyClick(view.note_line.field, Qt.Key.Key_Return)
    assert "silence" not in stage.state.runs[RUN].left_open
    assert not view.note_line.isVisible()


def test_that_an_entry_is_taken_over_in_the_own_name(dressed: Look, bot: Bot) -> None:
    stage = calm()
    view, _ = panel(stage, dressed, bot)
    bot.focus(view.list)
    bot.key(view.list, Qt.Key.Key_Down)
    bot.key(view.list, Qt.Key.Key_T)
    view.note_line.button.click()
    assert stage.state.runs[RUN].left_open["batch"].handed_to == MARA


def test_that_escape_records_nothing(dressed: Look, bot: Bot) -> None:
    stage = calm()
    view, _ = panel(stage, dressed, bot)
    bot.focus(view.list)
    bot.key(view.list, Qt.Key.Key_C)
    bot.key(view.note_line.field, Qt.Key.Key_Escape)
    bot.focus(view.list)
    bot.key(view.list, Qt.Key.Key_Escape)
    assert view.list.selected == ""
    assert len(stage.state.runs[RUN].left_open) == 4


def test_that_a_refusal_stands_at_its_place(dressed: Look, bot: Bot) -> None:
    view, controller = panel(calm(), dressed, bot)
    controller.close_entry("nowhere", "")
    assert "nowhere is not on the left-open list" in view.notice.text()


def test_that_before_the_night_nothing_is_held_open(dressed: Look, bot: Bot) -> None:
    view, controller = panel(before(), dressed, bot)
    assert view.empty.text() == "Nothing is held open."
    view.ask_close()
    controller.close_entry("silence", "")
    controller.take_over("silence", "")
    assert not view.note_line.isVisible()

"""The plan table in the hands of a person: read, found, sorted, copied, edited and recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit

from relconsole.domain.kernel.ids import StepId
from relconsole_ui.controllers.plan import PlanController
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.presenters.plan_table import COLUMNS, PlanColumn
from relconsole_ui.views.plan.table import PlanTable
from tests.gui.bot import Bot
from tests.gui.plan.rooms import room_of
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import ASHA, RELEASE
from tests.unit.presenters.scenes import Stage

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
Opened: TypeAlias = tuple[PlanTable, PlanController]
Open = Callable[[Stage], Opened]


@pytest.fixture
def open_table(bot: Bot, dressed: Look) -> Open:
    """Opens the table of a staged night."""

    def opened(stage: Stage) -> Opened:
        view = PlanTable(dressed)
        controller = PlanController(room_of(stage), view)
        bot.show(view, 1528, 480)
        return view, controller

    return opened


def steps(view: PlanTable) -> list[str]:
    """The steps as they are shown."""
    return [row.step for row in view.rows]


def text(view: PlanTable, step: str, column: PlanColumn) -> str:
    """What stands in a cell."""
    return next(row for row in view.rows if row.step == step).cell(column).text


def type_into(bot: Bot, view: PlanTable, step: str, column: PlanColumn, words: str) -> None:
    """Stand on a cell, press F2, type, press Enter."""
    grid = view.grid
    bot.focus(grid)
    grid.setCurrentIndex(view.model.index(view.model.row_of(step), COLUMNS.index(column)))
    bot.key(grid, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    editor.setText(words)
    bot.key(editor, Qt.Key.Key_Return)
    bot.settle()


def test_that_the_table_shows_every_step_and_follows_the_night(open_table: Open, bot: Bot) -> None:
    stage = scenes.alarm()
    view, controller = open_table(stage)
    assert len(steps(view)) == 27
    assert view.note.text() == "27 steps, 11 over"
    stage.end("02:18", "warm")
    controller._room.show()
    assert text(view, "warm", PlanColumn.STATE) == "done"
    assert view.note.text() == "27 steps, 12 over"


def test_that_nothing_is_worked_out_while_nobody_looks(open_table: Open, bot: Bot) -> None:
    stage = scenes.alarm()
    view, controller = open_table(stage)
    view.hide()
    stage.end("02:18", "warm")
    controller._room.show()
    assert text(view, "warm", PlanColumn.STATE) != "done"
    view.show()
    assert text(view, "warm", PlanColumn.STATE) == "done"


def test_that_enter_and_a_double_click_open_the_step(open_table: Open, bot: Bot) -> None:
    view, controller = open_table(scenes.alarm())
    opened: list[str] = []
    controller.on_open = opened.append
    bot.focus(view.grid)
    view.grid.choose("shift")
    bot.key(view.grid, Qt.Key.Key_Return)
    assert opened == ["shift"]


def test_that_ctrl_f_finds_and_f3_goes_on_and_back(open_table: Open, bot: Bot) -> None:
    view, _ = open_table(scenes.alarm())
    bot.focus(view.grid)
    bot.key(view.grid, Qt.Key.Key_F, CTRL)
    assert view.bar.field.hasFocus()
    view.bar.field.setText("shift traffic")
    assert view.bar.found.text() == "2 of 27 found"
    bot.key(view.bar.field, Qt.Key.Key_Return)
    assert view.grid.step == "shift"
    bot.key(view.bar.field, Qt.Key.Key_Return)
    assert view.grid.step == "shift-all"
    bot.key(view.bar.field, Qt.Key.Key_Return, SHIFT)
    assert view.grid.step == "shift"
    bot.key(view.bar.field, Qt.Key.Key_Escape)
    assert view.grid.hasFocus()
    bot.key(view.grid, Qt.Key.Key_F3)
    assert view.grid.step == "shift-all"
    bot.key(view.grid, Qt.Key.Key_F3, SHIFT)
    assert view.grid.step == "shift"


def test_that_rows_sort_by_a_heading_or_by_key_and_who_stands_on_one_stays(
    open_table: Open, bot: Bot
) -> None:
    view, _ = open_table(scenes.alarm())
    view.grid.choose("shift")
    view.grid.horizontalHeader().sectionClicked.emit(0)
    assert steps(view)[0] == "close"
    assert view.grid.step == "shift"
    view.bar.sort_box.setCurrentText("Owner")
    assert steps(view)[0] in {"expand", "backfill"} or view.bar.arrangement.is_descending
    view.bar.show_box.setCurrentText("Running and late")
    assert len(steps(view)) == 5
    view.bar.only_found.setChecked(True)
    view.bar.field.setText("fraud")
    assert steps(view) == ["warm"]


def test_that_rows_are_copied_as_text(open_table: Open, bot: Bot) -> None:
    view, _ = open_table(scenes.alarm())
    bot.focus(view.grid)
    view.grid.selectAll()
    bot.key(view.grid, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text().splitlines()[14].split("\t")[0] == "14"
    assert view.says.text() == "27 rows copied as text."


def test_that_the_table_is_saved_as_csv_or_says_why_not(
    open_table: Open, bot: Bot, tmp_path: Path
) -> None:
    view, controller = open_table(scenes.alarm())
    controller.save_to(str(tmp_path / "plan.csv"))
    assert "Shift 25 % traffic" in (tmp_path / "plan.csv").read_text("utf-8-sig")
    controller.save_to(str(tmp_path / "nowhere" / "plan.csv"))
    assert "cannot be written" in view.says.text()


def test_that_a_running_night_is_amended_and_not_edited(open_table: Open, bot: Bot) -> None:
    view, controller = open_table(scenes.alarm())
    wanted: list[str] = []
    controller.on_amend = wanted.append
    assert view.amend.isVisible()
    assert not view.edit.isVisible()
    view.grid.choose("verify-25")
    bot.click(view.amend)
    controller.edit()
    assert wanted == ["verify-25"]
    assert view.says.text() == "The night is open: its plan is amended, with a reason."
    assert not controller.is_editing


def test_that_a_plan_is_edited_in_place_and_recorded(open_table: Open, bot: Bot) -> None:
    stage = scenes.before()
    view, controller = open_table(stage)
    bot.focus(view.grid)
    bot.key(view, Qt.Key.Key_F2)
    assert controller.is_editing
    type_into(bot, view, "shift", PlanColumn.OWNER, "Asha Nair")
    assert "voids the approval of CHG-48213" in view.edits.voids.text()
    assert stage.state.workspace.releases[RELEASE].runbook.steps[13].owner != ASHA
    bot.key(view.grid, Qt.Key.Key_S, CTRL)
    found = stage.state.workspace.releases[RELEASE].runbook.find(StepId("shift"))
    assert found is not None
    assert found.owner == ASHA
    assert view.says.text() == "The plan is recorded."
    assert not controller.is_editing


def test_that_what_is_wrong_stays_as_typed_and_keeps_the_plan_from_being_recorded(
    open_table: Open, bot: Bot
) -> None:
    stage = scenes.before()
    view, controller = open_table(stage)
    controller.edit()
    type_into(bot, view, "shift", PlanColumn.DURATION, "8 minutes")
    assert text(view, "shift", PlanColumn.DURATION) == "8 minutes"
    assert view.edits.problems.text().startswith("Row 14, Duration: one duration such as 8m")
    assert not view.edits.record.isEnabled()
    bot.key(view.grid, Qt.Key.Key_S, CTRL)
    assert view.says.text() == "Not recorded. 1 problem to settle first."
    view.grid.choose("open")
    bot.key(view.grid, Qt.Key.Key_F8)
    assert view.grid.step == "shift"
    assert COLUMNS[view.grid.currentIndex().column()] is PlanColumn.DURATION


def test_that_edits_are_undone_and_done_again_by_key(open_table: Open, bot: Bot) -> None:
    view, controller = open_table(scenes.before())
    controller.edit()
    type_into(bot, view, "shift", PlanColumn.TITLE, "Another title")
    bot.key(view.grid, Qt.Key.Key_Z, CTRL)
    assert text(view, "shift", PlanColumn.TITLE) == "Shift 25 % traffic to payments-api"
    bot.key(view.grid, Qt.Key.Key_Y, CTRL)
    assert text(view, "shift", PlanColumn.TITLE) == "Another title"


def test_that_steps_are_put_in_moved_and_taken_out_by_key(open_table: Open, bot: Bot) -> None:
    view, controller = open_table(scenes.before())
    controller.edit()
    bot.focus(view.grid)
    view.grid.choose("shift")
    bot.key(view.grid, Qt.Key.Key_Insert)
    assert view.grid.step == "step-1"
    assert steps(view).index("step-1") == 14
    bot.key(view.grid, Qt.Key.Key_Up, ALT)
    assert steps(view).index("step-1") == 13
    assert view.grid.step == "step-1"
    bot.key(view.grid, Qt.Key.Key_Down, ALT)
    assert steps(view).index("step-1") == 14
    bot.key(view.grid, Qt.Key.Key_Delete)
    assert "step-1" not in steps(view)


def test_that_leaving_drops_what_was_edited_only_when_asked_twice(
    open_table: Open, bot: Bot
) -> None:
    view, controller = open_table(scenes.before())
    controller.edit()
    type_into(bot, view, "shift", PlanColumn.TITLE, "Another title")
    bot.click(view.edits.leave)
    assert view.grid.is_editing
    assert view.says.text() == "Leave again to drop what was edited; nothing is recorded."
    bot.click(view.edits.leave)
    assert not controller.is_editing
    assert text(view, "shift", PlanColumn.TITLE) == "Shift 25 % traffic to payments-api"


def test_that_a_night_opened_over_a_draft_keeps_the_draft_and_is_told(
    open_table: Open, bot: Bot
) -> None:
    stage = scenes.before()
    view, controller = open_table(stage)
    controller.edit()
    type_into(bot, view, "shift", PlanColumn.TITLE, "Another title")
    stage.open("01:30")
    controller._room.show()
    assert "What was edited is kept here until you leave." in view.says.text()
    controller.record()
    assert "amend the run" in view.says.text()
    assert controller.is_editing


def test_that_all_text_is_large_enough_and_the_grid_has_a_name(open_table: Open, bot: Bot) -> None:
    view, _ = open_table(scenes.alarm())
    with recorded_text() as painted:
        view.grab()
    assert min(each.pixels for each in painted) >= 12
    assert view.grid.accessibleName() == "Plan table"
    assert view.bar.field.accessibleName() == "Find in the plan"

"""The bridge log: found in, pinned, noted in, saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from relconsole.domain.night.bridge_commands import Note
from relconsole.domain.night.bridge_facts import Noted
from relconsole.domain.night.step_commands import Said
from relconsole_ui.controllers.log import LogController
from relconsole_ui.controllers.room import Room
from relconsole_ui.design.look import Look
from relconsole_ui.models.log import LogModel
from relconsole_ui.presenters.log import LogRow
from relconsole_ui.views.bridge.log import LogView
from tests.gui.bot import Bot
from tests.gui.bridge.rooms import room_of
from tests.unit.presenters.night_plan import RUN
from tests.unit.presenters.scenes import Stage, alarm, before


@dataclass
class Desk:
    """The log over a staged night."""

    stage: Stage
    room: Room
    view: LogView
    log: LogController

    @property
    def lines(self) -> list[str]:
        return [row.what for row in self.view.model.rows]


def panel(stage: Stage, look: Look, bot: Bot) -> Desk:
    view, room = LogView(look), room_of(stage)
    log = LogController(room, view)
    bot.show(view, 900, 420)
    return Desk(stage, room, view, log)


@pytest.fixture
def desk(dressed: Look, bot: Bot) -> Desk:
    return panel(alarm(), dressed, bot)


def test_that_the_whole_record_of_the_run_is_shown(desk: Desk) -> None:
    assert desk.lines[0].startswith("live run of payments-core-2026-4 opened")
    assert desk.lines[-1] == "station Payments at leave-canary: no-go: p95 is over its limit"
    assert desk.view.table.isVisible()


def test_that_words_narrow_the_log_down(desk: Desk) -> None:
    whole = len(desk.lines)
    desk.log.find()
    assert desk.view.text.hasFocus()
    QTest.keyClicks(desk.view.text, "payments no-go")
    assert len(desk.lines) == 1
    desk.view.text.clear()
    assert len(desk.lines) == whole
    QTest.keyClicks(desk.view.text, "nowhere")
    assert desk.view.empty.text() == "No line fits."


def test_that_a_kind_and_a_person_narrow_it_down(desk: Desk) -> None:
    at = desk.view.kind.findData("problem_opened")
    desk.view.kind.setCurrentIndex(at)
    desk.view.kind.activated.emit(at)
    assert len(desk.lines) == 1
    assert desk.view.kind.currentData() == "problem_opened"


def test_that_a_note_is_recorded_and_stands_in_the_log(desk: Desk) -> None:
    desk.log.open_note()
    QTest.keyClicks(desk.view.note_line.field, "coffee is out")
    QTest.keyClick(desk.view.note_line.field, Qt.Key.Key_Return)
    noted = desk.stage.facts[-1]
    assert isinstance(noted.fact, Noted)
    desk.log._take_fact(noted, desk.stage.state)
    desk.room.show()
    assert "coffee is out" in desk.lines[-1]
    assert not desk.view.note_line.isVisible()


def test_that_a_pinned_line_stands_above_and_can_be_let_go(desk: Desk, bot: Bot) -> None:
    desk.view.select(desk.view.model.rows[5].key)
    key = desk.view.model.rows[5].key
    bot.focus(desk.view.table)
    bot.key(desk.view.table, Qt.Key.Key_P)
    assert desk.view.model.rows[0].key == key
    assert desk.view.pin.label == "Let go"
    bot.click(desk.view.pin)
    assert desk.view.model.rows[5].key == key
    assert not desk.view.model.rows[5].is_pinned


def test_that_the_lines_shown_are_saved_as_table_and_as_text(desk: Desk, tmp_path: Path) -> None:
    QTest.keyClicks(desk.view.text, "payments no-go")
    desk.log.save("csv", str(tmp_path / "log.csv"))
    desk.log.save("text", str(tmp_path / "log.txt"))
    assert (tmp_path / "log.csv").read_text(encoding="utf-8").count("\n") == 2
    assert "station Payments" in (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert desk.view.notice.text() == ""


def test_that_a_file_that_cannot_be_written_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.log.save("csv", str(tmp_path / "nowhere" / "log.csv"))
    assert desk.view.notice.text() == "The log was not saved: No such file or directory."


def test_that_asking_for_a_file_stops_nothing(desk: Desk, bot: Bot) -> None:
    desk.view.ask_file("csv")
    dialog = desk.view._dialog
    assert dialog is not None
    assert not dialog.isModal()
    dialog.close()
    bot.settle()


def test_that_before_the_night_the_log_is_empty_and_takes_no_note(dressed: Look, bot: Bot) -> None:
    desk = panel(before(), dressed, bot)
    assert desk.view.empty.text() == "Nothing is recorded yet."
    desk.log.note("too early")
    assert desk.view.notice.text() == "A note is written in a night that is open."


def test_that_a_log_nobody_looks_at_is_made_when_it_comes_up(dressed: Look, bot: Bot) -> None:
    stage = alarm()
    view, room = LogView(dressed), room_of(stage)
    log = LogController(room, view)
    bot.add(view)
    assert view.model.rowCount() == 0
    stage.do("02:18", Note(run=RUN, said=Said(note="late")))
    log._take_fact(stage.facts[-1], stage.state)
    bot.show(view, 900, 420)
    assert "late" in view.model.rows[-1].what


def rows(*keys: int) -> list[LogRow]:
    return [LogRow(key=key, time="02:00:00", who="x", what=str(key)) for key in keys]


@pytest.mark.parametrize(
    ("before_", "after", "put_in", "taken_out"),
    [
        ((1, 2), (1, 2, 3), [(2, 2)], []),
        ((1, 2, 3), (1, 3), [], [(1, 1)]),
        ((1, 2, 3), (3, 1, 2), [(0, 2)], [(0, 2)]),
        ((1, 2), (), [], [(0, 1)]),
        ((), (1,), [(0, 0)], []),
        ((1, 2), (1, 2), [], []),
    ],
)
def test_that_only_what_differs_is_told(
    bot: Bot,
    before_: tuple[int, ...],
    after: tuple[int, ...],
    put_in: list[tuple[int, int]],
    taken_out: list[tuple[int, int]],
) -> None:
    model = LogModel()
    model.show_rows(rows(*before_))
    came, went = bot.heard(model.rowsInserted), bot.heard(model.rowsRemoved)
    model.show_rows(rows(*after))
    assert [row.key for row in model.rows] == list(after)
    assert [tuple(each[1:]) for each in came] == put_in
    assert [tuple(each[1:]) for each in went] == taken_out


def test_that_a_changed_line_is_told_where_it_is(bot: Bot) -> None:
    model = LogModel()
    model.show_rows(rows(1, 2))
    changed = bot.heard(model.dataChanged)
    model.show_rows([rows(1)[0], LogRow(key=2, time="02:00:00", who="x", what="y")])
    assert len(changed) == 1
    sentence = model.data(model.index(1, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert sentence == "02:00:00, x: y"
    assert model.data(model.index(-1, 0)) is None
    assert model.headerData(2, Qt.Orientation.Horizontal) == "What"
    assert model.headerData(2, Qt.Orientation.Vertical) is None

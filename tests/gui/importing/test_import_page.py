"""A workbook in the hands of a person: opened, mapped, answered and taken in, by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from relconsole.domain.console.facts import make_codec
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.errors import InputRejected, Problem, WorldIsDown
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.plan.taking_in.cells import Workbook
from relconsole.domain.plan.taking_in.mapping import Field, SheetMapping
from relconsole.ports.workbooks import Opened
from relconsole.services.desk import Desk
from relconsole_ui.controllers.importing import ImportController
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.views.importing.page import ImportPage
from tests.gui.bot import Bot
from tests.helpers.fakes.clock import FakeClock
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.journal import FakeJournal, Stored
from tests.unit.presenters.intakes import ANSWERS, MAPPING, intake, rows, without_release
from tools.make_modest import modest_workbook

TYPED = (("Cutover!D22", "karim"), ("Cutover!G28", "22"), ("Cutover!E35", "00:50"))
CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass(slots=True)
class FakeWorkbooks:
    """Gives the modest workbook for any file, and keeps what it is told to keep."""

    workbook: Workbook = field(default_factory=modest_workbook)
    mapping: SheetMapping | None = MAPPING
    kept: list[SheetMapping] = field(default_factory=list[SheetMapping])
    is_full: bool = False
    refuses: str = ""
    opened: list[Path] = field(default_factory=list[Path])

    def open(self, path: Path) -> Opened:
        self.opened.append(path)
        if self.refuses:
            problem = Problem(file=path.name, line=None, field="", message=self.refuses)
            raise InputRejected((problem,))
        return Opened(workbook=self.workbook, mapping=self.mapping)

    def keep(self, mapping: SheetMapping) -> None:
        if self.is_full:
            raise WorldIsDown("The disk is full.")
        self.kept.append(mapping)

    def write(self, workbook: Workbook, path: Path) -> None:
        raise WorldIsDown("nothing is written here")


@dataclass(slots=True)
class Screen:
    page: ImportPage
    controller: ImportController
    workbooks: FakeWorkbooks
    desk: Desk
    taken: list[ReleaseId] = field(default_factory=list[ReleaseId])


@dataclass(slots=True)
class TasksInTurn:
    """Does what is wanted before it returns, and what that wants after it."""

    waiting: list[Callable[[], Coroutine[None, None, None]]] = field(
        default_factory=list[Callable[[], Coroutine[None, None, None]]]
    )
    is_running: bool = False

    def command(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> bool:
        self.waiting.append(call)
        if not self.is_running:
            self.is_running = True
            while self.waiting:
                asyncio.run(self.waiting.pop(0)())
            self.is_running = False
        return True

    def poll(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> None:
        raise AssertionError("nothing looks for anything again and again")


Open = Callable[..., Screen]


@pytest.fixture
def open_page(bot: Bot, dressed: Look) -> Open:
    """Opens the page with a workbook on it."""

    def opened(workbooks: FakeWorkbooks | None = None, path: str = "modest.xlsx") -> Screen:
        desk = Desk(
            journal=FakeJournal(Stored()),
            clock=FakeClock(),
            ids=FakeIds(),
            codec=make_codec(),
            state=ConsoleState(),
        )
        page = ImportPage(dressed)
        books = workbooks or FakeWorkbooks()
        controller = ImportController(desk, TasksInTurn(), books, page)
        screen = Screen(page=page, controller=controller, workbooks=books, desk=desk)
        controller.on_taken = screen.taken.append
        bot.show(page, 1528, 900)
        if path:
            controller.open(path)
        bot.settle()
        return screen

    return opened


def asked(screen: Screen) -> list[str]:
    return [card.row.key for card in screen.page.asks.cards]


def focused() -> QWidget:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def answer(bot: Bot, screen: Screen, key: str, text: str) -> None:
    """Type an answer into the field of a question."""
    card = next(card for card in screen.page.asks.cards if card.row.key == key)
    bot.focus(card.field)
    card.field.setText(text)
    bot.key(card.field, Qt.Key.Key_Return)
    bot.settle()


def test_that_a_page_without_a_file_offers_one_button(open_page: Open) -> None:
    page = open_page(path="").page
    assert page.choose.isVisible()
    assert page.choose.hasFocus()
    hidden = (page.stages, page.take, page.columns, page.asks, page.below)
    assert not any(part.isVisible() for part in hidden)


def test_that_a_workbook_is_shown_with_what_is_open(open_page: Open) -> None:
    screen = open_page()
    page = screen.page
    assert asked(screen) == ["Cutover!D22", "Cutover!G28", "Cutover!E35"]
    assert page.take.label == "Take in 30 steps"
    assert not page.take.isEnabled()
    assert page.take.why == "3 problems must be answered first"
    assert page.why.text() == "3 problems must be answered first"
    assert page.preview.rows.rowCount() == 30
    assert page.columns.box_of("D").currentData() == "owner"


def test_that_ctrl_enter_is_no_enter_for_a_button_and_opens_no_night(
    open_page: Open, bot: Bot
) -> None:
    page = open_page().page
    pressed: list[str] = []
    page.choose.clicked.connect(lambda: pressed.append("file"))
    night = QShortcut(QKeySequence("Ctrl+Return"), page.window())
    night.activated.connect(lambda: pressed.append("night"))
    bot.focus(page.choose)
    bot.key(page.choose, Qt.Key.Key_Return, CTRL)
    bot.settle()
    assert pressed == []
    bot.key(page.choose, Qt.Key.Key_Return)
    assert pressed == ["file"]


def test_that_a_question_that_can_only_be_left_empty_gives_the_keyboard_to_its_field(
    open_page: Open, bot: Bot
) -> None:
    page = open_page().page
    bot.focus(page.choose)
    for _ in range(2):
        bot.key(page, Qt.Key.Key_F8)
    assert focused() is page.asks.cards[1].field


def test_that_three_questions_are_answered_and_the_plan_taken_in_by_keyboard(
    open_page: Open, bot: Bot
) -> None:
    screen = open_page()
    page = screen.page
    bot.focus(page.choose)
    bot.key(page.choose, Qt.Key.Key_F8)
    assert focused().accessibleName() == "Karim Haddad"
    assert page.preview.selected_row() == 16
    bot.key(focused(), Qt.Key.Key_Space)
    bot.settle()
    assert asked(screen) == ["Cutover!G28", "Cutover!E35"]
    # Whoever answered stands on the next question.
    assert page.asks.cards[0].isAncestorOf(focused())
    answer(bot, screen, "Cutover!G28", "22")
    bot.key(focused(), Qt.Key.Key_Return)
    bot.settle()
    assert asked(screen) == []
    assert page.take.isEnabled()
    before = screen.desk.state.size
    bot.key(page, Qt.Key.Key_Return, CTRL)
    bot.settle()
    assert screen.taken == ["warehouse-8"]
    assert screen.desk.state.size > before
    steps = screen.desk.state.workspace.releases[ReleaseId("warehouse-8")].runbook.steps
    assert len(steps) == 30
    assert screen.workbooks.kept == [MAPPING]
    assert page.says.text().startswith("30 steps of Warehouse 8 are recorded. Ctrl 1 shows")
    assert page.below.note.text().endswith("no step differs")


def test_that_ctrl_enter_does_nothing_while_something_is_open(open_page: Open, bot: Bot) -> None:
    screen = open_page()
    before = screen.desk.state.size
    bot.key(screen.page, Qt.Key.Key_Return, CTRL)
    screen.controller.take()
    assert screen.desk.state.size == before
    assert screen.taken == []


def test_that_an_answer_that_is_not_understood_is_asked_again(open_page: Open, bot: Bot) -> None:
    screen = open_page()
    answer(bot, screen, "Cutover!G28", "later")
    card = next(card for card in screen.page.asks.cards if card.row.key == "Cutover!G28")
    assert card.row.question.startswith("The answer “later” is not understood.")
    card.field.setText("  ")
    bot.key(card.field, Qt.Key.Key_Return)
    assert len(asked(screen)) == 3


def test_that_a_column_that_becomes_something_else_is_read_anew(open_page: Open) -> None:
    screen = open_page()
    box = screen.page.columns.box_of("N")
    box.setCurrentIndex(box.findData("note"))
    assert screen.page.columns.box_of("N").currentData() == "note"
    assert screen.page.columns.box_of("M").currentData() == "nothing"
    pred = screen.page.columns.box_of("G")
    pred.setCurrentIndex(pred.findData(Field.NOTHING.value))
    assert "no_after" in asked(screen)


def test_that_what_the_mapping_leaves_open_is_chosen_by_a_button(open_page: Open, bot: Bot) -> None:
    screen = open_page(FakeWorkbooks(mapping=None))
    assert screen.page.columns.note.text().startswith("proposed")
    heads = {screen.page.columns.box_of(it).currentData() for it in "ABCD"}
    assert heads == {"number", "title", "stream", "owner"}
    screen = open_page(FakeWorkbooks(mapping=replace(MAPPING, no_undo=None)))
    card = next(card for card in screen.page.asks.cards if card.row.key == "no_undo")
    bot.click(card.buttons[0])
    assert "no_undo" not in asked(screen)


def test_that_a_release_without_a_sheet_is_said_by_the_person(open_page: Open, bot: Bot) -> None:
    screen = open_page(FakeWorkbooks(workbook=without_release(modest_workbook())))
    assert "release.title" in asked(screen)
    answer(bot, screen, "release.title", "Own")
    answer(bot, screen, "release.zone", "Nowhere")
    assert screen.page.says.text() == "“Nowhere” is not understood here."
    answer(bot, screen, "release.zone", "Europe/Berlin")
    assert not {"release.title", "release.zone"} & set(asked(screen))
    assert screen.page.says.text() == ""


def test_that_an_answer_may_hold_wherever_the_value_stands(open_page: Open, bot: Bot) -> None:
    screen = open_page(FakeWorkbooks(workbook=without_release(modest_workbook())))
    card = next(card for card in screen.page.asks.cards if card.row.value == "“Ruth”")
    assert card.row.same > 0
    assert card.everywhere.isVisible()
    card.everywhere.setChecked(True)
    card.field.setText("nobody")
    bot.key(card.field, Qt.Key.Key_Return)
    assert all(it.row.value != "“Ruth”" for it in screen.page.asks.cards)


def test_that_another_sheet_or_row_of_headings_is_looked_at(open_page: Open) -> None:
    screen = open_page()
    screen.page.columns.head_row.setValue(6)
    assert "columns.title" in asked(screen)
    screen.page.columns.sheet.setCurrentText("Contacts")
    assert screen.page.columns.sheet.currentText() == "Contacts"
    screen.page.columns.sheet.setCurrentText("Cutover")
    assert screen.page.columns.head_row.value() == 5


def test_that_a_file_that_cannot_be_read_is_told_of(open_page: Open) -> None:
    page = open_page(FakeWorkbooks(refuses="no workbook")).page
    assert "no workbook" in page.says.text()
    assert not page.columns.isVisible()


def test_that_a_rule_that_refuses_is_told_of(open_page: Open, bot: Bot) -> None:
    screen = open_page()
    for key, said in TYPED:
        answer(bot, screen, key, said)
    screen.workbooks.is_full = True
    screen.controller.take()
    assert "disk" in screen.page.says.text()


def test_that_a_file_is_asked_for_beside_the_window(open_page: Open, bot: Bot) -> None:
    screen = open_page(path="")
    bot.key(screen.page, Qt.Key.Key_O, CTRL)
    dialog = screen.page.findChild(QFileDialog)
    assert dialog is not None
    assert not dialog.isModal()
    dialog.fileSelected.emit("/tmp/modest.xlsx")
    dialog.close()
    assert len(asked(screen)) == 3


def test_that_the_runbook_that_comes_along_is_one_key_away(open_page: Open, bot: Bot) -> None:
    screen = open_page(path="")
    bot.focus(screen.page.example)
    bot.key(screen.page.example, Qt.Key.Key_Return)
    assert [path.name for path in screen.workbooks.opened] == ["modest.xlsx"]
    assert screen.workbooks.opened[0].is_file()
    assert screen.page.example.isHidden()
    assert len(asked(screen)) == 3
    assert screen.page.asks.has_keyboard


def test_that_what_is_taken_in_once_is_not_offered_again(open_page: Open, bot: Bot) -> None:
    screen = open_page()
    for key, said in TYPED:
        answer(bot, screen, key, said)
    screen.controller.take()
    bot.settle()
    assert len(screen.taken) == 1
    assert not screen.page.take.isEnabled()
    assert screen.page.why.text() == "Nothing differs from what is recorded"


def test_that_the_wheel_over_a_box_changes_no_column(open_page: Open) -> None:
    box = open_page().page.columns.box_of("D")
    turned = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(box, turned)
    assert box.currentData() == "owner"


def test_that_everything_that_takes_the_keyboard_has_a_name(open_page: Open) -> None:
    page = open_page().page
    for widget in page.findChildren(QWidget):
        takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        is_inner = isinstance(widget, QLineEdit) and widget.parent() is page.columns.head_row
        if takes and widget.isVisible() and not is_inner:
            assert widget.accessibleName(), widget


def test_that_nothing_painted_is_smaller_than_12_pixels(open_page: Open, bot: Bot) -> None:
    page = open_page().page
    with recorded_text() as said:
        bot.picture(page)
    assert min(text.pixels for text in said) >= 12
    assert any(text.text == "Karim Haddad" for text in said)


def test_that_many_remarks_are_counted_and_the_same_rows_change_nothing(
    open_page: Open,
) -> None:
    screen = open_page()
    panel = screen.page.asks
    cards = list(panel.cards)
    panel.show_import(rows(intake()))
    assert panel.cards == cards
    whole = rows(intake(answers=ANSWERS))
    screen.page.show_rows(whole)
    assert panel.cards == []
    panel.go_on()

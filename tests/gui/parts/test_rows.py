"""A list of painted rows has keys, a selection that stays, and a sentence for every row."""

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible, QPainter

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import paint_text, recorded_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.views.parts.rows import RowList
from tests.gui.bot import Bot, colours


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    key: str
    sentence: str
    is_no_go: bool = False


STEPS = tuple(
    Step(key=key, sentence=f"Step {key}, on time", is_no_go=key == "13")
    for key in ("14", "13", "15")
)


@pytest.fixture
def rows(dressed: Look, bot: Bot) -> RowList[Step]:
    def paint(painter: QPainter, rect: QRectF, row: Step) -> None:
        paint_text(painter, dressed, rect.adjusted(12, 0, 0, 0), row.sentence, TextRole.BODY)

    def tint(row: Step) -> str:
        return "crit_bg" if row.is_no_go else ""

    made: RowList[Step] = RowList(dressed, paint, 40, tint=tint, fits_rows=True)
    made.show_rows(STEPS)
    return bot.show(made, 300, 160)


def test_that_every_row_is_painted(rows: RowList[Step], bot: Bot) -> None:
    with recorded_text() as record:
        bot.picture(rows)
    assert [painted.text for painted in record] == [step.sentence for step in STEPS]


def test_that_the_arrows_go_through_the_rows(rows: RowList[Step], bot: Bot) -> None:
    rows.select("14")
    chosen = bot.heard(rows.chosen)
    bot.focus(rows)
    bot.key(rows, Qt.Key.Key_Down)
    bot.key(rows, Qt.Key.Key_Down)
    bot.key(rows, Qt.Key.Key_Up)
    assert chosen == [("13",), ("15",), ("13",)]
    assert rows.selected == "13"


def test_that_enter_opens_a_row(rows: RowList[Step], bot: Bot) -> None:
    opened = bot.heard(rows.opened)
    bot.focus(rows)
    rows.select("15")
    bot.key(rows, Qt.Key.Key_Return)
    assert opened == [("15",)]


def test_that_a_click_selects_a_row(rows: RowList[Step], bot: Bot) -> None:
    chosen = bot.heard(rows.chosen)
    second = rows.visualRect(rows.model().index(1, 0)).center()
    bot.click(rows.viewport(), second)
    assert chosen == [("13",)]


def test_that_tab_leaves_the_list(rows: RowList[Step]) -> None:
    assert not rows.tabKeyNavigation()


def test_that_the_selection_stays_with_its_row(rows: RowList[Step], bot: Bot) -> None:
    rows.select("13")
    chosen = bot.heard(rows.chosen)
    rows.show_rows([STEPS[2], STEPS[1]])
    assert rows.selected == "13"
    rows.show_rows([STEPS[2]])
    assert rows.selected == ""
    assert chosen == []


def test_that_a_row_that_changed_is_painted_anew(rows: RowList[Step], bot: Bot) -> None:
    rows.select("13")
    changed = replace(STEPS[1], sentence="Step 13, late 04:42")
    rows.show_rows([STEPS[0], changed, STEPS[2]])
    with recorded_text() as record:
        bot.picture(rows)
    assert record[1].text == "Step 13, late 04:42"
    assert rows.selected == "13"


def test_that_a_selected_row_has_a_ground_and_a_bar(
    rows: RowList[Step], bot: Bot, dressed: Look
) -> None:
    rows.select("")
    calm = colours(bot.picture(rows.viewport()))
    rows.select("14")
    seen = colours(bot.picture(rows.viewport()))
    acc, ground = dressed.colour("acc").name(), dressed.colour("bg3").name()
    assert calm.get(acc, 0) == 0
    assert seen[acc] == 3 * 40
    assert seen[ground] > 0.8 * 40 * rows.viewport().width()


def test_that_a_row_may_have_a_tint(rows: RowList[Step], bot: Bot, dressed: Look) -> None:
    assert dressed.colour("crit_bg").name() in colours(bot.picture(rows.viewport()))


def test_that_a_list_that_fits_is_as_high_as_its_rows(rows: RowList[Step]) -> None:
    assert rows.sizeHint().height() >= 3 * 40
    assert rows.sizeHint().height() < 4 * 40


def test_that_a_screen_reader_hears_every_row(rows: RowList[Step]) -> None:
    told = QAccessible.queryAccessibleInterface(rows)
    heard = [
        told.child(at).text(QAccessible.Text.Name)
        for at in range(told.childCount())
        if told.child(at).role() is QAccessible.Role.ListItem
    ]
    assert heard == [step.sentence for step in STEPS]

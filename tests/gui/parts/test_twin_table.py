"""The table beside a painted view is walked by keys, row by row, and only read."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView

from relconsole_ui.design.look import Look
from relconsole_ui.views.parts.twin_table import ROW, TwinTable
from tests.gui.bot import Bot


@pytest.fixture
def table(dressed: Look, bot: Bot) -> TwinTable:
    model = QStandardItemModel(0, 2)
    for step in ("14", "13", "15"):
        model.appendRow([QStandardItem(step), QStandardItem("on time")])
    made = TwinTable(dressed, model, "Steps")
    model.setParent(made)
    return bot.show(made, 300, 200)


def test_that_the_arrows_go_row_by_row(table: TwinTable, bot: Bot) -> None:
    table.select_row(0)
    bot.focus(table)
    bot.key(table, Qt.Key.Key_Down)
    assert table.selected_row() == 1
    assert {index.row() for index in table.selectedIndexes()} == {1}
    assert len(table.selectedIndexes()) == 2


def test_that_no_row_can_be_selected(table: TwinTable) -> None:
    table.select_row(2)
    table.select_row(-1)
    assert table.selected_row() == -1


def test_that_nothing_can_be_edited_and_tab_leaves(table: TwinTable) -> None:
    assert table.editTriggers() == QAbstractItemView.EditTrigger.NoEditTriggers
    assert not table.tabKeyNavigation()
    assert table.accessibleName() == "Steps"


def test_that_rows_grow_with_the_scale(table: TwinTable, dressed: Look) -> None:
    assert table.rowHeight(0) == ROW
    dressed.set_scale(2.0)
    assert table.rowHeight(0) == 2 * ROW


def test_that_a_column_fits_what_it_holds(table: TwinTable) -> None:
    table.model().setData(table.model().index(0, 0), "a much longer name of a step")
    table.fit_columns()
    assert table.columnWidth(0) > 150

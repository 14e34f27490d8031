"""The model of the plan table says only what differs, so that who stands on a row stays on it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from relconsole_ui.models.plan_table import PlanModel
from relconsole_ui.presenters.plan_order import Arrangement, Show, arrange
from relconsole_ui.presenters.plan_table import (
    COLUMNS,
    PlanColumn,
    PlanRow,
    present_plan_table,
)
from tests.unit.presenters import scenes


@pytest.fixture(scope="module")
def rows() -> tuple[PlanRow, ...]:
    """The plan in the middle of its trouble."""
    return present_plan_table(scenes.alarm().seen()).rows


@pytest.fixture
def model(rows: tuple[PlanRow, ...]) -> PlanModel:
    """A model that is watched for what it says of itself."""
    made = PlanModel()
    tester = QAbstractItemModelTester(
        made, QAbstractItemModelTester.FailureReportingMode.Warning, made
    )
    assert tester.model() is made
    made.show_rows(rows)
    return made


def heard(model: PlanModel) -> list[tuple[int, int]]:
    """The cells that are told to have changed from now on."""
    told: list[tuple[int, int]] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        assert (first.row(), first.column()) == (last.row(), last.column())
        told.append((first.row(), first.column()))

    model.dataChanged.connect(note)
    return told


def test_that_only_the_changed_cells_are_told(
    model: PlanModel, rows: tuple[PlanRow, ...], qapp: object
) -> None:
    told = heard(model)
    cells = list(rows[3].cells)
    at = COLUMNS.index(PlanColumn.OWNER)
    cells[at] = replace(cells[at], text="Asha Nair")
    model.show_rows((*rows[:3], replace(rows[3], cells=tuple(cells)), *rows[4:]))
    assert told == [(3, at)]
    model.show_rows(model.rows)
    assert told == [(3, at)]


def test_that_rows_are_taken_out_moved_and_put_in_under_who_stands_on_one(
    model: PlanModel, rows: tuple[PlanRow, ...], qapp: object
) -> None:
    stands = QPersistentModelIndex(model.index(model.row_of("shift"), 1))
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    for arrangement in (
        Arrangement(sort=PlanColumn.NUMBER, is_descending=True),
        Arrangement(show=Show.TO_DO),
        Arrangement(show=Show.NOW, sort=PlanColumn.TITLE),
        Arrangement(),
    ):
        wanted = arrange(rows, arrangement)
        model.show_rows(wanted)
        assert model.rows == wanted
        assert model.rows[stands.row()].step == "shift"
    assert resets == []


def test_that_a_row_that_went_is_gone_for_who_stood_on_it(
    model: PlanModel, rows: tuple[PlanRow, ...], qapp: object
) -> None:
    stands = QPersistentModelIndex(model.index(0, 0))
    model.show_rows(rows[1:])
    assert not stands.isValid()
    model.show_rows(())
    assert model.rowCount() == 0


def test_that_a_cell_is_read_aloud_with_its_heading_and_the_first_one_says_the_row(
    model: PlanModel, qapp: object
) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    at = model.row_of("shift")
    assert str(model.data(model.index(at, 0), role)).startswith("Step 14, Shift 25 %")
    assert model.data(model.index(at, COLUMNS.index(PlanColumn.OWNER)), role) == "Owner: Jo Reyes"
    assert model.data(model.index(at, COLUMNS.index(PlanColumn.NOT_BEFORE)), role) == (
        "Not before: none"
    )
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Step"


def test_that_only_what_may_be_edited_is_typed_into_and_what_is_typed_is_only_told(
    model: PlanModel, qapp: object
) -> None:
    model.set_editable({PlanColumn.OWNER})
    told: list[tuple[str, str, str]] = []

    def note(step: str, column: str, text: str) -> None:
        told.append((step, column, text))

    model.edited.connect(note)
    owner = model.index(model.row_of("shift"), COLUMNS.index(PlanColumn.OWNER))
    assert model.flags(owner) & Qt.ItemFlag.ItemIsEditable
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    assert model.setData(owner, "Asha Nair")
    assert told == [("shift", "Owner", "Asha Nair")]
    assert model.cell(owner).text == "Jo Reyes"
    assert not model.setData(owner, "Jo Reyes")

"""A workbook as values: cells, blocks and their names."""

from dataclasses import replace

import pytest

from relconsole.domain.plan.taking_in.cells import (
    EMPTY,
    Area,
    CellKind,
    Sheet,
    Workbook,
    column_of,
    letters_of,
    text_cell,
)
from tests.unit.domain.plan.taking_in.sheets import area, grid


@pytest.mark.parametrize(
    ("column", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")]
)
def test_that_a_column_has_its_letters_and_letters_their_column(column: int, letters: str) -> None:
    assert letters_of(column) == letters
    assert column_of(f" {letters.lower()} ") == column


@pytest.mark.parametrize("letters", ["", "1", "Ä", "A1"])
def test_that_what_is_no_column_is_refused(letters: str) -> None:
    with pytest.raises(ValueError, match="no column"):
        column_of(letters)


def test_that_there_is_no_column_before_the_first() -> None:
    with pytest.raises(ValueError, match="no column 0"):
        letters_of(0)


def test_that_a_text_of_blanks_is_an_empty_cell() -> None:
    assert text_cell("  \n") is EMPTY
    assert text_cell(" a ").text == "a"
    assert text_cell("a").kind is CellKind.TEXT


def test_that_a_block_bears_its_name() -> None:
    block = area("C24:C26")
    assert block.reference == "C24:C26"
    assert block.is_one_column
    assert not area("A1:C1").is_one_column


def test_that_a_cell_knows_the_block_that_holds_it() -> None:
    sheet = replace(grid(["a", "b"], ["c", "d"], ["e"]), merged=(area("A1:A2"), area("A2:B9")))
    assert sheet.area_of(1, 1) == sheet.area_of(2, 1) == area("A1:A2")
    assert sheet.area_of(3, 2) == area("A2:B9")
    assert sheet.area_of(1, 2) is None


def test_that_a_block_as_large_as_a_sheet_costs_nothing() -> None:
    endless = Area(first_row=1, first_column=1, last_row=1_048_576, last_column=16_384)
    sheet = replace(grid(["a"]), merged=(endless,))
    assert sheet.area_of(1, 1) == endless


def test_that_an_empty_sheet_has_no_rows() -> None:
    sheet = Sheet(name="empty")
    assert (sheet.last_row, sheet.last_column) == (0, 0)
    assert list(sheet.rows_after(0)) == []


def test_that_a_sheet_is_found_whatever_the_case_of_its_name() -> None:
    sheet = grid(["a"], name="Cutover ")
    book = Workbook(name="plan.xlsx", sheets=(sheet,))
    assert book.find(" cutOVER") is sheet
    assert book.find("Contacts") is None

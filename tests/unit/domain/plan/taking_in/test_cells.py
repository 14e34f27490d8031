"""A workbook as values: cells, blocks and their names."""

import pytest

from relconsole.domain.plan.taking_in.cells import (
    EMPTY,
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


def test_that_a_block_holds_its_corners_and_bears_its_name() -> None:
    block = area("C24:C26")
    assert block.reference == "C24:C26"
    assert block.is_one_column
    assert block.holds(24, 3)
    assert block.holds(26, 3)
    assert not block.holds(27, 3)
    assert not block.holds(25, 4)
    assert not area("A1:C1").is_one_column


def test_that_an_empty_sheet_has_no_rows() -> None:
    sheet = Sheet(name="empty")
    assert (sheet.last_row, sheet.last_column) == (0, 0)
    assert list(sheet.rows_after(0)) == []


def test_that_a_sheet_is_found_whatever_the_case_of_its_name() -> None:
    sheet = grid(["a"], name="Cutover ")
    book = Workbook(name="plan.xlsx", sheets=(sheet,))
    assert book.find(" cutOVER") is sheet
    assert book.find("Contacts") is None

"""Where the columns of a mapping stand in a sheet."""

import pytest

from relconsole.domain.plan.taking_in.layout import lay_out, propose_columns, propose_header_row
from relconsole.domain.plan.taking_in.mapping import Column, Field, SheetMapping
from tests.unit.domain.plan.taking_in.sheets import NAME, grid

NEEDED = (
    Column(heading="Title", becomes=Field.TITLE),
    Column(heading="Min", becomes=Field.DURATION),
)
SHEET = grid(["Title", "Min", "Ampel", "Min "], ["Open", 3, "green", 4])


def mapping(*columns: Column) -> SheetMapping:
    return SheetMapping(sheet=NAME, columns=columns)


def test_that_a_column_is_found_by_its_heading_whatever_its_case() -> None:
    sheet = grid(["TITLE", " min"], ["Open", 3])
    layout = lay_out(sheet, mapping(*NEEDED))
    assert layout.missing == ()
    title = layout.find(Field.TITLE)
    assert title is not None
    assert (title.letters, title.heading, title.first) == ("A", "TITLE", "Open")
    assert layout.find(Field.OWNER) is None


def test_that_a_heading_that_stands_twice_is_told_apart_by_its_letters() -> None:
    found = lay_out(SHEET, mapping(*NEEDED))
    assert found.missing[0].question == ("The column “Min”, which became duration, stands 2 times.")
    told = lay_out(
        SHEET, mapping(NEEDED[0], Column(heading="Min", letters="D", becomes=Field.DURATION))
    )
    assert told.missing == ()
    duration = told.find(Field.DURATION)
    assert duration is not None
    assert duration.column == 4


@pytest.mark.parametrize(
    "column",
    [
        Column(heading="Dauer", becomes=Field.DURATION),
        Column(letters="Z", becomes=Field.DURATION),
        Column(heading="Min", letters="A", becomes=Field.DURATION),
    ],
)
def test_that_a_column_that_is_gone_is_asked_for(column: Column) -> None:
    layout = lay_out(SHEET, mapping(NEEDED[0], column))
    assert {it.key for it in layout.missing} == {"columns.duration"}


def test_that_a_column_without_a_heading_is_found_by_its_letters() -> None:
    sheet = grid(["Title", None], ["Open", 3])
    layout = lay_out(sheet, mapping(NEEDED[0], Column(letters="B", becomes=Field.DURATION)))
    assert layout.missing == ()


def test_that_a_letter_beside_one_heading_does_not_bind() -> None:
    sheet = grid(["Note", "Title", "Min"], ["a", "Open", 3])
    moved = Column(heading="Title", letters="A", becomes=Field.TITLE)
    found = lay_out(sheet, mapping(moved, NEEDED[1])).find(Field.TITLE)
    assert found is not None
    assert found.letters == "B"


def test_that_two_columns_cannot_become_one_field() -> None:
    twice = Column(heading="Ampel", becomes=Field.TITLE)
    sheet = grid(["Title", "Min", "Ampel"], ["Open", 3, "green"])
    layout = lay_out(sheet, mapping(*NEEDED, twice))
    assert [it.key for it in layout.missing] == ["columns.C"]


def test_that_several_columns_may_become_nothing() -> None:
    sheet = grid(["Title", "Min", "A", "B"], ["Open", 3, "x", "y"])
    nothing = tuple(Column(heading=it, becomes=Field.NOTHING) for it in "AB")
    assert lay_out(sheet, mapping(*NEEDED, *nothing)).missing == ()


def test_that_title_and_duration_are_needed() -> None:
    missing = lay_out(grid(["A"], ["x"]), mapping()).missing
    assert [it.key for it in missing] == ["columns.title", "columns.duration"]


def test_that_columns_are_proposed_by_their_headings() -> None:
    sheet = grid(
        ["Nr", "Aufgabe", "Dauer", "Ampel", "Nr", None, "Task"], [1, "a", 3, "x", 2, "y", 1]
    )
    proposed = propose_columns(sheet, 1)
    assert [(it.becomes, it.letters) for it in proposed] == [
        (Field.NUMBER, "A"),
        (Field.TITLE, ""),
        (Field.DURATION, ""),
        (Field.NOTHING, ""),
        (Field.NOTHING, "E"),
        (Field.NOTHING, "F"),
        (Field.NOTHING, ""),
    ]


def test_that_the_row_with_most_headings_is_proposed() -> None:
    sheet = grid(["Start of the plan"], ["Title"], [], ["Nr", "Title", "Owner"], [1, "a", "b"])
    assert propose_header_row(sheet) == 4
    assert propose_header_row(grid(["x"])) == 1

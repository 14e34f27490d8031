"""What a person chooses for a mapping."""

import pytest

from relconsole.domain.plan.runbook import StepKind, UndoKind
from relconsole.domain.plan.taking_in.cells import Workbook
from relconsole.domain.plan.taking_in.choosing import become, choose, fits, propose_mapping
from relconsole.domain.plan.taking_in.layout import lay_out
from relconsole.domain.plan.taking_in.mapping import (
    AfterNames,
    Column,
    Field,
    NoAfter,
    SheetMapping,
    Unit,
)
from tests.unit.domain.plan.taking_in.sheets import grid

SHEET = grid(["Nr", "Title", "Min", "Note", "Note"], [1, "a", 3, "x", "y"])
CONTACTS = grid(["Name", "Team", "Title", "Role"], ["Mara"], name="Contacts")


@pytest.mark.parametrize(
    ("key", "answer", "chosen"),
    [
        ("numbers", "hours", Unit.HOURS),
        ("after_names", "row", AfterNames.ROW),
        ("no_after", "row_before", NoAfter.ROW_BEFORE),
        ("no_kind", "manual", StepKind.MANUAL),
        ("no_undo", "none", UndoKind.NONE),
    ],
)
def test_that_a_choice_is_made_by_its_key(key: str, answer: str, chosen: object) -> None:
    made = choose(SheetMapping(), key, answer)
    assert made is not None
    assert getattr(made, key) == chosen
    assert choose(SheetMapping(), key, "odd") is None


def test_that_an_unknown_choice_is_none() -> None:
    assert choose(SheetMapping(), "window", "x") is None


def test_that_a_column_takes_what_another_became() -> None:
    columns = tuple(
        Column(heading=heading, becomes=becomes)
        for heading, becomes in (
            ("Nr", Field.NUMBER),
            ("Title", Field.TITLE),
            ("Min", Field.DURATION),
        )
    )
    mapping = SheetMapping(sheet="Cutover", columns=columns)
    placed = lay_out(SHEET, mapping).columns
    made = become(mapping, placed, "D", Field.TITLE)
    assert [(it.heading, it.letters, it.becomes) for it in made.columns] == [
        ("Nr", "", Field.NUMBER),
        ("Title", "", Field.NOTHING),
        ("Min", "", Field.DURATION),
        ("Note", "D", Field.TITLE),
        ("Note", "E", Field.NOTHING),
    ]
    assert lay_out(SHEET, made).missing == ()
    nothing = become(made, placed, "A", Field.NOTHING)
    assert nothing.columns[0].becomes is Field.NOTHING


def test_that_a_mapping_is_proposed_for_the_sheet_of_the_steps() -> None:
    proposed = propose_mapping(Workbook(name="x", sheets=(CONTACTS, SHEET)))
    assert (proposed.sheet, proposed.header_row) == ("Cutover", 1)
    assert [it.becomes for it in proposed.columns][:3] == [
        Field.NUMBER,
        Field.TITLE,
        Field.DURATION,
    ]
    assert proposed.no_undo is None
    assert propose_mapping(Workbook(name="x", sheets=(CONTACTS,))).sheet == "Contacts"
    assert propose_mapping(Workbook(name="x")).sheet == ""


def test_that_a_mapping_fits_a_workbook_with_its_sheet_and_columns() -> None:
    book = Workbook(name="x", sheets=(SHEET,))
    proposed = propose_mapping(book)
    assert fits(proposed, book)
    assert not fits(SheetMapping(sheet="Cutover"), book)
    assert not fits(SheetMapping(sheet="Other"), book)

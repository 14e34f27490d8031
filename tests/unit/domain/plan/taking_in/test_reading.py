"""One cell read as one kind of value, or what has to be asked about it."""

from datetime import timedelta

import pytest

from relconsole.domain.plan.runbook import Mode
from relconsole.domain.plan.taking_in.cells import Cell, CellKind
from relconsole.domain.plan.taking_in.mapping import Unit
from relconsole.domain.plan.taking_in.reading import (
    LONGEST_TEXT,
    Read,
    Unclear,
    read_duration,
    read_truth,
    read_whole,
    read_word,
    read_words,
    split_list,
)
from tests.unit.domain.plan.taking_in.sheets import Value, cell, minutes, wall

ERROR = Cell(kind=CellKind.FAULT, text="#REF!")
UNSAVED = Cell(kind=CellKind.FAULT, text="formula", is_calculated=True)


def length(
    value: Value, unit: Unit | None = Unit.MINUTES, *, is_typed: bool = True
) -> Read[timedelta] | Unclear:
    return read_duration(cell(value), unit, is_typed=is_typed)


@pytest.mark.parametrize(
    ("value", "unit", "meant"),
    [
        (minutes(3), None, minutes(3)),
        (8, Unit.MINUTES, minutes(8)),
        (1.5, Unit.HOURS, minutes(90)),
        (0, Unit.MINUTES, minutes(0)),
        ("5 min", None, minutes(5)),
        ("5min.", None, minutes(5)),
        ("5'", None, minutes(5)),
        ("1 h 30 min", None, minutes(90)),
        ("2 Std.", None, minutes(120)),
        ("1h30m", None, minutes(90)),
        ("90.5s", None, timedelta(seconds=90.5)),
        ("45 sec", None, timedelta(seconds=45)),
    ],
)
def test_that_a_length_is_read_in_each_of_its_forms(
    value: Value, unit: Unit | None, meant: timedelta
) -> None:
    assert length(value, unit) == Read(value=meant)


def test_that_a_number_kept_as_text_is_read_with_a_remark() -> None:
    assert length("8") == Read(value=minutes(8), remark="a number that the sheet keeps as text")
    assert length("8", is_typed=False) == Read(value=minutes(8))


def test_that_a_time_kept_as_text_is_asked_about_with_what_it_may_mean() -> None:
    asked = length("0:05")
    assert isinstance(asked, Unclear)
    assert asked.proposal == "5m"
    assert asked.question == "“0:05” is text, not a time. Read it as 5m?"
    assert length("0:05", is_typed=False) == Read(value=minutes(5))
    assert length("0:05:30", is_typed=False) == Read(value=timedelta(minutes=5, seconds=30))


def test_that_a_bare_number_without_a_unit_is_asked_of_the_mapping() -> None:
    for value in (8, "8"):
        asked = length(value, None)
        assert isinstance(asked, Unclear)
        assert asked.choice == "numbers"


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("ca. 5 min", ["5m"]),
        ("~1,5 h", ["1h30m"]),
        ("5-10 min", ["5m", "10m"]),
        ("5 min 6 min", ["5m", "6m"]),
        ("5 min and 6 h", ["5m", "6m"]),
        ("soon", []),
        ("3 h 3 h or 4 h", ["3h", "4h"]),
    ],
)
def test_that_a_length_in_words_is_asked_about_with_its_numbers(
    text: str, offers: list[str]
) -> None:
    asked = length(text)
    assert isinstance(asked, Unclear)
    found = [it.answer for it in asked.options]
    assert found == offers
    assert asked.proposal == (offers[0] if len(offers) == 1 else "")


@pytest.mark.parametrize("value", [-1, 10_000_000, minutes(-3), timedelta(days=4000), "5000d"])
def test_that_a_length_out_of_bounds_is_asked_about(value: Value) -> None:
    asked = length(value)
    assert isinstance(asked, Unclear)
    assert "Not a length" in asked.question


def test_that_a_date_and_a_fault_are_no_length() -> None:
    assert isinstance(length(wall(2026, 4, 21)), Unclear)
    asked = length(ERROR)
    assert asked == Unclear(question="#REF! is an error of the sheet. What is meant?")
    assert isinstance(length(UNSAVED), Unclear)


def test_that_words_are_text_of_bounded_length() -> None:
    assert read_words(cell("a b")) == Read(value="a b")
    assert read_words(cell(3)) == Read(value="3")
    assert isinstance(read_words(cell("x" * (LONGEST_TEXT + 1))), Unclear)
    asked = read_words(UNSAVED)
    assert asked == Unclear(question="A formula without a saved value. What does it give?")


def test_that_a_whole_number_counts_from_one() -> None:
    assert read_whole(cell(3)) == Read(value=3)
    for value in (0, "three", "²", -1, ERROR):
        assert isinstance(read_whole(cell(value)), Unclear)


def test_that_a_word_of_a_closed_list_is_read_whatever_its_case() -> None:
    modes = tuple(Mode)
    own = {"lesen": Mode.READ_DO}
    assert read_word(cell("Read-Do"), {}, modes, "?") == Read(value=Mode.READ_DO)
    assert read_word(cell(" Lesen"), own, modes, "?") == Read(value=Mode.READ_DO)
    asked = read_word(cell("both"), {}, modes, "Which?")
    assert isinstance(asked, Unclear)
    assert [it.answer for it in asked.options] == ["read-do", "do-confirm"]
    assert isinstance(read_word(ERROR, {}, modes, "?"), Unclear)


def test_that_yes_and_no_have_several_words() -> None:
    assert read_truth(cell("X")) == Read(value=True)
    assert read_truth(cell("nein")) == Read(value=False)
    assert read_truth(cell(None)) == Read(value=False)
    assert isinstance(read_truth(cell("perhaps")), Unclear)
    assert isinstance(read_truth(ERROR), Unclear)


def test_that_a_list_in_a_cell_has_each_item_once() -> None:
    assert split_list("a, b; a\nc | d/e,,") == ("a", "b", "c", "d", "e")

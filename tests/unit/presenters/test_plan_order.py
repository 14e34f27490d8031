"""The plan table sorted, filtered, searched and written out."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from relconsole_ui.presenters.plan_order import (
    Arrangement,
    Show,
    arrange,
    as_csv,
    as_text,
    found_keys,
    found_words,
    next_found,
)
from relconsole_ui.presenters.plan_table import (
    COLUMNS,
    PlanColumn,
    PlanRow,
    present_plan_table,
)
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import JO


def rows() -> tuple[PlanRow, ...]:
    """The plan in the middle of its trouble, as Jo sees it."""
    return present_plan_table(scenes.alarm().seen(person=JO)).rows


def steps(arrangement: Arrangement) -> list[str]:
    """The steps in the order in which they are shown."""
    return [row.step for row in arrange(rows(), arrangement)]


def test_that_rows_sort_by_any_column_both_ways_and_what_has_no_value_stands_last() -> None:
    rising = steps(Arrangement(sort=PlanColumn.ACTUAL_END))
    falling = steps(Arrangement(sort=PlanColumn.ACTUAL_END, is_descending=True))
    assert (rising[0], falling[0]) == ("open", "deploy")
    assert rising[11:] == falling[11:]
    assert "shift" in rising[11:]


def test_that_numbers_sort_as_numbers() -> None:
    assert steps(Arrangement(sort=PlanColumn.NUMBER))[:3] == ["open", "begin", "hold-batch"]
    assert steps(Arrangement(sort=PlanColumn.NUMBER, is_descending=True))[0] == "close"


@pytest.mark.parametrize(
    ("show", "count", "one"),
    [
        (Show.ALL, 27, "open"),
        (Show.TO_DO, 16, "shift"),
        (Show.NOW, 5, "shift"),
        (Show.CRITICAL, 11, "close"),
        (Show.MINE, 4, "shift-all"),
    ],
)
def test_that_only_the_steps_are_shown_that_one_asked_for(show: Show, count: int, one: str) -> None:
    shown = steps(Arrangement(show=show))
    assert one in shown
    assert len(shown) == count


def test_that_finding_takes_every_word_whatever_its_case_and_accents() -> None:
    assert found_keys(rows(), "VERIFY api") == {"verify-25"}
    assert found_keys(rows(), "pétra") >= {"smoke"}
    assert found_keys(rows(), " ") == frozenset()
    assert found_words(rows(), "verify api") == "1 of 27 found"
    assert found_words(rows(), "") == ""


def test_that_what_is_not_found_can_be_hidden() -> None:
    assert steps(Arrangement(find="verify api", only_found=True)) == ["verify-25"]
    assert len(steps(Arrangement(find="verify api"))) == 27


def test_that_the_next_found_row_follows_the_one_one_stands_on_and_goes_round_the_end() -> None:
    shown = rows()
    assert next_found(shown, "ledger schema", "") == "expand"
    assert next_found(shown, "shift traffic", "shift") == "shift-all"
    assert next_found(shown, "shift traffic", "shift-all") == "shift"
    assert next_found(shown, "shift traffic", "shift", backwards=True) == "shift-all"
    assert next_found(shown, "shift traffic", "", backwards=True) == "shift-all"
    assert next_found(shown, "nowhere", "") is None
    assert next_found(shown, "", "shift") is None


def test_that_rows_are_copied_with_their_headings_between_tabs() -> None:
    lines = as_text(rows()).splitlines()
    assert lines[0].split("\t")[:2] == ["No.", "Step"]
    assert lines[14].split("\t")[1] == "Shift 25 % traffic to payments-api"
    assert len(lines) == 28


def test_that_rows_as_text_hide_nothing_and_become_no_formula() -> None:
    first = rows()[0]
    evil = replace(first.cells[1], text="=1\x1b[31m\u202e")
    row = replace(first, cells=(first.cells[0], evil, *first.cells[2:]))
    assert as_text([row]).splitlines()[1].split("\t")[1] == "'=1\ufffd[31m\ufffd"


def test_that_a_csv_file_reads_back_and_holds_no_formula() -> None:
    first = rows()[0]
    evil = replace(first.cells[1], text='=cmd|"/c calc"!A1')
    row = replace(first, cells=(first.cells[0], evil, *first.cells[2:]))
    read = list(csv.reader(as_csv([row]).splitlines()))
    assert read[0] == list(COLUMNS)
    assert read[1][1] == '\'=cmd|"/c calc"!A1'
    assert read[1][3] == "Mara Okafor"

"""Taking a workbook in: what stands in columns, questions and the preview."""

from dataclasses import replace
from datetime import timedelta

from relconsole.domain.plan.taking_in.answers import Answers
from relconsole.domain.plan.taking_in.cells import Cell, CellKind, Workbook, text_cell
from relconsole.domain.plan.taking_in.mapping import AfterNames, Field
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.importing import FIELD_WORDS, ColumnRow, ImportRows, Stage
from relconsole_ui.presenters.importing_preview import PREVIEW, PreviewColumn, PreviewRow
from tests.unit.presenters.intakes import ANSWERS, MAPPING, intake, rows, without_release
from tools.make_modest import modest_workbook


def column(shown: ImportRows, letters: str) -> ColumnRow:
    return next(it for it in shown.columns if it.letters == letters)


def preview(shown: ImportRows, row: int) -> PreviewRow:
    return next(it for it in shown.preview if it.key == str(row))


def cell(row: PreviewRow, wanted: PreviewColumn) -> str:
    return row.cells[PREVIEW.index(wanted)].text


def with_cell(row: int, at: int, made: Cell) -> Workbook:
    book = modest_workbook()
    cutover = book.sheets[0]
    changed = replace(cutover, cells={**cutover.cells, (row, at): made})
    return replace(book, sheets=(changed, *book.sheets[1:]))


def test_that_open_cells_are_asked_about_and_keep_everything_out() -> None:
    shown = rows(intake())
    assert [it.key for it in shown.asks] == ["Cutover!D22", "Cutover!G28", "Cutover!E35"]
    owner = shown.asks[0]
    assert (owner.where, owner.value, owner.is_choice) == ("row 22, Resp.", "“Karim/Lena”", False)
    assert "Karim Haddad" in owner.names
    assert owner.sentence.startswith("Cutover!D22, row 22, Resp., “Karim/Lena”. Two names")
    assert shown.asks[1].names == ()
    assert shown.take == "Take in 30 steps"
    assert shown.why_not == "3 problems must be answered first"
    assert shown.asks_note.startswith("3 to answer, ")
    assert [it.sentence for it in shown.stages] == [
        "1 File: done",
        "2 Columns: open",
        "3 Problems: open",
        "4 Take in: ahead",
    ]


def test_that_an_answered_workbook_can_be_taken_in() -> None:
    shown = rows(intake(answers=ANSWERS))
    assert shown.asks == ()
    assert shown.why_not == ""
    assert [it.stage for it in shown.stages if it.is_done] == [
        Stage.FILE,
        Stage.COLUMNS,
        Stage.PROBLEMS,
    ]
    assert shown.stages[-1].is_open
    assert shown.difference == "30 added"
    one = rows(intake(answers=Answers(given=ANSWERS.given[1:])))
    assert one.why_not == "1 problem has to be answered first"


def test_that_each_column_says_what_it_becomes_and_how_it_is_read() -> None:
    shown = rows(intake())
    assert (shown.file, shown.sheet) == ("modest.xlsx, sheet Cutover, rows 6 to 35", "Cutover")
    assert shown.sheets == ("Cutover", "Release", "Contacts", "Services")
    assert shown.mapping_note == "mapping “Warehouse programme”, kept"
    owner = column(shown, "D")
    assert (owner.status, owner.reads) == (Status.WARNING, "names matched, 1 open")
    assert owner.sentence == "Column D, Resp., first value Greta"
    stream = column(shown, "C")
    assert (stream.status, stream.reads) == (Status.ADVISORY, "text, 10 remarks")
    assert column(shown, "E").reads == "after midnight: Sun 14, 1 open"
    assert column(shown, "G").reads == "numbers of steps, 1 open"
    title = column(shown, "B")
    assert (title.status, title.reads) == (Status.DONE, "text")
    assert column(shown, "N").status is Status.NOT_STARTED
    assert set(FIELD_WORDS) == set(Field)


def test_that_a_column_without_heading_and_value_is_named_so() -> None:
    empty = ColumnRow(
        letters="B", heading="", first="", becomes=Field.TITLE, status=Status.DONE, reads="text"
    )
    assert empty.sentence == "Column B, no heading, first value empty"


def test_that_predecessors_may_be_rows_and_a_mapping_may_be_proposed() -> None:
    mapping = replace(MAPPING, after_names=AfterNames.ROW, team="")
    found = intake(mapping=mapping)
    assert column(rows(found, mapping), "G").reads.startswith("rows of the sheet")
    assert rows(found, mapping).mapping_note == "mapping kept"
    assert rows(found, mapping, is_kept=False).mapping_note.startswith("proposed")


def test_that_what_the_release_lacks_is_asked_for() -> None:
    book = without_release(modest_workbook())
    shown = rows(intake(book, replace(MAPPING, no_undo=None)))
    keys = [it.key for it in shown.asks if it.is_choice]
    assert "release.commander" in keys
    assert "no_undo" in keys
    commander = next(it for it in shown.asks if it.key == "release.commander")
    assert (commander.place, commander.where) == ("Release", "commander")
    undo = next(it for it in shown.asks if it.key == "no_undo")
    assert (undo.place, undo.where, len(undo.options)) == ("Mapping", "all rows", 2)
    # Without a zone no start can be shown.
    assert cell(preview(shown, 6), PreviewColumn.START) == ""
    assert column(shown, "E").reads == "time, not fixed"


def test_that_a_value_that_stands_often_is_counted() -> None:
    book = modest_workbook()
    cutover = book.sheets[0]
    unknown = {at: text_cell("XY") for at in ((10, 4), (11, 4), (12, 4))}
    changed = replace(cutover, cells={**cutover.cells, **unknown})
    shown = rows(intake(replace(book, sheets=(changed, *book.sheets[1:]))))
    assert [it.same for it in shown.asks if it.value == "“XY”"] == [2, 2, 2]


def test_that_the_preview_shows_each_row_and_what_is_open() -> None:
    shown = rows(intake())
    first = preview(shown, 6)
    assert [it.text for it in first.cells] == [
        "6", "1", "Open the bridge and call the roll", "Command", "Greta Lindholm", "21:00", "10",
        "", "communication", "dial in ten minutes before",
    ]  # fmt: skip
    assert not first.is_open
    two = preview(shown, 22)
    assert two.is_open
    assert two.cells[PREVIEW.index(PreviewColumn.OWNER)].is_open
    assert cell(two, PreviewColumn.NOTE) == "D22: “Karim/Lena”"
    assert "Owner open" in two.sentence
    assert "Kind manual" in two.sentence
    end = preview(shown, 32)
    assert cell(end, PreviewColumn.NOTE) == "irreversible: point of no return"
    assert shown.preview_note == "30 steps, 5 streams, 21:00 to 00:40 · 27 read, 3 open"


def test_that_lengths_are_shown_in_minutes_or_their_own_units() -> None:
    span = Cell(kind=CellKind.SPAN, text="0:01:30", span=timedelta(seconds=90))
    shown = rows(intake(with_cell(6, 6, span)))
    assert cell(preview(shown, 6), PreviewColumn.MINUTES) == "1m30s"
    no_length = with_cell(6, 6, text_cell("soon"))
    no_kind = replace(MAPPING, no_kind=None)
    unread = rows(intake(no_length, no_kind))
    assert cell(preview(unread, 6), PreviewColumn.MINUTES) == ""
    assert cell(preview(unread, 8), PreviewColumn.KIND) == ""


def test_that_an_empty_cell_is_asked_about_as_empty() -> None:
    book = modest_workbook()
    cutover = book.sheets[0]
    cells = {at: cell for at, cell in cutover.cells.items() if at != (6, 4)}
    shown = rows(intake(replace(book, sheets=(replace(cutover, cells=cells), *book.sheets[1:]))))
    assert shown.asks[0].value == "empty"
    assert cell(preview(shown, 6), PreviewColumn.NOTE) == "D6: empty"


def test_that_problems_of_other_sheets_stand_beside_those_of_the_steps() -> None:
    book = modest_workbook()
    contacts = book.sheets[2]
    cells = {**contacts.cells, (2, 1): Cell(kind=CellKind.EMPTY)}
    changed = replace(contacts, cells=cells)
    shown = rows(intake(replace(book, sheets=(*book.sheets[:2], changed, book.sheets[3]))))
    assert any(it.place == "Contacts!A2" for it in shown.asks)
    assert all("A2" not in cell(it, PreviewColumn.NOTE) for it in shown.preview)


def test_that_remarks_are_sentences() -> None:
    shown = rows(intake())
    merged = next(it for it in shown.remarks if it.place == "Cutover!C6:C8")
    assert merged.says == "Merged cells: “Command” filled into 3 rows."
    assert merged.sentence.startswith("Remark. Cutover!C6:C8, row 6, Team, “Command”.")
    counted = with_cell(6, 6, Cell(kind=CellKind.NUMBER, text="10", number=10, is_calculated=True))
    calculated = rows(intake(counted)).remarks[-1]
    assert (calculated.value, calculated.place) == ("", "Cutover!F6:F6")


def test_that_the_same_workbook_again_shows_only_differences() -> None:
    found = intake(answers=ANSWERS)
    again = rows(intake(answers=ANSWERS, workspace=found.workspace))
    assert again.difference == "no step differs"
    assert again.why_not == "Nothing differs from what is recorded"
    book = modest_workbook()
    cutover = book.sheets[0]
    swapped = {
        (row, column): cutover.at({6: 7, 7: 6}.get(row, row), column)
        for row, column in cutover.cells
    }
    swapped |= {(6, 7): Cell(kind=CellKind.EMPTY), (7, 7): Cell(kind=CellKind.EMPTY)}
    moved = replace(book, sheets=(replace(cutover, cells=swapped), *book.sheets[1:]))
    shown = rows(intake(moved, answers=ANSWERS, workspace=found.workspace))
    assert shown.difference == "3 changed, order changed"


def test_that_a_sheet_without_rows_says_what_is_missing() -> None:
    found = intake(mapping=replace(MAPPING, sheet="Other"))
    shown = rows(found)
    assert shown.take == "Take in"
    assert shown.file == "modest.xlsx, sheet Other"
    assert [it.key for it in shown.asks] == ["sheet"]
    assert shown.preview_note == "0 steps, 0 streams · 0 read, 0 open"

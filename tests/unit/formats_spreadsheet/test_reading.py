"""XLSX and CSV files become cells; what is broken, hostile or too large is refused whole."""

import contextlib
import io
import random
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl.chart import BarChart
from openpyxl.styles import Font

from relconsole.adapters.formats.spreadsheet import archive as weights
from relconsole.adapters.formats.spreadsheet import is_spreadsheet, read_workbook
from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.plan.taking_in.cells import Cell, CellKind, Sheet
from relconsole.domain.plan.taking_in.mapping import SheetMapping
from tests.unit.formats_spreadsheet.archives import SHEET, with_parts, with_sheet, workbook


def read(folder: Path, content: bytes, name: str = "plan.xlsx", **mapping: str) -> Sheet:
    path = folder / name
    path.write_bytes(content)
    return read_workbook(path, SheetMapping(**mapping)).sheets[0]  # type: ignore[arg-type]


def refusal(folder: Path, content: bytes, name: str = "plan.xlsx", **mapping: str) -> str:
    with pytest.raises(InputRejected) as refused:
        read(folder, content, name, **mapping)
    return refused.value.problems[0].message


def test_that_each_kind_of_cell_is_told_apart(tmp_path: Path) -> None:
    noon = datetime(2026, 4, 21, 12, 0, 30)  # noqa: DTZ001 - a wall time
    values = [" a\r\nb ", 3, 2.5, True, time(1, 30), timedelta(hours=25, seconds=5), noon]
    sheet = read(tmp_path, workbook(values, [date(2026, 4, 21), "x\u202ey\x7f", None, "  "]))
    assert [(sheet.at(1, at).kind, sheet.at(1, at).text) for at in range(1, 8)] == [
        (CellKind.TEXT, "a\nb"),
        (CellKind.NUMBER, "3"),
        (CellKind.NUMBER, "2.5"),
        (CellKind.TEXT, "yes"),
        (CellKind.SPAN, "1:30"),
        (CellKind.SPAN, "25:00:05"),
        (CellKind.MOMENT, "2026-04-21 12:00:30"),
    ]
    assert sheet.at(1, 6).span == timedelta(hours=25, seconds=5)
    assert sheet.at(1, 7).moment == noon
    assert sheet.at(2, 1).kind is CellKind.MOMENT
    assert sheet.at(2, 2).text == "xy"
    assert sheet.at(2, 3).is_empty
    assert sheet.at(2, 4).is_empty
    assert sheet.is_typed


@pytest.mark.parametrize("days", [1.0625, 59.25, 61.5])
def test_that_more_than_a_day_in_a_time_of_day_is_a_length(days: float, tmp_path: Path) -> None:
    def as_clock(sheet: Any) -> None:
        sheet["A1"].number_format = "h:mm"

    cell = read(tmp_path, workbook([days], edit=as_clock)).at(1, 1)
    assert cell.span == timedelta(days=days)


def test_that_merged_blocks_hidden_rows_and_struck_text_are_seen(tmp_path: Path) -> None:
    def edit(sheet: Any) -> None:
        sheet.merge_cells("A1:A3")
        sheet["B2"].font = Font(strike=True)
        sheet.row_dimensions[3].hidden = True

    sheet = read(tmp_path, workbook(["DB", "a"], [None, "b"], [None, "c"], edit=edit))
    assert [it.reference for it in sheet.merged] == ["A1:A3"]
    assert sheet.at(2, 2).is_struck
    assert not sheet.at(1, 2).is_struck
    assert sheet.hidden == {3}


def test_that_a_formula_gives_what_was_saved_or_is_a_fault(tmp_path: Path) -> None:
    cells = (
        '<sheetData><row r="1">'
        '<c r="A1"><f>1+2</f><v>3</v></c><c r="B1"><f>1+2</f></c>'
        '<c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D1" t="e"><v>#REF!</v></c>'
        "</row></sheetData>"
    )
    sheet = read(tmp_path, with_sheet(cells))
    assert sheet.at(1, 1) == Cell(kind=CellKind.NUMBER, text="3", number=3.0, is_calculated=True)
    assert sheet.at(1, 2) == Cell(kind=CellKind.FAULT, text="formula", is_calculated=True)
    assert sheet.at(1, 3) == Cell(kind=CellKind.FAULT, text="#DIV/0!")
    assert sheet.at(1, 4) == Cell(kind=CellKind.FAULT, text="#REF!")


def test_that_a_text_that_looks_like_a_formula_is_a_text(tmp_path: Path) -> None:
    def as_text(sheet: Any) -> None:
        sheet["A1"].value = "=1+2"
        sheet["A1"].data_type = "s"

    cell = read(tmp_path, workbook(["x"], edit=as_text)).at(1, 1)
    assert (cell.kind, cell.text) == (CellKind.TEXT, "=1+2")


def test_that_every_sheet_is_read_in_its_order(tmp_path: Path) -> None:
    def second(sheet: Any) -> None:
        sheet.parent.create_sheet("Contacts").append(["Mara"])

    path = tmp_path / "plan.xlsx"
    path.write_bytes(workbook(["a"], edit=second))
    assert [it.name for it in read_workbook(path).sheets] == ["Cutover", "Contacts"]


BOMB = b"0" * (weights.MOST_UNPACKED + 1)
LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
CELL = '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row></sheetData>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (with_parts(workbook(["a"]), {"xl/media/x.bin": BOMB}), "unpacks to more than 64 MiB"),
        (
            with_parts(workbook(["a"]), {"xl/media/x.bin": BOMB[: 8 * 1024 * 1024]}),
            "unpacks to more than 200 times its size",
        ),
        (with_sheet(CELL.format("&b;"), LAUGHS), "entities"),
        (with_sheet(CELL.format("&x;"), EXTERNAL), "entities"),
        (with_sheet("<sheetData>"), "missing or broken"),
        (with_sheet('<mergeCells><mergeCell ref="A1:B2:C3"/></mergeCells>'), "missing or broken"),
        (
            with_sheet("<mergeCells>" + '<mergeCell ref="A1:A2"/>' * 2001 + "</mergeCells>"),
            "merged",
        ),
        (with_sheet('<sheetData><row r="1">' + "<c/>" * 200_001 + "</row></sheetData>"), "cells"),
        (with_parts(workbook(["a"]), {SHEET: None}), "missing or broken"),
        (with_parts(workbook(["a"]), {"xl/workbook.xml": None}), "missing or broken"),
        (with_parts(workbook(["a"]), {"xl/styles.xml": b"<"}), "no workbook"),
        (with_parts(workbook(["a"]), {"xl/workbook.xml": "<workbook/>"}), "no sheet"),
        (workbook(["a"])[:-40], "the archive is broken"),
        (b"PK\x03\x04 and nothing more", "the archive is broken"),
        (b"\xd0\xcf\x11\xe0 old", "save it as XLSX"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_that_a_hostile_or_broken_file_is_refused(
    content: bytes, says: str, tmp_path: Path
) -> None:
    assert says in refusal(tmp_path, content)


def test_that_a_file_with_a_part_twice_is_refused(tmp_path: Path) -> None:
    made = io.BytesIO(workbook(["a"]))
    with zipfile.ZipFile(made, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, "<worksheet/>")
    assert "one part twice" in refusal(tmp_path, made.getvalue())


def test_that_two_sheets_of_one_name_are_refused(tmp_path: Path) -> None:
    def second(sheet: Any) -> None:
        sheet.parent.create_sheet("Contacts")

    content = workbook(["a"], edit=second)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        named = archive.read("xl/workbook.xml").replace(b"Contacts", b"Cutover")
    twice = with_parts(content, {"xl/workbook.xml": named})
    assert refusal(tmp_path, twice) == "two sheets are called 'Cutover'"


def test_that_a_sheet_of_a_chart_is_passed_over(tmp_path: Path) -> None:
    def chart(sheet: Any) -> None:
        sheet.parent.create_chartsheet("Burn-down").add_chart(BarChart())

    path = tmp_path / "plan.xlsx"
    path.write_bytes(workbook(["a"], edit=chart))
    assert [it.name for it in read_workbook(path).sheets] == ["Cutover"]


def test_that_a_workbook_has_a_largest_size(tmp_path: Path) -> None:
    content = b"PK\x03\x04" + b"0" * 8 * 1024 * 1024
    assert refusal(tmp_path, content) == "longer than 8 MiB"


def test_that_cells_beyond_the_caps_are_refused(tmp_path: Path) -> None:
    far = '<sheetData><row r="{0}"><c r="{1}{0}"><v>1</v></c></row></sheetData>'
    assert "5000 rows" in refusal(tmp_path, with_sheet(far.format(5_001, "A")))
    assert "100 columns" in refusal(tmp_path, with_sheet(far.format(1, "CW")))


def test_that_cells_without_a_value_are_nowhere(tmp_path: Path) -> None:
    styled = '<sheetData><row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    assert read(tmp_path, with_sheet(styled)).last_row == 0


def test_that_cells_without_a_name_stand_side_by_side(tmp_path: Path) -> None:
    bare = "<sheetData><row><c><v>1</v></c><c><v>2</v></c></row></sheetData>"
    sheet = read(tmp_path, with_sheet(bare))
    assert (sheet.at(1, 1).text, sheet.at(1, 2).text) == ("1", "2")


def test_that_a_merged_block_over_the_whole_sheet_costs_nothing(tmp_path: Path) -> None:
    body = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
        '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    )
    sheet = read(tmp_path, with_sheet(body))
    assert sheet.area_of(1, 1) == sheet.merged[0]


def test_that_a_file_with_random_damage_is_read_or_refused(tmp_path: Path) -> None:
    whole = workbook(["Nr", "Title", time(1, 30)], [1, "a", datetime(2026, 4, 21)])  # noqa: DTZ001
    chance = random.Random(8)
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path = tmp_path / "plan.xlsx"
        path.write_bytes(bytes(damaged))
        with contextlib.suppress(InputRejected):
            read_workbook(path)


def test_that_a_sheet_with_random_xml_is_read_or_refused(tmp_path: Path) -> None:
    chance = random.Random(9)
    pieces = [
        '<row r="1">',
        "</row>",
        '<c r="A1" t="d"><v>2026-13-01</v></c>',
        '<c r="B1" t="n"><v>x</v></c>',
        '<c r="C1" t="s"><v>99</v></c>',
        '<c r="A2" s="99"><v>1</v></c>',
        '<c r="ZZZZ1"><v>1</v></c>',
        '<c t="b"><v>1</v></c>',
        '<row r="x">',
        '<c r="A1" t="n"><v>1e999</v></c>',
        '<c r="A1"><f t="shared" si="0">1</f></c>',
        '<c r="D1"><v>-1</v></c>',
        "<f>A1</f>",
    ]
    for _ in range(200):
        body = "".join(chance.choices(pieces, k=chance.randint(1, 5)))
        path = tmp_path / "plan.xlsx"
        path.write_bytes(with_sheet(f"<sheetData>{body}</sheetData>"))
        with contextlib.suppress(InputRejected):
            read_workbook(path)


# CSV.


def test_that_a_csv_file_is_one_sheet_of_texts(tmp_path: Path) -> None:
    content = 'Nr;Title\n1;"Stop; then ""wait"""\n;\n2;=1+2\n'.encode("utf-8-sig")
    sheet = read(tmp_path, content, "Cutover.csv")
    assert sheet.name == "Cutover"
    assert not sheet.is_typed
    assert sheet.at(1, 1).text == "Nr"
    assert sheet.at(2, 2).text == 'Stop; then "wait"'
    assert sheet.at(4, 2) == Cell(kind=CellKind.TEXT, text="=1+2")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_that_the_delimiter_is_found_by_the_first_lines(delimiter: str, tmp_path: Path) -> None:
    lines = [delimiter.join(row) for row in (("Nr", "Title"), ("1", "a b"))]
    sheet = read(tmp_path, "\n".join(lines).encode(), "plan.csv")
    assert sheet.at(2, 2).text == "a b"


def test_that_a_doubtful_delimiter_is_asked_of_the_mapping(tmp_path: Path) -> None:
    content = b"Nr;Title,x\n1;a,b\n"
    assert "delimiter" in refusal(tmp_path, content, "plan.csv")
    assert read(tmp_path, content, "plan.csv", delimiter=";").at(1, 2).text == "Title,x"
    uneven = b"Nr,Title\n1,Stop; then wait\n"
    assert read(tmp_path, uneven, "plan.csv").at(2, 2).text == "Stop; then wait"
    assert read(tmp_path, b"one\ntwo\n", "plan.csv").at(1, 1).text == "one"
    assert read(tmp_path, b"", "plan.csv").last_row == 0


def test_that_the_encoding_is_asked_of_the_mapping(tmp_path: Path) -> None:
    content = "Nr;Aufgabe\n1;prüfen\n".encode("cp1252")
    assert "line 2 is not UTF-8" in refusal(tmp_path, content, "plan.csv")
    assert "cp1252" in refusal(tmp_path, content, "plan.csv")
    assert read(tmp_path, content, "plan.csv", encoding="cp1252").at(2, 2).text == "prüfen"
    assert "none of" in refusal(tmp_path, content, "plan.csv", encoding="latin-1")
    assert "not UTF-16" in refusal(tmp_path, b"abc", "plan.csv", encoding="utf-16")
    wide = "Nr;Title\n1;ü\n".encode("utf-16")
    assert read(tmp_path, wide, "plan.csv").at(2, 2).text == "ü"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a;b\n" * 5_001, "more than 5000 rows"),
        (b";" * 300 + b"x", "100 columns"),
        (b'a;b\n"open', "no CSV"),
        (b"a" * (8 * 1024 * 1024 + 1), "longer than 8 MiB"),
        (b"a" * 200_000, "no CSV"),
    ],
)
def test_that_a_csv_file_has_bounds(content: bytes, says: str, tmp_path: Path) -> None:
    assert says in refusal(tmp_path, content, "plan.csv")


def test_that_a_spreadsheet_is_told_by_its_name() -> None:
    assert is_spreadsheet(Path("a/Plan.XLSX"))
    assert is_spreadsheet(Path("plan.csv"))
    assert not is_spreadsheet(Path("plan"))


def test_that_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRejected):
        read_workbook(tmp_path / "none.xlsx")
    with pytest.raises(InputRejected):
        read_workbook(tmp_path)

"""A CSV file as one sheet of texts."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import PurePath
from typing import Final

from relconsole.adapters.formats.workspace.compose import MOST_BYTES
from relconsole.adapters.formats.workspace.folder import rejected
from relconsole.domain.plan.taking_in.cells import Cell, Sheet, Workbook, text_cell
from relconsole.domain.plan.taking_in.mapping import SheetMapping

DELIMITERS: Final = (";", ",", "\t")
ENCODINGS: Final = ("utf-8", "utf-16", "cp1252")
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 100
_SAMPLE_LINES: Final = 20


def read_csv(content: bytes, name: str, mapping: SheetMapping) -> Workbook:
    """Give the only sheet of a CSV file, named as the file without its ending.

    InputRejected where neither the mapping nor the file says how it is encoded or divided.
    """
    if len(content) > MOST_BYTES:
        raise rejected(name, f"longer than {MOST_BYTES // 1024 // 1024} MiB")
    text = _decoded(content, name, mapping.encoding)
    delimiter = mapping.delimiter or _delimiter_of(text, name)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    cells: dict[tuple[int, int], Cell] = {}
    try:
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise rejected(name, f"more than {MOST_ROWS} rows or {MOST_COLUMNS} columns")
            for column, value in enumerate(row, start=1):
                cell = text_cell(visible(value))
                if not cell.is_empty:
                    cells[number, column] = cell
    except csv.Error as wrong:
        raise rejected(name, f"no CSV: {wrong}") from wrong
    sheet = Sheet(name=PurePath(name).stem, cells=cells, is_typed=False)
    return Workbook(name=name, sheets=(sheet,))


def visible(text: str) -> str:
    """Give a text without control and format characters; a line break stays one."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(
        letter
        for letter in plain
        if letter == "\n" or letter.isprintable() or letter == "\N{NO-BREAK SPACE}"
    )


def _decoded(content: bytes, name: str, encoding: str) -> str:
    if encoding and encoding not in ENCODINGS:
        raise rejected(name, f"encoding {encoding!r} is none of {', '.join(ENCODINGS)}")
    wanted = encoding or "utf-8"
    if content.startswith(codecs.BOM_UTF8):
        wanted = "utf-8-sig"
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wanted = "utf-16"
    try:
        return content.decode(wanted)
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        advice = "; where Excel saved it, write `encoding: cp1252` in the mapping"
        raise rejected(
            name, f"line {line} is not {wanted.upper()}{'' if encoding else advice}"
        ) from wrong


def _delimiter_of(text: str, name: str) -> str:
    """Give the only delimiter that divides the first lines evenly."""
    lines = [line for line in text.splitlines() if line.strip()][:_SAMPLE_LINES]
    counts = {each: [_fields(line, each) for line in lines] for each in DELIMITERS}
    dividing = [each for each, found in counts.items() if max(found, default=1) > 1]
    even = [each for each in dividing if len(set(counts[each])) == 1]
    likely = even or dividing
    if len(likely) == 1:
        return likely[0]
    if not likely:
        return DELIMITERS[0]
    raise rejected(
        name,
        "divided by more than one of `;`, `,` and tab: write `delimiter` in the mapping",
    )


def _fields(line: str, delimiter: str) -> int:
    """Give how many fields a line has, quoted ones whole."""
    try:
        return len(next(csv.reader([line], delimiter=delimiter)))
    except (csv.Error, StopIteration):
        return 1

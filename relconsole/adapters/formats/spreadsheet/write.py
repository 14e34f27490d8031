"""A workbook of cells as an XLSX file in which every text stays a text.

No cell is a formula: a text that looks like one is marked as text, so that it stays one when a
person opens and saves the file.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from relconsole.adapters.formats.workspace.write import replace_file
from relconsole.domain.plan.taking_in.cells import Cell, CellKind, Sheet, Workbook

FORMULA_LEADS: Final = tuple("=+-@\t\r＝＋－＠")  # noqa: RUF001 - look-alikes are refused too
_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST: Final = 32_767
_LONGEST_NAME: Final = 31
_IN_NAMES: Final = re.compile(r"[\\/*?:\[\]]")
_WIDEST: Final = 60
_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - one release gives one file, whenever it is written


def write_release(workbook: Workbook, path: Path) -> None:
    """Write a workbook to a file; WorldIsDown where the disk refuses."""
    replace_file(path, xlsx_bytes(workbook))


def xlsx_bytes(workbook: Workbook) -> bytes:
    """Give the bytes of an XLSX file that holds these sheets."""
    import openpyxl

    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.creator = "relconsole"
    book.properties.created = book.properties.modified = _MADE
    for sheet in workbook.sheets:
        _write_sheet(book.create_sheet(_sheet_name(sheet.name)), sheet)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _write_sheet(target: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font

    widths: dict[int, int] = {}
    header = min((row for row, _ in sheet.cells), default=0)
    for (row, column), cell in sorted(sheet.cells.items()):
        made = target.cell(row=row, column=column)
        _put(made, cell)
        made.alignment = Alignment(vertical="top", wrap_text=len(cell.text) > _WIDEST)
        if row == header:
            made.font = Font(bold=True)
        widths[column] = max(widths.get(column, 0), min(len(cell.text), _WIDEST))
    for area in sheet.merged:
        target.merge_cells(area.reference)
    for column, width in widths.items():
        letter = target.cell(row=1, column=column).column_letter
        target.column_dimensions[letter].width = width + 3
    for row in sheet.hidden:
        target.row_dimensions[row].hidden = True


def _put(made: Any, cell: Cell) -> None:
    """Put a value into a cell in its own type; everything else is text."""
    match cell.kind:
        case CellKind.NUMBER:
            made.value = int(cell.number) if cell.number.is_integer() else cell.number
        case CellKind.SPAN:
            made.value = cell.span
            made.number_format = "[h]:mm:ss" if cell.span.seconds % 60 else "[h]:mm"
        case CellKind.MOMENT:
            made.value = cell.moment
            made.number_format = "yyyy-mm-dd hh:mm"
        case _:
            text = _ILLEGAL.sub("", cell.text)[:_LONGEST]
            made.value = text
            made.data_type = "s"
            if text.lstrip().startswith(FORMULA_LEADS):
                made.quotePrefix = True


def _sheet_name(name: str) -> str:
    """Give a name that a sheet may have."""
    return _IN_NAMES.sub(" ", _ILLEGAL.sub("", name)).strip("' ")[:_LONGEST_NAME] or "Sheet"

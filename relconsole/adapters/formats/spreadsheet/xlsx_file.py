"""An XLSX file as sheets of cells; formulas give the value that was last saved, or none."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from relconsole.adapters.formats.spreadsheet.archive import (
    SheetForm,
    weigh,
)
from relconsole.adapters.formats.spreadsheet.csv_file import visible
from relconsole.adapters.formats.workspace.compose import MOST_BYTES
from relconsole.adapters.formats.workspace.folder import rejected
from relconsole.domain.plan.taking_in.cells import EMPTY, Cell, CellKind, Sheet, Workbook, text_cell

_LAST_SHORT_YEAR: Final = 1900
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - the day 0 of spreadsheets
_LEAP_DAY: Final = datetime(1900, 3, 1)  # noqa: DTZ001 - the first day that they count right
_FORMULA: Final = "f"
_ERROR: Final = "e"


_FOREIGN: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the library and its parsers raise for a file that is no workbook."""


def read_xlsx(content: bytes, name: str) -> Workbook:
    """Give the sheets of a workbook; InputRejected where it is broken or too large.

    A cell with an error value, and a formula whose value was never saved, are faults.
    """
    if len(content) > MOST_BYTES:
        raise rejected(name, f"longer than {MOST_BYTES // 1024 // 1024} MiB")
    forms = weigh(content, name)
    if not forms:
        raise rejected(name, "no workbook: it holds no sheet")
    import openpyxl

    try:
        with warnings.catch_warnings():
            # What the library leaves out (charts, validations, styles) is not asked of it.
            warnings.simplefilter("ignore")
            values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
            sheets = tuple(
                _read_sheet(values[title], formulas[title], title, form)
                for title, form in forms.items()
            )
            values.close()
            formulas.close()
    except _FOREIGN as wrong:
        raise rejected(name, f"no workbook that can be read: {type(wrong).__name__}") from wrong
    return Workbook(name=name, sheets=sheets)


def _read_sheet(values: Any, formulas: Any, title: str, form: SheetForm) -> Sheet:
    """Give the cells of one sheet that hold something."""
    cells: dict[tuple[int, int], Cell] = {}
    if form.last_row:
        bounds = {"max_row": form.last_row, "max_col": form.last_column}
        for sheet in (values, formulas):
            sheet.reset_dimensions()
        rows = zip(values.iter_rows(**bounds), formulas.iter_rows(**bounds), strict=True)
        for shown, written in rows:
            for value, formula in zip(shown, written, strict=True):
                cell = _cell(value, is_formula=formula.data_type == _FORMULA)
                if not cell.is_empty:
                    cells[value.row, value.column] = cell
    return Sheet(
        name=visible(title),
        cells=cells,
        merged=tuple(form.merged),
        hidden=frozenset(form.hidden),
    )


def _cell(cell: Any, *, is_formula: bool) -> Cell:
    """Give a cell as its program kept it."""
    if cell.value is None:
        return _UNSAVED if is_formula else EMPTY
    if cell.data_type == _ERROR:
        return Cell(kind=CellKind.FAULT, text=str(cell.value))
    is_struck = bool(cell.font and cell.font.strike)
    return replace(_value(cell.value), is_calculated=is_formula, is_struck=is_struck)


def _value(value: object) -> Cell:
    """Give the cell of a value as the library gives it."""
    match value:
        case bool():
            return text_cell("yes" if value else "no")
        case int() | float():
            number = float(value)
            return Cell(kind=CellKind.NUMBER, text=_digits(number), number=number)
        case timedelta():
            return _span(value)
        case time():
            since = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
            return _span(since)
        case datetime() if value.year <= _LAST_SHORT_YEAR:
            return _span(_length(value))
        case datetime():
            wall = value.replace(microsecond=0, tzinfo=None)
            text = wall.isoformat(sep=" ", timespec="seconds" if wall.second else "minutes")
            return Cell(kind=CellKind.MOMENT, text=text, moment=wall)
        case _:
            return text_cell(visible(str(value)))


def _length(value: datetime) -> timedelta:
    """Give the days that a cell counts; the 1900 of spreadsheets has a 29 February."""
    days = value - _EPOCH
    return days - timedelta(days=1) if value < _LEAP_DAY else days


_UNSAVED: Final = Cell(kind=CellKind.FAULT, text="formula", is_calculated=True)


def _span(length: timedelta) -> Cell:
    """Give a time of day or a length, as ``h:mm``."""
    whole = timedelta(seconds=round(length.total_seconds()))
    minutes, seconds = divmod(abs(int(whole.total_seconds())), 60)
    sign = "-" if whole < timedelta(0) else ""
    text = f"{sign}{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return Cell(kind=CellKind.SPAN, text=text, span=whole)


def _digits(number: float) -> str:
    """Give a number as a sheet shows it, without an end of noughts."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.10g}"  # noqa: PLR2004

"""From a file to a workbook, whichever of the two formats it has."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from relconsole.adapters.formats.spreadsheet.csv_file import read_csv
from relconsole.adapters.formats.spreadsheet.xlsx_file import read_xlsx
from relconsole.adapters.formats.workspace.folder import read_plain_file, rejected, shown
from relconsole.domain.plan.taking_in.cells import Workbook
from relconsole.domain.plan.taking_in.mapping import SheetMapping

_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
ENDINGS: Final = (".xlsx", ".xlsm", ".csv", ".txt", ".tsv")


def is_spreadsheet(path: Path) -> bool:
    """Tell by its name whether a path means a spreadsheet."""
    return path.suffix.casefold() in {*ENDINGS, ".xls", ".ods"}


def read_workbook(path: Path, mapping: SheetMapping | None = None) -> Workbook:
    """Give the sheets of a file; InputRejected where it cannot be read or is too large.

    Of the mapping only the encoding and the delimiter of a CSV file are taken.
    """
    content = read_plain_file(path, shown(path))
    if content.startswith(_OLD_EXCEL):
        raise rejected(
            shown(path), "the form of Excel 97, or locked by a password: save it as XLSX"
        )
    if content.startswith(_ZIP):
        return read_xlsx(content, path.name)
    return read_csv(content, path.name, mapping or SheetMapping())

"""XLSX files as other programs write them, and as nobody should."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def workbook(
    *rows: Sequence[object], title: str = "Cutover", edit: Callable[[Any], None] | None = None
) -> bytes:
    """A workbook of one sheet, as a library writes it."""
    book: Any = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if edit is not None:
        edit(sheet)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def with_parts(content: bytes, parts: Mapping[str, str | bytes | None]) -> bytes:
    """The same archive with these parts in the place of its own; None leaves one out."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in [*old.namelist(), *(it for it in parts if it not in old.namelist())]:
            held = parts[name] if name in parts else old.read(name)
            if held is not None:
                new.writestr(name, held)
    return made.getvalue()


def with_sheet(body: str, before: str = "") -> bytes:
    """A workbook whose only sheet has this XML between its tags."""
    text = f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}">{body}</worksheet>'
    return with_parts(workbook(["a"]), {SHEET: text})

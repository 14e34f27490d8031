"""What an XLSX file holds, weighed before any library opens it.

A small archive can unpack to anything, one merged block can span a whole sheet, and a sheet can
claim cells anywhere: each is counted here in a stream, and refused beyond its cap.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any, Final
from xml.etree.ElementTree import ParseError

from relconsole.adapters.formats.workspace.folder import rejected
from relconsole.domain.plan.taking_in.cells import Area, column_of

MOST_UNPACKED: Final = 64 * 1024 * 1024
MOST_RATIO: Final = 200
MOST_PARTS: Final = 2_000
MOST_CELLS: Final = 200_000
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 100
MOST_MERGED: Final = 2_000
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_SMALL: Final = 1024 * 1024
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True, kw_only=True)
class SheetForm:
    """The form of one sheet: merged blocks, hidden rows, and how far it holds anything."""

    merged: list[Area] = field(default_factory=list[Area])
    hidden: set[int] = field(default_factory=set[int])
    last_row: int = 0
    last_column: int = 0


def weigh(content: bytes, name: str) -> dict[str, SheetForm]:
    """Give the form of each sheet by its name; InputRejected for what is broken or too large."""
    from defusedxml.common import DefusedXmlException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _weigh_parts(archive, name)
            return {sheet: _form_of(archive, part, name) for sheet, part in _sheets(archive, name)}
    except DefusedXmlException as wrong:
        raise rejected(name, "its XML defines entities, which no workbook does") from wrong
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as wrong:
        raise rejected(name, "no workbook: the archive is broken") from wrong
    except (ParseError, KeyError, ValueError, RuntimeError, OSError, zlib.error) as wrong:
        raise rejected(name, "no workbook: a part of it is missing or broken") from wrong


def _weigh_parts(archive: zipfile.ZipFile, name: str) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise rejected(name, f"unpacks to more than {MOST_UNPACKED // 1024 // 1024} MiB")
    if unpacked > _SMALL and unpacked > MOST_RATIO * max(packed, 1):
        raise rejected(name, f"unpacks to more than {MOST_RATIO} times its size")
    if len({part.filename for part in parts}) < len(parts):
        raise rejected(name, "holds one part twice")


def _sheets(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, str]]:
    """Give each sheet with the part that holds its cells."""
    from defusedxml.ElementTree import fromstring

    book: Any = fromstring(archive.read("xl/workbook.xml"))
    links: Any = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {it.get("Id"): it.get("Target", "") for it in links}
    seen: set[str] = set()
    for sheet in book.iter(f"{_MAIN}sheet"):
        title = sheet.get("name", "")
        target: str = targets.get(sheet.get(_RELATION), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if title in seen:
            raise rejected(name, f"two sheets are called {title!r}")
        seen.add(title)
        if "worksheets/" in part:
            yield title, part


def _form_of(archive: zipfile.ZipFile, part: str, name: str) -> SheetForm:
    """Give the form of a sheet, its cells counted as they pass."""
    from defusedxml.ElementTree import iterparse

    form, cells, row, column = SheetForm(), 0, 0, 0
    with archive.open(part) as stream:
        source: IO[bytes] = stream
        for event, element in iterparse(source, events=("start", "end")):
            tag = element.tag.removeprefix(_MAIN)
            if event == "start":
                if tag == "row":
                    row, column = int(element.get("r", row + 1)), 0
                    if element.get("hidden") in {"1", "true"}:
                        form.hidden.add(row)
                continue
            match tag:
                case "c":
                    cells, column = cells + 1, _column(element.get("r", ""), column)
                    if len(element):
                        form.last_row = max(form.last_row, row)
                        form.last_column = max(form.last_column, column)
                case "row":
                    element.clear()
                case "mergeCell":
                    form.merged.append(_area(element.get("ref", "")))
                case _:
                    pass
            _demand_small(form, cells, name)
    return form


def _demand_small(form: SheetForm, cells: int, name: str) -> None:
    """Raise InputRejected where a sheet is beyond a cap."""
    if cells > MOST_CELLS:
        raise rejected(name, f"a sheet of more than {MOST_CELLS} cells")
    if form.last_row > MOST_ROWS or form.last_column > MOST_COLUMNS:
        raise rejected(name, f"a sheet of more than {MOST_ROWS} rows or {MOST_COLUMNS} columns")
    if len(form.merged) > MOST_MERGED:
        raise rejected(name, f"more than {MOST_MERGED} merged blocks")


def _column(reference: str, before: int) -> int:
    """Give the column of a cell by its reference, else the one after the cell before."""
    found = _REFERENCE.fullmatch(reference)
    return before + 1 if found is None else column_of(found[1])


def _area(reference: str) -> Area:
    """Give the block of a reference such as ``C24:C26``; ValueError for any other text."""
    first, _, last = reference.partition(":")
    ends = [_REFERENCE.fullmatch(it) for it in (first, last or first)]
    corners = [(int(it[2]), column_of(it[1])) for it in ends if it is not None]
    if len(corners) != len(ends):
        raise ValueError(f"{reference!r} is no block of cells")
    (row, column), (last_row, last_column) = corners
    return Area(first_row=row, first_column=column, last_row=last_row, last_column=last_column)

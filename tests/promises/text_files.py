"""Looks at what is written for others: tables, pages and paper in which nothing runs or loads."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import openpyxl

STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
OURS = frozenset(
    {
        "html", "head", "meta", "title", "style", "body", "header", "footer", "b", "span", "h1",
        "h2", "p", "div", "section", "table", "tr", "th", "td", "pre", "thead", "tbody",
    }
)  # fmt: skip
ATTRIBUTES = frozenset({"lang", "charset", "http-equiv", "content", "name", "class", "colspan"})
ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|OpenAction|URI|EmbeddedFile|AA)\b")
STREAM = re.compile(rb"\bstream\r?\n.*?\bendstream\b", re.DOTALL)
"""What is packed, in which any letters may follow each other."""


class _Tags(HTMLParser):
    """Keeps every tag and attribute that is not one of ours."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.foreign: list[str] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in OURS:
            self.foreign.append(tag)
        if ("http-equiv", "Content-Security-Policy") in attrs:
            self.policy = dict(attrs).get("content") or ""
        self.foreign += [f"{tag} {name}" for name, _ in attrs if name not in ATTRIBUTES]

    def handle_comment(self, data: str) -> None:
        self.foreign.append("comment")


def look_at_csv(text: str, between: str = ",") -> Iterator[str]:
    """Give the cells that a spreadsheet would reckon with."""
    widths: set[int] = set()
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=between):
        widths.add(len(row))
        for cell in row:
            if cell.lstrip(" ").startswith(STARTS) and not _is_number(cell):
                yield f"a cell is a formula: {cell[:60]!a}"
    if len(widths) > 1:
        yield f"rows of {sorted(widths)} cells"


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[+-][\d.,:]+", cell))


def look_at_xlsx(content: bytes) -> Iterator[str]:
    """Give the cells that are formulas or links."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield f"{cell.coordinate} is a formula"
                if cell.hyperlink is not None:
                    yield f"{cell.coordinate} is a link"
                text = cell.value
                if isinstance(text, str) and text.startswith(STARTS) and not cell.quotePrefix:
                    yield f"{cell.coordinate} becomes a formula once it is edited"


def look_at_html(text: str) -> Iterator[str]:
    """Give what a browser would take for more than text."""
    tags = _Tags()
    tags.feed(text)
    tags.close()
    for foreign in tags.foreign:
        yield f"{foreign} is not ours"
    if "default-src 'none'" not in tags.policy:
        yield "there is no policy"


def look_at_pdf(content: bytes) -> Iterator[str]:
    """Give what a reader of the paper would act upon."""
    if not content.startswith(b"%PDF"):
        yield "it is no paper"
    for found in ACTIVE.findall(STREAM.sub(b"", content)):
        yield f"it holds /{found.decode()}"

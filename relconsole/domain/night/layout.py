"""Plain text pages of at most 80 columns: headings, paragraphs, labelled lines and tables."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Final

from relconsole.domain.night.wording import one_line

WIDTH: Final = 80
LONGEST: Final = 1200
"""Characters of one paragraph, whatever a stranger wrote."""


def heading(text: str) -> list[str]:
    """Give a heading with an empty line before it."""
    return ["", text.upper()[:WIDTH]]


def paragraph(text: str, indent: int = 2, hang: int = 2) -> list[str]:
    """Give a text wrapped to the page, its later lines ``hang`` further in."""
    return textwrap.wrap(
        one_line(text, cap=LONGEST),
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
    )


def labelled(label: str, text: str, width: int = 14) -> list[str]:
    """Give a label and its text beside it; no line for no text."""
    if not text:
        return []
    return textwrap.wrap(
        one_line(text, cap=LONGEST),
        WIDTH,
        initial_indent=f"{label[: width - 1]:<{width}}",
        subsequent_indent=" " * width,
        break_on_hyphens=False,
    )


def section(title: str, lines: Iterable[str]) -> list[str]:
    """Give a heading and a paragraph for each line; nothing at all where there is no line."""
    found = [wrapped for line in lines for wrapped in paragraph(line)]
    return [*heading(title), *found] if found else []


def table(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Give rows in columns of fixed widths with a blank between; what is longer is cut."""
    return [
        "  "
        + " ".join(
            one_line(cell, cap=width).ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def page(lines: Iterable[str]) -> str:
    """Give the lines as a text that ends with a newline."""
    return "\n".join(lines).strip("\n") + "\n"

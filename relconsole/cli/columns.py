"""Tables for a terminal: columns as wide as what stands in them."""

from __future__ import annotations

from collections.abc import Sequence

from relconsole.cli.words import plain


def in_columns(rows: Sequence[Sequence[str]]) -> str:
    """Give rows as lines of aligned columns, two blanks apart; rows have the same length."""
    shown = [[plain(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in shown
    )

"""The plan table sorted, filtered, searched, and written out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from relconsole.domain.night.wording import one_line
from relconsole_ui.presenters.plan_table import COLUMNS, PlanColumn, PlanRow
from relconsole_ui.presenters.words import table_cell


class Show(StrEnum):
    """Which steps are shown."""

    ALL = "All steps"
    TO_DO = "Not over"
    NOW = "Running and late"
    CRITICAL = "Critical path"
    MINE = "Mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """How a person wants to see the table; ``only_found`` hides what ``find`` does not match."""

    sort: PlanColumn = PlanColumn.NUMBER
    is_descending: bool = False
    show: Show = Show.ALL
    find: str = ""
    only_found: bool = False


def arrange(rows: Sequence[PlanRow], wanted: Arrangement) -> tuple[PlanRow, ...]:
    """Give the rows that are wanted in the order that is; what has no value stands last."""
    shown = [row for row in rows if _is_shown(row, wanted)]
    at = COLUMNS.index(wanted.sort)
    valued = [(row.cells[at].sorts, row) for row in shown if row.cells[at].sorts is not None]
    without = [row for row in shown if row.cells[at].sorts is None]
    # One column holds numbers only, or texts only.
    valued.sort(key=lambda pair: pair[0], reverse=wanted.is_descending)  # type: ignore[arg-type, return-value]
    return (*(row for _, row in valued), *without)


def is_found(row: PlanRow, words: str) -> bool:
    """Tell whether every word stands somewhere in a row, whatever its case and accents."""
    text = _folded(" ".join((row.step, *(cell.text for cell in row.cells))))
    return all(word in text for word in _folded(words).split())


def next_found(
    rows: Sequence[PlanRow], words: str, after: str, *, backwards: bool = False
) -> str | None:
    """Give the key of the next row that is found, round the end; None where none is."""
    if not words.strip():
        return None
    at = next((number for number, row in enumerate(rows) if row.key == after), None)
    step = -1 if backwards else 1
    start = (-1 if backwards else 0) if at is None else at + step
    order = [rows[(start + step * far) % len(rows)] for far in range(len(rows))]
    return next((row.key for row in order if is_found(row, words)), None)


def as_text(rows: Sequence[PlanRow]) -> str:
    """Give the rows as lines of cells between tabs, for pasting into a mail or a table.

    No cell hides or breaks anything, and none becomes a formula where it is pasted.
    """
    lines = _lines(rows)
    return "\n".join("\t".join(table_cell(one_line(text)) for text in line) for line in lines)


def as_csv(rows: Sequence[PlanRow]) -> str:
    """Give the rows as a CSV file, in which no cell is a formula."""
    lines = _lines(rows)
    return "".join(",".join(_quoted(text) for text in line) + "\r\n" for line in lines)


def found_words(rows: Sequence[PlanRow], words: str) -> str:
    """Give how many rows are found, empty where nothing is looked for."""
    if not words.strip():
        return ""
    count = len(found_keys(rows, words))
    return f"{count} of {len(rows)} found"


def found_keys(rows: Sequence[PlanRow], words: str) -> frozenset[str]:
    """Give the keys of the rows that are found, none where nothing is looked for."""
    return frozenset(row.key for row in rows if words.strip() and is_found(row, words))


def _is_shown(row: PlanRow, wanted: Arrangement) -> bool:
    if wanted.only_found and not is_found(row, wanted.find):
        return False
    match wanted.show:
        case Show.ALL:
            return True
        case Show.TO_DO:
            return not row.is_over
        case Show.NOW:
            return row.is_now
        case Show.CRITICAL:
            return row.is_critical
        case Show.MINE:
            return row.is_mine
        case _:
            assert_never(wanted.show)


def _folded(text: str) -> str:
    """Give a text without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _lines(rows: Sequence[PlanRow]) -> list[list[str]]:
    """Give the headings, then the cells of each row."""
    return [
        [column.value for column in COLUMNS],
        *([cell.text for cell in row.cells] for row in rows),
    ]


def _quoted(text: str) -> str:
    return '"' + table_cell(text).replace('"', '""') + '"'

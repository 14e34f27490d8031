"""Where the columns of a mapping stand in a sheet, and which headings it knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from relconsole.domain.plan.taking_in.cells import Sheet, column_of, letters_of
from relconsole.domain.plan.taking_in.mapping import Column, Field, SheetMapping
from relconsole.domain.plan.taking_in.problem import Choice
from relconsole.domain.plan.taking_in.reading import fold_word

HEADINGS: Final[Mapping[Field, tuple[str, ...]]] = {
    Field.NUMBER: ("nr", "nr.", "no", "no.", "#", "id", "step", "number", "schritt", "pos", "pos."),
    Field.TITLE: ("title", "task", "activity", "description", "aufgabe", "tätigkeit", "was"),
    Field.STREAM: ("stream", "workstream", "team", "lane", "gewerk", "bereich"),
    Field.OWNER: (
        "owner", "resp.", "resp", "responsible", "who", "assignee", "verantwortlich", "wer",
    ),
    Field.PLANNED_START: ("start", "planned start", "from", "beginn", "von", "start (plan)"),
    Field.FIXED_START: ("fixed start", "not before", "fester beginn", "nicht vor"),
    Field.DURATION: ("duration", "minutes", "length", "min", "dauer", "likely"),
    Field.BEST: ("best",),
    Field.WORST: ("worst",),
    Field.AFTER: (
        "after", "predecessor", "predecessors", "depends on", "vorg.", "vorgänger", "nach",
    ),
    Field.KIND: ("kind", "type", "art", "typ"),
    Field.MODE: ("mode",),
    Field.STATIONS: ("stations", "who answers"),
    Field.QUORUM: ("quorum",),
    Field.SERVICES: ("services", "service", "system", "systeme"),
    Field.CHANGES_DATA: ("changes data",),
    Field.UNDO: ("undo", "way back", "back", "reversible", "rollback", "zurück"),
    Field.UNDO_DURATION: ("undo duration", "rollback duration", "back in", "dauer zurück"),
    Field.UNDO_TITLE: ("undo title", "rollback step", "how back"),
    Field.NOTE: ("note", "notes", "remark", "comment", "bemerkung", "hinweis"),
}  # fmt: skip
"""Headings that are probably meant so; a person confirms what is proposed from them."""

_NEEDED: Final = (Field.TITLE, Field.DURATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedColumn:
    """A column of a sheet, what it becomes, and the first value beneath its heading."""

    column: int
    heading: str
    becomes: Field
    first: str = ""

    @property
    def letters(self) -> str:
        """Give its letters."""
        return letters_of(self.column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Every column of a sheet that has a heading or a value, and what the mapping misses."""

    columns: tuple[PlacedColumn, ...]
    missing: tuple[Choice, ...] = ()

    def find(self, field: Field) -> PlacedColumn | None:
        """Give the column that becomes a field."""
        return next((it for it in self.columns if it.becomes is field), None)


def lay_out(sheet: Sheet, mapping: SheetMapping) -> Layout:
    """Give where each column of the mapping stands, and a choice for each that stands nowhere."""
    headings = _headings(sheet, mapping.header_row)
    becomes: dict[int, Field] = {}
    missing: list[Choice] = []
    for it in mapping.columns:
        found = _place(it, headings)
        if isinstance(found, Choice):
            missing.append(found)
        elif it.becomes is not Field.NOTHING and it.becomes in becomes.values():
            question = f"Two columns become {it.becomes}. Which one does?"
            missing.append(Choice(key=f"columns.{letters_of(found)}", question=question))
        else:
            becomes[found] = it.becomes
    missing.extend(
        Choice(key=f"columns.{field}", question=f"Which column becomes {field}?")
        for field in _NEEDED
        if field not in becomes.values()
    )
    columns = tuple(
        PlacedColumn(
            column=column,
            heading=heading,
            becomes=becomes.get(column, Field.NOTHING),
            first=_first(sheet, mapping.header_row, column),
        )
        for column, heading in headings.items()
    )
    return Layout(columns=columns, missing=tuple(missing))


def _headings(sheet: Sheet, header_row: int) -> dict[int, str]:
    """Give the heading of each column that has one, or a value below; the empty ones are empty."""
    used = {column for row, column in sheet.cells if row >= header_row}
    return {column: sheet.at(header_row, column).text for column in sorted(used)}


def _first(sheet: Sheet, header_row: int, column: int) -> str:
    values = (sheet.at(row, column).text for row in sheet.rows_after(header_row))
    return next((value for value in values if value), "")


def _place(wanted: Column, headings: Mapping[int, str]) -> int | Choice:
    """Give the column that a mapping names, or what has to be chosen instead."""
    named = fold_word(wanted.heading)
    here = [column for column, heading in headings.items() if fold_word(heading) == named]
    if wanted.letters and (not wanted.heading or len(here) > 1):
        column = column_of(wanted.letters)
        if column in headings and (column in here or not wanted.heading):
            return column
    elif len(here) == 1:
        return here[0]
    name = wanted.heading or wanted.letters
    stands = f"stands {len(here)} times" if here else "is not in the sheet"
    return Choice(
        key=f"columns.{wanted.becomes}",
        question=f"The column “{name}”, which became {wanted.becomes}, {stands}.",
    )


def propose_columns(sheet: Sheet, header_row: int) -> tuple[Column, ...]:
    """Give what each column probably becomes, by its heading; a person has to confirm it."""
    headings = _headings(sheet, header_row)
    texts = [fold_word(heading) for heading in headings.values()]
    taken: set[Field] = set()
    proposed: list[Column] = []
    for column, heading in headings.items():
        word = fold_word(heading)
        field = next((it for it, words in HEADINGS.items() if word in words), Field.NOTHING)
        if field in taken:
            field = Field.NOTHING
        taken |= {field} - {Field.NOTHING}
        letters = "" if word and texts.count(word) == 1 else letters_of(column)
        proposed.append(Column(becomes=field, heading=heading, letters=letters))
    return tuple(proposed)


def propose_header_row(sheet: Sheet) -> int:
    """Give the row that probably holds the headings: the one with most words that are headings."""
    known = {word for words in HEADINGS.values() for word in words}
    counts: dict[int, int] = {}
    for (row, _), cell in sheet.cells.items():
        if fold_word(cell.text) in known:
            counts[row] = counts.get(row, 0) + 1
    return max(sorted(counts), key=lambda row: counts[row], default=1)

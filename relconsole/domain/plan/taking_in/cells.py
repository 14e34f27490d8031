"""A workbook as values: cells by their places, and nothing of the file they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from immutables import Map

from relconsole.domain.kernel.zones import WallTime

_LETTERS: Final = 26


class CellKind(StrEnum):
    """What a cell holds, as its program kept it."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBER = "number"
    SPAN = "span"
    MOMENT = "moment"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell; ``text`` is what a person sees in it, white space around it taken off.

    A ``SPAN`` is a time of day or a length of time, since midnight; a ``MOMENT`` is a wall time; a
    ``FAULT`` is an error value, or a formula whose value was never kept.
    """

    kind: CellKind
    text: str = ""
    number: float = 0.0
    span: timedelta = timedelta(0)
    moment: WallTime = datetime.min  # noqa: DTZ901 - a wall time that nobody reads
    is_calculated: bool = False
    is_struck: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing can be seen in it."""
        return not self.text


EMPTY: Final = Cell(kind=CellKind.EMPTY)


def text_cell(text: str) -> Cell:
    """Give a cell in which somebody typed this."""
    found = text.strip()
    return Cell(kind=CellKind.TEXT, text=found) if found else EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A block of merged cells, rows and columns counted from 1, both ends within."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def is_one_column(self) -> bool:
        """Tell whether it spans rows alone."""
        return self.first_column == self.last_column

    @property
    def reference(self) -> str:
        """Give its name, such as ``C24:C26``."""
        first = reference(self.first_row, self.first_column)
        return f"{first}:{reference(self.last_row, self.last_column)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: the cells that hold something, by row and column from 1.

    ``is_typed`` tells that its program knows times from texts, as a CSV file does not.
    """

    name: str
    cells: Mapping[tuple[int, int], Cell] = field(default_factory=Map[tuple[int, int], Cell])
    merged: tuple[Area, ...] = ()
    hidden: frozenset[int] = frozenset()
    is_typed: bool = True

    _blocks: Mapping[tuple[int, int], Area] = field(
        init=False, repr=False, compare=False, default_factory=Map[tuple[int, int], Area]
    )

    def __post_init__(self) -> None:
        """Keep which cells the merged blocks hold, as far down as the sheet holds anything."""
        last_row, last_column = self.last_row, self.last_column
        blocks = {
            (row, column): area
            for area in reversed(self.merged)
            for row in range(area.first_row, min(area.last_row, last_row) + 1)
            for column in range(area.first_column, min(area.last_column, last_column) + 1)
        }
        object.__setattr__(self, "_blocks", blocks)

    def at(self, row: int, column: int) -> Cell:
        """Give the cell as it is kept, empty within a merged block but for its corner."""
        return self.cells.get((row, column), EMPTY)

    def area_of(self, row: int, column: int) -> Area | None:
        """Give the merged block in which a cell lies."""
        return self._blocks.get((row, column))

    @property
    def last_row(self) -> int:
        """Give the last row that holds something, 0 where none does."""
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        """Give the last column that holds something, 0 where none does."""
        return max((column for _, column in self.cells), default=0)

    def rows_after(self, row: int) -> Iterator[int]:
        """Give the rows below one, down to the last that holds something."""
        yield from range(row + 1, self.last_row + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """The sheets of one file, in its order."""

    name: str
    sheets: tuple[Sheet, ...] = ()

    def find(self, name: str) -> Sheet | None:
        """Give the sheet of this name, whatever the case of its letters."""
        wanted = name.strip().casefold()
        return next((it for it in self.sheets if it.name.strip().casefold() == wanted), None)


def letters_of(column: int) -> str:
    """Give the letters of a column, ``A`` for 1 and ``AA`` for 27; ValueError below 1."""
    if column < 1:
        raise ValueError(f"no column {column}")
    found = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        found = chr(ord("A") + rest) + found
    return found


def column_of(letters: str) -> int:
    """Give the column of its letters; ValueError for anything else."""
    wanted = letters.strip().upper()
    if not wanted or not all("A" <= letter <= "Z" for letter in wanted):
        raise ValueError(f"{letters!r} is no column such as D")
    found = 0
    for letter in wanted:
        found = found * _LETTERS + ord(letter) - ord("A") + 1
    return found


def reference(row: int, column: int) -> str:
    """Give the name of a cell, such as ``D27``."""
    return f"{letters_of(column)}{row}"

"""What taking a sheet in leaves to a person: questions about cells, choices, and remarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from relconsole.domain.plan.taking_in.cells import reference

LEAVE_OUT: Final = "leave out"
"""The answer that a row is no step."""

STEP: Final = "step"
"""The answer that a row is a step although it does not look like one."""

NOTHING: Final = "nothing"
"""The answer that a step waits for nothing, or that a cell is to be read as empty."""

NOBODY: Final = "nobody"
"""The answer that nobody owns a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer that may be chosen, and the words on its button."""

    answer: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellProblem:
    """A cell that was not understood.

    ``proposal`` is an answer that is probably meant, empty where there is none; it is never taken
    without a person. ``field`` names what the cell would become.
    """

    sheet: str
    row: int
    column: int
    heading: str
    field: str
    value: str
    question: str
    proposal: str = ""
    options: tuple[Option, ...] = ()

    @property
    def cell(self) -> str:
        """Give the name of the cell, such as ``D27``."""
        return reference(self.row, self.column)

    @property
    def place(self) -> str:
        """Give sheet and cell, such as ``Cutover!D27``."""
        return f"{self.sheet}!{self.cell}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that was read in a way that a person should know of; ``cells`` may be a block."""

    sheet: str
    cells: str
    row: int
    heading: str
    value: str
    says: str

    @property
    def place(self) -> str:
        """Give sheet and cells, such as ``Cutover!C24:C26``."""
        return f"{self.sheet}!{self.cells}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something the mapping has to say before this sheet can be read; ``key`` is its own key."""

    key: str
    question: str
    options: tuple[Option, ...] = ()
    proposal: str = ""

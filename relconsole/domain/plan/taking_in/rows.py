"""The cells of one row by what they become, with answers in the place of what was asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from relconsole.domain.plan.taking_in.answers import Answers
from relconsole.domain.plan.taking_in.cells import EMPTY, Area, Cell, CellKind, Sheet, text_cell
from relconsole.domain.plan.taking_in.layout import Layout, PlacedColumn
from relconsole.domain.plan.taking_in.mapping import Field
from relconsole.domain.plan.taking_in.problem import NOTHING, CellProblem, Choice, Option, Remark
from relconsole.domain.plan.taking_in.reading import Read, Unclear, Value

ASKED_WHERE_MERGED: Final = frozenset(
    {
        Field.BEST,
        Field.DURATION,
        Field.NUMBER,
        Field.QUORUM,
        Field.TITLE,
        Field.UNDO_DURATION,
        Field.WORST,
    }
)
"""What a merged cell does not plainly say of each of its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What reading one sheet has brought to light so far."""

    problems: list[CellProblem] = field(default_factory=list[CellProblem])
    remarks: list[Remark] = field(default_factory=list[Remark])
    choices: dict[str, Choice] = field(default_factory=dict[str, Choice])
    calculated: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    """The rows in which a formula gave the value, by column."""

    _said: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])

    def keep(self, remark: Remark, told_by: str) -> None:
        """Keep a remark, once for all of the same ``told_by``, value and words."""
        key = (told_by, remark.value, remark.says)
        if key not in self._said:
            self._said.add(key)
            self.remarks.append(remark)

    def need(self, choice: Choice) -> None:
        """Keep that the mapping has to say something, once."""
        self.choices.setdefault(choice.key, choice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A cell as it is to be read; ``value`` is what stands in the sheet."""

    cell: Cell
    value: str
    is_answer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a sheet, read by what its columns become."""

    number: int
    sheet: Sheet
    layout: Layout
    answers: Answers
    notes: Notes
    open: set[Field] = field(default_factory=set[Field])

    def raw(self, field: Field) -> Cell:
        """Give the cell itself, without what a merged block or an answer puts there."""
        column = self.layout.find(field)
        return EMPTY if column is None else self.sheet.at(self.number, column.column)

    def is_blank(self, fields: Iterable[Field]) -> bool:
        """Tell whether nothing is written for any of these."""
        return all(self.raw(field).is_empty for field in fields)

    def find(self, field: Field) -> Found:
        """Give the cell of a field as it is to be read, empty where no column becomes it."""
        column = self.layout.find(field)
        if column is None:
            return Found(cell=EMPTY, value="")
        cell = self._filled(field, column)
        at = (self.sheet.name, self.number, column.column)
        answer = self.answers.find(*at, cell.text)
        if answer is not None:
            spoken = EMPTY if answer == NOTHING else text_cell(answer)
            return Found(cell=spoken, value=cell.text, is_answer=True)
        if cell.is_calculated and cell.kind is not CellKind.FAULT:
            rows = self.notes.calculated.setdefault(column.column, [])
            if self.number not in rows:
                rows.append(self.number)
        return Found(cell=cell, value=cell.text)

    def merged_over(self, field: Field) -> Area | None:
        """Give the block over several rows whose value this cell shares, but not at its corner."""
        column = self.layout.find(field)
        area = None if column is None else self.sheet.area_of(self.number, column.column)
        if area is None or not area.is_one_column or area.first_row == self.number:
            return None
        return area

    def _filled(self, field: Field, column: PlacedColumn) -> Cell:
        """Give the cell, or the corner of its merged block where that speaks for all its rows."""
        area = self.merged_over(field)
        if area is None:
            return self.sheet.at(self.number, column.column)
        corner = self.sheet.at(area.first_row, area.first_column)
        if field is Field.NOTE or corner.is_empty:
            return EMPTY
        says = (
            f"merged cells: “{corner.text}” filled into {area.last_row - area.first_row + 1} rows"
        )
        remark = Remark(
            sheet=self.sheet.name,
            cells=area.reference,
            row=area.first_row,
            heading=column.heading,
            value=corner.text,
            says=says,
        )
        if field not in ASKED_WHERE_MERGED:
            self.notes.keep(remark, area.reference)
        return corner

    def settle(self, field: Field, read: Read[Value] | Unclear, found: Found) -> Value | None:
        """Give what was read, or None after its question was kept."""
        area = self.merged_over(field) if field in ASKED_WHERE_MERGED else None
        if isinstance(read, Unclear):
            self.ask(field, read, found)
            return None
        if area is not None and not found.is_answer and found.value:
            self.ask(field, _asks_of_merged(area, found.value), found)
            return None
        if read.remark:
            self.remark(field, read.remark, found.value)
        return read.value

    def ask(self, field: Field, unclear: Unclear, found: Found) -> None:
        """Keep the question about a cell; one that the mapping would answer is asked once of it."""
        self.open.add(field)
        column = self.layout.find(field)
        if unclear.choice or column is None:
            key = unclear.choice or f"columns.{field}"
            options = unclear.options
            self.notes.need(Choice(key=key, question=unclear.question, options=options))
            return
        self.notes.problems.append(
            CellProblem(
                sheet=self.sheet.name,
                row=self.number,
                column=column.column,
                heading=column.heading,
                field=field,
                value=found.value,
                question=_with_answer(unclear.question, found),
                proposal=unclear.proposal,
                options=unclear.options,
            )
        )

    def remark(self, field: Field, says: str, value: str) -> None:
        """Keep a remark about a cell, once for all cells of one value in a column."""
        column = self.layout.find(field)
        letters, heading = ("A", "") if column is None else (column.letters, column.heading)
        remark = Remark(
            sheet=self.sheet.name,
            cells=f"{letters}{self.number}",
            row=self.number,
            heading=heading,
            value=value,
            says=says,
        )
        self.notes.keep(remark, letters)


def _with_answer(question: str, found: Found) -> str:
    """Give the question, which says so where an answer was not understood either."""
    if not found.is_answer or found.cell.is_empty:
        return question
    return f"The answer “{found.cell.text}” is not understood. {question}"


def _asks_of_merged(area: Area, value: str) -> Unclear:
    return Unclear(
        question=f"Merged over {area.reference}. Does it hold for this row too?",
        proposal=value,
        options=(Option(answer=value, label=f"Read as {value}"),),
    )

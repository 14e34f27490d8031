"""A plain list in a sheet: one row of headings, then a thing a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from relconsole.domain.plan.taking_in.answers import Answers
from relconsole.domain.plan.taking_in.cells import EMPTY, Cell, Sheet, reference, text_cell
from relconsole.domain.plan.taking_in.problem import LEAVE_OUT, CellProblem, Option, Remark
from relconsole.domain.plan.taking_in.reading import LONGEST_TEXT, fold_word

NEW: Final = "new"
"""The answer that something is not yet known and is to be added."""

MOST_ROWS: Final = 2_000
_LONGEST_ID: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What was asked and remarked beside the lists of one workbook."""

    problems: list[CellProblem] = field(default_factory=list[CellProblem])
    remarks: list[Remark] = field(default_factory=list[Remark])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One cell of a list, at its place; ``answer`` is what a person said of it."""

    sheet: str
    row: int
    column: int
    heading: str
    cell: Cell
    answer: str | None
    margin: Margin

    @property
    def text(self) -> str:
        """Give what is to be read: the answer, or what stands in the cell."""
        return self.cell.text if self.answer is None else self.answer

    @property
    def read(self) -> Cell:
        """Give the cell to be read: the answer as though it were typed, or the cell itself."""
        return self.cell if self.answer is None else text_cell(self.answer)

    def ask(
        self, name: str, question: str, options: tuple[Option, ...] = (), proposal: str = ""
    ) -> None:
        """Keep a question about the cell; ``name`` says what it would become."""
        self.margin.problems.append(
            CellProblem(
                sheet=self.sheet,
                row=self.row,
                column=self.column,
                heading=self.heading,
                field=name,
                value=self.cell.text,
                question=question,
                proposal=proposal,
                options=options,
            )
        )

    def remark(self, says: str) -> None:
        """Keep a remark about the cell."""
        self.margin.remarks.append(
            Remark(
                sheet=self.sheet,
                cells=reference(self.row, self.column),
                row=self.row,
                heading=self.heading,
                value=self.cell.text,
                says=says,
            )
        )


Line = Mapping[str, Entry]
"""The cells of one row by what they are; a column that the sheet lacks is an empty cell."""


def read_lines(
    sheet: Sheet, words: Mapping[str, tuple[str, ...]], answers: Answers, margin: Margin
) -> Iterator[Line]:
    """Give the rows beneath the first that holds anything; ``words`` are the headings by meaning.

    Blank rows and those that a person left out are passed over.
    """
    header = min((row for row, _ in sheet.cells), default=0)
    columns = _columns(sheet, header, words)
    for row in range(header + 1, min(sheet.last_row, header + MOST_ROWS) + 1):
        line = {
            name: entry_at(sheet, row, column, sheet.at(header, column).text, answers, margin)
            for name, column in columns.items()
        }
        is_left_out = any(entry.answer == LEAVE_OUT for entry in line.values())
        if any(entry.cell.text for entry in line.values()) and not is_left_out:
            yield line


def entry_at(
    sheet: Sheet, row: int, column: int, heading: str, answers: Answers, margin: Margin
) -> Entry:
    """Give one cell with its answer; column 0 stands for one that the sheet lacks."""
    cell = sheet.at(row, column) if column else EMPTY
    if len(cell.text) > LONGEST_TEXT:
        cell = text_cell(cell.text[:LONGEST_TEXT])
    return Entry(
        sheet=sheet.name,
        row=row,
        column=max(column, 1),
        heading=heading,
        cell=cell,
        answer=answers.find(sheet.name, row, column, cell.text),
        margin=margin,
    )


def _columns(sheet: Sheet, header: int, words: Mapping[str, tuple[str, ...]]) -> Mapping[str, int]:
    """Give the column of each meaning, 0 where no heading says it."""
    found = dict.fromkeys(words, 0)
    for column in range(sheet.last_column, 0, -1):
        heading = fold_word(sheet.at(header, column).text)
        for name, known in words.items():
            if heading in known:
                found[name] = column
    return found


def id_for(name: str, taken: Container[str]) -> str:
    """Give an id made of the letters of a name that is not taken yet."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
        if not unicodedata.combining(letter)
    )
    stem = re.sub(r"[^\w.]+", "-", bare).strip("-._")[:_LONGEST_ID] or "unnamed"
    found, count = stem, 1
    while found in taken:
        count += 1
        found = f"{stem}-{count}"
    return found

"""Which rows of a sheet are steps, and the id of each: by its own number, else by its title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.taking_in.answers import Answers
from relconsole.domain.plan.taking_in.cells import Sheet
from relconsole.domain.plan.taking_in.layout import Layout
from relconsole.domain.plan.taking_in.mapping import Field
from relconsole.domain.plan.taking_in.problem import LEAVE_OUT, STEP, Option
from relconsole.domain.plan.taking_in.reading import Read, Unclear, read_words
from relconsole.domain.plan.taking_in.rows import Found, Notes, Row

LONGEST_NUMBER: Final = 80
_TELLING: Final = (
    Field.NUMBER,
    Field.OWNER,
    Field.PLANNED_START,
    Field.FIXED_START,
    Field.DURATION,
    Field.AFTER,
    Field.KIND,
)
"""A row with a title and none of these is probably a heading."""

_LEAVE_OUT: Final = Option(answer=LEAVE_OUT, label="Leave the row out")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedRow:
    """A row that is a step; ``title`` is empty and ``id`` unsure while they are asked about."""

    row: Row
    id: StepId
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """The rows that are steps, and the id behind each number and each row."""

    rows: tuple[NumberedRow, ...]
    by_number: Mapping[str, StepId]
    by_row: Mapping[str, StepId]
    left_out: tuple[int, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Taken:
    """What was numbered so far."""

    rows: list[NumberedRow] = field(default_factory=list[NumberedRow])
    first_rows: dict[StepId, int] = field(default_factory=dict[StepId, int])
    left_out: list[int] = field(default_factory=list[int])


def number_rows(
    sheet: Sheet, layout: Layout, header_row: int, answers: Answers, notes: Notes
) -> Numbering:
    """Give the rows below the headings that are steps, each with its id."""
    mapped = [it.becomes for it in layout.columns if it.becomes is not Field.NOTHING]
    taken = _Taken()
    for number in sheet.rows_after(header_row):
        row = Row(number=number, sheet=sheet, layout=layout, answers=answers, notes=notes)
        if row.is_blank(mapped):
            continue
        if any(_leaves_out(row.find(it)) for it in mapped):
            taken.left_out.append(number)
            continue
        title = _title(row)
        if title is not None:
            _take(row, title, taken)
    has_numbers = layout.find(Field.NUMBER) is not None
    return Numbering(
        rows=tuple(taken.rows),
        by_number={it.id: it.id for it in taken.rows} if has_numbers else {},
        by_row={str(it.row.number): it.id for it in taken.rows},
        left_out=tuple(taken.left_out),
    )


def _leaves_out(found: Found) -> bool:
    return found.is_answer and found.cell.text == LEAVE_OUT


def _take(row: Row, title: str, taken: _Taken) -> None:
    """Keep a row as a step under its id."""
    if row.number in row.sheet.hidden:
        row.remark(Field.TITLE, "the row is hidden in the sheet; it is taken in", title)
    has_numbers = row.layout.find(Field.NUMBER) is not None
    id_ = _by_number(row, taken) if has_numbers else _by_title(title, taken)
    taken.first_rows.setdefault(id_, row.number)
    taken.rows.append(NumberedRow(row=row, id=id_, title=title))


def _title(row: Row) -> str | None:
    """Give the title of a step, empty while it is asked about; None where the row is no step."""
    found = row.find(Field.TITLE)
    own = row.raw(Field.TITLE)
    is_step = found.is_answer and found.cell.text == STEP
    if not found.is_answer and row.is_blank(_TELLING):
        row.ask(Field.TITLE, _IS_IT_A_HEADING, found)
        return None
    if not found.is_answer and own.is_struck:
        row.ask(Field.TITLE, _IS_IT_STRUCK, found)
        return None
    cell = own if is_step else found.cell
    if cell.is_empty:
        row.ask(Field.TITLE, _WHAT_TITLE, found)
        return ""
    read = read_words(cell)
    words = row.settle(Field.TITLE, read, Found(cell=cell, value=found.value, is_answer=is_step))
    return " ".join((words or "").split())


_IS_IT_A_HEADING: Final = Unclear(
    question="Only a title stands in this row. Is it a heading?",
    proposal=LEAVE_OUT,
    options=(
        Option(answer=LEAVE_OUT, label="It is a heading"),
        Option(answer=STEP, label="It is a step"),
    ),
)
_IS_IT_STRUCK: Final = Unclear(
    question="The title is struck through. Is the step still to be done?",
    options=(_LEAVE_OUT, Option(answer=STEP, label="It is to be done")),
)
_WHAT_TITLE: Final = Unclear(question="What is this step called?", options=(_LEAVE_OUT,))


def _by_number(row: Row, taken: _Taken) -> StepId:
    """Give the id that a row's own number is; one of its row while the number is asked about."""
    found = row.find(Field.NUMBER)
    read = _read_number(found, taken)
    number = row.settle(Field.NUMBER, read, found)
    return StepId(number or f"row {row.number}")


def _read_number(found: Found, taken: _Taken) -> Read[str] | Unclear:
    words = read_words(found.cell)
    if isinstance(words, Unclear):
        return words
    number = " ".join(words.value.split())
    if not number:
        return Unclear(question="Which number has this step?", options=(_LEAVE_OUT,))
    if not number.isprintable() or len(number) > LONGEST_NUMBER:
        return Unclear(question=f"A number has at most {LONGEST_NUMBER} visible characters.")
    if StepId(number) in taken.first_rows:
        first = taken.first_rows[StepId(number)]
        question = f"The number {number} stands in row {first} already. Which has this step?"
        return Unclear(question=question, options=(_LEAVE_OUT,))
    return Read(value=number)


def _by_title(title: str, taken: _Taken) -> StepId:
    """Give an id made of the words of a title, numbered from the second of a kind on."""
    words = re.sub(r"[^\w]+", "-", title.casefold()).strip("-")[:LONGEST_NUMBER] or "step"
    found, count = StepId(words), 1
    while found in taken.first_rows:
        count += 1
        found = StepId(f"{words}-{count}")
    return found

"""Answers to questions about cells, each bound to the value that was asked about."""

from __future__ import annotations

from dataclasses import dataclass

from relconsole.domain.plan.taking_in.problem import CellProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person says that a cell means.

    It is read as though it stood in the cell, in the form that the questions propose. ``row`` None
    answers for the whole column, wherever this value stands in it.
    """

    sheet: str
    column: int
    row: int | None
    value: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers so far; of two for one cell the later one counts."""

    given: tuple[Answer, ...] = ()

    def find(self, sheet: str, row: int, column: int, value: str) -> str | None:
        """Give the answer for a cell that holds this value, None where it was not asked."""
        return next(
            (
                it.answer
                for it in reversed(self.given)
                if it.sheet == sheet
                and it.column == column
                and it.row in {None, row}
                and it.value == value
            ),
            None,
        )

    def with_answer(self, problem: CellProblem, answer: str, *, everywhere: bool) -> Answers:
        """Give the answers with one more, for its cell or wherever the value stands beneath it."""
        row = None if everywhere else problem.row
        kept = tuple(
            it
            for it in self.given
            if (it.sheet, it.column, it.row, it.value)
            != (problem.sheet, problem.column, row, problem.value)
        )
        new = Answer(
            sheet=problem.sheet,
            column=problem.column,
            row=row,
            value=problem.value,
            answer=answer,
        )
        return Answers(given=(*kept, new))

    def without_answer(self, problem: CellProblem) -> Answers:
        """Give the answers without those that meet this cell."""
        return Answers(
            given=tuple(
                it
                for it in self.given
                if not (
                    it.sheet == problem.sheet
                    and it.column == problem.column
                    and it.row in {None, problem.row}
                    and it.value == problem.value
                )
            )
        )

"""A sheet and its mapping become the steps of a runbook, with everything that has to be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.graph import find_cycle
from relconsole.domain.plan.runbook import Step
from relconsole.domain.plan.schedule import plan_schedule
from relconsole.domain.plan.taking_in.answers import Answers
from relconsole.domain.plan.taking_in.cells import Sheet, letters_of
from relconsole.domain.plan.taking_in.layout import Layout, lay_out
from relconsole.domain.plan.taking_in.mapping import Field, SheetMapping
from relconsole.domain.plan.taking_in.numbering import NumberedRow, number_rows
from relconsole.domain.plan.taking_in.problem import NOTHING as WAITS_FOR_NOTHING
from relconsole.domain.plan.taking_in.problem import CellProblem, Choice, Option, Remark
from relconsole.domain.plan.taking_in.reading import Unclear
from relconsole.domain.plan.taking_in.rows import Notes
from relconsole.domain.plan.taking_in.starts import Frame
from relconsole.domain.plan.taking_in.steps import Known, StepReader, TakenRow

_NEARLY: Final = timedelta(minutes=1)
_MOST_ROWS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What a sheet came to.

    ``rows`` are its steps in its order; ``choices`` is what the mapping has still to say. It can be
    taken in when there is neither a problem nor a choice.
    """

    layout: Layout
    rows: tuple[TakenRow, ...] = ()
    problems: tuple[CellProblem, ...] = ()
    choices: tuple[Choice, ...] = ()
    remarks: tuple[Remark, ...] = ()
    left_out: tuple[int, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is left to be asked, and there is a step."""
        return bool(self.rows) and not self.problems and not self.choices

    @property
    def steps(self) -> tuple[Step, ...]:
        """Give the steps that were understood."""
        return tuple(row.step for row in self.rows if row.step is not None)

    @property
    def streams(self) -> tuple[str, ...]:
        """Give the streams in the order in which they first come."""
        return tuple(dict.fromkeys(row.stream for row in self.rows if row.stream))


def take_in(sheet: Sheet, mapping: SheetMapping, known: Known, answers: Answers) -> TakenIn:
    """Give the steps of a sheet, and what has to be asked, chosen or known of it."""
    layout = lay_out(sheet, mapping)
    if layout.missing:
        return TakenIn(layout=layout, choices=layout.missing)
    if sheet.last_row - mapping.header_row > _MOST_ROWS:
        question = f"The sheet has more than {_MOST_ROWS} rows. Which one holds the runbook?"
        return TakenIn(layout=layout, choices=(Choice(key="sheet", question=question),))
    notes = Notes()
    numbering = number_rows(sheet, layout, mapping.header_row, answers, notes)
    reader = StepReader(mapping=mapping, known=known, numbering=numbering)
    rows = tuple(reader.read(numbered) for numbered in numbering.rows)
    rows = _without_cycles(rows, numbering.rows)
    if not rows and not notes.problems:
        notes.need(Choice(key="sheet", question="No row of the sheet is a step."))
    if known.frame is not None and all(row.step is not None for row in rows):
        _compare_starts(rows, numbering.rows, known.frame)
    return TakenIn(
        layout=layout,
        rows=rows,
        problems=tuple(sorted(notes.problems, key=lambda it: (it.row, it.column))),
        choices=tuple(notes.choices.values()),
        remarks=(*sorted(notes.remarks, key=lambda it: it.row), *_calculated(sheet, layout, notes)),
        left_out=numbering.left_out,
    )


def _without_cycles(
    rows: tuple[TakenRow, ...], numbered: Iterable[NumberedRow]
) -> tuple[TakenRow, ...]:
    """Give the rows; the first of those that wait for one another is asked about."""
    by_id = {row.id: row for row in rows}
    waiting = tuple(
        Step(
            id=row.id,
            title=row.title,
            duration=plain(timedelta(0)),
            after=tuple(it for it in row.after if it in by_id),
        )
        for row in by_id.values()
    )
    cycle = find_cycle(waiting)
    if not cycle:
        return rows
    first = min(cycle, key=lambda step: by_id[step].row)
    turned = (*cycle[cycle.index(first) :], *cycle[: cycle.index(first)], first)
    row = next(it.row for it in numbered if it.id == first)
    unclear = Unclear(
        question=f"These wait for one another: {_chain(turned)}. Which come before {first}?",
        options=(Option(answer=WAITS_FOR_NOTHING, label="It waits for nothing"),),
    )
    row.ask(Field.AFTER, unclear, row.find(Field.AFTER))
    return tuple(
        replace(it, open=it.open | {Field.AFTER}, step=None) if it.id == first else it
        for it in rows
    )


def _chain(steps: Iterable[StepId]) -> str:
    """Give the steps of a cycle, each before those that it waits for."""
    return " waits for ".join(steps)


def _compare_starts(
    rows: tuple[TakenRow, ...], numbered: tuple[NumberedRow, ...], frame: Frame
) -> None:
    """Keep a remark for each planned start that durations and predecessors do not give."""
    steps = tuple(row.step for row in rows if row.step is not None)
    schedule = plan_schedule(steps, frame.window.start)
    for taken, one in zip(rows, numbered, strict=True):
        found = one.row.find(Field.PLANNED_START)
        if taken.start is None or found.cell.is_empty:
            continue
        reckoned = schedule.instant_of(schedule.steps[taken.id].start)
        if abs(reckoned - taken.start) >= _NEARLY:
            says = (
                f"the sheet starts it at {frame.wall(taken.start):%H:%M}, durations and "
                f"predecessors at {frame.wall(reckoned):%H:%M}; the start is not fixed"
            )
            one.row.remark(Field.PLANNED_START, says, found.value)


def _calculated(sheet: Sheet, layout: Layout, notes: Notes) -> tuple[Remark, ...]:
    """Give a remark for each column in which formulas gave the values."""
    return tuple(
        Remark(
            sheet=sheet.name,
            cells=f"{letters_of(it.column)}{min(rows)}:{letters_of(it.column)}{max(rows)}",
            row=min(rows),
            heading=it.heading,
            value="",
            says="calculated by formulas; taken as the sheet was last saved",
        )
        for it in layout.columns
        if (rows := notes.calculated.get(it.column))
    )

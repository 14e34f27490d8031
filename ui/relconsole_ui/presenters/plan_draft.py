"""A plan that is being edited: nothing typed is lost, all can be undone, nothing is recorded.

A text that is not understood stays as it was typed, with the reason beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from immutables import Map

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.faults import without_step
from relconsole.domain.plan.graph import find_cycle
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.change_plan import faults_of_change
from relconsole_ui.presenters.plan_cells import EDITABLE, FIELDS, Ground, Wrong, read_cell
from relconsole_ui.presenters.plan_table import COLUMNS, PlanCell, PlanColumn, PlanRow, plan_rows
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import counted

MOST_UNDONE: Final = 200
NEW_LASTS: Final = plain(timedelta(minutes=5))
"""What a new step is taken to last until somebody says better."""

Wrongs = Map[PlanColumn, Wrong]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStep:
    """A step of the draft: its last understood form, and what was typed that is not understood."""

    step: Step
    wrong: Wrongs = field(default_factory=Wrongs)


Steps = tuple[DraftStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The edited steps, those before each edit, and those that were undone, newest last."""

    before: Runbook
    steps: Steps
    past: tuple[Steps, ...] = ()
    future: tuple[Steps, ...] = ()

    @property
    def runbook(self) -> Runbook:
        """Give the plan as far as it is understood."""
        return replace(self.before, steps=tuple(each.step for each in self.steps))

    @property
    def is_changed(self) -> bool:
        """Tell whether anything was edited that is not undone."""
        return bool(self.past) and (
            self.runbook != self.before or any(each.wrong for each in self.steps)
        )

    def undo(self) -> Draft:
        """Give the draft before the last edit."""
        if not self.past:
            return self
        return replace(
            self,
            steps=self.past[-1],
            past=self.past[:-1],
            future=(*self.future, self.steps),
        )

    def redo(self) -> Draft:
        """Give the draft with the last undone edit done again."""
        if not self.future:
            return self
        return replace(
            self,
            steps=self.future[-1],
            past=(*self.past, self.steps),
            future=self.future[:-1],
        )


def begin_draft(runbook: Runbook) -> Draft:
    """Give the draft of a plan that nobody has edited yet."""
    return Draft(before=runbook, steps=tuple(DraftStep(step=step) for step in runbook.steps))


def type_cell(draft: Draft, seen: Seen, step: str, column: PlanColumn, text: str) -> Draft:
    """Give the draft with what was typed into a cell, understood or not."""
    at = _at(draft, step)
    if at is None:
        return draft
    old = draft.steps[at]
    found = read_cell(old.step, column, text, _ground(draft, seen))
    if isinstance(found, Wrong):
        new = replace(old, wrong=old.wrong.set(column, replace(found, text=text)))
    else:
        kept = old.wrong.delete(column) if column in old.wrong else old.wrong
        new = DraftStep(step=found, wrong=kept)
    return _edited(draft, (*draft.steps[:at], new, *draft.steps[at + 1 :]))


def insert_step(draft: Draft, after: str) -> tuple[Draft, StepId]:
    """Give the draft with a new step behind another one, at the end where that is unknown."""
    taken = {each.step.id for each in draft.steps} | {step.id for step in draft.before.steps}
    number = next(n for n in range(1, len(taken) + 2) if StepId(f"step-{n}") not in taken)
    at = _at(draft, after)
    waits = () if at is None else (draft.steps[at].step.id,)
    new = DraftStep(
        step=Step(id=StepId(f"step-{number}"), title="", duration=NEW_LASTS, after=waits),
        wrong=Map(
            {
                PlanColumn.TITLE: Wrong(text="", says="must not be empty"),
                PlanColumn.UNDO: Wrong(text="", says="a step of kind manual needs undo"),
            }
        ),
    )
    place = len(draft.steps) if at is None else at + 1
    return _edited(draft, (*draft.steps[:place], new, *draft.steps[place:])), new.step.id


def delete_steps(draft: Draft, gone: tuple[str, ...]) -> Draft:
    """Give the draft without some steps; what waited for them waits for what they waited for."""
    runbook = draft.runbook
    for step in gone:
        runbook = replace(runbook, steps=without_step(runbook, StepId(step)))
    wrongs = {each.step.id: each.wrong for each in draft.steps}
    left = tuple(DraftStep(step=step, wrong=wrongs[step.id]) for step in runbook.steps)
    return draft if len(left) == len(draft.steps) else _edited(draft, left)


def move_step(draft: Draft, step: str, by: int) -> Draft:
    """Give the draft with a step so many places further down, or up; what it waits for stays."""
    at = _at(draft, step)
    if at is None or not 0 <= at + by < len(draft.steps):
        return draft
    steps = list(draft.steps)
    steps.insert(at + by, steps.pop(at))
    return _edited(draft, tuple(steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What keeps the draft from being recorded: where it stands, and why."""

    step: StepId
    column: PlanColumn
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRows:
    """The draft as the table shows it; ``voids`` says what recording it would void.

    ``may_record`` with ``why_not``: why it cannot be recorded now.
    """

    rows: tuple[PlanRow, ...]
    problems: tuple[Problem, ...]
    note: str
    voids: str
    may_record: bool
    why_not: str
    may_undo: bool
    may_redo: bool


def present_draft(draft: Draft, seen: Seen) -> DraftRows:
    """Give the rows of the draft with every problem, and what recording it would void."""
    release = seen.release
    problems = _problems(draft, release, seen)
    faults = {(each.step, each.column): each.says for each in problems}
    first = {step.id: step for step in draft.before.steps}
    # A plan that waits for itself has no times.
    steps = draft.runbook.steps
    timed = tuple(replace(step, after=()) for step in steps) if find_cycle(steps) else steps
    rows = tuple(
        _draft_row(row, each, first.get(row.step), faults)
        for row, each in zip(plan_rows(seen, steps, timed), draft.steps, strict=True)
    )
    why_not = _why_not(draft, problems)
    return DraftRows(
        rows=rows,
        problems=problems,
        note=counted(len(rows), "step"),
        voids=_voids(draft, release),
        may_record=not why_not,
        why_not=why_not,
        may_undo=bool(draft.past),
        may_redo=bool(draft.future),
    )


def problem_words(problems: tuple[Problem, ...], rows: tuple[PlanRow, ...]) -> tuple[str, ...]:
    """Give each problem with its row and column, as it is told."""
    numbers = {row.step: row.cells[0].text for row in rows}
    return tuple(
        f"Row {numbers.get(each.step, each.step)}, {each.column}: {each.says}" for each in problems
    )


def _problems(draft: Draft, release: Release, seen: Seen) -> tuple[Problem, ...]:
    typed = [
        Problem(step=each.step.id, column=column, says=wrong.says)
        for each in draft.steps
        for column, wrong in sorted(each.wrong.items(), key=lambda pair: COLUMNS.index(pair[0]))
    ]
    told = {(each.step, each.column) for each in typed}
    people = seen.state.workspace.estate.people
    ruled = [
        Problem(step=fault.step, column=FIELDS[fault.field], says=fault.says)
        for fault in faults_of_change(release, draft.runbook, people)
    ]
    return (*typed, *(each for each in ruled if (each.step, each.column) not in told))


def _draft_row(
    row: PlanRow,
    each: DraftStep,
    before: Step | None,
    faults: Mapping[tuple[StepId, PlanColumn], str],
) -> PlanRow:
    """Give a row with what was typed, marked where it is wrong or new."""
    cells: list[PlanCell] = []
    for column, cell in zip(COLUMNS, row.cells, strict=True):
        wrong, problem = each.wrong.get(column), faults.get((row.step, column), "")
        is_new = wrong is not None or _is_new(each.step, before, column)
        if not is_new and not problem:
            cells.append(cell)
            continue
        text = cell.text if wrong is None else wrong.text
        cells.append(replace(cell, text=text, problem=problem, is_new=is_new))
    return replace(row, cells=tuple(cells))


def _is_new(step: Step, before: Step | None, column: PlanColumn) -> bool:
    """Tell whether a cell says something else than the recorded plan; never for what is computed.

    What a step waits for is the same though the numbers of those steps are others.
    """
    if column not in EDITABLE:
        return False
    if before is None or step is before:
        return before is None
    name = _ATTRIBUTES[column]
    return bool(getattr(step, name) != getattr(before, name))


_ATTRIBUTES: Final[Mapping[PlanColumn, str]] = {
    column: column.name.casefold() for column in EDITABLE
}
"""Which part of a step stands in a column; they are named alike."""


def _why_not(draft: Draft, problems: tuple[Problem, ...]) -> str:
    if problems:
        return f"{counted(len(problems), 'problem')} to settle first"
    return "" if draft.is_changed else "Nothing has changed"


def _voids(draft: Draft, release: Release) -> str:
    """Give what recording the draft voids, in words; empty where it changes nothing."""
    after = draft.runbook
    if after == draft.before:
        return ""
    old = {step.id: step for step in draft.before.steps}
    numbers = {step.id: number for number, step in enumerate(after.steps, 1)}
    changed = [str(numbers[it.id]) for it in after.steps if it.id in old and it != old[it.id]]
    removed = len(old.keys() - numbers.keys())
    approval = f"the approval of {release.change.id}" if release.change else "what was approved"
    parts = [f"Recording this voids {approval}: it is bound to the plan as it was."]
    if changed:
        word = "step" if len(changed) == 1 else "steps"
        parts.append(f"Rehearsed times of {word} {', '.join(changed)} no longer count.")
    if removed:
        parts.append(f"{counted(removed, 'step')} taken out.")
    return " ".join(parts)


def _at(draft: Draft, step: str) -> int | None:
    return next((at for at, each in enumerate(draft.steps) if each.step.id == step), None)


def _ground(draft: Draft, seen: Seen) -> Ground:
    return Ground(
        release=seen.release,
        people=seen.state.workspace.estate.people,
        order=tuple(each.step.id for each in draft.steps),
    )


def _edited(draft: Draft, steps: Steps) -> Draft:
    if steps == draft.steps:
        return draft
    past = (*draft.past, draft.steps)[-MOST_UNDONE:]
    return replace(draft, steps=steps, past=past, future=())

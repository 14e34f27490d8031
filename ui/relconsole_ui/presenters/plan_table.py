"""The plan as a table: every step with what was planned, what happened and what is forecast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.durations import ThreePoint, format_duration
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.answer import planned_steps, step_line
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.state import UNDERWAY, RunState
from relconsole.domain.plan.runbook import Step, Undo
from relconsole.domain.plan.schedule import Schedule, plan_schedule
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.lateness import StepStanding, standings
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, count_down, counted, minutes

Sortable = float | str


class PlanColumn(StrEnum):
    """A column by its heading."""

    NUMBER = "No."
    TITLE = "Step"
    STREAM = "Stream"
    OWNER = "Owner"
    KIND = "Kind"
    STATE = "State"
    PLANNED_START = "Planned start"
    PLANNED_END = "Planned end"
    ACTUAL_START = "Actual start"
    ACTUAL_END = "Actual end"
    FORECAST_START = "Forecast start"
    FORECAST_END = "Forecast end"
    FLOAT = "Float"
    CRITICAL = "Critical"
    DURATION = "Duration"
    NOT_BEFORE = "Not before"
    AFTER = "After"
    UNDO = "Undo"
    CHECKS = "Checks"


COLUMNS: Final = tuple(PlanColumn)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCell:
    """What stands in a cell; ``sorts`` is None where there is nothing to sort by.

    ``problem`` says what is wrong with it, ``is_new`` that it is not recorded yet.
    """

    text: str
    sorts: Sortable | None = None
    problem: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A step; ``cells`` in the order of ``COLUMNS``."""

    step: StepId
    cells: tuple[PlanCell, ...]
    status: Status
    is_over: bool
    is_now: bool
    is_critical: bool
    is_mine: bool

    @property
    def key(self) -> str:
        """Give what tells the row from the others."""
        return self.step

    def cell(self, column: PlanColumn) -> PlanCell:
        """Give the cell of a column."""
        return self.cells[COLUMNS.index(column)]

    @property
    def sentence(self) -> str:
        """Give the row as it is spoken."""
        said = [self.cells[0].text, self.cells[1].text]
        said += [
            f"{column} {cell.text}"
            for column, cell in zip(COLUMNS[2:], self.cells[2:], strict=True)
            if cell.text
        ]
        return f"Step {', '.join(part for part in said if part)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTableRows:
    """The table; ``why_not`` says why the plan cannot be edited in place, empty where it can.

    ``amends`` tells that it is amended instead, ``has_run`` that a night was opened.
    """

    rows: tuple[PlanRow, ...]
    note: str
    why_not: str = ""
    amends: bool = False
    has_run: bool = False
    empty: str = ""


def present_plan_table(seen: Seen) -> PlanTableRows:
    """Give every step of the plan as it stands, in plan order."""
    run = seen.run
    if run is None or run.is_over:
        rows = _planned_rows(seen) if run is None else _run_rows(seen, run)
        return PlanTableRows(
            rows=rows,
            note=counted(len(rows), "step"),
            has_run=run is not None,
            empty="" if rows else "The plan has no steps.",
        )
    rows = _run_rows(seen, run)
    over = sum(row.is_over for row in rows)
    return PlanTableRows(
        rows=rows,
        note=f"{counted(len(rows), 'step')}, {over} over",
        why_not="The night is open: its plan is amended, with a reason.",
        amends=True,
        has_run=True,
        empty="" if rows else "The plan has no steps.",
    )


def _planned_rows(seen: Seen) -> tuple[PlanRow, ...]:
    """Give the rows of a plan whose night has not been opened."""
    return plan_rows(seen, seen.release.runbook.steps)


def plan_rows(
    seen: Seen, steps: tuple[Step, ...], timed: tuple[Step, ...] | None = None
) -> tuple[PlanRow, ...]:
    """Give the rows of a plan that is not run, scheduled from the window's start.

    ``timed`` are the same steps as they can be scheduled, where they cannot be as they stand.
    """
    schedule = plan_schedule(timed or steps, seen.release.window.start)
    known = {step.id: number for number, step in enumerate(steps, 1)}
    return tuple(
        _row(seen, step, known, _Times.planned(schedule, step.id), None, None) for step in steps
    )


def _run_rows(seen: Seen, run: RunState) -> tuple[PlanRow, ...]:
    """Give the rows of a night that is or was run."""
    steps = planned_steps(run)
    known = {step.id: number for number, step in enumerate(steps, 1)}
    times = _run_times(seen, run)
    stands = {each.step.id: each for each in standings(seen)}
    return tuple(
        _row(seen, step, known, times.get(step.id, _Times()), run, stands[step.id])
        for step in steps
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """The instants of a step; None where there is none."""

    planned_start: datetime | None = None
    planned_end: datetime | None = None
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    forecast_start: datetime | None = None
    forecast_end: datetime | None = None
    slack: timedelta | None = None
    critical: bool = False

    @classmethod
    def planned(cls, schedule: Schedule, step: StepId) -> _Times:
        """Give the times of a step that is only planned."""
        timing = schedule.steps[step]
        return cls(
            planned_start=schedule.instant_of(timing.start),
            planned_end=schedule.instant_of(timing.finish),
            slack=timedelta(seconds=timing.total_float),
            critical=timing.critical,
        )


def _run_times(seen: Seen, run: RunState) -> Mapping[StepId, _Times]:
    """Give the times of each step of a run: planned, actual, and forecast while it is not over."""
    planned = plan_schedule(run.runbook.steps, seen.release.window.start)
    foreseen = {} if seen.forecast is None else {each.step: each for each in seen.forecast.steps}
    found: dict[StepId, _Times] = {}
    for step in planned_steps(run):
        timing, state = planned.steps.get(step.id), run.steps[step.id]
        ahead = None if _is_over(state.state) or run.is_over else foreseen.get(step.id)
        started = state.attempts[0].started if state.attempts else None
        found[step.id] = _Times(
            planned_start=planned.instant_of(timing.start) if timing else None,
            planned_end=planned.instant_of(timing.finish) if timing else None,
            actual_start=started,
            actual_end=step_line(step, state).finished,
            forecast_start=ahead.start if ahead and started is None else None,
            forecast_end=ahead.finish if ahead else None,
            slack=ahead.slack if ahead else None,
            critical=bool(ahead and ahead.critical),
        )
    return found


def _row(
    seen: Seen,
    step: Step,
    known: Mapping[StepId, int],
    times: _Times,
    run: RunState | None,
    stands: StepStanding | None,
) -> PlanRow:
    """Give one row."""
    state = StepState.NOT_STARTED if stands is None else stands.state
    late = stands is not None and stands.is_late
    owner = "" if step.owner is None else seen.name(step.owner)
    cells: dict[PlanColumn, PlanCell] = {
        PlanColumn.NUMBER: PlanCell(text=str(known[step.id]), sorts=known[step.id]),
        PlanColumn.TITLE: _words(step.title),
        PlanColumn.STREAM: _words(step.stream),
        PlanColumn.OWNER: _words(owner),
        PlanColumn.KIND: _words(step.kind),
        PlanColumn.STATE: PlanCell(text=_state(run, state, stands), sorts=_rank(state, late)),
        PlanColumn.PLANNED_START: _instant(seen, times.planned_start),
        PlanColumn.PLANNED_END: _instant(seen, times.planned_end),
        PlanColumn.ACTUAL_START: _instant(seen, times.actual_start),
        PlanColumn.ACTUAL_END: _instant(seen, times.actual_end),
        PlanColumn.FORECAST_START: _instant(seen, times.forecast_start),
        PlanColumn.FORECAST_END: _instant(seen, times.forecast_end),
        PlanColumn.FLOAT: _slack(times.slack),
        PlanColumn.CRITICAL: PlanCell(
            text="critical" if times.critical else "", sorts=float(not times.critical)
        ),
        PlanColumn.DURATION: PlanCell(
            text=duration_words(step.duration), sorts=step.duration.expected_seconds
        ),
        PlanColumn.NOT_BEFORE: _instant(seen, step.not_before),
        PlanColumn.AFTER: _after(step, known),
        PlanColumn.UNDO: _words(undo_words(step.undo)),
        PlanColumn.CHECKS: PlanCell(
            text=", ".join(check.id for check in step.checks), sorts=float(len(step.checks))
        ),
    }
    return PlanRow(
        step=step.id,
        cells=tuple(cells[column] for column in COLUMNS),
        status=Status.NOT_STARTED if stands is None else stands.status,
        is_over=_is_over(state),
        is_now=state in UNDERWAY or late,
        is_critical=times.critical,
        is_mine=step.owner is not None and _is_mine(seen, step.owner),
    )


def _is_mine(seen: Seen, owner: PersonId) -> bool:
    """Tell whether a step is of the person whose key is open, by any of their names."""
    if seen.person is None or owner == seen.person:
        return owner == seen.person
    people = seen.state.workspace.estate.people
    # Whom the estate knows under this very id is somebody else, unless the key is of an alias.
    if owner in people and seen.person in people:
        return False
    return are_one_person(people, owner, seen.person)


def duration_words(duration: ThreePoint) -> str:
    """Give a duration as it is typed: one where the cases agree, else best, likely and worst."""
    cases = (duration.best, duration.likely, duration.worst)
    if not duration.has_range:
        return format_duration(duration.likely)
    return " / ".join(format_duration(case) for case in cases)


def undo_words(undo: Undo) -> str:
    """Give a way back as it is typed: its kind, with how long it takes where it takes any time."""
    if undo.duration is None:
        return undo.kind
    return f"{undo.kind} {duration_words(undo.duration)}"


def _is_over(state: StepState) -> bool:
    return state is not StepState.NOT_STARTED and state not in UNDERWAY


def _state(run: RunState | None, state: StepState, stands: StepStanding | None) -> str:
    """Give the state in words, with how late the step is."""
    if run is None:
        return "planned"
    word = str(state).replace("_", " ")
    if stands is not None and stands.is_ready:
        word = "ready"
    if stands is not None and stands.is_late and not run.is_over:
        return f"{word}, late {count_down(stands.late)}"
    return word


_RANKS: Final = {
    StepState.FAILED: 0,
    StepState.RUNNING: 2,
    StepState.WAITING: 3,
    StepState.NOT_STARTED: 5,
}


def _rank(state: StepState, late: bool) -> float:
    """Give the urgency of a state: failed, late, running, waiting, not begun, over."""
    rank = _RANKS.get(state, 6)
    return 1 if late and rank else rank


def _after(step: Step, known: Mapping[StepId, int]) -> PlanCell:
    """Give the numbers of the steps that a step waits for."""
    numbers = sorted(known[before] for before in step.after if before in known)
    return PlanCell(
        text=", ".join(str(number) for number in numbers),
        sorts=float(numbers[-1]) if numbers else None,
    )


def _words(text: str) -> PlanCell:
    return PlanCell(text=text, sorts=text.casefold() or None)


def _instant(seen: Seen, moment: datetime | None) -> PlanCell:
    if moment is None:
        return PlanCell(text="")
    return PlanCell(text=clock(moment, seen.zone), sorts=moment.timestamp())


def _slack(slack: timedelta | None) -> PlanCell:
    if slack is None:
        return PlanCell(text="")
    return PlanCell(text=minutes(slack), sorts=slack.total_seconds())

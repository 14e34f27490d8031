"""The rows of the runbook and of the prepared rollback on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from relconsole.adapters.formats.paper.blocks import Cell, cell
from relconsole.adapters.formats.paper.paper_night import PaperNight
from relconsole.domain.kernel.durations import format_duration
from relconsole.domain.night.answer import StepLine
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.wording import say_clock
from relconsole.domain.plan.runbook import Check, JobRun, Step, StepKind, UndoKind
from relconsole.domain.rollback.plan import RollbackPlan

SIGNS: Final[Mapping[StepState, str]] = {
    StepState.NOT_STARTED: "☐",
    StepState.READY: "☐",
    StepState.RUNNING: "▶",
    StepState.WAITING: "◔",
    StepState.DONE: "☑",
    StepState.DONE_WITH_REMARK: "☑!",
    StepState.FAILED: "☒",
    StepState.SKIPPED: "–",
    StepState.NOT_NEEDED: "–",
}
"""A shape for each state, so that it reads without colour; the word stands below it."""


def step_row(night: PaperNight, number: int, step: Step, planned: datetime) -> tuple[Cell, ...]:
    """Give a row for a step of the plan, with its actual times where it has them."""
    zone = night.release.zone
    found = night.line_of(step)
    return (
        _sign(found, number),
        cell(f"{planned:%H:%M}", say_clock(planned, zone).partition(" ")[2]),
        cell(step.title, *_below(step, zone)),
        cell(step.owner or "-", step.stream),
        cell(*_takes(step)),
        cell(*_undo(night, step)),
        *_actual(found),
    )


def undo_row(night: PaperNight, plan: RollbackPlan, place: int, after: float) -> tuple[Cell, ...]:
    """Give a row for a step of the way back; ``after`` are seconds from the rollback's start."""
    step = plan.steps[place]
    found = night.line_of(step)
    undoes = plan.undoes.get(step.id)
    return (
        _sign(found, place + 1),
        cell(f"+{_short(timedelta(seconds=after))}"),
        cell(step.title, f"undoes {undoes}" if undoes else "", *_below(step, night.release.zone)),
        cell(step.owner or "-", step.stream),
        cell(*_takes(step)),
        *_actual(found),
    )


def _sign(found: StepLine, number: int) -> Cell:
    """Give the shape of a state, the number to read aloud, and the state's word."""
    state = str(found.state).replace("_", " ")
    word = "" if found.state is StepState.NOT_STARTED else state
    return cell(SIGNS[found.state], f"no. {number}", word, is_sign=True)


def _actual(found: StepLine) -> tuple[Cell, Cell]:
    """Give when a step really began and ended, and whose act it was last."""
    acted = (found.by or "", f"rec. {found.recorded_by}" if found.recorded_by else "")
    start = f"{found.started:%H:%M}" if found.started else ""
    if found.finished is None:
        return cell(start, *acted), cell("")
    return cell(start), cell(f"{found.finished:%H:%M}", *acted)


def _below(step: Step, zone: str) -> Iterator[str]:
    """Give what somebody must know to do a step without the console."""
    kind = f"{step.kind}, {step.mode}" if step.kind is StepKind.MANUAL else str(step.kind)
    yield f"{step.id}: {kind}" + (f", after {', '.join(step.after)}" if step.after else "")
    if step.not_before is not None:
        yield f"not before {say_clock(step.not_before, zone)}"
    if step.run is not None:
        yield _job(step.run)
    if step.stations:
        needed = step.quorum if step.quorum is not None else len(step.stations)
        yield f"asks {', '.join(step.stations)}; {needed} needed"
    yield from map(_check, step.checks)
    if step.changes_data:
        yield "changes data: a verified restore point first"
    if step.note:
        yield step.note


def _job(run: JobRun) -> str:
    """Give a job with its parameters."""
    given = ", ".join(f"{name}={value}" for name, value in sorted(run.parameters.items()))
    return f"runs {run.job} at {run.system}" + (f" with {given}" if given else "")


def _check(check: Check) -> str:
    """Give a check with its limits."""
    limits = [f"below {check.below:g}"] if check.below is not None else []
    limits += [f"above {check.above:g}"] if check.above is not None else []
    return f"check {check.id}: {check.query} {' and '.join(limits)}"


def _takes(step: Step) -> tuple[str, ...]:
    """Give how long a step takes, to its worst case where it has a range."""
    likely = _short(step.duration.likely)
    return (likely, f"to {_short(step.duration.worst)}") if step.duration.has_range else (likely,)


def _short(duration: timedelta) -> str:
    """Give a duration in whole seconds, as short as it can be written."""
    return format_duration(timedelta(seconds=round(duration.total_seconds())))


def _undo(night: PaperNight, step: Step) -> tuple[str, ...]:
    """Give the way back of a step, and until when it can be taken once the step has ended."""
    match step.way_back:
        case UndoKind.NONE:
            words: tuple[str, ...] = ("-",)
        case UndoKind.IRREVERSIBLE:
            words = ("NONE", "irreversible")
        case _:
            duration = step.undo.duration
            words = (_short(duration.likely) if duration else str(step.undo.kind),)
    latest = night.latest.get(step.id)
    return (*words, f"by {say_clock(latest, night.release.zone)}") if latest else words

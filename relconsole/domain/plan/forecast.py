"""The forecast of a running night: one value that a screen shows and a command can name.

It is made off the loop, from plan, progress and seed, and bears their digest: a command that rests
on a forecast names it, and one that is no longer current is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, assert_never

from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.backout import Backouts, WayBack, draw_backouts
from relconsole.domain.plan.draws import Draws, fit_draws
from relconsole.domain.plan.graph import StepGraph, read_graph
from relconsole.domain.plan.guard import StartFigures, weigh_starts
from relconsole.domain.plan.progress import (
    Dropped,
    Finished,
    Progress,
    Running,
    StepProgress,
)
from relconsole.domain.plan.retreat import latest_safe_start
from relconsole.domain.plan.schedule import Schedule, plan_schedule
from relconsole.domain.plan.simulation import simulate
from relconsole.domain.record.canonical import digest_of

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastBasis:
    """What a forecast is made from, apart from progress.

    ``plan`` is the digest of the runbook in ``way``; ``mustering`` how long it takes to gather the
    people for a rollback, on top of the decision time that the latest safe start holds already.
    """

    plan: Digest
    way: WayBack
    window: Interval
    mustering: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """What a forecast uses again from the one before; it changes no figure, only the time."""

    graph: StepGraph
    planned: Schedule
    backouts: Backouts
    draws: Draws | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepForecast:
    """A step as it stands: actual times where it has them, else expected ones, in UTC.

    ``slack`` is by how much it can slip without moving the end.
    """

    step: StepId
    start: datetime
    finish: datetime
    planned_finish: datetime
    slack: timedelta
    critical: bool

    @property
    def late(self) -> timedelta:
        """Give the finish against the plan, negative when early."""
        return self.finish - self.planned_finish


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How the night will go on, as seen at ``made_at``; instants in UTC.

    ``end`` is by expected durations, ``end_p50`` and ``end_p90`` over the simulated nights.
    ``latest_safe_start`` and ``decide_by`` are None once there is no way back. ``starts`` tells
    what starting would do, for each step that has not begun and waits for nothing still to come.
    """

    digest: Digest
    made_at: datetime
    end: datetime
    end_p50: datetime
    end_p90: datetime
    in_window: float
    late: timedelta
    latest_safe_start: datetime | None
    decide_by: datetime | None
    unrehearsed: tuple[StepId, ...]
    steps: tuple[StepForecast, ...]
    starts: tuple[StartFigures, ...] = field(default=())

    def find_start(self, step: StepId) -> StartFigures | None:
        """Give the figures for starting a step, None where it was not ready."""
        return next((figures for figures in self.starts if figures.step == step), None)


def forecast_digest(plan: Digest, progress: Progress, seed: int) -> Digest:
    """Give the name of the forecast for a plan, what has happened in it, and a seed.

    The instant at which it was made is left out: time alone changes no figure of the way back, and
    a forecast would else be out of date before it is read.
    """
    states = sorted(_line(step, state) for step, state in progress.steps.items())
    return digest_of({"plan": plan, "progress": states, "seed": seed})


def prepare_forecasts(
    basis: ForecastBasis, known: Prepared | None = None, progress: Progress | None = None
) -> Prepared:
    """Give what the forecasts of a night share; ``known`` from an earlier form of the plan."""
    way = basis.way
    steps = way.runbook.steps
    graph = read_graph(steps)
    draws = known.draws if known else None
    if any(step.duration.has_range for step in steps):
        night = progress or Progress(now=basis.window.start)
        draws = fit_draws(draws, steps, night, nights=way.nights, seed=way.seed)
    return Prepared(
        graph=graph,
        planned=plan_schedule(steps, basis.window.start, graph=graph),
        backouts=draw_backouts(
            way,
            known.backouts if known else None,
            progress.dropped if progress else frozenset(),
        ),
        draws=draws,
    )


def make_forecast(
    basis: ForecastBasis, progress: Progress, prepared: Prepared | None = None
) -> Forecast:
    """Give the forecast of a night; ``prepared`` for this basis spares most of the work."""
    if prepared is None or prepared.backouts.way != basis.way:
        prepared = prepare_forecasts(basis, prepared, progress)
    ready = prepared
    way, window = basis.way, basis.window
    steps = way.runbook.steps
    schedule = plan_schedule(steps, window.start, progress, ready.graph)
    nights = simulate(steps, window, progress, nights=way.nights, seed=way.seed, draws=ready.draws)
    starts = weigh_starts(ready.backouts, progress.begun, find_ready(basis, progress), ready.draws)
    latest = (
        next(iter(starts.values())).latest_now
        if starts
        else latest_safe_start(ready.backouts, progress.begun)
    )
    return Forecast(
        digest=forecast_digest(basis.plan, progress, way.seed),
        made_at=progress.now,
        end=schedule.instant_of(schedule.finish),
        end_p50=_after(window.start, nights.p50),
        end_p90=_after(window.start, nights.p90),
        in_window=nights.in_window,
        late=schedule.instant_of(schedule.finish) - ready.planned.instant_of(ready.planned.finish),
        latest_safe_start=latest,
        decide_by=latest and latest - basis.mustering,
        unrehearsed=way.unrehearsed,
        steps=_compare_steps(schedule, ready.planned),
        starts=tuple(starts.values()),
    )


def find_ready(basis: ForecastBasis, progress: Progress) -> tuple[StepId, ...]:
    """Give the steps that have not begun and wait for nothing that is not finished or dropped."""
    over = progress.finished | progress.dropped
    return tuple(
        step.id
        for step in basis.way.runbook.steps
        if step.id not in progress.steps and over.issuperset(step.after)
    )


def _compare_steps(schedule: Schedule, planned: Schedule) -> tuple[StepForecast, ...]:
    rows: list[StepForecast] = []
    for step, timing in schedule.steps.items():
        rows.append(
            StepForecast(
                step=step,
                start=schedule.instant_of(timing.start),
                finish=schedule.instant_of(timing.finish),
                planned_finish=planned.instant_of(planned.steps[step].finish),
                slack=timedelta(seconds=timing.total_float),
                critical=timing.critical,
            )
        )
    return tuple(rows)


def _after(start: datetime, seconds: float) -> datetime:
    return start + timedelta(seconds=seconds)


def _line(step: StepId, state: StepProgress) -> str:
    """Give a state as one line: what it is and its instants, which hold no blank, then the step."""
    match state:
        case Running(started=started):
            return f"running {_count(started)} {step}"
        case Finished(started=started, finished=finished):
            return f"finished {_count(started)} {_count(finished)} {step}"
        case Dropped():
            return f"dropped {step}"
        case _:
            assert_never(state)


def _count(moment: datetime) -> int:
    """Give the microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)

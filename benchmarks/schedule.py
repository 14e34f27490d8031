"""The schedule of a large plan: many nights, the forecast after one step, the latest safe start.

The plan has 1,000 steps and about 2,400 edges; every duration and every undo has a range, which is
the dearest case.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from benchmarks.frame import Row, medians
from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.backout import WayBack, draw_backouts
from relconsole.domain.plan.forecast import ForecastBasis, make_forecast, prepare_forecasts
from relconsole.domain.plan.progress import Finished, Progress, Running, StepProgress
from relconsole.domain.plan.retreat import retreat_table
from relconsole.domain.plan.runbook import Runbook, Step, Undo, UndoKind
from relconsole.domain.plan.schedule import plan_schedule
from relconsole.domain.plan.simulation import simulate

START = datetime(2026, 4, 21, 1, tzinfo=UTC)
WINDOW = Interval(start=START, end=START + timedelta(hours=48))
STEPS = 1_000


def run() -> list[Row]:
    """Measure the schedule's jobs."""
    steps = make_steps()
    way = WayBack(runbook=Runbook(steps=steps), deadline=WINDOW.end)
    basis = ForecastBasis(plan=Digest("a" * 64), way=way, window=WINDOW)
    planned = plan_schedule(steps, START)
    prepared = prepare_forecasts(basis)
    backouts = draw_backouts(way)
    early, middle, last = (make_progress(steps, share) for share in (0.02, 0.5, 0.98))
    taken = medians(
        {
            "critical path": lambda: plan_schedule(steps, START),
            "nights": lambda: simulate(steps, WINDOW),
            "early": lambda: make_forecast(basis, early, prepared),
            "middle": lambda: make_forecast(basis, middle, prepared),
            "last": lambda: make_forecast(basis, last, prepared),
            "table": lambda: retreat_table(backouts, planned),
        }
    )
    return [
        _row("critical path of 1,000 steps", taken["critical path"]),
        _row("1,000 steps x 10,000 nights, drawn and walked", taken["nights"], 1.0),
        _row("whole re-forecast after one step, 2 % done", taken["early"], 0.020),
        _row("whole re-forecast after one step, half done", taken["middle"], 0.020),
        _row("whole re-forecast after one step, 98 % done", taken["last"], 0.020),
        _row("latest safe start of 1,000 prefixes x 10,000 nights", taken["table"]),
    ]


def make_steps() -> tuple[Step, ...]:
    """Give the plan, the same every time."""
    chance = random.Random(1)
    steps: list[Step] = []
    for number in range(STEPS):
        best = chance.randint(60, 600)
        likely = best + chance.randint(60, 300)
        lasts = ThreePoint(
            best=timedelta(seconds=best),
            likely=timedelta(seconds=likely),
            worst=timedelta(seconds=likely + chance.randint(60, 1_200)),
        )
        earlier = range(max(0, number - 30), number)
        after = {chance.choice(earlier) for _ in range(chance.randint(1, 4))} if number > 5 else ()
        steps.append(
            Step(
                id=StepId(f"s{number}"),
                title=f"Step {number}",
                duration=lasts,
                after=tuple(StepId(f"s{one}") for one in sorted(after)),
                undo=Undo(kind=UndoKind.INVERSE, duration=lasts),
            )
        )
    return tuple(steps)


def make_progress(steps: tuple[Step, ...], share: float) -> Progress:
    """Give the night at the moment in which this share of its time is over, as planned."""
    planned = plan_schedule(steps, START)
    now = START + timedelta(seconds=planned.end * share)
    states: dict[StepId, StepProgress] = {}
    for step, timing in planned.steps.items():
        start, finish = planned.instant_of(timing.start), planned.instant_of(timing.finish)
        if finish <= now:
            states[step] = Finished(started=start, finished=finish)
        elif start <= now:
            states[step] = Running(started=start)
    return Progress(now=now, steps=states)


def _row(job: str, seconds: float, limit: float | None = None) -> Row:
    return Row(
        job=job,
        measured=seconds * 1_000,
        unit="ms",
        limit="" if limit is None else f"at most {limit * 1_000:.0f} ms",
        met=None if limit is None else seconds <= limit,
    )

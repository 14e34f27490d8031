"""The schedule of a plan as the command line answers it, before the night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from immutables import Map

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.backout import WayBack, draw_backouts
from relconsole.domain.plan.retreat import retreat_table
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.plan.schedule import plan_schedule
from relconsole.domain.plan.simulation import simulate


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAnswer:
    """The timing of a step: seconds from the window's start, floats in seconds."""

    earliest_start: float
    earliest_finish: float
    latest_start: float
    latest_finish: float
    total_float: float
    free_float: float
    critical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """The end in half of the nights and in nine of ten, in seconds from the window's start."""

    p50: float
    p90: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleAnswer:
    """The schedule, field by field as the command line's JSON has it.

    ``end``, the percentiles and the steps' times are numbers: seconds from the window's start, as a
    schedule is one of the plan wherever its window lies. ``in_window`` is a probability.
    ``latest_safe_rollback_start`` alone holds instants, in UTC, null where there is no way back,
    since a deadline is a time of day. Steps stand in an order in which each comes after all it
    waits for.
    """

    end: float
    steps: Mapping[StepId, StepAnswer]
    percentiles: Percentiles
    in_window: float
    latest_safe_rollback_start: Mapping[StepId, datetime | None]

    def fits(self, window: Interval) -> bool:
        """Tell whether the plan, by its expected durations, is no longer than its window."""
        return self.end <= window.length.total_seconds()


def schedule_answer(
    runbook: Runbook,
    window: Interval,
    deadline: datetime,
    restore: Mapping[StepId, ThreePoint] = Map(),
) -> ScheduleAnswer:
    """Give the schedule of a runbook in its window; Bug for a cycle.

    ``deadline`` as ``find_deadline`` gives it; ``restore`` how long bringing back the restore point
    before a step takes. Percentiles are over 10,000 nights with seed 0. No undo counts as
    rehearsed: files hold no rehearsals.
    """
    planned = plan_schedule(runbook.steps, window.start)
    nights = simulate(runbook.steps, window)
    backouts = draw_backouts(WayBack(runbook=runbook, deadline=deadline, restore=restore))
    return ScheduleAnswer(
        end=planned.end,
        steps={
            step: StepAnswer(
                earliest_start=timing.earliest_start,
                earliest_finish=timing.earliest_finish,
                latest_start=timing.latest_start,
                latest_finish=timing.latest_finish,
                total_float=timing.total_float,
                free_float=timing.free_float,
                critical=timing.critical,
            )
            for step, timing in planned.steps.items()
        },
        percentiles=Percentiles(p50=nights.p50, p90=nights.p90),
        in_window=nights.in_window,
        latest_safe_rollback_start=retreat_table(backouts, planned),
    )

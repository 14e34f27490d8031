"""The critical path: when each step can start and must, before the night and in the middle of it.

One forward and one backward walk over the plan. No chance here: a duration counts as its PERT
expectation, and what happens when durations vary is asked of the simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias, assert_never

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import in_utc
from relconsole.domain.plan.graph import StepGraph, read_graph
from relconsole.domain.plan.progress import Dropped, Finished, Progress, Running
from relconsole.domain.plan.runbook import Step

Parts: TypeAlias = int
"""Sixths of a microsecond: (best + 4 likely + worst) / 6 is a whole number of them.

So no sum is ever rounded, and float is zero where it is zero.
"""

PARTS_A_SECOND: Final = 6_000_000
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When one step can and must start and finish, in whole parts from the window's start."""

    start: Parts
    finish: Parts
    last_start: Parts
    last_finish: Parts
    slack: Parts
    free_slack: Parts
    critical: bool

    @property
    def earliest_start(self) -> float:
        """Give the earliest start in seconds from the window's start; once started, the actual."""
        return self.start / PARTS_A_SECOND

    @property
    def earliest_finish(self) -> float:
        """Give the earliest finish in seconds; once finished, the actual one."""
        return self.finish / PARTS_A_SECOND

    @property
    def latest_start(self) -> float:
        """Give the latest start that does not move the end, in seconds."""
        return self.last_start / PARTS_A_SECOND

    @property
    def latest_finish(self) -> float:
        """Give the latest finish that does not move the end, in seconds."""
        return self.last_finish / PARTS_A_SECOND

    @property
    def total_float(self) -> float:
        """Give by how many seconds the step may slip without moving the end; never negative."""
        return self.slack / PARTS_A_SECOND

    @property
    def free_float(self) -> float:
        """Give by how many seconds it may slip without moving any other step; never negative."""
        return self.free_slack / PARTS_A_SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The timing of every step, and the end, in whole parts from the window's start in UTC.

    The steps stand in an order in which each comes after all it waits for.
    """

    window_start: datetime
    steps: Mapping[StepId, Timing]
    finish: Parts

    @property
    def end(self) -> float:
        """Give the end in seconds from the window's start; 0 for a plan without steps."""
        return self.finish / PARTS_A_SECOND

    @property
    def critical_path(self) -> tuple[StepId, ...]:
        """Give the critical steps in the order of their starts."""
        critical = [(timing.start, step) for step, timing in self.steps.items() if timing.critical]
        return tuple(step for _, step in sorted(critical, key=lambda pair: pair[0]))

    def instant_of(self, parts: Parts) -> datetime:
        """Give the instant that many parts after the window's start, to the next microsecond."""
        return self.window_start + timedelta(microseconds=round(parts / 6))


def plan_schedule(
    steps: tuple[Step, ...],
    window_start: datetime,
    progress: Progress | None = None,
    graph: StepGraph | None = None,
) -> Schedule:
    """Give the schedule of a plan; with progress, the one from here on.

    A finished step keeps its actual times, a running one ends at its start plus its duration but
    not before now, one that has not started starts neither before now nor before its fixed start.
    ``graph`` of the same steps spares reading them again. Bug for a cycle.
    """
    night = progress or Progress(now=window_start)
    walk = _Walk(graph=graph or read_graph(steps), origin=in_utc(window_start), progress=night)
    starts, finishes = _walk_forward(walk)
    end = max(finishes.values(), default=0)
    return Schedule(
        window_start=walk.origin,
        steps=_walk_backward(walk, starts, finishes, end),
        finish=end,
    )


def expected_parts(duration: ThreePoint) -> Parts:
    """Give the PERT expectation, exactly."""
    return (duration.best + 4 * duration.likely + duration.worst) // _MICROSECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """What both walks need: the plan as a graph, and how instants become parts."""

    graph: StepGraph
    origin: datetime
    progress: Progress

    def parts_to(self, moment: datetime) -> Parts:
        """Give the parts from the window's start to an instant, negative before it.

        The origin is in UTC, so the difference is real time whatever the zone of the instant.
        """
        return (moment - self.origin) // _MICROSECOND * 6


def _walk_forward(walk: _Walk) -> tuple[dict[StepId, Parts], dict[StepId, Parts]]:
    """Give the earliest start and finish of each step."""
    now = walk.parts_to(walk.progress.now)
    starts: dict[StepId, Parts] = {}
    finishes: dict[StepId, Parts] = {}
    for step in walk.graph.ordered:
        ready = max((finishes[before] for before in step.after), default=0)
        state = walk.progress.steps.get(step.id)
        match state:
            case Finished(started=started, finished=finished):
                start, finish = walk.parts_to(started), walk.parts_to(finished)
            case Running(started=started):
                start = walk.parts_to(started)
                finish = max(now, start + expected_parts(step.duration))
            case Dropped():
                start = finish = ready
            case None:
                fixed = walk.parts_to(step.not_before) if step.not_before else 0
                start = max(ready, fixed, now)
                finish = start + expected_parts(step.duration)
            case _:
                assert_never(state)
        starts[step.id], finishes[step.id] = start, finish
    return starts, finishes


def _walk_backward(
    walk: _Walk, starts: dict[StepId, Parts], finishes: dict[StepId, Parts], end: Parts
) -> Mapping[StepId, Timing]:
    """Give the timings; what has begun binds nothing that it once waited for."""
    begun, dropped = walk.progress.begun, walk.progress.dropped
    last: dict[StepId, Parts] = {}
    timings: dict[StepId, Timing] = {}
    for step in reversed(walk.graph.ordered):
        start, finish = starts[step.id], finishes[step.id]
        waiting = [follower for follower in walk.graph.after[step.id] if follower not in begun]
        over = isinstance(walk.progress.steps.get(step.id), Finished)
        last_finish = finish if over else min((last[one] for one in waiting), default=end)
        next_start = finish if over else min((starts[one] for one in waiting), default=end)
        last[step.id] = last_finish - (finish - start)
        timings[step.id] = Timing(
            start=start,
            finish=finish,
            last_start=last[step.id],
            last_finish=last_finish,
            slack=last_finish - finish,
            free_slack=next_start - finish,
            critical=last_finish == finish and not over and step.id not in dropped,
        )
    return {step.id: timings[step.id] for step in walk.graph.ordered}

"""The latest safe rollback start: until when a night can still be taken back before its deadline.

    latest start = deadline - (length of the way back + verification + decision time)

It never moves later while steps are added to what has begun, and there is none once something
irreversible is among it. Whether a step may start is judged by the guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import Interval, in_utc
from relconsole.domain.plan.backout import (
    Backouts,
    longer_of,
    measure_backout,
    ninth_of_ten,
)
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.plan.schedule import Parts, Schedule

if TYPE_CHECKING:
    from relconsole.domain.plan.sampling import Row


def find_deadline(runbook: Runbook, window: Interval, waiting: Iterable[datetime] = ()) -> datetime:
    """Give the deadline of the way back, in UTC.

    The time written in the runbook; where none is, the earliest of the window's end and the starts
    of the releases that wait for this one.
    """
    return in_utc(runbook.deadline or min((window.end, *waiting)))


def latest_safe_start(backouts: Backouts, begun: AbstractSet[StepId]) -> datetime | None:
    """Give until when going back can start, with these steps started or finished; None for never.

    None means that an irreversible step has begun: there is only the way forward. Before anything
    has begun it is the deadline less verification and decision time.
    """
    return latest_for(backouts, measure_backout(backouts, begun))


def latest_for(backouts: Backouts, length: timedelta | None) -> datetime | None:
    """Give the latest safe start for a way back of this length; None where there is no way back."""
    if length is None:
        return None
    runbook = backouts.way.runbook
    return in_utc(backouts.way.deadline) - (length + runbook.verification + runbook.decision_time)


def retreat_table(backouts: Backouts, planned: Schedule) -> Mapping[StepId, datetime | None]:
    """Give for each step the latest safe start as it stands when that step finishes as planned.

    Over the steps that are finished, or started strictly before, at that moment. ``planned`` is the
    schedule of the same plan before the night. The answer keeps the order of the schedule.
    """
    order = sorted(planned.steps, key=lambda step: planned.steps[step].finish)
    entering = _Entering(backouts=backouts, planned=planned)
    found: dict[StepId, datetime | None] = {}
    for step in order:
        found[step] = latest_for(backouts, entering.measure_until(planned.steps[step].finish))
    return {step: found[step] for step in planned.steps}


@dataclass(slots=True, kw_only=True)
class _Entering:
    """The steps as they begin in the planned order, and the longest way back so far.

    What has begun is closed under predecessors, so a chain that was measured once stays as it is
    and the longest is a running maximum: one walk answers every moment.
    """

    backouts: Backouts
    planned: Schedule
    waiting: Iterator[Step] = field(init=False)
    upcoming: Step | None = field(init=False)
    irreversible: bool = False
    varies: bool = False
    plainly: timedelta = timedelta(0)
    longest: Row | None = None
    latest: timedelta | None = None

    def __post_init__(self) -> None:
        """Line the steps up by start, those without length first, else in the order of the walk."""
        timings = self.planned.steps
        self.waiting = iter(
            sorted(
                self.backouts.ordered,
                key=lambda step: (
                    timings[step.id].start,
                    timings[step.id].finish > timings[step.id].start,
                ),
            )
        )
        self.upcoming = next(self.waiting, None)

    def measure_until(self, moment: Parts) -> timedelta | None:
        """Give the length of the way back at a moment, None where there is none.

        Moments are asked for in rising order.
        """
        while self.upcoming is not None and self._has_begun(self.upcoming, moment):
            self._enter(self.upcoming)
            self.upcoming = next(self.waiting, None)
        if self.irreversible:
            return None
        if not self.varies or self.longest is None:
            return self.plainly
        if self.latest is None:
            self.latest = ninth_of_ten(self.backouts, self.longest)
        return self.latest

    def _has_begun(self, step: Step, moment: Parts) -> bool:
        timing = self.planned.steps[step.id]
        return timing.start < moment or timing.finish <= moment

    def _enter(self, step: Step) -> None:
        undo = self.backouts.undo[step.id]
        if undo is None or self.irreversible:
            self.irreversible = True
            return
        chains = self.backouts.chains
        self.plainly = max(self.plainly, chains.plainly[step.id])
        if chains.nights is not None:
            self.varies = self.varies or undo.has_range
            row = chains.nights[self.backouts.rows[step.id]]
            self.longest = row if self.longest is None else longer_of(self.longest, row)
            self.latest = None

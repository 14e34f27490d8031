"""How long a rollback takes once it is fired: as likely as not, and nine times of ten.

Reckoned over its own steps, so that edits of order and added steps count; what verification and the
decision take comes on top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from immutables import Map

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.backout import WayBack, undo_duration
from relconsole.domain.plan.runbook import Step
from relconsole.domain.plan.simulation import simulate
from relconsole.domain.rollback.plan import RollbackPlan

_HORIZON: Final = timedelta(days=1)
"""A window to draw nights in; only where they end is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackEstimate:
    """How long the steps of a rollback take; ``steps`` holds the likely time of each."""

    likely: timedelta
    nine_of_ten: timedelta
    steps: Mapping[StepId, timedelta]


def estimate_rollback(plan: RollbackPlan, way: WayBack, now: datetime) -> RollbackEstimate:
    """Give how long a rollback takes; an unrehearsed step counts as much longer as the plan says.

    ``way`` holds what rehearsals of the same undo steps took, and the time to restore.
    """
    lasting = {step.id: _lasting(plan, way, step) for step in plan.steps}
    steps = tuple(replace(step, duration=lasting[step.id]) for step in plan.steps)
    nights = simulate(steps, Interval(start=now, end=now + _HORIZON))
    return RollbackEstimate(
        likely=timedelta(seconds=round(nights.p50)),
        nine_of_ten=timedelta(seconds=round(nights.p90)),
        steps=Map({step: each.likely for step, each in lasting.items()}),
    )


def _lasting(plan: RollbackPlan, way: WayBack, step: Step) -> ThreePoint:
    """Give how long a step counts; one that a person added has no rehearsal of its own."""
    undone = plan.undoes.get(step.id)
    forward = None if undone is None else way.runbook.find(undone)
    known = None if forward is None else undo_duration(way, forward)
    return known or step.duration.scaled(way.runbook.unrehearsed_factor)

"""What is asked to be printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.night.answer import StepLine, step_line
from relconsole.domain.night.state import RunState, StepRun
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.plan.runbook import Step
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.plan import RollbackPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperNight:
    """What is to be printed, at ``made_at`` in UTC.

    ``plan`` is the digest of the runbook. ``run`` is None before the night, ``forecast`` where none
    was made, ``rollback`` where none could be prepared. ``latest`` holds the latest safe rollback
    start after each step, None where there is no way back.
    """

    release: Release
    estate: Estate
    plan: Digest
    made_at: datetime
    run: RunState | None = None
    forecast: Forecast | None = None
    rollback: RollbackPlan | None = None
    latest: Mapping[StepId, datetime | None] = Map()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Give the steps of the plan as it is now."""
        return self.release.runbook.steps if self.run is None else self.run.runbook.steps

    def line_of(self, step: Step) -> StepLine:
        """Give a step as it stands, not started before the night."""
        nothing = StepRun(step=step.id)
        return step_line(
            step, nothing if self.run is None else self.run.steps.get(step.id, nothing)
        )

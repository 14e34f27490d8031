"""Making dry runs of a rollback: read, compared and reckoned beside the loop; nothing recorded."""

from __future__ import annotations

import asyncio

from relconsole.domain.kernel.ids import RunId, ServiceId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.dry_run import DryRun
from relconsole.domain.rollback.estimate import estimate_rollback
from relconsole.ports.clock import Clock
from relconsole.services.arming import Armourer
from relconsole.services.desk import Desk
from relconsole.services.forecasting import basis_of


class DryRuns:
    """Makes the dry run of a run's rollback."""

    def __init__(self, *, desk: Desk, armourer: Armourer, clock: Clock) -> None:
        """Take the desk, what prepares rollbacks, and the clock."""
        self._desk = desk
        self._armourer = armourer
        self._clock = clock

    async def make(self, run: RunId, only: ServiceId | None = None) -> DryRun:
        """Give what the rollback of what has begun would do now, or why there is none."""
        at, state = self._clock.now(), self._desk.state
        prepared = await self._armourer.prepare(run, only)
        if isinstance(prepared, Refusal):
            why = tuple(reason.says for reason in prepared.reasons)
            return DryRun(run=run, at=at, only=only, why=why)
        plan = prepared.plan
        if not plan.steps:
            return DryRun(run=run, at=at, only=only, why=("nothing was started yet",))
        way = basis_of(state, state.runs[run]).way
        return DryRun(
            run=run,
            at=at,
            only=only,
            plan=plan,
            fleet=prepared.rows,
            decayed=prepared.decayed,
            estimate=await asyncio.to_thread(estimate_rollback, plan, way, at),
        )

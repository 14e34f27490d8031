"""Conducting a run with people before the screen: what only they can do ends nothing.

Holds, a stopped line and steps that nobody has answered yet stay in sight, health is watched on,
and the run goes on by itself once they are dealt with. A fired rollback is run under the same
lease.
"""

from __future__ import annotations

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.facts import RunOutcome
from relconsole.services.conduct import Conductor
from relconsole.services.crew import Ending
from relconsole.services.fall_back import FallBack
from relconsole.services.night_loop import PASS_SECONDS

_WAITS = frozenset({RunOutcome.HELD, RunOutcome.STOPPED})


class Attendance(Conductor):
    """Conducts one run until it is over or the person who conducts it leaves."""

    waits_for: tuple[str, ...] = ()
    """Why nothing moves now, empty while something does."""

    _stuck: tuple[str, ...] = ()

    async def _conduct(self) -> Ending:
        """Do one pass after the other; go over to the way back once it was fired."""
        run = self._lease.run
        while True:
            self._stuck = ()
            ending = await self._pass(run)
            self.waits_for = self._stuck if ending is None else ending.reasons
            if self._is_falling_back(run) and not self._is_cancelled():
                return await self._fall_back(run)
            if ending is not None and (ending.outcome not in _WAITS or self._is_cancelled()):
                return await self.leave(run, ending)
            await self._crew.clock.sleep(PASS_SECONDS)

    async def stick(self, reasons: tuple[str, ...]) -> Ending | None:
        """Keep why nothing moves; whoever is before the screen can answer."""
        self._stuck = reasons
        return None

    def _is_falling_back(self, run: RunId) -> bool:
        """Tell whether only the way back goes on."""
        rollback = self._crew.desk.run(run).rollback
        return rollback is not None and rollback.fired_at is not None

    async def _fall_back(self, run: RunId) -> Ending:
        """Run the fired rollback under the lease of this run."""
        back = FallBack(self._crew, self._lease, self._lease_seconds, self._is_cancelled)
        return await back.run_to_end(self._crew.desk.run(run).runbook.verification)

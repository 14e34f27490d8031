"""Conducting a run: one loop that delivers, watches, starts what is ready, and asks.

It ends when the run is over, or when it cannot go on without somebody; then it says why.
"""

from __future__ import annotations

from datetime import timedelta

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.intents import calls_jobs_of
from relconsole.domain.night.readiness_of_steps import is_finished
from relconsole.domain.night.rollback_facts import TotalMoment
from relconsole.services.crew import Crew, Ending, held
from relconsole.services.fall_back import FallBack
from relconsole.services.night_loop import LEFT, PASS_SECONDS, PASSING, NightLoop

__all__ = ["Conductor", "Crew", "Ending"]


class Conductor(NightLoop):
    """Conducts one run under its lease."""

    async def conduct(self) -> Ending:
        """Conduct until the run is over or cannot go on; then give the lease up.

        Raises StaleFence where another console took over, WorldIsDown where the disk refuses.
        """
        return await self.listening(self._conduct)

    async def _conduct(self) -> Ending:
        """Do one pass after the other until one comes to an ending."""
        run = self._lease.run
        while True:
            ending = await self._pass(run)
            if ending is not None:
                return await self.leave(run, ending)
            await self._crew.clock.sleep(PASS_SECONDS)

    async def fall_back(self, verification: timedelta) -> Ending:
        """Run the fired rollback of the run to its end, then give the lease up.

        ``verification`` is how long the old state may take to be observed once all steps are done.
        """
        back = FallBack(self._crew, self._lease, self._lease_seconds, self._is_cancelled)
        return await back.fall_back(verification)

    async def _pass(self, run: RunId) -> Ending | None:
        """Do everything that can be done now; give an ending where there is nothing left to do."""
        crew = self._crew
        await self.keep_up(run)
        await crew.watcher.watch(run)
        await crew.mover.finish_jobs(run)
        await crew.mover.lift_silences(run)
        await self._close_data_steps(run)
        await crew.checkpointer.keep_due(run)
        halted = self._halted(run)
        if halted is not None:
            return halted
        refusals = await self.start_ready(run)
        release = crew.desk.state.workspace.releases[crew.desk.run(run).release]
        jobs = calls_jobs_of(release, rehearsal=crew.desk.run(run).rehearsal)
        reasons = (*refusals, *await self.ask(run, jobs=jobs))
        if is_finished(crew.desk.run(run)):
            return await self.finish(run, RunOutcome.FINISHED)
        return await self.find_stuck(run, reasons)

    def _halted(self, run: RunId) -> Ending | None:
        """Give the ending that a stop, a hold or a person's wish to leave is."""
        found = self._crew.desk.run(run)
        if found.stop is not None:
            return Ending(outcome=RunOutcome.STOPPED, reasons=(found.stop.note or "stopped",))
        if found.rollback is not None and found.rollback.fired_at is not None:
            return held("a rollback was fired; only that goes on")
        reasons = tuple(
            says for hold in found.holds if hold.cause not in PASSING for says in hold.reasons
        )
        if reasons:
            return held(*reasons)
        return held(LEFT) if self._is_cancelled() else None

    async def _close_data_steps(self, run: RunId) -> None:
        """Take the control totals once the steps that change data are done."""
        found = self._crew.desk.run(run)
        data = [step for step in found.runbook.steps if step.changes_data]
        if data and not found.rehearsal and all(found.steps[step.id].was_done for step in data):
            await self._crew.keeper.take_totals(run, TotalMoment.AFTER)

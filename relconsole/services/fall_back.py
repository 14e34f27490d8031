"""Running a fired rollback: one loop until everything is observed back, or people must act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from relconsole.domain.kernel.ids import EffectId, RunId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.rollback_facts import RollbackEnding
from relconsole.domain.night.state import Hold, RunState
from relconsole.services.crew import Ending, held
from relconsole.services.night_loop import LEFT, PASS_SECONDS, NightLoop, reasons_of


class FallBack(NightLoop):
    """Runs the fired rollback of one run under its lease.

    What is said of it in between, partial or unknown, never ends it: it can be gone on with.
    """

    async def fall_back(self, verification: timedelta) -> Ending:
        """Run the fired rollback to its end, then give the lease up.

        ``verification`` is how long the old state may take to be observed once all steps are done.
        """
        return await self.listening(partial(self.run_to_end, verification))

    async def run_to_end(self, verification: timedelta) -> Ending:
        """Do one pass after the other until the rollback is over or cannot go on.

        For whoever listens for a stop already; ``fall_back`` does both.
        """
        run = self._lease.run
        await self._crew.retreat.preserve(run)
        done_at: float | None = None
        while True:
            ending = await self._pass(run)
            if ending is None and self._crew.retreat.is_through(run):
                done_at = self._crew.clock.tick() if done_at is None else done_at
                if await self._is_back(run, done_at, verification):
                    ending = await self._end(run)
            if ending is not None:
                return await self.leave(run, ending)
            await self._crew.clock.sleep(PASS_SECONDS)

    async def _pass(self, run: RunId) -> Ending | None:
        """Carry the rollback one pass further; give an ending where it cannot go on."""
        crew = self._crew
        await self.keep_up(run)
        await crew.mover.finish_jobs(run)
        await crew.mover.lift_silences(run)
        found = crew.desk.run(run)
        if found.stop is not None:
            return Ending(outcome=RunOutcome.STOPPED, reasons=(found.stop.note or "stopped",))
        frozen = reasons_of(found, HoldCause.CLOCK, HoldCause.PERSON)
        if frozen:
            return held(*frozen)
        if self._is_cancelled():
            return held(LEFT)
        if not crew.retreat.has_settled_forward(run):
            await crew.retreat.settle_forward(run)
            asks = _reasons_where(found, _is_forward_job)
            return held(*asks) if asks else None
        refusals = await self.start_ready(run)
        reasons = (*refusals, *await self.ask(run, jobs=True))
        found = crew.desk.run(run)
        if self.moves(found):
            return None
        failed = _reasons_where(found, _is_of_undo)
        if failed:
            # A statement of how far it came; once people have dealt with it, it goes on.
            await crew.retreat.end(run)
            return held(*failed)
        return await self.find_stuck(run, reasons)

    async def _is_back(self, run: RunId, since: float, verification: timedelta) -> bool:
        """Tell whether everything is observed back, or the time to observe it is up."""
        if not _is_falling_back(self._crew.desk.run(run)):
            return True
        result, _ = await self._crew.retreat.reckon(run)
        waited = self._crew.clock.tick() - since
        return not result.rows or waited >= verification.total_seconds()

    async def _end(self, run: RunId) -> Ending | None:
        """End the rollback, and with it the run where everything is back.

        None while effects of the run are still to be settled.
        """
        if _is_falling_back(self._crew.desk.run(run)):
            ended = await self._crew.retreat.end(run)
            if isinstance(ended, Refusal):
                waits = self.moves(self._crew.desk.run(run))
                return None if waits else held(*(str(reason) for reason in ended.reasons))
        rollback = self._crew.desk.run(run).rollback
        if rollback is not None and rollback.ending is not RollbackEnding.ROLLED_BACK:
            return held(*(f"{row.item}: {row.reason}" for row in rollback.reconcile))
        return await self.finish(run, RunOutcome.ROLLED_BACK)


def _is_falling_back(run: RunState) -> bool:
    """Tell whether a rollback was fired and is not observed as back."""
    return run.rollback is not None and run.rollback.is_running


def _is_forward_job(run: RunState, hold: Hold) -> bool:
    """Tell whether a hold asks what became of a forward job."""
    found = run.effects.get(EffectId(hold.thing))
    return (
        hold.cause is HoldCause.EFFECT
        and found is not None
        and found.is_open
        and found.intent.purpose is Purpose.STEP
    )


def _is_of_undo(run: RunState, hold: Hold) -> bool:
    """Tell whether a hold is about a step of the rollback rather than about what led to it."""
    if hold.cause not in {HoldCause.STEP, HoldCause.CHECK, HoldCause.EFFECT}:
        return False
    effect = run.effects.get(EffectId(hold.thing))
    step = StepId(hold.thing) if effect is None else effect.effect.step
    return step is not None and run.is_undo(step)


def _reasons_where(run: RunState, is_meant: Callable[[RunState, Hold], bool]) -> tuple[str, ...]:
    """Give the reasons of the holds that are meant."""
    return tuple(says for hold in run.holds if is_meant(run, hold) for says in hold.reasons)

"""Conducting a run: one loop that delivers, watches, starts what is ready, and asks.

It ends when the run is over, or when it cannot go on without somebody; then it says why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.kernel.ids import EffectId, RunId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import BeginHold, ReportClockJump
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.intents import calls_jobs_of
from relconsole.domain.night.readiness_of_steps import (
    is_finished,
    ready_steps,
    steps_of,
    underway_steps,
)
from relconsole.domain.night.rollback_facts import RollbackEnding, TotalMoment
from relconsole.domain.night.run_commands import EndRun, LeaveRun
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.runbook import Step, StepKind
from relconsole.ports.clock import Clock
from relconsole.ports.journal import Lease
from relconsole.services.asking import Interviewer
from relconsole.services.checkpoints import Checkpointer
from relconsole.services.clock_guard import ClockGuard
from relconsole.services.deliver import Dispatcher
from relconsole.services.desk import Desk
from relconsole.services.falling_back import Retreat
from relconsole.services.orders import OrderTaker
from relconsole.services.restore import RestoreKeeper
from relconsole.services.steps import StepMover
from relconsole.services.watch import Watcher

PASS_SECONDS: Final = 0.2
_LEFT: Final = "left by the person who conducts"
_PASSING: Final = frozenset({HoldCause.MONITORING})
"""Holds that end by themselves, so that the loop goes on under them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How conducting ended, and why."""

    outcome: RunOutcome
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Everything that a run is conducted with."""

    desk: Desk
    clock: Clock
    dispatcher: Dispatcher
    watcher: Watcher
    mover: StepMover
    interviewer: Interviewer
    checkpointer: Checkpointer
    keeper: RestoreKeeper
    retreat: Retreat
    orders: OrderTaker | None = None


class Conductor:
    """Conducts one run under its lease."""

    def __init__(
        self, crew: Crew, lease: Lease, lease_seconds: float, is_cancelled: Callable[[], bool]
    ) -> None:
        """Take the crew, the lease, its length, and how to know that a person wants to leave."""
        self._crew = crew
        self._lease = lease
        self._lease_seconds = lease_seconds
        self._is_cancelled = is_cancelled
        self._guard = ClockGuard(crew.clock)

    async def conduct(self) -> Ending:
        """Conduct until the run is over or cannot go on; then give the lease up.

        Raises StaleFence where another console took over, WorldIsDown where the disk refuses.
        """
        run = self._lease.run
        while True:
            ending = await self._pass(run)
            if ending is not None:
                return await self._leave(run, ending)
            await self._crew.clock.sleep(PASS_SECONDS)

    async def _pass(self, run: RunId) -> Ending | None:
        """Do everything that can be done now; give an ending where there is nothing left to do."""
        crew = self._crew
        await self._keep_lease()
        await self._watch_clock(run)
        if crew.orders is not None:
            await crew.orders.take()
        await crew.dispatcher.deliver(run)
        await crew.watcher.watch(run)
        await crew.mover.finish_jobs(run)
        await crew.mover.lift_silences(run)
        await self._close_data_steps(run)
        await crew.checkpointer.keep_due(run)
        halted = self._halted(run)
        if halted is not None:
            return halted
        refusals = await self._start_ready(run)
        release = crew.desk.state.workspace.releases[crew.desk.run(run).release]
        jobs = calls_jobs_of(release, rehearsal=crew.desk.run(run).rehearsal)
        unanswered, refused = await crew.interviewer.ask(run, jobs=jobs)
        if is_finished(crew.desk.run(run)):
            return await self._finish(run, RunOutcome.FINISHED)
        return await self._stuck(
            run, (*refusals, *refused, *(question.says for question in unanswered))
        )

    def _halted(self, run: RunId) -> Ending | None:
        """Give the ending that a stop, a hold or a person's wish to leave is."""
        found = self._crew.desk.run(run)
        if found.stop is not None:
            return Ending(outcome=RunOutcome.STOPPED, reasons=(found.stop.note or "stopped",))
        if found.rollback is not None and found.rollback.fired_at is not None:
            says = "a rollback was fired; only that goes on"
            return Ending(outcome=RunOutcome.HELD, reasons=(says,))
        reasons = tuple(
            says for hold in found.holds if hold.cause not in _PASSING for says in hold.reasons
        )
        if reasons:
            return Ending(outcome=RunOutcome.HELD, reasons=reasons)
        if self._is_cancelled():
            return Ending(outcome=RunOutcome.HELD, reasons=(_LEFT,))
        return None

    async def _start_ready(self, run: RunId) -> tuple[str, ...]:
        """Start every automated step that is ready; give why the others may not start."""
        crew = self._crew
        # Long calls may lie behind us; no fixed start fires by a clock that jumped meanwhile.
        await self._watch_clock(run)
        found = crew.desk.run(run)
        if any(hold.cause in {*_PASSING, HoldCause.CLOCK} for hold in found.holds):
            return ()
        release = crew.desk.state.workspace.releases[found.release]
        if not calls_jobs_of(release, rehearsal=found.rehearsal):
            return ()
        refusals: list[str] = []
        for step in ready_steps(found, crew.clock.now()):
            if step.kind is not StepKind.AUTOMATED or step.run is None:
                continue
            if step.changes_data and not self._is_prepared(run, step):
                await crew.keeper.prepare(run, step)
                continue
            started = await crew.mover.start(run, step)
            if isinstance(started, Refusal):
                refusals.extend(f"{step.id}: {reason}" for reason in started.reasons)
        return tuple(refusals)

    def _is_prepared(self, run: RunId, step: Step) -> bool:
        """Tell whether every restore point with jobs that belongs before a step is kept."""
        found = self._crew.desk.run(run)
        release = self._crew.desk.state.workspace.releases[found.release]
        return found.rehearsal or all(
            point.id in found.restore_points or point.take is None or point.verify is None
            for point in release.rollback.restore_points
            if point.before == step.id
        )

    async def _close_data_steps(self, run: RunId) -> None:
        """Take the control totals once the steps that change data are done."""
        found = self._crew.desk.run(run)
        data = [step for step in found.runbook.steps if step.changes_data]
        if data and not found.rehearsal and all(found.steps[step.id].was_done for step in data):
            await self._crew.keeper.take_totals(run, TotalMoment.AFTER)

    async def _stuck(self, run: RunId, reasons: tuple[str, ...]) -> Ending | None:
        """Give the hold that a run is when nothing moves and nobody can answer.

        While a job runs, a fixed start is to come, or an answer may still arrive, it goes on.
        """
        found = self._crew.desk.run(run)
        if not reasons or self._moves(found, self._crew.clock.now()):
            return None
        hold = BeginHold(run=run, cause=HoldCause.NO_ANSWER, thing="answers", reasons=reasons)
        await self._crew.desk.must(hold, self._crew.desk.console)
        return Ending(outcome=RunOutcome.HELD, reasons=reasons)

    def _moves(self, run: RunState, now: datetime) -> bool:
        """Tell whether something of the run goes on without anybody.

        An effect that only a person can settle does not.
        """
        asked = {hold.thing for hold in run.holds if hold.cause is HoldCause.EFFECT}
        if any(found.is_open and each not in asked for each, found in run.effects.items()):
            return True
        if any(hold.cause in _PASSING for hold in run.holds):
            return True
        if any(
            work and asked.isdisjoint(each.effect.id for each in work)
            for step in underway_steps(run)
            for work in [run.step_effects(step.id, len(run.steps[step.id].attempts))]
        ):
            return True
        return any(
            run.steps[step.id].state is StepState.NOT_STARTED
            and step.not_before is not None
            and now < step.not_before
            for step in steps_of(run)
        )

    async def _finish(self, run: RunId, outcome: RunOutcome) -> Ending | None:
        """End the run once its effects are settled; give why it cannot end, where it cannot.

        An anchor that the other system has not taken yet keeps nobody.
        """
        found = self._crew.desk.run(run)
        unsettled = {
            each
            for each, effect in found.effects.items()
            if effect.is_open and effect.intent.purpose is not Purpose.ANCHOR
        }
        if unsettled:
            asked = {hold.thing for hold in found.holds if hold.cause is HoldCause.EFFECT}
            if not unsettled <= asked:
                return None
            reasons = _reasons_of(found, HoldCause.EFFECT)
            return Ending(outcome=RunOutcome.HELD, reasons=reasons)
        await self._crew.checkpointer.keep(run)
        await self._crew.dispatcher.deliver(run)
        ended = await self._crew.desk.submit(
            EndRun(run=run, outcome=outcome), self._crew.desk.console
        )
        if isinstance(ended, Refusal):
            says = tuple(str(reason) for reason in ended.reasons)
            return Ending(outcome=RunOutcome.HELD, reasons=says)
        return Ending(outcome=outcome)

    async def _leave(self, run: RunId, ending: Ending) -> Ending:
        """Record that the run is left, where it goes on later, and give the lease up."""
        if ending.outcome in {RunOutcome.HELD, RunOutcome.STOPPED}:
            await self._watch_clock(run)
            left = LeaveRun(run=run, outcome=ending.outcome, reasons=ending.reasons)
            await self._crew.desk.must(left, self._crew.desk.console)
        await self._crew.desk.journal.release_lease(self._lease)
        return ending

    async def _keep_lease(self) -> None:
        """Renew the lease once half of it has gone."""
        now = self._crew.clock.now()
        left = (self._lease.until - now).total_seconds()
        if left < self._lease_seconds / 2:
            self._lease = await self._crew.desk.journal.renew_lease(
                self._lease, now, self._lease_seconds
            )

    async def _watch_clock(self, run: RunId) -> None:
        """Freeze automation where the wall clock jumped."""
        jumped = self._guard.jump(self._crew.desk.state.workspace.policy.clock_jump)
        if jumped is not None:
            report = ReportClockJump(run=run, seconds=jumped)
            await self._crew.desk.must(report, self._crew.desk.console)

    async def fall_back(self, verification: timedelta) -> Ending:
        """Run the fired rollback of the run to its end, then give the lease up.

        ``verification`` is how long the old state may take to be observed once all steps are done.
        """
        run = self._lease.run
        await self._crew.retreat.preserve(run)
        done_at: float | None = None
        while True:
            ending = await self._pass_back(run)
            if ending is not None:
                return await self._leave(run, ending)
            if self._crew.retreat.is_through(run):
                done_at = self._crew.clock.tick() if done_at is None else done_at
                if await self._is_back(run, done_at, verification):
                    ending = await self._end_rollback(run)
                    if ending is not None:
                        return await self._leave(run, ending)
            await self._crew.clock.sleep(PASS_SECONDS)

    async def _pass_back(self, run: RunId) -> Ending | None:
        """Carry the rollback one pass further; give an ending where it cannot go on."""
        crew = self._crew
        await self._keep_lease()
        await self._watch_clock(run)
        if crew.orders is not None:
            await crew.orders.take()
        await crew.dispatcher.deliver(run)
        await crew.mover.finish_jobs(run)
        await crew.mover.lift_silences(run)
        found = crew.desk.run(run)
        if found.stop is not None:
            return Ending(outcome=RunOutcome.STOPPED, reasons=(found.stop.note or "stopped",))
        frozen = _reasons_of(found, HoldCause.CLOCK)
        if frozen:
            return Ending(outcome=RunOutcome.HELD, reasons=frozen)
        if self._is_cancelled():
            return Ending(outcome=RunOutcome.HELD, reasons=(_LEFT,))
        if not crew.retreat.has_settled_forward(run):
            await crew.retreat.settle_forward(run)
            asks = _forward_reasons(found)
            return Ending(outcome=RunOutcome.HELD, reasons=asks) if asks else None
        refusals = await self._start_ready(run)
        unanswered, refused = await crew.interviewer.ask(run, jobs=True)
        reasons = (*refusals, *refused, *(question.says for question in unanswered))
        if self._moves(crew.desk.run(run), crew.clock.now()):
            return None
        asks = self._undo_reasons(found, HoldCause.EFFECT)
        if asks:
            # A person settles it, and then the same rollback goes on.
            return Ending(outcome=RunOutcome.HELD, reasons=asks)
        failed = self._undo_reasons(found, HoldCause.STEP)
        if failed:
            await crew.retreat.end(run)
            return Ending(outcome=RunOutcome.HELD, reasons=failed)
        return await self._stuck(run, reasons)

    def _undo_reasons(self, run: RunState, cause: HoldCause) -> tuple[str, ...]:
        """Give the reasons of the holds of one cause that are about the rollback itself."""
        return tuple(
            says
            for hold in run.holds
            if hold.cause is cause and self._concerns_undo(run, hold.thing)
            for says in hold.reasons
        )

    def _concerns_undo(self, run: RunState, thing: str) -> bool:
        """Tell whether a hold is about the rollback rather than about what led to it."""
        effect = run.effects.get(EffectId(thing))
        step = effect.effect.step if effect is not None else StepId(thing)
        return step is not None and run.is_undo(step)

    async def _is_back(self, run: RunId, since: float, verification: timedelta) -> bool:
        """Tell whether everything is observed back, or the time to observe it is up."""
        if not _is_falling_back(self._crew.desk.run(run)):
            return True
        result, _ = await self._crew.retreat.reckon(run)
        waited = self._crew.clock.tick() - since
        return not result.rows or waited >= verification.total_seconds()

    async def _end_rollback(self, run: RunId) -> Ending | None:
        """End the rollback, and with it the run where everything is back.

        None while effects of the run are still to be settled.
        """
        if _is_falling_back(self._crew.desk.run(run)):
            ended = await self._crew.retreat.end(run)
            if isinstance(ended, Refusal):
                says = tuple(str(reason) for reason in ended.reasons)
                return Ending(outcome=RunOutcome.HELD, reasons=says)
        rollback = self._crew.desk.run(run).rollback
        if rollback is None or rollback.ending is not RollbackEnding.ROLLED_BACK:
            rows = rollback.reconcile if rollback else ()
            says = tuple(f"{row.item}: {row.reason}" for row in rows)
            return Ending(outcome=RunOutcome.HELD, reasons=says)
        return await self._finish(run, RunOutcome.ROLLED_BACK)


def _is_falling_back(run: RunState) -> bool:
    """Tell whether a rollback was fired and nobody has said yet what it came to."""
    return run.rollback is not None and run.rollback.is_running


def _forward_reasons(run: RunState) -> tuple[str, ...]:
    """Give why forward jobs wait for a person, none where none does."""
    return tuple(
        says
        for hold in run.holds
        for found in [run.effects.get(EffectId(hold.thing))]
        if hold.cause is HoldCause.EFFECT
        and found is not None
        and found.is_open
        and found.intent.purpose is Purpose.STEP
        for says in hold.reasons
    )


def _reasons_of(run: RunState, cause: HoldCause) -> tuple[str, ...]:
    """Give the reasons of the holds of one cause, none where none stands."""
    return tuple(says for hold in run.holds if hold.cause is cause for says in hold.reasons)

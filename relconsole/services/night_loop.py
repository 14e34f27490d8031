"""What the loops over a run share: the lease, the clock, starting what is ready, asking, ending.

Which way the run goes, forward or back, is not known here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Final

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.kernel.refusal import Reason, Refusal
from relconsole.domain.night.bridge_commands import BeginHold, ReportClockJump
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import OF_THE_CHANGE
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.intents import calls_jobs_of
from relconsole.domain.night.readiness_of_steps import (
    idle_reasons,
    ready_steps,
    underway_steps,
)
from relconsole.domain.night.run_commands import EndRun, LeaveRun
from relconsole.domain.night.standing import overdue_decisions
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.runbook import Step, StepKind
from relconsole.ports.journal import Lease, StaleFence
from relconsole.services.clock_guard import ClockGuard
from relconsole.services.crew import Crew, Ending, held
from relconsole.services.last_words import tell_the_rest
from relconsole.services.steps import SYSTEM_DOWN
from relconsole.services.telling import Teller

PASS_SECONDS: Final = 0.2
LEFT: Final = "left by the person who conducts"
PASSING: Final = frozenset({HoldCause.MONITORING})
"""Holds that end by themselves, so that the loop goes on under them."""

SILENCE_PATIENCE: Final = timedelta(seconds=60)
"""How long a job that cannot be read may keep a step from starting before the run is held."""


class NightLoop:
    """One run under its lease."""

    def __init__(
        self, crew: Crew, lease: Lease, lease_seconds: float, is_cancelled: Callable[[], bool]
    ) -> None:
        """Take the crew, the lease, its length, and how to know that a person wants to leave."""
        self._crew = crew
        self._lease = lease
        self._lease_seconds = lease_seconds
        self._is_cancelled = is_cancelled
        self._guard = ClockGuard(crew.clock)
        self._teller = Teller(crew.dispatcher, crew.clock, crew.say)
        self._silent_from: float | None = None
        self._said: set[str] = set()
        self._left_behind = [
            run.id for run in crew.desk.state.runs.values() if run.is_over and run.open_effects()
        ]

    def run(self) -> RunState:
        """Give the run as it is on disk."""
        return self._crew.desk.run(self._lease.run)

    async def listening(self, work: Callable[[], Awaitable[Ending]]) -> Ending:
        """Give how the work ends; a stop from elsewhere is recorded while it waits for anything."""
        orders = self._crew.orders
        return await work() if orders is None else await orders.beside(work)

    async def keep_up(self, run: RunId) -> None:
        """Renew the lease, look at the clock, take orders, and carry the effects further."""
        await self._keep_lease()
        await self.watch_clock(run)
        if self._crew.orders is not None:
            await self._crew.orders.take()
        await self._hold_overdue(run)
        await self._crew.change_keeper.keep(run)
        await self._crew.dispatcher.deliver(run)
        await self._deliver_left_behind()
        self._teller.tell()

    async def _hold_overdue(self, run: RunId) -> None:
        """Hold the run for each decision that nobody made in time."""
        found = self._crew.desk.run(run)
        for overdue in overdue_decisions(found, self._crew.clock.now()):
            hold = BeginHold(
                run=run, cause=overdue.cause, thing=overdue.thing, reasons=overdue.reasons
            )
            await self._crew.desk.must(hold, self._crew.desk.console)

    async def _keep_lease(self) -> None:
        """Renew the lease once half of it has gone."""
        now = self._crew.clock.now()
        left = (self._lease.until - now).total_seconds()
        if left < self._lease_seconds / 2:
            self._lease = await self._crew.desk.journal.renew_lease(
                self._lease, now, self._lease_seconds
            )

    async def watch_clock(self, run: RunId) -> None:
        """Freeze automation where the wall clock jumped."""
        jumped = self._guard.jump(self._crew.desk.state.workspace.policy.clock_jump)
        if jumped is not None:
            report = ReportClockJump(run=run, seconds=jumped)
            await self._crew.desk.must(report, self._crew.desk.console)

    async def _deliver_left_behind(self) -> None:
        """Deliver what runs that have ended left open: anchors that nobody took at the time."""
        for run in tuple(self._left_behind):
            try:
                await self._crew.dispatcher.deliver(run)
            except StaleFence:
                # Somebody took that run up since: what is open in it is theirs.
                self._left_behind.remove(run)
                continue
            if not self._crew.desk.run(run).open_effects():
                self._left_behind.remove(run)

    async def start_ready(self, run: RunId) -> tuple[str, ...]:
        """Start every automated step and planned hold that is ready; give why the others wait."""
        crew = self._crew
        # Long calls may lie behind us; no fixed start fires by a clock that jumped meanwhile.
        await self.watch_clock(run)
        found = crew.desk.run(run)
        if any(hold.cause in {*PASSING, HoldCause.CLOCK} for hold in found.holds):
            return ()
        release = crew.desk.state.workspace.releases[found.release]
        jobs = calls_jobs_of(release, rehearsal=found.rehearsal)
        reasons: list[Reason] = []
        for step in ready_steps(found, crew.clock.now()):
            if step.changes_data:
                await crew.keeper.prepare(run, step)
                if not self._is_prepared(run, step):
                    continue
            runs_a_job = step.kind is StepKind.AUTOMATED and step.run is not None and jobs
            if step.kind is not StepKind.HOLD and not runs_a_job:
                continue
            started = await crew.mover.start(run, step)
            if isinstance(started, Refusal):
                reasons.extend(started.reasons)
        self._count_silence(reasons)
        return tuple(f"{reason.thing}: {reason}" for reason in reasons)

    def _count_silence(self, reasons: Iterable[Reason]) -> None:
        """Keep since when a system that does not answer keeps a step from starting."""
        if not any(reason.rule == SYSTEM_DOWN for reason in reasons):
            self._silent_from = None
        elif self._silent_from is None:
            self._silent_from = self._crew.clock.tick()

    def _is_prepared(self, run: RunId, step: Step) -> bool:
        """Tell whether every restore point with jobs that belongs before a step is kept."""
        found = self._crew.desk.run(run)
        release = self._crew.desk.state.workspace.releases[found.release]
        return found.rehearsal or all(
            point.id in found.restore_points or point.take is None or point.verify is None
            for point in release.rollback.restore_points
            if point.before == step.id
        )

    async def ask(self, run: RunId, *, jobs: bool) -> tuple[str, ...]:
        """Put the open questions; give what nobody can answer any more, and what was refused.

        Under a hold that ends by itself nobody is asked: an answer would be refused, and lost.
        """
        if any(hold.cause in PASSING for hold in self._crew.desk.run(run).holds):
            return ()
        found = self._crew.desk.run(run)
        unprepared = frozenset(
            step.id
            for step in ready_steps(found, self._crew.clock.now())
            if step.changes_data and not self._is_prepared(run, step)
        )
        unanswered, refused = await self._crew.interviewer.ask(run, jobs=jobs, not_yet=unprepared)
        for says in refused:
            if self._crew.say is not None and says not in self._said:
                self._crew.say(says)
        self._said = set(refused)
        return (*refused, *(question.says for question in unanswered))

    async def find_stuck(self, run: RunId, reasons: tuple[str, ...]) -> Ending | None:
        """Give the hold that a run is when nothing moves and nobody can answer, None otherwise."""
        found = self._crew.desk.run(run)
        if self.moves(found):
            return None
        told = reasons or idle_reasons(found, self._crew.clock.now())
        return await self.stick(told) if told else None

    async def stick(self, reasons: tuple[str, ...]) -> Ending | None:
        """Hold a run in which nothing moves, as nobody who conducts it can answer."""
        hold = BeginHold(
            run=self._lease.run, cause=HoldCause.NO_ANSWER, thing="answers", reasons=reasons
        )
        await self._crew.desk.must(hold, self._crew.desk.console)
        return held(*reasons)

    def moves(self, run: RunState) -> bool:
        """Tell whether something of the run goes on without anybody.

        An effect that only a person can settle does not, a word to the change record does not, and
        neither does a job whose checks fail.
        """
        asked = {hold.thing for hold in run.holds if hold.cause is HoldCause.EFFECT}
        if any(
            found.is_open and each not in asked and found.intent.purpose not in OF_THE_CHANGE
            for each, found in run.effects.items()
        ):
            return True
        if any(hold.cause in PASSING for hold in run.holds) or self._waits_for_system():
            return True
        return any(self._goes_on(run, step, asked) for step in underway_steps(run))

    def _waits_for_system(self) -> bool:
        """Tell whether a system that does not answer may still do so in time."""
        if self._silent_from is None:
            return False
        waited = self._crew.clock.tick() - self._silent_from
        return waited < SILENCE_PATIENCE.total_seconds()

    def _goes_on(self, run: RunState, step: Step, asked: set[str]) -> bool:
        """Tell whether a step that is under way comes to something by itself."""
        found = run.steps[step.id]
        started = found.started
        if step.kind is StepKind.HOLD and started is not None:
            return self._crew.clock.now() - started < step.duration.likely
        failing = any((hold.cause, hold.thing) == (HoldCause.CHECK, step.id) for hold in run.holds)
        work = run.step_effects(step.id, len(found.attempts))
        return bool(work) and not failing and asked.isdisjoint(each.effect.id for each in work)

    async def finish(self, run: RunId, outcome: RunOutcome) -> Ending | None:
        """End the run once its effects are settled; give why it cannot end, where it cannot.

        What the change record has not been told yet keeps nobody. The last checkpoint is kept
        only where the run may end, so that trying again and again anchors nothing anew.
        """
        await self.watch_clock(run)
        found = self._crew.desk.run(run)
        unsettled = {
            each
            for each, effect in found.effects.items()
            if effect.is_open and effect.intent.purpose not in OF_THE_CHANGE
        }
        if unsettled:
            asked = {hold.thing for hold in found.holds if hold.cause is HoldCause.EFFECT}
            return held(*reasons_of(found, HoldCause.EFFECT)) if unsettled <= asked else None
        end, desk = EndRun(run=run, outcome=outcome), self._crew.desk
        refusal = desk.would_refuse(end, desk.console)
        if refusal is not None:
            return held(*(str(reason) for reason in refusal.reasons))
        await self._crew.checkpointer.keep(run)
        ended = await desk.submit(end, desk.console)
        if isinstance(ended, Refusal):
            return held(*(str(reason) for reason in ended.reasons))
        return Ending(outcome=outcome)

    async def _tell_the_rest(self, run: RunId) -> None:
        """Give what change records are owed, of this night and of those left behind, a moment."""
        desk, limit = self._crew.desk, self._crew.desk.state.workspace.policy.clock_jump

        async def deliver() -> None:
            await self._deliver_left_behind()
            await self._crew.dispatcher.deliver(run)

        def runs() -> list[RunState]:
            return [desk.run(each) for each in (*self._left_behind, run)]

        await tell_the_rest(self._crew.clock, runs, deliver, limit)

    async def leave(self, run: RunId, ending: Ending) -> Ending:
        """Record that the run is left, where it goes on later, and give the lease up.

        What the change record is still owed gets a moment to leave.
        """
        goes_on = ending.outcome in {RunOutcome.HELD, RunOutcome.STOPPED}
        if goes_on:
            await self.watch_clock(run)
        await self._tell_the_rest(run)
        if goes_on:
            await self.watch_clock(run)
            left = LeaveRun(run=run, outcome=ending.outcome, reasons=ending.reasons)
            await self._crew.desk.must(left, self._crew.desk.console)
        await self._crew.desk.journal.release_lease(self._lease)
        return ending


def reasons_of(run: RunState, *causes: HoldCause) -> tuple[str, ...]:
    """Give the reasons of the holds of these causes, none where none stands."""
    return tuple(says for hold in run.holds if hold.cause in causes for says in hold.reasons)

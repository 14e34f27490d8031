"""Moving the steps of a run: starting what is ready, reading checks, ending what a job came to."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import RunId, StepId
from relconsole.domain.kernel.observation import Observation, Unknown
from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.domain.night.bridge_commands import BeginHold
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.decide_end import failing_checks
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import CheckRead, StepState
from relconsole.domain.night.intents import calls_jobs_of
from relconsole.domain.night.readiness_of_steps import underway_steps
from relconsole.domain.night.relief import did_nothing, underway_relief
from relconsole.domain.night.run_commands import IntendEffect
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.night.step_commands import EndStep, KeepCheck, Said, StartStep
from relconsole.domain.plan.runbook import Check, Step
from relconsole.domain.record.effect import EffectState, Outcome
from relconsole.domain.record.effect_kinds import SILENCE_EXPIRE
from relconsole.domain.record.request import Answer
from relconsole.ports.clock import Clock
from relconsole.ports.plugins import Plugins
from relconsole.services.calls import read_call
from relconsole.services.desk import Desk, Records
from relconsole.services.forecasting import Forecaster

SYSTEM_DOWN: Final = "system_down"
"""The rule of a refusal that lasts only while a system does not answer."""

LIFT_AGAIN: Final = timedelta(seconds=30)
CHECK_PATIENCE: Final = timedelta(seconds=20)
"""How long a check may stay unknown or failing after the job before it counts as failed."""


class StepMover:
    """Starts and ends the steps of a run."""

    def __init__(
        self, *, desk: Desk, plugins: Plugins, clock: Clock, forecaster: Forecaster
    ) -> None:
        """Take the desk and the ports."""
        self._desk = desk
        self._plugins = plugins
        self._clock = clock
        self._forecaster = forecaster
        self._checking: dict[tuple[StepId, int], float] = {}

    async def start(
        self, run: RunId, step: Step, said: Said | None = None, second: Answer | None = None
    ) -> Records | Refusal:
        """Start a step with its job and the way back as they are at this moment."""
        found = self._desk.run(run)
        release = self._desk.state.workspace.releases[found.release]
        jobs = calls_jobs_of(release, rehearsal=found.rehearsal)
        try:
            call_now = await read_call(self._plugins, step) if jobs else None
        except WorldIsDown as down:
            says = f"what its job would run cannot be read: {down.what}"
            return refuse(SYSTEM_DOWN, step.id, says, "the system answers")
        except PersonMustAct as wrong:
            says = f"what its job would run cannot be read: {wrong}"
            return refuse("call_unreadable", step.id, says, wrong.do)
        state, now = self._desk.state, self._clock.now()
        forecast = self._forecaster.forecast(state, run, now)
        return await self._desk.submit(
            StartStep(
                run=run,
                step=step.id,
                said=said or Said(),
                call_now=call_now,
                forecast=forecast.digest,
                figures=self._forecaster.weigh(state, run, step.id, now),
                second=second,
            )
        )

    async def finish_jobs(self, run: RunId) -> None:
        """End the running steps whose job is over and whose checks have spoken."""
        standing = self._desk.run(run)
        for step in (*underway_steps(standing), *underway_relief(standing)):
            found = self._desk.run(run)
            attempt = found.steps[step.id].attempts[-1]
            work = found.step_effects(step.id, attempt.number)
            if not work:
                continue
            outcomes = {each.effect.outcome for each in work}
            refused = [each for each in work if did_nothing(each)]
            if refused:
                await self._end(run, step, StepState.FAILED, refused[0].says)
            elif outcomes & {Outcome.FAILED, Outcome.CANCELLED}:
                await self._end(run, step, StepState.FAILED, _last_words(found, step))
            elif outcomes == {Outcome.SUCCEEDED}:
                await self._check_and_end(run, step, attempt.number)

    async def _check_and_end(self, run: RunId, step: Step, attempt: int) -> None:
        """Read the checks; end the step when all pass, hold it when they do not in time."""
        if not self._desk.run(run).rehearsal:
            for check in step.checks:
                await self.read_check(run, step, check, attempt)
        if not failing_checks(self._desk.run(run), step):
            await self._end(run, step, StepState.DONE, "")
            return
        began = self._checking.setdefault((step.id, attempt), self._clock.tick())
        if self._clock.tick() - began < CHECK_PATIENCE.total_seconds():
            return
        says = tuple(each.says for each in failing_checks(self._desk.run(run), step))
        if self._desk.run(run).is_relief(step.id):
            # It may be on, which the left-open list says; it holds up no work.
            await self._end(run, step, StepState.FAILED, "; ".join(says))
            return
        hold = BeginHold(run=run, cause=HoldCause.CHECK, thing=step.id, reasons=says)
        await self._desk.must(hold, self._desk.console)

    async def read_check(self, run: RunId, step: Step, check: Check, attempt: int) -> None:
        """Read a check and record it where it says something new."""
        value, why = await self._value(check)
        passed = None if value is None else check.passes(value)
        says = (
            f"{check.id} is unknown: {why}"
            if value is None
            else f"{check.id} is {value:g}, {_name_limits(check)}"
        )
        known = self._desk.run(run).steps[step.id].attempts[-1].checks
        if any((each.check, each.passed) == (check.id, passed) for each in known):
            return
        read = CheckRead(
            run=run,
            step=step.id,
            attempt=attempt,
            check=check.id,
            value=value,
            passed=passed,
            says=says,
            source=check.system,
        )
        await self._desk.must(KeepCheck(run=run, check=read), self._desk.console)

    async def _value(self, check: Check) -> tuple[float | None, str]:
        """Give the fresh value of a check's query, or None and why there is none."""
        try:
            answer = await self._plugins.query(check.system, check.query)
        except (WorldIsDown, PersonMustAct) as failed:
            return None, str(failed)
        if len(answer.samples) != 1:
            return None, f"{check.query!r} has {len(answer.samples)} values, not one"
        sample = answer.samples[0]
        if not math.isfinite(sample.value):
            return None, f"{check.query!r} is {sample.value}, no number"
        value = Observation(
            value=sample.value,
            source=check.system,
            observed_at=sample.at,
            time_to_live=self._desk.state.workspace.policy.freshness,
        ).read(self._clock.now())
        return (None, value.why) if isinstance(value, Unknown) else (value, "")

    async def _end(self, run: RunId, step: Step, state: StepState, note: str) -> None:
        """End a step by what its job came to."""
        end = EndStep(run=run, step=step.id, state=state, said=Said(note=note))
        await self._desk.must(end, self._desk.console)

    async def lift_silences(self, run: RunId) -> None:
        """Intend the end of every silence whose step is over; one that failed, again later."""
        found = self._desk.run(run)
        lifted = {
            each.intent.serves
            for each in found.effects.values()
            if each.intent.purpose is Purpose.UNSILENCE and not self._failed_long_ago(each)
        }
        for effect_id, each in sorted(found.effects.items()):
            step = each.effect.step
            if (
                each.intent.purpose is not Purpose.SILENCE
                or each.effect.remote is None
                or effect_id in lifted
                or step is None
                or _needs_silence(found, step)
            ):
                continue
            lift = IntendEffect(
                run=run,
                system=each.effect.system,
                effect_kind=SILENCE_EXPIRE,
                purpose=Purpose.UNSILENCE,
                payload={"remote": each.effect.remote},
                step=step,
                serves=effect_id,
            )
            await self._desk.submit(lift, self._desk.console)

    def _failed_long_ago(self, found: EffectRun) -> bool:
        """Tell whether lifting a silence failed, and so long ago that it is tried again.

        One that a person saw never happened is tried again at once.
        """
        effect = found.effect
        if found.is_open or effect.outcome is Outcome.SUCCEEDED:
            return False
        if effect.state is EffectState.SETTLED_BY_HAND:
            return True
        return self._clock.now() - effect.since >= LIFT_AGAIN


def _needs_silence(run: RunState, step: StepId) -> bool:
    """Tell whether a step still works; a forward one does no more once a rollback was fired."""
    fired = run.rollback is not None and run.rollback.fired_at is not None
    return run.steps[step].ended is None and not (fired and not run.is_undo(step))


def _last_words(run: RunState, step: Step) -> str:
    """Give what the step's job said last."""
    attempt = run.steps[step.id].attempts[-1].number
    return "; ".join(each.says for each in run.step_effects(step.id, attempt) if each.says)


def _name_limits(check: Check) -> str:
    """Give the limits of a check in words."""
    below = f"limit below {check.below:g}" if check.below is not None else ""
    above = f"limit above {check.above:g}" if check.above is not None else ""
    return " and ".join(part for part in (below, above) if part)

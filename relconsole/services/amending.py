"""Amending a running night: what an amendment would do, worked out before it is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from relconsole.domain.kernel.ids import Digest, RunId, StepId
from relconsole.domain.kernel.refusal import Reason, Refusal
from relconsole.domain.night.bridge_commands import Amend
from relconsole.domain.night.decide_amend import amendment_digest
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.readiness_of_steps import progress_of
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.amendment import Amendment, Insert, apply_all, apply_to_progress
from relconsole.domain.plan.compare import AmendmentEffect, effect_of
from relconsole.domain.plan.faults import plan_faults
from relconsole.domain.plan.progress import Progress
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.record.request import Answer
from relconsole.ports.clock import Clock
from relconsole.ports.plugins import Plugins
from relconsole.services.calls import read_calls
from relconsole.services.desk import Desk, Records
from relconsole.services.forecasting import basis_of

BEYOND = frozenset({"beyond_the_limit"})
"""What refuses an amendment that lacks only a second person's signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What an amendment would do, and the command that records it as long as the night stands so.

    ``thing`` is what a second person signs; ``refusal`` why it would be refused now, None where it
    would not.
    """

    command: Amend
    effect: AmendmentEffect
    thing: Digest
    refusal: Refusal | None

    @property
    def needs_second(self) -> bool:
        """Tell whether a second person is all that is missing."""
        refusal = self.refusal
        return refusal is not None and frozenset(it.rule for it in refusal.reasons) == BEYOND

    @property
    def later_by(self) -> timedelta:
        """Give by how much it moves the forecast end, never negative."""
        return self.command.later_by


class Amender:
    """Weighs amendments off the loop, and records what was weighed."""

    def __init__(self, *, desk: Desk, plugins: Plugins, clock: Clock) -> None:
        """Take the desk, the systems that tell what jobs run, and the clock."""
        self._desk = desk
        self._plugins = plugins
        self._clock = clock

    async def weigh(
        self, run: RunId, amendments: tuple[Amendment, ...], reason: str = ""
    ) -> Weighed | Refusal:
        """Give what amendments would do to a run as it stands, or why they cannot be made.

        Raises WorldIsDown and PersonMustAct where a system does not tell what a new job runs.
        """
        found = self._desk.run(run)
        amended = apply_all(found.runbook, amendments, _begun(found))
        if isinstance(amended, Refusal):
            return amended
        faulty = self._faults(found, amended, amendments)
        if faulty is not None:
            return faulty
        fresh = _fresh(found, amended)
        calls = {**found.calls, **await read_calls(self._plugins, fresh)}
        found = self._desk.run(run)
        progress = progress_of(found, self._clock.now())
        effect = await asyncio.to_thread(self._effect, found, amended, amendments, progress, calls)
        later = max(effect.after.end_p90 - effect.before.end_p90, timedelta(0))
        command = Amend(
            run=run,
            amendments=amendments,
            reason=reason or "; ".join(dict.fromkeys(each.reason for each in amendments)),
            calls={step.id: calls.get(step.id) for step in fresh},
            forecast=effect.before.digest,
            later_by=later,
        )
        return Weighed(
            command=command,
            effect=effect,
            thing=amendment_digest(effect.plan_after, amendments),
            refusal=self._desk.would_refuse(command, self._desk.actor),
        )

    async def record(self, weighed: Weighed, second: Answer | None = None) -> Records | Refusal:
        """Record what was weighed; refused where the night has moved on since."""
        return await self._desk.submit(replace(weighed.command, second=second))

    def _effect(
        self,
        found: RunState,
        amended: Runbook,
        amendments: tuple[Amendment, ...],
        progress: Progress,
        calls: Mapping[StepId, Digest | None],
    ) -> AmendmentEffect:
        after = progress
        for each in amendments:
            after = apply_to_progress(after, each)
        basis = basis_of(self._desk.state, found)
        return effect_of(basis, amended, progress, progress_after=after, calls=calls)

    def _faults(
        self, found: RunState, amended: Runbook, amendments: tuple[Amendment, ...]
    ) -> Refusal | None:
        """Give what is wrong with the steps that are put in; the others were read from a file."""
        new = {each.step.id for each in amendments if isinstance(each, Insert)}
        window = self._desk.state.workspace.releases[found.release].window
        reasons = tuple(
            Reason(rule=f"plan_{each.field}", thing=each.step, says=f"{each.field}: {each.says}")
            for each in plan_faults(amended, window)
            if each.step in new
        )
        return Refusal(reasons=reasons) if reasons else None


def _begun(found: RunState) -> frozenset[StepId]:
    """Give the steps that have begun, were dropped, or ended."""
    return frozenset(
        step.id
        for step in found.runbook.steps
        if found.steps[step.id].state is not StepState.NOT_STARTED
    )


def _fresh(found: RunState, amended: Runbook) -> list[Step]:
    """Give the steps whose jobs the plan of the run has not read."""
    before = {step.id: step.run for step in found.runbook.steps}
    return [step for step in amended.steps if step.id not in before or step.run != before[step.id]]

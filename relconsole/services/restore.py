"""Before the first step that changes data: a restore point, verified, and control totals."""

from __future__ import annotations

import math

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.bridge_commands import BeginHold
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.rollback_commands import KeepRestorePoint, KeepTotal
from relconsole.domain.night.rollback_facts import TotalMoment
from relconsole.domain.night.run_commands import IntendEffect
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.plan.runbook import JobRun, Step
from relconsole.domain.record.effect import EffectState, Outcome
from relconsole.domain.record.effect_kinds import JOB_START
from relconsole.domain.release.release import ControlTotal, RestorePoint
from relconsole.ports.plugins import Plugins
from relconsole.services.desk import Desk


class RestoreKeeper:
    """Takes and verifies the restore points of steps, and reads control totals."""

    def __init__(self, *, desk: Desk, plugins: Plugins) -> None:
        """Take the desk and the connected systems."""
        self._desk = desk
        self._plugins = plugins

    async def prepare(self, run: RunId, step: Step) -> None:
        """Carry the restore points before a data step one act further; take totals first."""
        if not step.changes_data or self._desk.run(run).rehearsal:
            return
        await self.take_totals(run, TotalMoment.BEFORE)
        release = self._desk.state.workspace.releases[self._desk.run(run).release]
        for point in release.rollback.restore_points:
            found = self._desk.run(run)
            if point.before == step.id and point.id not in found.restore_points:
                await self._carry(run, found, point)

    async def _carry(self, run: RunId, found: RunState, point: RestorePoint) -> None:
        """Take the point, verify it, keep it; one without jobs is a person's to take."""
        if point.take is None or point.verify is None:
            return
        taken = _newest(found, Purpose.RESTORE_POINT, point.id)
        if taken is None:
            await self._intend(run, point.take, Purpose.RESTORE_POINT, point)
            return
        if not await self._succeeded(run, taken, f"taking restore point {point.id}"):
            return
        verified = _newest(found, Purpose.VERIFY_RESTORE_POINT, point.id)
        if verified is None:
            await self._intend(run, point.verify, Purpose.VERIFY_RESTORE_POINT, point)
            return
        if await self._succeeded(run, verified, f"verifying restore point {point.id}"):
            says = f"{point.what} in {point.where}: {verified.says or 'verified'}"
            kept = KeepRestorePoint(run=run, point=point.id, says=says)
            await self._desk.must(kept, self._desk.console)

    async def _succeeded(self, run: RunId, found: EffectRun, what: str) -> bool:
        """Tell whether a job of a point succeeded; one that did not holds the run."""
        effect = found.effect
        if effect.outcome is Outcome.SUCCEEDED:
            return True
        if effect.outcome is not None or effect.state is EffectState.REFUSED:
            says = f"{what} ended {effect.outcome or effect.state}: {found.says}"
            hold = BeginHold(run=run, cause=HoldCause.STEP, thing=effect.id, reasons=(says,))
            await self._desk.must(hold, self._desk.console)
        return False

    async def _intend(self, run: RunId, job: JobRun, purpose: Purpose, point: RestorePoint) -> None:
        """Intend a job of a restore point."""
        intend = IntendEffect(
            run=run,
            system=job.system,
            effect_kind=JOB_START,
            purpose=purpose,
            payload={"job": job.job, "parameters": dict(job.parameters)},
            step=point.before,
            serves=point.id,
        )
        await self._desk.submit(intend, self._desk.console)

    async def take_totals(self, run: RunId, moment: TotalMoment) -> None:
        """Take every control total that is not known at this moment of the run yet.

        One that was unknown is read again, and recorded again once it is known.
        """
        found = self._desk.run(run)
        release = self._desk.state.workspace.releases[found.release]
        taken = {kept.total: kept.value for kept in found.totals if kept.moment is moment}
        for total in release.rollback.control_totals:
            if taken.get(total.id) is not None:
                continue
            value, says = await self._read(total)
            if value is None and total.id in taken:
                continue
            keep = KeepTotal(run=run, total=total.id, moment=moment, value=value, says=says)
            await self._desk.must(keep, self._desk.console)

    async def _read(self, total: ControlTotal) -> tuple[float | None, str]:
        """Give a control total, or None and why it is unknown."""
        try:
            answer = await self._plugins.query(total.system, total.query)
        except (WorldIsDown, PersonMustAct) as failed:
            return None, str(failed)
        if len(answer.samples) != 1 or not math.isfinite(answer.samples[0].value):
            return None, f"{total.query!r} gave no single figure"
        return answer.samples[0].value, ""


def _newest(run: RunState, purpose: Purpose, serves: str) -> EffectRun | None:
    """Give the newest effect of this purpose for this point.

    One that a person saw never happened counts as none: it is intended anew.
    """
    found = [
        each
        for _, each in sorted(run.effects.items())
        if each.intent.purpose is purpose and each.intent.serves == serves
    ]
    newest = found[-1] if found else None
    if newest is None or (
        newest.effect.state is EffectState.SETTLED_BY_HAND and newest.effect.outcome is None
    ):
        return None
    return newest

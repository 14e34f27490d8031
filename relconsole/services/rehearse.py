"""What a rehearsal leaves to the live journal: kept times, bound to the digests of its steps."""

from __future__ import annotations

from datetime import datetime

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import (
    RehearsalCounted,
    RehearsedStep,
    RehearsedTarget,
    RollbackEnding,
)
from relconsole.domain.night.state import RunState
from relconsole.domain.record.checkpoint import Checkpoint


def kept_times(run: RunState, head: Checkpoint, now: datetime) -> RehearsalCounted:
    """Give the times of a rehearsal that ran jobs, with where in its own journal they stand.

    Only steps whose job really ran and succeeded count: an answer at a desk is no measurement.
    """
    rollback = run.rollback
    back = rollback is not None and rollback.ending is RollbackEnding.ROLLED_BACK
    return RehearsalCounted(
        run=run.id,
        release=run.release,
        plan=run.plan,
        rollback_plan=rollback.armed.plan if rollback is not None and back else None,
        at=now,
        journal=head.journal,
        size=head.size,
        root=head.root,
        forward=tuple(
            RehearsedStep(step=step.id, digest=run.step_digests[step.id], seconds=took)
            for step in run.runbook.steps
            for took in _took(run, step.id)
        ),
        undo=tuple(
            RehearsedStep(step=step.id, digest=run.step_digests[step.id], seconds=took)
            for step in run.runbook.steps
            for took in _took(run, StepId(f"undo-{step.id}"))
        ),
        targets=tuple(
            RehearsedTarget(service=row.service, version=row.target)
            for row in (rollback.armed.fleet if rollback is not None else ())
        ),
    )


def _took(run: RunState, step: StepId) -> tuple[float, ...]:
    """Give how long the newest attempt took in seconds, nothing where no job of it succeeded."""
    found = run.steps.get(step)
    if found is None or found.state is not StepState.DONE or not found.attempts:
        return ()
    newest = found.attempts[-1]
    if newest.ended is None or not run.step_effects(step, newest.number):
        return ()
    return ((newest.ended - newest.started).total_seconds(),)

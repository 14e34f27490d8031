"""Reading what jobs would run: the digests that plans and moments of intent are bound to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from relconsole.domain.kernel.ids import Digest, StepId, SystemId
from relconsole.domain.plan.runbook import Step
from relconsole.ports.plugins import Plugins


async def read_call(plugins: Plugins, step: Step) -> Digest | None:
    """Give the digest of what a step's job would run now, None where the system cannot tell.

    Raises WorldIsDown and PersonMustAct where it does not answer.
    """
    if step.run is None:
        return None
    return (await plugins.describe_job(step.run.system, step.run.job)).digest


async def read_calls(plugins: Plugins, steps: Iterable[Step]) -> Mapping[StepId, Digest | None]:
    """Give what each step with a job would run; jobs that several steps share are read once.

    None where the system answers that it cannot tell. Raises WorldIsDown and PersonMustAct where it
    does not answer: a plan is not bound to a moment's silence.
    """
    found: dict[StepId, Digest | None] = {}
    read: dict[tuple[SystemId, str], Digest | None] = {}
    for step in steps:
        if step.run is None:
            continue
        job = (step.run.system, step.run.job)
        if job not in read:
            read[job] = (await plugins.describe_job(*job)).digest
        found[step.id] = read[job]
    return found

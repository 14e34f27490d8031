"""The prepared rollback as one value, and its digest.

How it is made of the forward plan is the business of its building, running it that of the night.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relconsole.domain.kernel.ids import Digest, ReleaseId, StepId
from relconsole.domain.kernel.json import Json
from relconsole.domain.plan.digest import plain_of, step_digest
from relconsole.domain.plan.runbook import Step
from relconsole.domain.record.canonical import digest_of
from relconsole.domain.release.release import ControlTotal, RestorePoint
from relconsole.domain.rollback.preflight import PlannedItem


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackPlan:
    """The way back of the covered steps of a release.

    ``covered`` is sorted. ``steps`` are the undo steps and the steps a person added, each after all
    it waits for; ``undoes`` names the forward step of each undo step, and an added step is not in
    it. ``items`` are the services with the versions from which and to which it goes. ``calls`` are
    the digests of what each step of the way back calls, None where it could not be read.
    """

    release: ReleaseId
    covered: tuple[StepId, ...]
    steps: tuple[Step, ...]
    undoes: Mapping[StepId, StepId]
    items: tuple[PlannedItem, ...]
    restore_points: tuple[RestorePoint, ...]
    control_totals: tuple[ControlTotal, ...]
    calls: Mapping[StepId, Digest | None]

    @property
    def digest(self) -> Digest:
        """Give what an approval, a rehearsal and a second signature are bound to.

        It covers each step with what it calls, items with their versions, restore points, control
        totals; the order of the steps in the list counts too.
        """
        steps: list[Json] = [
            [step.id, step_digest(step, self.calls.get(step.id)), self.undoes.get(step.id)]
            for step in self.steps
        ]
        return digest_of(
            {
                "release": self.release,
                "covered": list(self.covered),
                "steps": steps,
                "items": plain_of(self.items),
                "restore_points": plain_of(self.restore_points),
                "control_totals": plain_of(self.control_totals),
            }
        )

    def undo_of(self, forward: StepId) -> Step | None:
        """Give the step that undoes a forward step, None where nothing does."""
        return next((step for step in self.steps if self.undoes.get(step.id) == forward), None)

"""Another plan for a release before its night: what speaks against it, and the release with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.kernel.refusal import Reason, Refusal
from relconsole.domain.plan.faults import PlanFault, plan_faults
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.reverse import has_way_back, undo_id


def faults_of_change(
    release: Release, runbook: Runbook, people: Mapping[PersonId, Person]
) -> tuple[PlanFault, ...]:
    """Give everything that speaks against another plan for a release, by step and field.

    A step that the prepared rollback, a restore point or an indicator names may not go, nor lose
    its way back where that is edited.
    """
    unknown = tuple(
        PlanFault(step=step.id, field="owner", says=f"there is no person {step.owner}")
        for step in runbook.steps
        if step.owner is not None and step.owner not in people
    )
    return (*plan_faults(runbook, release.window), *unknown, *_dangling(release, runbook))


def with_plan(
    release: Release, runbook: Runbook, people: Mapping[PersonId, Person]
) -> Release | Refusal:
    """Give the release with another plan, or everything that speaks against it."""
    faults = faults_of_change(release, runbook, people)
    if faults:
        return Refusal(
            reasons=tuple(
                Reason(
                    rule=f"plan_{fault.field}",
                    thing=fault.step,
                    says=f"{fault.field} of {fault.step}: {fault.says}",
                )
                for fault in faults
            )
        )
    return replace(release, runbook=runbook)


def _dangling(release: Release, runbook: Runbook) -> Iterator[PlanFault]:
    """Give what the release says of steps that would be gone, or could no longer be undone."""
    known = {step.id for step in runbook.steps}
    undone = {undo_id(step.id): step.id for step in runbook.steps if has_way_back(step)}
    extras = {step.id for step in release.rollback.extra}
    for point in release.rollback.restore_points:
        if point.before not in known:
            yield _named(point.before, f"restore point {point.id} is taken before it")
    for indicator in release.indicators:
        for step in indicator.suppressed_during:
            if step not in known:
                yield _named(step, f"indicator {indicator.id} is not judged during it")
    named = [(edit.undo, *(edit.after or ())) for edit in release.rollback.edits] + [
        step.after for step in release.rollback.extra
    ]
    for back in sorted({each for group in named for each in group}):
        if back not in undone and back not in extras:
            forward = StepId(back.removeprefix("undo-"))
            yield PlanFault(
                step=forward, field="undo", says="the prepared rollback names the way back of it"
            )


def _named(step: StepId, says: str) -> PlanFault:
    return PlanFault(step=step, field="step", says=f"it may not go: {says}")

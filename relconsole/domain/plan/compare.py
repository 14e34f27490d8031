"""What differs between two forms of a plan, and what an amendment would do to a night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.plan.digest import plan_digest, step_digest
from relconsole.domain.plan.forecast import (
    Forecast,
    ForecastBasis,
    Prepared,
    make_forecast,
    prepare_forecasts,
)
from relconsole.domain.plan.progress import Progress
from relconsole.domain.plan.runbook import Runbook

Calls = Mapping[StepId, Digest | None]
"""What each step calls, by digest; None where it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDifference:
    """The steps that differ, in the order of the newer plan, the removed in that of the older.

    ``changed`` have another digest: what was approved or rehearsed of them is void. ``untouched``
    have the same one: theirs stays.
    """

    added: tuple[StepId, ...]
    removed: tuple[StepId, ...]
    changed: tuple[StepId, ...]
    untouched: tuple[StepId, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether the steps are the same."""
        return not (self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentEffect:
    """What an amendment does, to be shown before it is recorded.

    ``voided`` are the steps whose approvals, votes and rehearsed times no longer hold; the plan's
    own approval is void where ``plan_before`` and ``plan_after`` differ.
    """

    before: Forecast
    after: Forecast
    difference: PlanDifference
    voided: tuple[StepId, ...]
    plan_before: Digest
    plan_after: Digest


def compare_plans(before: Runbook, after: Runbook, calls: Calls) -> PlanDifference:
    """Give what differs between two forms of a plan, by the digests of their steps."""
    old = {step.id: step_digest(step, calls.get(step.id)) for step in before.steps}
    new = {step.id: step_digest(step, calls.get(step.id)) for step in after.steps}
    return PlanDifference(
        added=tuple(step for step in new if step not in old),
        removed=tuple(step for step in old if step not in new),
        changed=tuple(step for step in new if step in old and old[step] != new[step]),
        untouched=tuple(step for step in new if old.get(step) == new[step]),
    )


def effect_of(
    basis: ForecastBasis,
    amended: Runbook,
    progress: Progress,
    *,
    progress_after: Progress | None = None,
    calls: Calls,
    prepared: Prepared | None = None,
) -> AmendmentEffect:
    """Give what taking ``amended`` for the plan in ``basis`` would do to a running night.

    ``progress_after`` is given where the amendment changes what has happened (skip, not needed,
    repeat); ``calls`` covers the new steps too. Rehearsed times of changed steps no longer
    count, so the latest safe start may move earlier by their factor.
    """
    before = basis.way.runbook
    difference = compare_plans(before, amended, calls)
    void = {*difference.changed, *difference.removed}
    rehearsed = {
        step: duration for step, duration in basis.way.rehearsed.items() if step not in void
    }
    after = replace(
        basis,
        plan=plan_digest(amended, calls),
        way=replace(basis.way, runbook=amended, rehearsed=rehearsed),
    )
    ready = prepared or prepare_forecasts(basis, progress=progress)
    then = progress_after or progress
    return AmendmentEffect(
        before=make_forecast(basis, progress, ready),
        after=make_forecast(after, then, prepare_forecasts(after, ready, then)),
        difference=difference,
        voided=(*difference.changed, *difference.removed),
        plan_before=basis.plan,
        plan_after=after.plan,
    )

"""A rollback as the command line answers it; the fields are the keys of its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from immutables import Map

from relconsole.domain.kernel.ids import EnvironmentId, RunId, ServiceId, StepId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.answer import StepLine, step_line
from relconsole.domain.night.rollback_facts import FleetRow, ReconcileRow, RollbackEnding
from relconsole.domain.night.state import RunState, StepRun
from relconsole.domain.plan.runbook import Step


class RollbackState(StrEnum):
    """How the command ended; only a rollback that is observed on the old state is rolled back."""

    REFUSED = "refused"
    DRY_RUN = "dry_run"
    ROLLED_BACK = "rolled_back"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightLine:
    """A service at an environment before the rollback; ``observed`` is None where unknown.

    Instances on different versions are named together, in order, with commas.
    """

    service: ServiceId
    environment: EnvironmentId
    expected: str
    observed: str | None
    ok: bool
    target: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackAnswer:
    """A rollback; ``reconcile`` holds what is not as it should be, or why it was refused."""

    run: RunId | None
    state: RollbackState
    preflight: tuple[PreflightLine, ...] = ()
    steps: Mapping[StepId, StepLine] = field(default_factory=Map[StepId, StepLine])
    reconcile: tuple[ReconcileRow, ...] = ()
    fleet: tuple[PreflightLine, ...] = ()

    @property
    def is_yes(self) -> bool:
        """Tell whether all is as it was before, or a dry run found nothing against it."""
        match self.state:
            case RollbackState.ROLLED_BACK:
                return True
            case RollbackState.DRY_RUN:
                return not self.reconcile and all(line.ok for line in self.preflight)
            case _:
                return False


def rollback_answer(run: RunState) -> RollbackAnswer:
    """Give the rollback of a run as its facts have left it.

    Armed and never fired is refused: nothing was changed. Fired and not ended is unknown.
    """
    found = run.rollback
    if found is None:
        return RollbackAnswer(run=run.id, state=RollbackState.REFUSED)
    steps = found.armed.steps
    return RollbackAnswer(
        run=run.id,
        state=_state(found.ending, fired=found.fired_at is not None),
        preflight=preflight_lines(found.armed.fleet),
        steps={
            step.id: step_line(step, run.steps.get(step.id, StepRun(step=step.id)))
            for step in steps
        },
        reconcile=found.reconcile,
        fleet=preflight_lines(found.fleet),
    )


def dry_run_answer(
    run: RunId | None,
    fleet: tuple[FleetRow, ...],
    steps: tuple[Step, ...],
    problems: tuple[ReconcileRow, ...] = (),
) -> RollbackAnswer:
    """Give what a rollback would do and what stands against it; nothing was armed."""
    return RollbackAnswer(
        run=run,
        state=RollbackState.DRY_RUN,
        preflight=preflight_lines(fleet),
        steps={step.id: step_line(step, StepRun(step=step.id)) for step in steps},
        reconcile=problems,
    )


def refused_answer(
    run: RunId | None, refusal: Refusal, fleet: tuple[FleetRow, ...] = ()
) -> RollbackAnswer:
    """Give a rollback that was refused, a row for each reason."""
    return RollbackAnswer(
        run=run,
        state=RollbackState.REFUSED,
        preflight=preflight_lines(fleet),
        reconcile=tuple(
            ReconcileRow(
                item=reason.thing,
                reason=f"{reason.says}; {reason.lifts}" if reason.lifts else reason.says,
            )
            for reason in refusal.reasons
        ),
    )


def shown_to_second(run: RunState) -> JsonObject:
    """Give what helps a second person to judge: why, what will be done, over which fleet."""
    rollback = run.rollback
    if rollback is None:
        return {}
    return {
        "triggers": [says for stood in run.triggers.values() for says in stood.reasons],
        "steps": [f"{step.id}: {step.title}" for step in rollback.armed.steps],
        "fleet": [
            f"{row.service}@{row.environment}: {', '.join(row.observed) or 'unknown'}"
            f" -> {row.target}"
            for row in rollback.armed.fleet
        ],
        "not_rehearsed": list(rollback.armed.decayed),
        **({"reason": rollback.armed.reason} if rollback.armed.reason else {}),
    }


def preflight_lines(fleet: tuple[FleetRow, ...]) -> tuple[PreflightLine, ...]:
    """Give the rows of a fleet as lines."""
    return tuple(
        PreflightLine(
            service=row.service,
            environment=row.environment,
            expected=row.expected,
            observed=", ".join(sorted(set(row.observed))) or None,
            ok=row.ok,
            target=row.target,
            says=row.says,
        )
        for row in fleet
    )


def _state(ending: RollbackEnding | None, *, fired: bool) -> RollbackState:
    """Give the state of an armed rollback."""
    if ending is not None:
        return RollbackState(ending.value)
    return RollbackState.UNKNOWN if fired else RollbackState.REFUSED

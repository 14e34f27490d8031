"""The effects that a night intends, as facts; who may intend them is asked elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import PersonId, StepId, SystemId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import Json
from relconsole.domain.night.around import Around
from relconsole.domain.night.effect_facts import EffectIntended, Purpose
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.runbook import Step
from relconsole.domain.record.canonical import canonical
from relconsole.domain.record.effect_kinds import JOB_START, SILENCE_CREATE
from relconsole.domain.release.release import Release


def calls_jobs_of(release: Release, *, rehearsal: bool) -> bool:
    """Tell whether automated steps really start jobs; a walk-through, without a place, does not."""
    return not rehearsal or release.rehearsal is not None


def calls_jobs(around: Around, run: RunState) -> bool:
    """Tell whether automated steps of this run really start jobs."""
    return calls_jobs_of(around.release, rehearsal=run.rehearsal)


def inputs_of(around: Around, run: RunState, step: Step) -> Mapping[str, str]:
    """Give the parameters of a step's job: the plan's own, under the rehearsal's in a rehearsal."""
    if step.run is None:
        return {}
    place = around.release.rehearsal
    if run.rehearsal and place is not None:
        return {**step.run.parameters, **place.parameters}
    return dict(step.run.parameters)


def intend_start(
    around: Around, run: RunState, step: Step, attempt: int, second: PersonId | None
) -> tuple[EffectIntended, ...]:
    """Give the effects of a step's start: its silence first, so that the job begins under it."""
    if not calls_jobs(around, run):
        return ()
    found: list[EffectIntended] = []
    if step.silence is not None and not run.rehearsal:
        found.append(
            intend(
                around,
                run,
                system=step.silence.system,
                effect_kind=SILENCE_CREATE,
                purpose=Purpose.SILENCE,
                step=step.id,
                attempt=attempt,
                payload={
                    "services": list(step.silence.services),
                    "starts": format_instant(around.now),
                    "ends": format_instant(around.now + step.silence.lasts),
                    "comment": f"{run.release} {step.id}",
                },
            )
        )
    if step.run is not None:
        found.append(
            intend(
                around,
                run,
                system=step.run.system,
                effect_kind=JOB_START,
                purpose=_purpose_of(run, step.id),
                step=step.id,
                attempt=attempt,
                payload={
                    "job": step.run.job,
                    "parameters": dict(inputs_of(around, run, step)),
                },
                second=second,
            )
        )
    return tuple(found)


def _purpose_of(run: RunState, step: StepId) -> Purpose:
    """Give what the job of a step serves."""
    if run.is_relief(step):
        return Purpose.RELIEF
    return Purpose.UNDO if run.is_undo(step) else Purpose.STEP


def intend(  # noqa: PLR0913 - one argument a part of the fact
    around: Around,
    run: RunState,
    *,
    system: SystemId,
    effect_kind: str,
    purpose: Purpose,
    payload: Mapping[str, Json],
    step: StepId | None = None,
    attempt: int = 1,
    serves: str = "",
    second: PersonId | None = None,
) -> EffectIntended:
    """Give the fact that an effect is intended; Bug where nobody holds the run's lease."""
    if run.fence == 0:
        raise Bug(f"an effect of run {run.id} was intended without a lease")
    return EffectIntended(
        run=run.id,
        system=system,
        effect_kind=effect_kind,
        purpose=purpose,
        fence=run.fence,
        step=step,
        attempt=attempt,
        serves=serves,
        payload=canonical(payload).decode(),
        person=around.actor.person or run.commander,
        second_person=second,
    )

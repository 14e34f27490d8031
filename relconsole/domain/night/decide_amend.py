"""Amending a running night: who may, what it voids, and the facts that it is.

The effect is shown before it is recorded: the command names the forecast it was judged by, and how
much later that puts the end.
"""

from __future__ import annotations

from collections.abc import Mapping

from relconsole.domain.kernel.durations import format_duration
from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.kernel.refusal import Reason, Refusal
from relconsole.domain.night.around import (
    Around,
    attribution_reasons,
    commander_reasons,
    gather,
    reason,
)
from relconsole.domain.night.bridge_commands import Amend
from relconsole.domain.night.bridge_facts import HoldEnded, PlanAmended
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.facts import (
    Followers,
    FollowersDecided,
    StepEnded,
    StepReopened,
    StepState,
)
from relconsole.domain.night.readiness_of_steps import progress_of
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.second_person import second_reasons
from relconsole.domain.night.state import RunState
from relconsole.domain.plan.amendment import (
    Amendment,
    Insert,
    NotNeeded,
    Reassign,
    Reorder,
    Repeat,
    Retime,
    Skip,
    apply_all,
)
from relconsole.domain.plan.digest import plan_digest, step_digest
from relconsole.domain.plan.forecast import forecast_digest
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.plan.sampling import SEED


def amend(around: Around, run: RunState, command: Amend) -> tuple[NightFact, ...] | Refusal:
    """Give the amended plan and the step acts that belong to it, or every reason why not."""
    begun = frozenset(
        step.id
        for step in run.runbook.steps
        if run.steps[step.id].state is not StepState.NOT_STARTED
    )
    amended = apply_all(run.runbook, command.amendments, begun)
    if isinstance(amended, Refusal):
        return amended
    calls = {step.id: _call(run, command, step.id) for step in amended.steps}
    plan = plan_digest(amended, calls)
    refusal = gather(
        _run_reasons(around, run, command),
        attribution_reasons(around, run, run.id),
        commander_reasons(around, run, run.id),
        _second_reasons(around, run, command, plan),
    )
    if refusal is not None:
        return refusal
    digests = {step.id: step_digest(step, calls[step.id]) for step in amended.steps}
    fact = PlanAmended(
        run=run.id,
        reason=command.reason,
        says=tuple(name_amendment(each) for each in command.amendments),
        runbook=amended,
        plan=plan,
        step_digests=digests,
        calls=calls,
        changed=_changed(run, amended, digests),
        forecast=command.forecast,
        second=command.second,
    )
    acts = tuple(act for each in command.amendments for act in _step_acts(run, each))
    return (fact, *acts)


def _call(run: RunState, command: Amend, step: StepId) -> Digest | None:
    """Give what a step's job would run: as read for this amendment, else as the plan has it."""
    return command.calls[step] if step in command.calls else run.calls.get(step)


def _run_reasons(around: Around, run: RunState, command: Amend) -> tuple[Reason, ...]:
    """Give why the night cannot be amended at all now."""
    current = forecast_digest(run.plan, progress_of(run, around.now), SEED)
    return (
        *((reason("run_over", run.id, f"run {run.id} has ended"),) if run.is_over else ()),
        *(
            (reason("rolling_back", run.id, "a rollback was fired; the plan stays as it is"),)
            if run.rollback is not None and run.rollback.fired_at is not None
            else ()
        ),
        *(
            ()
            if command.forecast == current
            else (
                reason(
                    "forecast_old",
                    run.id,
                    "the forecast this amendment was judged by is not the current one",
                    f"ask for forecast {current}",
                ),
            )
        ),
        *(
            ()
            if command.amendments
            else (reason("nothing_amended", run.id, "the amendment changes nothing"),)
        ),
    )


def _second_reasons(
    around: Around, run: RunState, command: Amend, plan: Digest
) -> tuple[Reason, ...]:
    """Give why the amendment needs a second person whom it does not have."""
    limit = around.policy.amendment_limit
    if run.rehearsal or command.later_by <= limit:
        return ()
    if command.second is None:
        later = format_duration(command.later_by)
        return (
            reason(
                "beyond_the_limit",
                plan,
                f"the end moves by {later}, beyond the commander's {format_duration(limit)}",
                "a second person signs the amendment",
            ),
        )
    return second_reasons(around, run, TwoPersonAct.AMEND, plan, command.second)


def _changed(
    run: RunState, amended: Runbook, digests: Mapping[StepId, Digest]
) -> tuple[StepId, ...]:
    """Give the steps whose digests are new: what was approved or rehearsed of them is void."""
    return tuple(
        step.id for step in amended.steps if run.step_digests.get(step.id) != digests[step.id]
    )


def _step_acts(run: RunState, amendment: Amendment) -> tuple[NightFact, ...]:
    """Give the step acts that an amendment of the night itself is."""
    match amendment:
        case Skip(step=step, reason=why):
            return (
                StepEnded(run=run.id, step=step, attempt=0, state=StepState.SKIPPED, note=why),
                FollowersDecided(run=run.id, step=step, decision=Followers.GO_ON, note=why),
            )
        case NotNeeded(step=step, reason=why):
            ended = StepEnded(
                run=run.id, step=step, attempt=0, state=StepState.NOT_NEEDED, note=why
            )
            return (ended,)
        case Repeat(step=step, reason=why):
            holds = tuple(
                HoldEnded(run=run.id, cause=hold.cause, thing=hold.thing, note="it is repeated")
                for hold in run.holds
                if hold.thing == step
            )
            return (StepReopened(run=run.id, step=step, note=why), *holds)
        case Insert() | Reassign() | Reorder() | Retime():
            return ()


def name_amendment(amendment: Amendment) -> str:
    """Give an amendment in one phrase."""
    match amendment:
        case Insert(step=step):
            return f"insert {step.id}: {amendment.reason}"
        case Skip(step=step):
            return f"skip {step}: {amendment.reason}"
        case NotNeeded(step=step):
            return f"{step} not needed: {amendment.reason}"
        case Repeat(step=step):
            return f"repeat {step}: {amendment.reason}"
        case Reassign(step=step, owner=owner):
            return f"{step} to {owner}: {amendment.reason}"
        case Reorder(step=step, after=after):
            return f"{step} after {', '.join(after) or 'nothing'}: {amendment.reason}"
        case Retime(step=step):
            return f"re-time {step}: {amendment.reason}"

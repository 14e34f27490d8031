"""Amending a running night: who may, what it voids, and the facts that it is.

The effect is shown before it is recorded: the command names the forecast it was judged by, and how
much later that puts the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from relconsole.domain.kernel.durations import format_duration
from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.kernel.json import Json
from relconsole.domain.kernel.refusal import Reason, Refusal
from relconsole.domain.night.around import (
    Around,
    attribution_reasons,
    commander_reasons,
    duties,
    gather,
    reason,
)
from relconsole.domain.night.bridge_commands import Amend
from relconsole.domain.night.bridge_facts import PlanAmended
from relconsole.domain.night.decide_end import end_step_holds, repeat_reasons
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
from relconsole.domain.night.step_commands import Said
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
from relconsole.domain.plan.digest import plain_of, plan_digest, step_digest
from relconsole.domain.plan.forecast import forecast_digest
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.plan.sampling import SEED
from relconsole.domain.readiness.segregation import Duty
from relconsole.domain.record.canonical import digest_of
from relconsole.domain.rollback.relief import all_steps


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
    steps = all_steps(amended)
    calls = {step.id: _call(run, command, step.id) for step in steps}
    plan = plan_digest(amended, calls)
    refusal = gather(
        _run_reasons(around, run, command),
        attribution_reasons(around, run, run.id),
        commander_reasons(around, run, run.id),
        *(_act_reasons(around, run, amended, each) for each in command.amendments),
        _second_reasons(around, run, command, plan),
    )
    if refusal is not None:
        return refusal
    digests = {step.id: step_digest(step, calls[step.id]) for step in steps}
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
        second=command.second if _is_beyond(around, run, command) else None,
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


def _act_reasons(
    around: Around, run: RunState, amended: Runbook, amendment: Amendment
) -> tuple[Reason, ...]:
    """Give why a step act may not hide in an amendment: it is asked for as the act itself is."""
    if not isinstance(amendment, Skip | NotNeeded | Repeat):
        return ()
    step = amended.find(amendment.step)
    duty = Duty.START if isinstance(amendment, Repeat) else Duty.CONFIRM
    apart = (
        duties(around, run, Said(), duty) if step is not None and step.changes_production else ()
    )
    if not isinstance(amendment, Repeat):
        return apart
    return (*repeat_reasons(run, run.steps[amendment.step]), *apart)


def _is_beyond(around: Around, run: RunState, command: Amend) -> bool:
    """Tell whether the amendment is beyond what the commander may alone."""
    return not run.rehearsal and command.later_by > around.policy.amendment_limit


def _second_reasons(
    around: Around, run: RunState, command: Amend, plan: Digest
) -> tuple[Reason, ...]:
    """Give why the amendment needs a second person whom it does not have."""
    if not _is_beyond(around, run, command):
        return ()
    thing = amendment_digest(plan, command.amendments)
    if command.second is None:
        later = format_duration(command.later_by)
        limit = format_duration(around.policy.amendment_limit)
        return (
            reason(
                "beyond_the_limit",
                thing,
                f"the end moves by {later}, beyond the commander's {limit}",
                "a second person signs the amendment",
            ),
        )
    return second_reasons(around, run, TwoPersonAct.AMEND, thing, command.second)


def amendment_digest(plan: Digest, amendments: tuple[Amendment, ...]) -> Digest:
    """Give what a second person signs: the plan after it, and each act on the way there.

    Acts that leave the plan as written, such as a skip, would else all look alike.
    """
    acts: list[Json] = [[type(each).__name__, plain_of(each)] for each in amendments]
    return digest_of({"plan": plan, "acts": acts})


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
            reopened = StepReopened(run=run.id, step=step, note=why)
            return (reopened, *end_step_holds(run, step, "it is repeated"))
        case Insert() | Reassign() | Reorder() | Retime():
            return ()
        case _:
            assert_never(amendment)


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
        case _:
            assert_never(amendment)

"""Whether a step may end, wait or be done again, and what becomes of those that wait for it."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.around import (
    Around,
    attribution_reasons,
    commander_reasons,
    duties,
    gather,
    owner_reasons,
    reason,
)
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, HoldEnded
from relconsole.domain.night.decide_relief import relief_end_facts, relief_person_reasons
from relconsole.domain.night.eligible import owner_bars, say_eligible
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.facts import (
    Followers,
    FollowersDecided,
    StepEnded,
    StepReopened,
    StepState,
    StepWaits,
)
from relconsole.domain.night.readiness_of_steps import LET_GO, steps_of
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.second_person import second_reasons
from relconsole.domain.night.state import ENDED, UNDERWAY, RunState, StepRun
from relconsole.domain.night.step_commands import (
    DecideFollowers,
    EndStep,
    KeepCheck,
    RepeatStep,
    Said,
    WaitStep,
)
from relconsole.domain.plan.runbook import Step, StepKind, followers
from relconsole.domain.readiness.segregation import Duty
from relconsole.domain.record.effect import Outcome
from relconsole.domain.record.request import Answer

_DONE = frozenset({StepState.DONE, StepState.DONE_WITH_REMARK})
_DROPPED = frozenset({StepState.SKIPPED, StepState.NOT_NEEDED})


def end_step(around: Around, run: RunState, command: EndStep) -> tuple[NightFact, ...] | Refusal:
    """Give the end of an attempt, with the hold that a failure or a skip brings."""
    step = run.find_step(command.step)
    if step is None or step.id not in run.steps:
        return refuse("unknown_step", command.step, f"run {run.id} has no step {command.step}")
    refusal = gather(
        _ending_reasons(run, step, command),
        _gate_reasons(around, run, step, command),
        _person_reasons(around, run, step, command),
        _done_reasons(around, run, step, command) if command.state in _DONE else (),
    )
    if refusal is not None:
        return refusal
    ended = StepEnded(
        run=run.id,
        step=step.id,
        attempt=len(run.steps[step.id].attempts),
        state=command.state,
        for_person=command.said.for_person,
        heard=command.said.heard,
        note=command.said.note,
        second=_override_of(run, step, command),
    )
    if run.is_relief(step.id):
        return (ended, *relief_end_facts(around, run, step, command))
    return (ended, *_hold_followers(run, step, command))


def _override_of(run: RunState, step: Step, command: EndStep) -> Answer | None:
    """Give the second person's answer where it overrode checks; no other one was looked at."""
    overrides = command.state in _DONE and failing_checks(run, step)
    return command.second if overrides else None


def _ending_reasons(run: RunState, step: Step, command: EndStep) -> tuple[Reason, ...]:
    """Give why the step cannot end like this from where it stands."""
    if run.is_over:
        return (reason("run_over", run.id, f"run {run.id} has ended"),)
    if command.state not in ENDED:
        return (reason("not_an_ending", step.id, f"{command.state} is no ending"),)
    found = run.steps[step.id]
    dropping = command.state in _DROPPED
    if dropping and run.is_relief(step.id):
        says = f"{step.id} is relief: nobody has to use it, and nothing waits for it"
        return (reason("not_an_ending", step.id, says),)
    if dropping and not command.said.note:
        return (reason("no_reason", step.id, f"{command.state} needs a reason", "add a note"),)
    if dropping and has_open_effect(run, found):
        says = f"what became of the job of {step.id} is not settled"
        return (reason("effect_open", step.id, says, "wait for it, or settle it"),)
    if found.state in UNDERWAY:
        return ()
    if dropping and found.state in {StepState.NOT_STARTED, StepState.FAILED}:
        return ()
    return (reason("step_state", step.id, f"{step.id} is {found.state}", "start it first"),)


def _gate_reasons(
    around: Around, run: RunState, step: Step, command: EndStep
) -> tuple[Reason, ...]:
    """Give why a gate may not end like this: only its decision ends it once it has begun.

    Before anybody answered, its commander may leave it out; a no never becomes a go that way.
    """
    if step.kind is not StepKind.GATE:
        return ()
    if command.state in _DROPPED and run.steps[step.id].state is StepState.NOT_STARTED:
        return commander_reasons(around, run, step.id)
    return (reason("gate_open", step.id, f"{step.id} ends by its decision", "decide it"),)


def _person_reasons(
    around: Around, run: RunState, step: Step, command: EndStep
) -> tuple[Reason, ...]:
    """Give why this person may not end the step; the console records what a job came to."""
    if around.actor.is_console:
        return ()
    return (
        *attribution_reasons(around, run, step.id),
        *_whose_reasons(around, run, command.said, step),
        *(duties(around, run, command.said, Duty.CONFIRM) if step.changes_production else ()),
    )


def _whose_reasons(around: Around, run: RunState, said: Said, step: Step) -> tuple[Reason, ...]:
    """Give why the step is not this person's to end; relief is whose the policy says."""
    if run.is_relief(step.id):
        return relief_person_reasons(around, run, said, step)
    return owner_reasons(around, run, said, step.owner, step.id)


def _done_reasons(
    around: Around, run: RunState, step: Step, command: EndStep
) -> tuple[Reason, ...]:
    """Give why the step is not done: its job or its checks say otherwise."""
    if not run.steps[step.id].attempts:
        return ()
    newest = run.steps[step.id].attempts[-1]
    job = tuple(
        reason(
            "job_not_done",
            found.effect.id,
            f"the job of {step.id} "
            + ("is not over" if found.effect.outcome is None else found.effect.outcome),
        )
        for found in run.step_effects(step.id, newest.number)
        if found.effect.outcome is not Outcome.SUCCEEDED
    )
    failing = failing_checks(run, step)
    if failing and command.second is not None:
        signer, meant = command.second.signer, command.said.for_person
        owns = owner_bars(around, run, step.id, signer, meant)
        if owns:
            lifts = say_eligible(around, run, TwoPersonAct.OVERRIDE, step.id)
            return (*job, *(replace(each, lifts=lifts) for each in owns))
        return (
            *job,
            *second_reasons(around, run, TwoPersonAct.OVERRIDE, step.id, command.second),
        )
    return (*job, *failing)


def failing_checks(run: RunState, step: Step) -> tuple[Reason, ...]:
    """Give the checks of the newest attempt that did not pass; unknown does not pass.

    A rehearsal has no production to look at and reads none.
    """
    found = run.steps[step.id]
    if run.rehearsal or not found.attempts:
        return ()
    read = {check.check: check for check in found.attempts[-1].checks}
    return tuple(
        reason(
            "check_fails",
            check.id,
            read[check.id].says if check.id in read else f"check {check.id} was not read",
            "it passes, or a second person who is not the owner signs the override",
        )
        for check in step.checks
        if check.id not in read or not read[check.id].passed
    )


def has_open_effect(run: RunState, step: StepRun) -> bool:
    """Tell whether what became of the newest attempt's job is not settled."""
    return bool(step.attempts) and any(
        found.is_open for found in run.step_effects(step.step, step.attempts[-1].number)
    )


def _hold_followers(run: RunState, step: Step, command: EndStep) -> tuple[NightFact, ...]:
    """Give the hold that asks what becomes of those that wait for a failed or skipped step."""
    if command.state not in {StepState.FAILED, StepState.SKIPPED}:
        return ()
    waiting = followers(steps_of(run)).get(step.id, ())
    if command.state is StepState.SKIPPED and not waiting:
        note = "nothing waits for it"
        return (FollowersDecided(run=run.id, step=step.id, decision=Followers.GO_ON, note=note),)
    why = f"{step.id} {command.state}" + (f": {command.said.note}" if command.said.note else "")
    names = f"{', '.join(waiting)} wait for it" if waiting else "nothing waits for it"
    return (
        HoldBegan(
            run=run.id,
            cause=HoldCause.STEP,
            thing=step.id,
            reasons=(f"{why}; {names}: repeat, go on, hold, not needed, or roll back",),
        ),
    )


def wait_step(around: Around, run: RunState, command: WaitStep) -> tuple[NightFact, ...] | Refusal:
    """Give that a running step waits."""
    found = run.steps.get(command.step)
    if found is None or found.state not in UNDERWAY:
        return refuse("step_state", command.step, f"{command.step} is not running", "start it")
    step = run.find_step(command.step)
    refusal = gather(
        attribution_reasons(around, run, command.step),
        owner_reasons(
            around, run, command.said, step.owner if step is not None else None, command.step
        ),
    )
    return refusal or (
        StepWaits(
            run=run.id,
            step=command.step,
            reason=command.reason,
            until=command.until,
            for_person=command.said.for_person,
            heard=command.said.heard,
        ),
    )


def repeat_step(
    around: Around, run: RunState, command: RepeatStep
) -> tuple[NightFact, ...] | Refusal:
    """Give that an ended step is open again; its hold goes with it."""
    step = run.find_step(command.step)
    if step is None or step.id not in run.steps:
        return refuse("unknown_step", command.step, f"run {run.id} has no step {command.step}")
    refusal = gather(
        repeat_reasons(run, run.steps[step.id]),
        attribution_reasons(around, run, step.id),
        owner_reasons(around, run, command.said, step.owner, step.id),
        duties(around, run, command.said, Duty.START) if step.changes_production else (),
    )
    if refusal is not None:
        return refusal
    said = command.said
    reopened = StepReopened(
        run=run.id, step=step.id, for_person=said.for_person, heard=said.heard, note=said.note
    )
    return (reopened, *end_step_holds(run, step.id, "it is repeated"))


def repeat_reasons(run: RunState, found: StepRun) -> tuple[Reason, ...]:
    """Give why a step cannot be done again yet: it has not ended, or its job may still run."""
    if found.state not in ENDED:
        return (reason("step_state", found.step, f"{found.step} has not ended"),)
    if not has_open_effect(run, found):
        return ()
    says = f"what became of the job of {found.step} is not settled"
    return (reason("effect_open", found.step, says, "settle it"),)


def decide_followers(
    around: Around, run: RunState, command: DecideFollowers
) -> tuple[NightFact, ...] | Refusal:
    """Give what becomes of the followers of a failed or skipped step; the commander says."""
    found = run.steps.get(command.step)
    if found is None or found.state not in {StepState.FAILED, StepState.SKIPPED}:
        return refuse("step_state", command.step, f"{command.step} neither failed nor was skipped")
    step = run.find_step(command.step)
    lets_go = command.decision in LET_GO and step is not None and step.changes_production
    refusal = gather(
        attribution_reasons(around, run, command.step),
        commander_reasons(around, run, command.step),
        duties(around, run, command.said, Duty.CONFIRM) if lets_go else (),
    )
    if refusal is not None:
        return refusal
    note = command.said.note
    decided = FollowersDecided(run=run.id, step=command.step, decision=command.decision, note=note)
    match command.decision:
        case Followers.GO_ON:
            return (decided, *end_step_holds(run, command.step, "its followers go on"))
        case Followers.NOT_NEEDED:
            return (
                decided,
                *_drop_followers(run, found),
                *end_step_holds(run, command.step, "its followers are not needed"),
            )
        case Followers.HOLD | Followers.ROLL_BACK:
            return (decided,)
        case _:
            assert_never(command.decision)


def _drop_followers(run: RunState, found: StepRun) -> tuple[NightFact, ...]:
    """Give the followers that have not started as not needed."""
    return tuple(
        StepEnded(
            run=run.id,
            step=waiting,
            attempt=0,
            state=StepState.NOT_NEEDED,
            note=f"{found.step} {found.state}",
        )
        for waiting in followers(steps_of(run)).get(found.step, ())
        if run.steps[waiting].state is StepState.NOT_STARTED
    )


def keep_check(
    _around: Around, run: RunState, command: KeepCheck
) -> tuple[NightFact, ...] | Refusal:
    """Give what a check read, for the attempt that runs."""
    found = run.steps.get(command.check.step)
    if found is None or found.state not in UNDERWAY:
        says = f"{command.check.step} is not running"
        return refuse("step_state", command.check.step, says)
    return (replace(command.check, run=run.id),)


def end_step_holds(run: RunState, step: StepId, note: str) -> tuple[NightFact, ...]:
    """Give the end of the holds that a step began, nothing where there is none."""
    return tuple(
        HoldEnded(run=run.id, cause=hold.cause, thing=hold.thing, note=note)
        for hold in run.holds
        if hold.cause in {HoldCause.STEP, HoldCause.CHECK} and hold.thing == step
    )

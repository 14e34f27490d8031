"""Whether a step may start: the moment of intent, where everything that may forbid it is asked.

It is asked here whatever screen, command, loop or plugin wants the step.
"""

from __future__ import annotations

from typing import Final

from relconsole.domain.calendar.verdict import forbids
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.around import (
    Around,
    attribution_reasons,
    duties,
    gather,
    owner_reasons,
    reason,
)
from relconsole.domain.night.bookings import booking_of
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.evolve import NightFact
from relconsole.domain.night.facts import StepStarted, StepState
from relconsole.domain.night.intents import calls_jobs, inputs_of, intend_start
from relconsole.domain.night.readiness_of_steps import progress_of, waiting_reasons
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.second_person import second_reasons
from relconsole.domain.night.state import RunState
from relconsole.domain.night.step_commands import StartStep
from relconsole.domain.plan.forecast import forecast_digest
from relconsole.domain.plan.guard import LeavesNoWayBack, judge_start
from relconsole.domain.plan.runbook import Step
from relconsole.domain.plan.sampling import SEED
from relconsole.domain.readiness.segregation import Duty
from relconsole.domain.record.request import Answer

_HOLD_ALL: Final = frozenset({HoldCause.CLOCK, HoldCause.PERSON})
"""Holds under which not even a rollback goes on."""


def start_step(
    around: Around, run: RunState, command: StartStep
) -> tuple[NightFact, ...] | Refusal:
    """Give the start of an attempt with the effects it intends, or every reason why not."""
    step = run.find_step(command.step)
    if step is None:
        return refuse("unknown_step", command.step, f"run {run.id} has no step {command.step}")
    out_of_turn = _state_reasons(run, step)
    if out_of_turn:
        return Refusal(reasons=out_of_turn)
    refusal = gather(
        halt_reasons(run, forward=not run.is_undo(step.id)),
        waiting_reasons(run, step, around.now),
        attribution_reasons(around, run, step.id),
        owner_reasons(around, run, command.said, step.owner, step.id),
        call_reasons(around, run, step, command),
        _production_reasons(around, run, step, command),
    )
    if refusal is not None:
        return refusal
    attempt = len(run.steps[step.id].attempts) + 1
    commit = _commit_of(around, run, step, command)
    started = StepStarted(
        run=run.id,
        step=step.id,
        attempt=attempt,
        for_person=command.said.for_person,
        heard=command.said.heard,
        note=command.said.note,
        inputs=inputs_of(around, run, step),
        commit=commit,
    )
    second = _second_of(run, step, commit)
    return (started, *intend_start(around, run, step, attempt, second))


def side_reasons(run: RunState, step: Step) -> tuple[Reason, ...]:
    """Give why it is not the turn of the step's side: forward once fired, or back before that."""
    fired = run.rollback is not None and run.rollback.fired_at is not None
    if run.is_undo(step.id) and not fired:
        return (reason("not_fired", step.id, "the rollback is armed, not fired", "fire it"),)
    if fired and not run.is_undo(step.id):
        return (reason("rolling_back", step.id, "a rollback was fired; nothing forward starts"),)
    return ()


def _state_reasons(run: RunState, step: Step) -> tuple[Reason, ...]:
    """Give why the step's own state, or its side of the plan, forbids a start."""
    wrong_side = side_reasons(run, step)
    if wrong_side:
        return wrong_side
    state = run.steps[step.id].state
    if state is StepState.NOT_STARTED:
        return ()
    return (reason("step_state", step.id, f"{step.id} is {state}", "repeat it once it has ended"),)


def halt_reasons(run: RunState, *, forward: bool) -> tuple[Reason, ...]:
    """Give why nothing new may be intended now: the run is over, the line stopped, or on hold.

    A fired rollback goes on under the holds that made it necessary, but not past a stopped line, a
    clock that jumped, or a person's hold. That nobody was there to answer keeps no answer out.
    """
    if run.is_over:
        return (reason("run_over", run.id, f"run {run.id} has ended"),)
    stopped = (
        (
            reason(
                "line_stopped",
                run.id,
                f"the line is stopped: {run.stop.note or 'no reason given'}",
                "two people resume it",
            ),
        )
        if run.stop is not None
        else ()
    )
    held = tuple(
        reason(
            f"hold_{hold.cause}",
            hold.thing,
            "; ".join(hold.reasons),
            "its cause goes, and the commander resumes",
        )
        for hold in run.holds
        if hold.cause in _HOLD_ALL or (forward and hold.cause is not HoldCause.NO_ANSWER)
    )
    return (*stopped, *held)


def call_reasons(
    around: Around, run: RunState, step: Step, command: StartStep
) -> tuple[Reason, ...]:
    """Give why the step's job may not be called: it is not what the plan was bound to."""
    if step.run is None or not calls_jobs(around, run):
        return ()
    if command.call_now == run.calls.get(step.id):
        return ()
    return (
        reason(
            "call_changed",
            step.id,
            f"what job {step.run.job} would run is not what the plan was bound to",
            "amend the plan, so that it is bound to what the job is now",
        ),
    )


def _production_reasons(
    around: Around, run: RunState, step: Step, command: StartStep
) -> tuple[Reason, ...]:
    """Give why production may not be changed by this step now; a rehearsal changes none.

    Going back is not kept from its work by a freeze or by the way back that it is.
    """
    if run.rehearsal or not step.changes_production:
        return ()
    apart = duties(around, run, command.said, Duty.START)
    if run.is_undo(step.id):
        return apart
    return (
        *apart,
        *forbids(around.calendar, around.estate, booking_of(around.release, around.estate)),
        *_restore_reasons(around, run, step),
        *_way_back_reasons(around, run, step, command),
    )


def _restore_reasons(around: Around, run: RunState, step: Step) -> tuple[Reason, ...]:
    """Give why a step that changes data may not start: no verified restore point before it."""
    if not step.changes_data:
        return ()
    points = [point for point in around.release.rollback.restore_points if point.before == step.id]
    if not points:
        says = f"{step.id} changes data and the plan has no restore point before it"
        return (reason("no_restore_point", step.id, says, "plan one, and verify it"),)
    return tuple(
        reason(
            "restore_point_open",
            point.id,
            f"restore point {point.id} is not taken and verified",
            "take it and verify it",
        )
        for point in points
        if point.id not in run.restore_points
    )


def _way_back_reasons(
    around: Around, run: RunState, step: Step, command: StartStep
) -> tuple[Reason, ...]:
    """Give why the way back forbids the start: no current forecast, or no second person."""
    current = forecast_digest(run.plan, progress_of(run, around.now), SEED)
    figures = command.figures
    if figures is None or command.forecast != current or figures.step != step.id:
        return (
            reason(
                "forecast_old",
                step.id,
                "the forecast behind this start is not the current one",
                f"ask for forecast {current}",
            ),
        )
    verdict = judge_start(figures, around.now)
    if not isinstance(verdict, LeavesNoWayBack):
        return ()
    if command.second is None:
        return verdict.reasons
    return second_reasons(around, run, TwoPersonAct.COMMIT, step.id, command.second)


def _commit_of(around: Around, run: RunState, step: Step, command: StartStep) -> Answer | None:
    """Give the second person's answer where the start needed one; no other one was looked at."""
    if run.rehearsal or not step.changes_production or run.is_undo(step.id):
        return None
    if command.figures is None or not isinstance(
        judge_start(command.figures, around.now), LeavesNoWayBack
    ):
        return None
    return command.second


def _second_of(run: RunState, step: Step, commit: Answer | None) -> PersonId | None:
    """Give who signed beside the acting person, None where nobody had to."""
    if run.rollback is not None and run.is_undo(step.id):
        return run.rollback.second
    return None if commit is None else commit.signer

"""Which steps may start, and what stands in the way of the others."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.night.facts import Followers, StepState
from relconsole.domain.night.state import SETTLED, UNDERWAY, RunState, StepRun
from relconsole.domain.plan.progress import Dropped, Finished, Progress, Running, StepProgress
from relconsole.domain.plan.runbook import Step, StepKind
from relconsole.domain.readiness.poll import StationAnswer

LET_GO: Final = frozenset({Followers.GO_ON, Followers.NOT_NEEDED})
"""Decisions after which a failed or skipped step asks nothing any more."""


def steps_of(run: RunState) -> tuple[Step, ...]:
    """Give the steps that the run works through now: the rollback's once it was fired."""
    if run.rollback is not None and run.rollback.fired_at is not None:
        return run.rollback.armed.steps
    return run.runbook.steps


def lets_followers_go(run: RunState, step: StepId) -> bool:
    """Tell whether those that wait for a step need wait no longer."""
    found = run.steps[step]
    if found.state in {StepState.FAILED, StepState.SKIPPED}:
        return found.followers is Followers.GO_ON
    if found.state not in SETTLED:
        return False
    planned = run.find_step(step)
    if planned is None or planned.kind is not StepKind.GATE or not found.was_done:
        return True
    decided = run.gates.get(step)
    return decided is not None and decided.decision is StationAnswer.GO


def waiting_reasons(run: RunState, step: Step, now: datetime) -> tuple[Reason, ...]:
    """Give what the plan itself still has a step wait for; a rehearsal waits for no clock."""
    unfinished = tuple(
        Reason(
            rule="predecessor",
            thing=before,
            says=f"{step.id} waits for {before}, which is {run.steps[before].state}",
            lifts=_how_to_let_go(run.steps[before]),
        )
        for before in step.after
        if not lets_followers_go(run, before)
    )
    if run.rehearsal or step.not_before is None or now >= step.not_before:
        return unfinished
    fixed = format_instant(step.not_before)
    early = Reason(
        rule="fixed_start",
        thing=step.id,
        says=f"{step.id} is locked until {fixed}",
        lifts=f"{fixed}, or an amendment that re-times it",
    )
    return (*unfinished, early)


def _how_to_let_go(before: StepRun) -> str:
    """Give what lets the followers of this step go."""
    if before.state in {StepState.FAILED, StepState.SKIPPED}:
        return "repeat it, or decide what becomes of its followers"
    return f"{before.step} done, or not needed"


def is_ready(run: RunState, step: Step, now: datetime) -> bool:
    """Tell whether a step has not started and nothing in the plan keeps it."""
    return run.steps[step.id].state is StepState.NOT_STARTED and not waiting_reasons(run, step, now)


def ready_steps(run: RunState, now: datetime) -> tuple[Step, ...]:
    """Give the steps that may start now, in plan order."""
    return tuple(step for step in steps_of(run) if is_ready(run, step, now))


def underway_steps(run: RunState) -> tuple[Step, ...]:
    """Give the steps that are running or waiting, in plan order."""
    return tuple(step for step in steps_of(run) if run.steps[step.id].state in UNDERWAY)


def idle_reasons(run: RunState, now: datetime) -> tuple[str, ...]:
    """Give what the steps wait for where none is ready, under way, or to come at its hour."""
    if ready_steps(run, now) or underway_steps(run):
        return ()
    waiting = [step for step in steps_of(run) if run.steps[step.id].state is StepState.NOT_STARTED]
    if any(step.not_before is not None and now < step.not_before for step in waiting):
        return ()
    return tuple(reason.says for step in waiting for reason in waiting_reasons(run, step, now))


def is_finished(run: RunState) -> bool:
    """Tell whether every step of the forward plan has ended and none is left to decide upon."""
    return all(is_dealt_with(run, step.id) for step in run.runbook.steps)


def is_dealt_with(run: RunState, step: StepId) -> bool:
    """Tell whether a step has ended and, where it failed or was skipped, somebody decided."""
    found = run.steps[step]
    if found.state in {StepState.FAILED, StepState.SKIPPED}:
        return found.followers in LET_GO
    return lets_followers_go(run, step)


def progress_of(run: RunState, now: datetime) -> Progress:
    """Give the forward plan's progress as a schedule needs it."""
    return progress_through(run, run.runbook.steps, now)


def progress_through(run: RunState, steps: tuple[Step, ...], now: datetime) -> Progress:
    """Give the progress of these steps, which all stand in the run."""
    told: dict[StepId, StepProgress] = {}
    for step in steps:
        state = _progress(run.steps[step.id])
        if state is not None:
            told[step.id] = state
    return Progress(now=now, steps=told)


def _progress(step: StepRun) -> StepProgress | None:
    """Give a step's progress, None before it starts.

    A failed step was begun and must be undone, so it counts as running until somebody decides; so
    does one that is to be done again.
    """
    match step.state:
        case StepState.SKIPPED | StepState.NOT_NEEDED:
            return Dropped() if not step.attempts else _begun(step)
        case _:
            return _begun(step)


def _begun(step: StepRun) -> StepProgress | None:
    """Give running or finished by the newest attempt, None where there is none."""
    newest = step.attempt
    if newest is None:
        return None
    undecided = step.state is StepState.FAILED and step.followers not in LET_GO
    if newest.ended is None or undecided or step.state is StepState.NOT_STARTED:
        return Running(started=newest.started)
    return Finished(started=newest.started, finished=newest.ended)

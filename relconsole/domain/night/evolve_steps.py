"""How the facts of steps and gates change a run."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias, assert_never

from relconsole.domain.kernel.changing import changed
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.night.facts import (
    CheckRead,
    FollowersDecided,
    GateDecided,
    StationAnswered,
    StepEnded,
    StepReopened,
    StepStarted,
    StepState,
    StepWaits,
)
from relconsole.domain.night.state import Attempt, RunState, StepRun

StepFact: TypeAlias = (
    StepStarted
    | StepWaits
    | StepEnded
    | StepReopened
    | FollowersDecided
    | CheckRead
    | StationAnswered
    | GateDecided
)


def evolve_step(run: RunState, fact: StepFact, *, at: datetime, by: PersonId | None) -> RunState:
    """Give the run after a fact about one of its steps."""
    match fact:
        case (
            StepStarted()
            | StepWaits()
            | StepEnded()
            | StepReopened()
            | FollowersDecided()
            | CheckRead()
        ):
            standing = _change(run.steps[fact.step], fact, at=at, by=by)
            return changed(
                _ask_again(run, fact.step) if isinstance(fact, StepReopened) else run,
                steps=run.steps.set(fact.step, standing),
            )
        case StationAnswered():
            return _answer_station(run, fact, by=by)
        case GateDecided(step=step):
            return changed(run, gates=run.gates.set(step, fact))
        case _:
            assert_never(fact)


def _ask_again(run: RunState, step: StepId) -> RunState:
    """Give the run without the answers and the decision of a gate: a repeat asks afresh."""
    return changed(
        run,
        votes=run.votes.delete(step) if step in run.votes else run.votes,
        voters=run.voters.delete(step) if step in run.voters else run.voters,
        gates=run.gates.delete(step) if step in run.gates else run.gates,
    )


def _answer_station(run: RunState, fact: StationAnswered, *, by: PersonId | None) -> RunState:
    """Give the run with the station's newest answer; the person it counts for stands beside it."""
    votes = run.votes.get(fact.step, ())
    voters = run.voters.get(fact.step, ())
    kept = [index for index, vote in enumerate(votes) if vote.station != fact.station]
    return changed(
        run,
        votes=run.votes.set(fact.step, (*(votes[index] for index in kept), fact)),
        voters=run.voters.set(
            fact.step, (*(voters[index] for index in kept), fact.for_person or by)
        ),
    )


def _change(
    step: StepRun,
    fact: StepStarted | StepWaits | StepEnded | StepReopened | FollowersDecided | CheckRead,
    *,
    at: datetime,
    by: PersonId | None,
) -> StepRun:
    """Give the step after a fact about it."""
    match fact:
        case StepStarted():
            begun = Attempt(
                number=fact.attempt,
                started=at,
                by=by,
                for_person=fact.for_person,
                heard=fact.heard,
                note=fact.note,
                inputs=fact.inputs,
            )
            return changed(
                step, state=StepState.RUNNING, attempts=(*step.attempts, begun), waits_for=""
            )
        case StepWaits(reason=reason, until=until):
            return changed(step, state=StepState.WAITING, waits_for=reason, waits_until=until)
        case StepEnded():
            return _end(step, fact, at=at, by=by)
        case StepReopened():
            return changed(
                step,
                state=StepState.NOT_STARTED,
                followers=None,
                dropped_at=None,
                dropped_by=None,
                dropped_for=None,
            )
        case FollowersDecided(decision=decision):
            return changed(step, followers=decision)
        case CheckRead():
            newest = step.attempts[-1]
            kept = tuple(check for check in newest.checks if check.check != fact.check)
            return changed(
                step, attempts=(*step.attempts[:-1], changed(newest, checks=(*kept, fact)))
            )
        case _:
            assert_never(fact)


def _end(step: StepRun, fact: StepEnded, *, at: datetime, by: PersonId | None) -> StepRun:
    """Give the step after its attempt ended, or after it was dropped without one."""
    if not step.attempts or step.attempts[-1].ended is not None:
        return changed(
            step,
            state=fact.state,
            waits_for="",
            waits_until=None,
            dropped_at=at,
            dropped_by=by,
            dropped_for=fact.for_person,
        )
    newest = changed(
        step.attempts[-1],
        ended=at,
        ending=fact.state,
        ended_by=by,
        ended_for=fact.for_person,
        note=fact.note or step.attempts[-1].note,
    )
    return changed(
        step,
        state=fact.state,
        waits_for="",
        waits_until=None,
        attempts=(*step.attempts[:-1], newest),
    )

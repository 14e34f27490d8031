"""Amendments: the only way a plan changes while its night is running.

Each is an act with a reason on a step that has not begun. Skipping, not needing and repeating leave
the plan as written and change what the night does with it; the others give a new plan.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.kernel.refusal import Reason, Refusal
from relconsole.domain.plan.graph import find_cycle
from relconsole.domain.plan.progress import Dropped, Progress
from relconsole.domain.plan.runbook import Runbook, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """Put a new step in: it waits for ``after`` too, and ``before`` wait for it too."""

    step: Step
    reason: str
    after: tuple[StepId, ...] = ()
    before: tuple[StepId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Leave a step out although it was needed."""

    step: StepId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNeeded:
    """Leave a step out because what it was for does not arise."""

    step: StepId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Run a step that has begun once more, as a new attempt."""

    step: StepId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign:
    """Give a step to another owner."""

    step: StepId
    owner: PersonId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorder:
    """Let a step wait for exactly these instead."""

    step: StepId
    after: tuple[StepId, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retime:
    """Give a step another fixed start in UTC, none (``unlock``), or another duration.

    What is None stays as it is.
    """

    step: StepId
    reason: str
    not_before: datetime | None = None
    unlock: bool = False
    duration: ThreePoint | None = None


Amendment = Insert | Skip | NotNeeded | Repeat | Reassign | Reorder | Retime


def apply(
    runbook: Runbook, amendment: Amendment, started: AbstractSet[StepId]
) -> Runbook | Refusal:
    """Give the plan with the amendment, the same plan where it changes only the night.

    ``started`` are the steps that have begun, were dropped, or ended. Refused with every reason: no
    reason given, a step unknown or begun (for a repeat: not begun), a cycle, an id taken, a
    re-time that says nothing. What the amendment does not name stays as it was, and in its order.
    """
    reasons = (*_check_reason(amendment), *_check_steps(runbook, amendment, started))
    if reasons:
        return Refusal(reasons=reasons)
    amended = _rewrite(runbook, amendment)
    cycle = find_cycle(amended.steps)
    if cycle:
        loop = " after ".join((*cycle, cycle[0]))
        return Refusal(reasons=(_reason("amendment_makes_cycle", cycle[0], loop),))
    return amended


def apply_all(
    runbook: Runbook, amendments: tuple[Amendment, ...], started: AbstractSet[StepId]
) -> Runbook | Refusal:
    """Give the plan with one amendment after the other, or the refusal of the first refused."""
    amended = runbook
    for amendment in amendments:
        answer = apply(amended, amendment, started)
        if isinstance(answer, Refusal):
            return answer
        amended = answer
    return amended


def apply_to_progress(progress: Progress, amendment: Amendment) -> Progress:
    """Give the progress that a forecast of the amended night starts from.

    A skipped step and one not needed are dropped; one to be repeated has not started.
    """
    match amendment:
        case Skip(step=step) | NotNeeded(step=step):
            return replace(progress, steps={**progress.steps, step: Dropped()})
        case Repeat(step=step):
            left = {other: state for other, state in progress.steps.items() if other != step}
            return replace(progress, steps=left)
        case _:
            return progress


def named_steps(amendment: Amendment) -> frozenset[StepId]:
    """Give the steps that an amendment may change: all others stay as they are."""
    if isinstance(amendment, Insert):
        return frozenset((amendment.step.id, *amendment.before))
    return frozenset((amendment.step,))


def _check_reason(amendment: Amendment) -> tuple[Reason, ...]:
    if amendment.reason.strip():
        return ()
    thing = amendment.step.id if isinstance(amendment, Insert) else amendment.step
    return (_reason("amendment_without_reason", thing, "an amendment says why"),)


def _check_steps(
    runbook: Runbook, amendment: Amendment, started: AbstractSet[StepId]
) -> tuple[Reason, ...]:
    """Give what speaks against the steps that the amendment names."""
    known = {step.id: step for step in runbook.steps}
    reasons: list[Reason] = []
    if isinstance(amendment, Insert):
        changed, waited_for = amendment.before, (*amendment.step.after, *amendment.after)
        if amendment.step.id in {*known, *(step.id for step in runbook.relief)}:
            reasons.append(
                _reason("step_id_taken", amendment.step.id, f"{amendment.step.id} is in the plan")
            )
    else:
        changed = (amendment.step,)
        waited_for = amendment.after if isinstance(amendment, Reorder) else ()
    reasons += [
        _reason("unknown_step", step, f"there is no step {step}")
        for step in dict.fromkeys((*changed, *waited_for))
        if step not in known
    ]
    for step in changed:
        if isinstance(amendment, Repeat) and step in known and step not in started:
            reasons.append(
                _reason("nothing_to_repeat", step, f"{step} has not begun", "start it instead")
            )
        if not isinstance(amendment, Repeat) and step in started:
            reasons.append(_reason("step_has_begun", step, f"{step} has begun or is over"))
    if isinstance(amendment, Retime):
        reasons += _check_retime(amendment)
    return tuple(reasons)


def _check_retime(amendment: Retime) -> list[Reason]:
    if amendment.unlock and amendment.not_before is not None:
        says = f"{amendment.step} cannot have a fixed start and none"
    elif not amendment.unlock and amendment.not_before is None and amendment.duration is None:
        says = f"neither start nor duration of {amendment.step} is given"
    else:
        return []
    return [_reason("retime_unclear", amendment.step, says, "say one of them")]


def _rewrite(runbook: Runbook, amendment: Amendment) -> Runbook:
    """Give the plan with an amendment that nothing speaks against."""
    match amendment:
        case Skip() | NotNeeded() | Repeat():
            return runbook
        case Insert():
            return _insert(runbook, amendment)
        case Reassign():
            new = replace(_find(runbook, amendment.step), owner=amendment.owner)
        case Reorder():
            after = tuple(dict.fromkeys(amendment.after))
            new = replace(_find(runbook, amendment.step), after=after)
        case Retime():
            old = _find(runbook, amendment.step)
            new = replace(
                old,
                not_before=None if amendment.unlock else amendment.not_before or old.not_before,
                duration=amendment.duration or old.duration,
            )
        case _:
            assert_never(amendment)
    steps = tuple(new if step.id == new.id else step for step in runbook.steps)
    return replace(runbook, steps=steps)


def _find(runbook: Runbook, step: StepId) -> Step:
    return next(found for found in runbook.steps if found.id == step)


def _insert(runbook: Runbook, amendment: Insert) -> Runbook:
    """Give the plan with the new step: before the first that waits for it, else at the end."""
    new = replace(
        amendment.step, after=tuple(dict.fromkeys((*amendment.step.after, *amendment.after)))
    )
    steps: list[Step] = []
    for step in runbook.steps:
        if step.id in amendment.before:
            if new not in steps:
                steps.append(new)
            steps.append(replace(step, after=(*step.after, new.id)))
        else:
            steps.append(step)
    return replace(runbook, steps=tuple(steps) if amendment.before else (*steps, new))


def _reason(rule: str, thing: str, says: str, lifts: str = "") -> Reason:
    return Reason(rule=rule, thing=thing, says=says, lifts=lifts)

"""A plan turned round: each step with a way back becomes the step that undoes it.

What followed is undone first. A step that needs no undoing, or has no way back, is bridged over:
what lay before it still waits for the undoing of what lay behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.graph import bridge_over
from relconsole.domain.plan.runbook import Runbook, Step, StepKind, Undo, UndoKind, followers

_PREFIX: Final = "undo-"


def undo_id(step: StepId) -> StepId:
    """Give the id of the step that undoes a step."""
    return StepId(_PREFIX + step)


def has_way_back(step: Step) -> bool:
    """Tell whether undoing the step is an act of its own."""
    return step.way_back in {UndoKind.INVERSE, UndoKind.COMPENSATION}


def reverse_runbook(runbook: Runbook) -> Runbook:
    """Give the plan that undoes a plan; turning that round again gives the plan.

    Over the steps with a way back, that is: ids, order, durations, jobs and what waits for what.
    The id of an undo step is that of its step with ``undo-`` before it, and without it where it was
    there.
    """
    return replace(runbook, steps=reverse_steps(runbook.steps, _toggle))


def reverse_steps(steps: tuple[Step, ...], name: Callable[[StepId], StepId]) -> tuple[Step, ...]:
    """Give the undo steps of all steps with a way back, last first, with ids as ``name`` gives."""
    keep = {step.id for step in steps if has_way_back(step)}
    waits_for = bridge_over(keep, followers(steps))
    return tuple(
        _turn_round(step, name, tuple(name(one) for one in waits_for[step.id]))
        for step in reversed(steps)
        if step.id in keep
    )


def _turn_round(step: Step, name: Callable[[StepId], StepId], after: tuple[StepId, ...]) -> Step:
    """Give the step that undoes a step, whose own undo is that step again.

    It asks for no restore point: it is what a restore point is for.
    """
    if step.undo.duration is None:
        raise Bug(f"the undo of {step.id} has no duration")
    return Step(
        id=name(step.id),
        title=step.undo.title or f"Undo: {step.title}",
        duration=step.undo.duration,
        kind=StepKind.MANUAL if step.undo.run is None else StepKind.AUTOMATED,
        mode=step.mode,
        stream=step.stream,
        owner=step.owner,
        after=after,
        run=step.undo.run,
        undo=Undo(kind=step.undo.kind, duration=step.duration, run=step.run, title=step.title),
        services=step.services,
    )


def _toggle(step: StepId) -> StepId:
    bare = step.removeprefix(_PREFIX)
    return StepId(bare) if bare != step and bare else undo_id(step)

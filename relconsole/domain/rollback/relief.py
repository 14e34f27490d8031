"""Relief: steps that are safe on their own, and the steps that turn them off again.

They are no part of the work: nothing waits for them, no schedule reckons with them, and no rollback
undoes them. Their way back, where they have one, is how a relief that was used is turned off.
"""

from __future__ import annotations

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.rollback.reverse import has_way_back, reverse_steps, undo_id


def off_step(relief: Step) -> Step | None:
    """Give the step that turns a relief step off again, None where it states none."""
    return next(iter(reverse_steps((relief,), undo_id)), None)


def relief_steps(runbook: Runbook) -> tuple[Step, ...]:
    """Give the relief steps of a plan, each with the one behind it that turns it off again."""
    return tuple(
        step for relief in runbook.relief for step in (relief, off_step(relief)) if step is not None
    )


def all_steps(runbook: Runbook) -> tuple[Step, ...]:
    """Give every step that a night of a plan may start but those of a rollback."""
    return (*runbook.steps, *relief_steps(runbook))


def turned_off_by(runbook: Runbook, step: StepId) -> Step | None:
    """Give the relief step that a step turns off again, None where it turns none off."""
    return next(
        (each for each in runbook.relief if has_way_back(each) and undo_id(each.id) == step), None
    )

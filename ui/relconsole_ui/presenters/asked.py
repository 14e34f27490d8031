"""The jobs of which nobody knows the end, and about which a person is asked."""

from __future__ import annotations

from relconsole.domain.kernel.ids import EffectId, StepId
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.state import RunState


def asked_effects(run: RunState, step: StepId) -> tuple[EffectId, ...]:
    """Give the effects of a step's newest attempt for which the night is held until they are told.

    One whose target is still asked is not among them: nobody has to do anything about it yet.
    """
    held = {hold.thing for hold in run.holds if hold.cause is HoldCause.EFFECT}
    attempt = len(run.steps[step].attempts)
    works = (found.effect.id for found in run.step_effects(step, attempt))
    return tuple(effect for effect in works if effect in held)

"""The jobs of which nobody knows the end, and about which a person is asked."""

from __future__ import annotations

from relconsole.domain.kernel.ids import EffectId, StepId
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import WORK
from relconsole.domain.night.state import RunState


def asked_effects(run: RunState, step: StepId) -> tuple[EffectId, ...]:
    """Give the effects of a step's newest attempt for which the night is held until they are told.

    One whose target is still asked is not among them: nobody has to do anything about it yet.
    """
    held = (EffectId(hold.thing) for hold in run.holds if hold.cause is HoldCause.EFFECT)
    return tuple(effect for effect in held if _serves(run, effect, step))


def _serves(run: RunState, effect: EffectId, step: StepId) -> bool:
    """Tell whether an effect is the work of a step's newest attempt."""
    found = run.effects.get(effect)
    return (
        found is not None
        and found.intent.purpose in WORK
        and found.effect.step == step
        and found.effect.attempt == len(run.steps[step].attempts)
    )

"""Which facts move effects, so that the table of effects can be made again and checked.

The rule itself is the domain's; here it is only told which lines to apply it to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectIntended,
    EffectRefused,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
)
from relconsole.domain.night.evolve_effects import MovingFact, intend, moved_effect
from relconsole.domain.record.codec import Codec
from relconsole.domain.record.effect import Effect
from relconsole.domain.record.envelope import Envelope

Known = Callable[[EffectId], Effect | None]


class Projection(Protocol):
    """Which facts move effects, and where to."""

    @property
    def marker(self) -> bytes:
        """Give bytes that the line of every such fact contains."""
        ...

    def after(self, envelope: Envelope, known: Known) -> Effect | None:
        """Give the effect as the fact leaves it, None for a fact that moves none.

        Bug where the effect may not go there.
        """
        ...


_FACTS: Final[tuple[type[MovingFact], ...]] = (
    EffectIntended,
    EffectSent,
    EffectAcknowledged,
    EffectConfirmed,
    EffectUnknown,
    EffectRefused,
    EffectSettledByHand,
)


class EffectFacts:
    """The facts of the night's effects."""

    def __init__(self) -> None:
        """Make the codec of these facts."""
        self._kinds: Final = frozenset(form.KIND for form in _FACTS)
        self._codec: Final = Codec[MovingFact]({form.KIND: form for form in _FACTS})

    @property
    def marker(self) -> bytes:
        """Give bytes that the line of every such fact contains."""
        return b'"kind":"effect_'

    def after(self, envelope: Envelope, known: Known) -> Effect | None:
        """Give the effect as the fact leaves it, None for a fact that moves none."""
        if envelope.kind not in self._kinds:
            return None
        fact = self._codec.decode(envelope.kind, envelope.version, envelope.body)
        if isinstance(fact, EffectIntended):
            return intend(fact, envelope.id, envelope.at)
        before = known(fact.effect)
        if before is None or before.run != fact.run:
            raise Bug(f"fact {envelope.id} moves {fact.effect}, which run {fact.run} has not")
        moved = moved_effect(before, fact, envelope.at)
        if isinstance(moved, Refusal):
            raise Bug(f"fact {envelope.id}: {moved}")
        return moved

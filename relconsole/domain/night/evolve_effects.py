"""How the facts of effects change a run: always through the one table of legal moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, assert_never

from relconsole.domain.kernel.changing import changed
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import EffectId, FactId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.change_standing import moved_change
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectIntended,
    EffectRefused,
    EffectRenewed,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
)
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.record.effect import Effect, EffectState, Outcome, move

EffectMove: TypeAlias = (
    EffectSent
    | EffectAcknowledged
    | EffectConfirmed
    | EffectUnknown
    | EffectRefused
    | EffectSettledByHand
)
MovingFact: TypeAlias = EffectIntended | EffectMove
"""Facts that the table of moves has a say in."""

EffectFact: TypeAlias = MovingFact | EffectRenewed


def evolve_effect(
    run: RunState, fact: EffectFact, *, fact_id: FactId, seq: int, at: datetime
) -> RunState:
    """Give the run after an effect was intended or moved.

    Bug for a move that the table of moves does not have: no such fact is ever recorded.
    """
    match fact:
        case EffectIntended():
            effect = intend(fact, fact_id, at)
            intended = EffectRun(effect=effect, intent=fact, intended_at=at, seq=seq)
            return changed(run, effects=run.effects.set(intended.effect.id, intended))
        case EffectRenewed():
            renewed = replace(run.effects[fact.effect], renewed_at=at, says=fact.note)
            return changed(run, effects=run.effects.set(fact.effect, renewed))
        case _:
            known = run.effects[fact.effect]
            moved = moved_effect(known.effect, fact, at)
            if isinstance(moved, Refusal):
                raise Bug(str(moved))
            told = _tell(replace(known, effect=moved), fact)
            return moved_change(changed(run, effects=run.effects.set(fact.effect, told)), told)


def intend(fact: EffectIntended, fact_id: FactId, at: datetime) -> Effect:
    """Give the projection of an effect that was just intended."""
    return Effect(
        id=EffectId(fact_id),
        run=fact.run,
        step=fact.step,
        attempt=fact.attempt,
        system=fact.system,
        kind=fact.effect_kind,
        fence=fact.fence,
        state=EffectState.INTENDED,
        remote=None,
        outcome=None,
        since=at,
        not_before=None,
    )


def moved_effect(effect: Effect, fact: EffectMove, at: datetime) -> Effect | Refusal:
    """Give the projection after a move, or why there is no such move."""
    match fact:
        case EffectSent():
            return move(effect, EffectState.SENT, at=at)
        case EffectAcknowledged(remote=remote):
            return move(effect, EffectState.ACKNOWLEDGED, at=at, remote=remote)
        case EffectConfirmed(outcome=outcome):
            return move(effect, EffectState.CONFIRMED, at=at, outcome=outcome)
        case EffectUnknown(not_before=not_before):
            return move(effect, EffectState.UNKNOWN, at=at, not_before=not_before)
        case EffectRefused():
            return move(effect, EffectState.REFUSED, at=at)
        case EffectSettledByHand(outcome=outcome):
            return move(effect, EffectState.SETTLED_BY_HAND, at=at, outcome=outcome)
        case _:
            assert_never(fact)


def _tell(known: EffectRun, fact: EffectMove) -> EffectRun:
    """Give the effect with the last word about it."""
    match fact:
        case EffectSent() | EffectAcknowledged():
            return known
        case EffectConfirmed(detail=detail, output=output):
            return replace(known, says=detail, output=output)
        case EffectUnknown(why=why):
            return replace(known, says=why)
        case EffectRefused(reason=reason):
            return replace(known, says=reason)
        case EffectSettledByHand(note=note, outcome=outcome):
            return replace(known, says=note or _how(outcome))
        case _:
            assert_never(fact)


def _how(outcome: Outcome | None) -> str:
    """Give the words for an outcome that a person settled."""
    return "it never happened" if outcome is None else f"it {outcome}"

from __future__ import annotations

from collections.abc import Callable

import pytest

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectIntended,
    EffectRefused,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.evolve_effects import EffectMove, moved_effect
from relconsole.domain.record.effect import EffectState, Outcome
from tests.unit.domain.night.scenes import DEPLOY, JO, RUN, Night, at, begin

Story = Callable[[EffectId], EffectMove]


def intend(night: Night, after: float = 1) -> EffectId:
    fact = EffectIntended(
        run=RUN,
        system=SystemId("ci"),
        effect_kind="job.start",
        purpose=Purpose.STEP,
        fence=3,
        step=DEPLOY,
        person=JO,
    )
    return EffectId(night.add(fact, after, JO))


def sent(effect: EffectId) -> EffectMove:
    return EffectSent(run=RUN, effect=effect)


def taken(effect: EffectId) -> EffectMove:
    return EffectAcknowledged(run=RUN, effect=effect, remote="job-7")


def succeeded(effect: EffectId) -> EffectMove:
    return EffectConfirmed(
        run=RUN, effect=effect, outcome=Outcome.SUCCEEDED, detail="exit 0", output="ok"
    )


def unknown(effect: EffectId) -> EffectMove:
    return EffectUnknown(run=RUN, effect=effect, why="no answer", not_before=at(9))


def refused(effect: EffectId) -> EffectMove:
    return EffectRefused(run=RUN, effect=effect, reason="no such job")


def never(effect: EffectId) -> EffectMove:
    return EffectSettledByHand(run=RUN, effect=effect, outcome=None, note="")


def failed_by_hand(effect: EffectId) -> EffectMove:
    return EffectSettledByHand(run=RUN, effect=effect, outcome=Outcome.FAILED, note="")


def settled_with_note(effect: EffectId) -> EffectMove:
    return EffectSettledByHand(
        run=RUN, effect=effect, outcome=Outcome.SUCCEEDED, note="looked at the host"
    )


def test_that_the_id_of_the_intended_fact_is_the_effects_own() -> None:
    night = begin()
    effect = intend(night)
    found = night.run.effects[effect]
    assert found.effect.state is EffectState.INTENDED
    assert (found.effect.since, found.effect.fence, found.is_open) == (at(1), 3, True)
    assert found.intent.person == JO


@pytest.mark.parametrize(
    ("story", "state", "says"),
    [
        ((sent,), EffectState.SENT, ""),
        ((sent, taken), EffectState.ACKNOWLEDGED, ""),
        ((sent, taken, succeeded), EffectState.CONFIRMED, "exit 0"),
        ((sent, unknown), EffectState.UNKNOWN, "no answer"),
        ((refused,), EffectState.REFUSED, "no such job"),
        ((never,), EffectState.SETTLED_BY_HAND, "it never happened"),
        ((sent, unknown, failed_by_hand), EffectState.SETTLED_BY_HAND, "it failed"),
        ((settled_with_note,), EffectState.SETTLED_BY_HAND, "looked at the host"),
    ],
)
def test_that_each_move_leaves_its_state_and_its_last_word(
    story: tuple[Story, ...], state: EffectState, says: str
) -> None:
    night = begin()
    effect = intend(night)
    for moment, move in enumerate(story, start=2):
        night.add(move(effect), moment)
    found = night.run.effects[effect]
    assert (found.effect.state, found.says) == (state, says)


def test_that_a_confirmed_effect_keeps_remote_outcome_and_output() -> None:
    night = begin()
    effect = intend(night)
    for move in (sent, taken, succeeded):
        night.add(move(effect), 2)
    found = night.run.effects[effect]
    assert (found.effect.remote, found.effect.outcome, found.output) == (
        "job-7",
        Outcome.SUCCEEDED,
        "ok",
    )
    assert not found.is_open


def test_that_an_unknown_effect_keeps_from_when_it_may_be_asked() -> None:
    night = begin()
    effect = intend(night)
    night.add(sent(effect), 2)
    night.add(unknown(effect), 3)
    assert night.run.effects[effect].effect.not_before == at(9)


def test_that_a_move_the_table_does_not_have_is_our_own_fault() -> None:
    night = begin()
    effect = intend(night)
    night.add(refused(effect), 2)
    with pytest.raises(Bug, match="cannot become sent"):
        night.add(sent(effect), 3)
    assert isinstance(moved_effect(night.run.effects[effect].effect, sent(effect), at(3)), Refusal)

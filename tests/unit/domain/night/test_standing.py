"""What stands open although nobody entered it."""

from __future__ import annotations

import pytest

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.night.answer import open_lines
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, ProblemClosed, ProblemOpened
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectIntended,
    EffectSent,
    Purpose,
)
from relconsole.domain.night.facts import Followers
from relconsole.domain.night.standing import overdue_decisions, standing_silences
from relconsole.domain.record.effect import Outcome
from tests.unit.domain.night import scenes
from tests.unit.domain.night.scenes import DEPLOY, MARA, RUN, Night, at


def _mute(
    night: Night,
    purpose: Purpose,
    serves: str = "",
    payload: str = '{"ends":"2026-04-21T00:00:00Z"}',
) -> EffectId:
    """Let an effect of the monitoring system succeed, and give its id."""
    effect = EffectId(
        night.add(
            EffectIntended(
                run=RUN,
                system=SystemId("metrics"),
                effect_kind="silence",
                purpose=purpose,
                fence=1,
                step=DEPLOY,
                serves=serves,
                payload=payload,
                person=MARA,
            ),
            1,
        )
    )
    night.add(EffectSent(run=RUN, effect=effect), 2)
    return effect


def _confirm(night: Night, effect: EffectId) -> None:
    night.add(EffectAcknowledged(run=RUN, effect=effect, remote=f"remote-{effect}"), 3)
    night.add(EffectConfirmed(run=RUN, effect=effect, outcome=Outcome.SUCCEEDED), 4)


def test_that_a_silence_stands_from_when_the_target_took_it_until_it_was_lifted() -> None:
    night = scenes.begin()
    silence = _mute(night, Purpose.SILENCE)
    assert standing_silences(night.run) == ()
    _confirm(night, silence)
    assert [found.effect.id for found in standing_silences(night.run)] == [silence]
    lift = _mute(night, Purpose.UNSILENCE, serves=silence)
    assert [found.effect.id for found in standing_silences(night.run)] == [silence]
    _confirm(night, lift)
    assert standing_silences(night.run) == ()


def test_that_a_silence_past_its_own_end_and_one_that_failed_stand_no_more() -> None:
    night = scenes.begin()
    silence = _mute(night, Purpose.SILENCE)
    _confirm(night, silence)
    assert len(standing_silences(night.run, at(29))) == 1
    assert standing_silences(night.run, at(30)) == ()
    failed = _mute(night, Purpose.SILENCE)
    night.add(EffectAcknowledged(run=RUN, effect=failed, remote="remote-2"), 3)
    night.add(EffectConfirmed(run=RUN, effect=failed, outcome=Outcome.FAILED), 4)
    assert [found.effect.id for found in standing_silences(night.run)] == [silence]


def test_that_a_silence_which_says_no_end_stands_until_it_is_lifted() -> None:
    night = scenes.begin()
    silence = _mute(night, Purpose.SILENCE, payload="{}")
    _confirm(night, silence)
    assert [found.effect.id for found in standing_silences(night.run, at(300))] == [silence]


def test_that_a_standing_silence_is_on_the_left_open_list() -> None:
    night = scenes.begin()
    silence = _mute(night, Purpose.SILENCE)
    _confirm(night, silence)
    (line,) = open_lines(night.run)
    assert (line.entry, line.owner) == (silence, MARA)
    assert line.what == "alerts muted in metrics for deploy"


def _box(then: Followers = Followers.HOLD, *, question: str = "go on?") -> ProblemOpened:
    return ProblemOpened(
        run=RUN,
        problem="P1",
        what="p95 creeps",
        severity="major",
        question=question,
        decide_by=at(30) if question else None,
        then=then,
    )


@pytest.mark.parametrize(
    ("then", "says"),
    [(Followers.HOLD, "then hold"), (Followers.ROLL_BACK, "then the prepared rollback")],
)
def test_that_a_decision_which_nobody_made_in_time_holds_and_never_goes(
    then: Followers, says: str
) -> None:
    night = scenes.begin()
    night.add(_box(then), 5, MARA)
    assert overdue_decisions(night.run, at(29)) == ()
    (hold,) = overdue_decisions(night.run, at(30))
    assert (hold.cause, hold.thing) == (HoldCause.DECISION, "P1")
    assert hold.reasons[0].endswith(says)


def test_that_a_decision_holds_once() -> None:
    night = scenes.begin()
    night.add(_box(), 5, MARA)
    held = HoldBegan(run=RUN, cause=HoldCause.DECISION, thing="P1", reasons=("late",))
    night.add(held, 31)
    assert overdue_decisions(night.run, at(32)) == ()


def test_that_a_problem_without_a_question_and_a_closed_one_hold_nothing() -> None:
    night = scenes.begin()
    night.add(_box(question=""), 5, MARA)
    assert overdue_decisions(night.run, at(60)) == ()
    night.add(_box(), 6, MARA)
    night.add(ProblemClosed(run=RUN, problem="P1", decision="go on"), 7, MARA)
    assert overdue_decisions(night.run, at(60)) == ()

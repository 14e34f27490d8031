"""The change record beside a night: what is told it, what is seen of it, and who decides."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.night.answer import night_answer
from relconsole.domain.night.bridge_commands import EndHold, StopLine
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, HoldEnded
from relconsole.domain.night.change_commands import SeeChange, SettleChange, TellChange
from relconsole.domain.night.change_facts import ChangeSeen, ChangeSettled
from relconsole.domain.night.change_standing import difference
from relconsole.domain.night.decide_change import last_facts
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
from relconsole.domain.night.facts import RunEnded, RunOutcome, RunTakenUp, StepState
from relconsole.domain.night.rollback_facts import RollbackEnded, RollbackEnding
from relconsole.domain.night.run_commands import EndRun
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole.domain.record.effect import Outcome
from relconsole.domain.release.release import ChangePhase, ChangeReference, ChangeStates
from tests.unit.domain.night.nights import CONSOLE, Bridge, Facts, release
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    DEPLOY,
    DROP,
    GATE,
    INES,
    RUN,
    STOP,
    begin,
)

STATES = ChangeStates(
    approved="scheduled", running="implement", finished="review", rolled_back="backed out"
)
ITSM, CHANGE = SystemId("itsm"), "CHG-48213"
NOTED = Said(note="the board said so")


def bridge(states: ChangeStates = STATES) -> Bridge:
    """A night under a lease whose change has states that go with it."""
    change = ChangeReference(system=ITSM, id=CHANGE, states=states)
    night = Bridge(night=begin(), release=replace(release(), change=change))
    night.record(RunTakenUp(run=RUN, holder="desk-1", fence=7))
    return night


def sees(night: Bridge, state: str | None, why: str = "") -> Facts:
    return night.does(SeeChange(run=RUN, state=state, why=why), by=CONSOLE)


def moves(facts: Facts) -> list[dict[str, str]]:
    """The moves of the record that were intended, as they are asked of the target."""
    return [
        json.loads(fact.payload)
        for fact in facts
        if isinstance(fact, EffectIntended) and fact.purpose is Purpose.CHANGE_STATE
    ]


def tells(night: Bridge) -> Facts:
    return night.does(TellChange(run=RUN), by=CONSOLE)


def move_of(night: Bridge) -> EffectId:
    """The newest move of the record."""
    return max(
        each
        for each, found in night.run.effects.items()
        if found.intent.purpose is Purpose.CHANGE_STATE
    )


def arrives(night: Bridge) -> None:
    """Let the newest move be made."""
    effect = move_of(night)
    night.record(
        EffectSent(run=RUN, effect=effect),
        EffectAcknowledged(run=RUN, effect=effect, remote="7"),
        EffectConfirmed(run=RUN, effect=effect, outcome=Outcome.SUCCEEDED),
    )


def implementing() -> Bridge:
    """A night whose change was scheduled and has been put to implement."""
    night = bridge()
    sees(night, "scheduled")
    tells(night)
    arrives(night)
    return night


def at_the_end(night: Bridge) -> Bridge:
    """The night with every step dealt with."""
    night.comes_to(ANNOUNCE, STOP, DEPLOY, GATE)
    dropped = EndStep(run=RUN, step=DROP, state=StepState.NOT_NEEDED, said=Said(note="gone"))
    night.does(dropped, by=ASHA)
    return night


def ends(night: Bridge) -> Facts:
    return night.does(EndRun(run=RUN, outcome=RunOutcome.FINISHED), by=CONSOLE)


def settle(state: str, *, keep: bool, said: Said = NOTED) -> SettleChange:
    return SettleChange(run=RUN, state=state, keep=keep, said=said)


def holds(night: Bridge) -> list[HoldCause]:
    return [hold.cause for hold in night.run.holds]


# The night moves the record.


def test_that_the_record_is_moved_from_the_state_it_was_seen_in_under_the_commander() -> None:
    night = bridge()
    (seen,) = sees(night, "scheduled")
    assert seen == ChangeSeen(run=RUN, system=ITSM, change=CHANGE, state="scheduled", in_step=True)
    facts = tells(night)
    assert moves(facts) == [{"change": CHANGE, "from": "scheduled", "state": "implement"}]
    found = night.run.effects[move_of(night)]
    assert (found.intent.effect_kind, found.intent.person) == ("change.transition", "mara")
    assert moves(tells(night)) == []
    arrives(night)
    assert moves(tells(night)) == []
    assert difference(night.run) == ""


def test_that_nothing_is_moved_before_the_record_was_seen_or_where_no_state_goes_with_it() -> None:
    assert moves(tells(bridge())) == []
    night = bridge(ChangeStates(approved="scheduled"))
    sees(night, "scheduled")
    assert moves(tells(night)) == []


def test_that_a_record_that_is_there_already_is_in_step_in_whatever_capitals() -> None:
    night = bridge()
    (seen,) = sees(night, "Implement")
    assert isinstance(seen, ChangeSeen)
    assert seen.in_step
    assert moves(tells(night)) == []


def test_that_a_night_with_no_word_on_how_it_begins_takes_what_it_finds() -> None:
    night = bridge(ChangeStates(running="implement"))
    sees(night, "whatever")
    assert moves(tells(night)) == [{"change": CHANGE, "from": "whatever", "state": "implement"}]


def test_that_the_end_moves_the_record_in_the_same_breath() -> None:
    night = at_the_end(implementing())
    *owed, ended = ends(night)
    assert isinstance(ended, RunEnded)
    assert moves(tuple(owed)) == [{"change": CHANGE, "from": "implement", "state": "review"}]
    assert night.run.is_over
    arrives(night)
    assert difference(night.run) == ""


def test_that_a_night_that_was_rolled_back_puts_the_record_there() -> None:
    night = implementing()
    night.comes_to(ANNOUNCE, STOP, DEPLOY)
    night.fires()
    night.record(RollbackEnded(run=RUN, ending=RollbackEnding.ROLLED_BACK, fleet=(), reconcile=()))
    facts = night.does(EndRun(run=RUN, outcome=RunOutcome.ROLLED_BACK), by=CONSOLE)
    assert moves(facts) == [{"change": CHANGE, "from": "implement", "state": "backed out"}]


def test_that_the_end_follows_a_move_that_is_still_on_its_way() -> None:
    night = bridge()
    sees(night, "scheduled")
    tells(night)
    at_the_end(night)
    assert moves(ends(night)) == [{"change": CHANGE, "from": "implement", "state": "review"}]


def test_that_nothing_is_told_under_a_stopped_line_in_a_rehearsal_or_without_a_change() -> None:
    night = implementing()
    night.does(StopLine(run=RUN), by=INES)
    assert tells(night) == ()
    walked = Bridge(night=begin(rehearsal=True))
    assert walked.does(TellChange(run=RUN), by=CONSOLE) == ()
    alone = Bridge(night=begin(), release=replace(release(), change=None))
    assert alone.does(TellChange(run=RUN), by=CONSOLE) == ()
    assert alone.does(SeeChange(run=RUN, state="x"), by=CONSOLE) == ()


def test_that_the_end_of_a_stopped_line_or_of_a_night_without_a_change_tells_nothing() -> None:
    alone = Bridge(night=begin(), release=replace(release(), change=None))
    assert last_facts(alone.around(CONSOLE), alone.run, RunOutcome.FINISHED) == ()
    stopped = implementing()
    stopped.does(StopLine(run=RUN), by=INES)
    assert last_facts(stopped.around(CONSOLE), stopped.run, RunOutcome.ROLLED_BACK) == ()


# Somebody else moves it.


def test_that_a_state_of_somebody_elses_holds_the_night_and_is_not_overwritten() -> None:
    night = implementing()
    seen, held = sees(night, "assess")
    assert isinstance(seen, ChangeSeen)
    assert not seen.in_step
    says = f"{CHANGE} is assess in itsm, and was implement when last in step"
    assert held == HoldBegan(run=RUN, cause=HoldCause.CHANGE, thing=CHANGE, reasons=(says,))
    assert moves(tells(night)) == []
    assert sees(night, "assess") == ()
    line = night_answer(night.run).change
    assert line is not None
    assert (line.state, line.in_step, line.says) == ("assess", False, says)


def test_that_a_night_may_not_begin_from_a_state_that_is_not_the_approved_one_unseen() -> None:
    night = bridge()
    _, held = sees(night, "assess")
    assert isinstance(held, HoldBegan)
    assert held.reasons == (f"{CHANGE} is assess in itsm",)


def test_that_the_hold_ends_by_itself_once_they_are_in_step_again() -> None:
    night = implementing()
    sees(night, "assess")
    _, ended = sees(night, "implement")
    assert isinstance(ended, HoldEnded)
    assert holds(night) == []


def test_that_another_difference_gives_the_hold_its_new_reason() -> None:
    night = implementing()
    sees(night, "assess")
    sees(night, "cancelled")
    (hold,) = night.run.holds
    assert "cancelled" in hold.reasons[0]


def test_that_a_record_that_cannot_be_read_is_unknown_and_holds_nothing() -> None:
    night = bridge()
    (seen,) = sees(night, None, "no answer")
    assert isinstance(seen, ChangeSeen)
    line = night_answer(night.run).change
    assert line is not None
    assert (line.state, line.in_step, line.says) == (None, None, "cannot be read: no answer")
    assert holds(night) == []
    sees(night, "scheduled")
    (unread,) = sees(night, None, "no answer")
    assert isinstance(unread, ChangeSeen)
    line = night_answer(night.run).change
    assert line is not None
    assert (line.state, line.in_step) == ("scheduled", None)


def test_that_a_record_is_not_called_in_step_while_a_move_of_it_is_on_its_way() -> None:
    night = implementing()
    sees(night, "assess")
    night.does(settle("assess", keep=False))
    line = night_answer(night.run).change
    assert line is not None
    assert (line.state, line.becomes, line.in_step, line.says) == ("assess", "implement", None, "")
    arrives(night)
    line = night_answer(night.run).change
    assert line is not None
    assert (line.state, line.becomes, line.in_step) == ("implement", None, True)


def test_that_a_night_that_keeps_no_change_in_step_shows_none() -> None:
    assert night_answer(begin().run).change is None


# The target says no.


@pytest.mark.parametrize("by_hand", [False, True])
def test_that_a_move_that_came_to_nothing_is_a_difference_and_is_not_tried_again(
    by_hand: bool,
) -> None:
    night = bridge()
    sees(night, "scheduled")
    tells(night)
    effect = move_of(night)
    night.record(EffectSent(run=RUN, effect=effect))
    if by_hand:
        night.record(
            EffectUnknown(run=RUN, effect=effect, why="no answer"),
            EffectSettledByHand(run=RUN, effect=effect, outcome=None, note=""),
        )
    else:
        night.record(EffectRefused(run=RUN, effect=effect, reason="no such path"))
    assert moves(tells(night)) == []
    (held,) = sees(night, "scheduled")
    assert isinstance(held, HoldBegan)
    assert "could not be made implement: " in held.reasons[0]
    night.does(settle("scheduled", keep=False))
    assert len(night.run.open_effects()) == 2
    assert moves(tells(night)) == []


def test_that_a_move_settled_by_hand_as_made_is_in_step() -> None:
    night = bridge()
    sees(night, "scheduled")
    tells(night)
    effect = move_of(night)
    night.record(
        EffectSent(run=RUN, effect=effect),
        EffectUnknown(run=RUN, effect=effect, why="no answer"),
        EffectSettledByHand(run=RUN, effect=effect, outcome=Outcome.SUCCEEDED, note="seen"),
    )
    assert difference(night.run) == ""
    assert night.run.change is not None
    assert night.run.change.state == "implement"


# A person decides.


def test_that_a_state_kept_there_holds_nothing_until_the_night_ends() -> None:
    night = implementing()
    sees(night, "assess")
    settled, ended = night.does(settle("assess", keep=True))
    assert settled == ChangeSettled(
        run=RUN,
        change=CHANGE,
        state="assess",
        kept=True,
        phase=ChangePhase.RUNNING,
        note="the board said so",
    )
    assert isinstance(ended, HoldEnded)
    assert sees(night, "assess") == ()
    assert moves(tells(night)) == []
    at_the_end(night)
    assert moves(ends(night)) == [{"change": CHANGE, "from": "assess", "state": "review"}]


def test_that_the_nights_state_is_put_there_from_what_was_seen() -> None:
    night = implementing()
    sees(night, "assess")
    facts = night.does(settle("assess", keep=False))
    assert moves(facts) == [{"change": CHANGE, "from": "assess", "state": "implement"}]
    assert holds(night) == []


def test_that_a_stopped_line_lets_nothing_be_put_there_before_it_is_resumed() -> None:
    night = implementing()
    sees(night, "assess")
    night.does(StopLine(run=RUN), by=INES)
    assert moves(night.does(settle("assess", keep=False))) == []


def test_that_only_the_commander_decides_over_what_stands_there_with_a_reason() -> None:
    night = implementing()
    assert night.refuses(settle("implement", keep=True)) == ("no_difference",)
    sees(night, "assess")
    assert night.refuses(settle("cancelled", keep=True)) == ("change_moved",)
    assert night.refuses(settle("assess", keep=True, said=Said())) == ("no_reason",)
    assert night.refuses(settle("assess", keep=True), by=INES) == ("not_the_commander",)
    hold = EndHold(run=RUN, cause=HoldCause.CHANGE, thing=CHANGE, said=NOTED)
    assert night.refuses(hold) == ("change_differs",)


def test_that_nothing_is_put_there_where_no_state_goes_with_the_night() -> None:
    night = bridge(ChangeStates(approved="scheduled"))
    sees(night, "assess")
    assert night.refuses(settle("assess", keep=False)) == ("no_state",)


def test_that_a_difference_after_the_end_is_shown_and_can_still_be_decided() -> None:
    night = at_the_end(implementing())
    ends(night)
    arrives(night)
    (seen,) = sees(night, "closed")
    assert isinstance(seen, ChangeSeen)
    assert holds(night) == []
    facts = night.does(settle("closed", keep=False))
    assert moves(facts) == [{"change": CHANGE, "from": "closed", "state": "review"}]


def test_that_a_decision_without_a_reading_changes_nothing_in_the_fold() -> None:
    night = bridge()
    night.record(
        ChangeSettled(
            run=RUN, change=CHANGE, state="x", kept=True, phase=ChangePhase.RUNNING, note="n"
        )
    )
    assert night.run.change is None

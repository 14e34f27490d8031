"""Opening, taking up, leaving and ending a run, and the moves of its effects."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.kernel.ids import Digest, EffectId, PersonId, RunId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_commands import (
    CloseProblem,
    HandOverLeftOpen,
    LeaveOpen,
    OpenProblem,
    StopLine,
)
from relconsole.domain.night.bridge_facts import HoldBegan, HoldCause, HoldEnded
from relconsole.domain.night.decide_run import decide_run, open_release
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectIntended,
    EffectRefused,
    EffectRenewed,
    EffectSent,
    EffectSettledByHand,
    EffectUnknown,
    Purpose,
)
from relconsole.domain.night.facts import (
    CheckpointAnchored,
    RunEnded,
    RunLeft,
    RunOpened,
    RunOutcome,
    RunTakenUp,
    StepState,
)
from relconsole.domain.night.rollback_facts import RollbackEnded, RollbackEnding
from relconsole.domain.night.run_commands import (
    EndRun,
    IntendEffect,
    KeepAnchor,
    LeaveRun,
    MoveEffect,
    OpenRun,
    RenewEffect,
    TakeUp,
)
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole.domain.record.effect import EffectState, Outcome
from tests.unit.domain.night.nights import (
    BEN,
    CONSOLE,
    PIA,
    Bridge,
    actor,
    bridge,
    deploying,
    freeze,
    nameless,
    past_the_gate,
)
from tests.unit.domain.night.scenes import (
    ASHA,
    DEPLOY,
    DROP,
    INES,
    JO,
    MARA,
    PLAN,
    RELEASE,
    RUN,
    START,
    TOMAS,
    WINDOW,
    runbook,
)

OPEN = OpenRun(
    run=RUN,
    release=RELEASE,
    rehearsal=False,
    holder="console-1",
    plan=PLAN,
    step_digests={},
    calls={},
    approval="approved by petra",
    approval_gaps=(),
    policy=PLAN,
    console="0.1.0",
)
ITSM = SystemId("itsm")


def opening(
    night: Bridge, command: OpenRun = OPEN, by: Actor | str | None = MARA
) -> tuple[str, ...] | RunOpened:
    """The opened run, or the rules that keep it closed."""
    answer = open_release(night.around(by), None, command)
    if isinstance(answer, Refusal):
        return tuple(each.rule for each in answer.reasons)
    return answer[0]


def all_done() -> Bridge:
    """A night whose every step is dealt with."""
    night = past_the_gate()
    dropped = EndStep(
        run=RUN, step=DROP, state=StepState.NOT_NEEDED, said=Said(note="columns are gone")
    )
    night.does(dropped, by=ASHA)
    return night


def intend(purpose: Purpose = Purpose.ANCHOR) -> IntendEffect:
    return IntendEffect(
        run=RUN, system=ITSM, effect_kind="change.comment", purpose=purpose, payload={"text": "x"}
    )


# Opening.


def test_that_a_run_is_opened_over_the_releases_plan_its_commander_and_its_approval() -> None:
    opened = opening(bridge())
    assert isinstance(opened, RunOpened)
    assert (opened.release, opened.commander, opened.rehearsal) == (RELEASE, MARA, False)
    assert (opened.runbook, opened.approval) == (runbook(), "approved by petra")


def test_that_a_release_has_one_open_run_at_a_time() -> None:
    night = bridge()
    answer = open_release(night.around(), night.run, OPEN)
    assert isinstance(answer, Refusal)
    assert answer.reasons[0].rule == "run_open"
    over = replace(night.run, outcome=RunOutcome.FINISHED)
    assert not isinstance(open_release(night.around(), over, OPEN), Refusal)
    left = replace(night.run, outcome=RunOutcome.HELD)
    assert isinstance(open_release(night.around(), left, OPEN), Refusal)
    assert night.refuses(OPEN) == ("run_open",)


def test_that_a_live_run_is_not_opened_unapproved_or_into_a_freeze() -> None:
    night = bridge()
    night.calendar = freeze(START, WINDOW.end)
    gaps = ("CHG-48213 is not approved", "its approver is the requester")
    assert opening(night, replace(OPEN, approval_gaps=gaps)) == (
        "freeze_forbids",
        "not_approved",
        "not_approved",
    )


def test_that_a_freeze_that_touches_the_planned_interval_only_at_its_end_forbids_nothing() -> None:
    night = bridge()
    night.calendar = freeze(WINDOW.end, WINDOW.end + timedelta(days=1))
    assert isinstance(opening(night), RunOpened)


def test_that_a_live_run_is_opened_by_a_person_under_their_own_enrolled_key() -> None:
    night = bridge(keyed=(MARA,))
    assert opening(night, by=None) == ("who_acts",)
    assert opening(night, by=actor(MARA, signed=False)) == ("unproven",)
    assert opening(night, by=JO) == ("unproven",)
    assert isinstance(opening(night, by="MOKAFOR"), RunOpened)


def test_that_before_anybody_is_enrolled_a_run_is_opened_without_a_name() -> None:
    assert isinstance(opening(nameless(), by=None), RunOpened)


def test_that_a_rehearsal_is_opened_by_anybody_at_any_time() -> None:
    night = bridge()
    night.calendar = freeze(START, WINDOW.end)
    rehearsal = replace(OPEN, rehearsal=True, approval_gaps=("not approved",))
    assert isinstance(opening(night, rehearsal, by=None), RunOpened)


# Taking up and leaving.


def test_that_who_takes_a_run_up_holds_it_under_a_new_token_and_ends_what_nobody_answered() -> None:
    night = bridge()
    for cause in (HoldCause.NO_ANSWER, HoldCause.MONITORING, HoldCause.PERSON):
        night.record(HoldBegan(run=RUN, cause=cause, thing="it", reasons=("so",)))
    night.does(LeaveRun(run=RUN, outcome=RunOutcome.HELD, reasons=("nobody",)), by=CONSOLE)
    taken, *ended = night.does(TakeUp(run=RUN, holder="console-2", fence=7), by=CONSOLE)
    assert taken == RunTakenUp(run=RUN, holder="console-2", fence=7)
    assert all(isinstance(each, HoldEnded) for each in ended)
    assert [hold.cause for hold in night.run.holds] == [HoldCause.PERSON]
    assert (night.run.fence, night.run.outcome) == (7, None)


def test_that_another_version_takes_nothing_up_while_effects_are_open() -> None:
    night = bridge()
    night.does(TakeUp(run=RUN, holder="console-1", fence=6, console="0.1.0"), by=CONSOLE)
    other = TakeUp(run=RUN, holder="console-1", fence=7, console="0.2.0")
    anchor = IntendEffect(
        run=RUN,
        system=SystemId("itsm"),
        effect_kind="change.comment",
        purpose=Purpose.ANCHOR,
        payload={},
    )
    night.does(anchor, by=CONSOLE)
    assert night.decide(other, by=CONSOLE)
    night.does(replace(anchor, purpose=Purpose.UNSILENCE), by=CONSOLE)
    refusal = night.decide(other, by=CONSOLE)
    assert isinstance(refusal, Refusal)
    (reason,) = refusal.reasons
    assert reason.rule == "program_changed"
    assert reason.says.endswith(f"open are {max(night.run.effects)}")
    assert "version 0.1.0, or look" in reason.lifts
    night.does(TakeUp(run=RUN, holder="console-1", fence=7, console="0.1.0"), by=CONSOLE)
    # Who does not say which version it is, as older ones did not, is not told apart.
    night.does(TakeUp(run=RUN, holder="console-1", fence=8), by=CONSOLE)
    assert night.run.console == "0.1.0"


def test_that_a_run_is_left_with_its_reasons() -> None:
    night = bridge()
    (fact,) = night.does(
        LeaveRun(run=RUN, outcome=RunOutcome.STOPPED, reasons=("smoke",)), by=CONSOLE
    )
    assert fact == RunLeft(run=RUN, outcome=RunOutcome.STOPPED, reasons=("smoke",))
    assert not night.run.is_over


def test_that_a_run_that_is_over_is_neither_taken_up_nor_ended_again() -> None:
    night = all_done()
    night.does(EndRun(run=RUN, outcome=RunOutcome.FINISHED), by=CONSOLE)
    taken = TakeUp(run=RUN, holder="console-2", fence=9)
    assert night.refuses(taken, by=CONSOLE) == ("run_over",)
    assert "run_over" in night.refuses(EndRun(run=RUN, outcome=RunOutcome.FINISHED), by=CONSOLE)
    assert isinstance(decide_run(night.around(CONSOLE), night.run, taken), Refusal)


# The end.


def test_that_a_night_whose_steps_are_all_dealt_with_is_finished() -> None:
    night = all_done()
    *told, fact = night.does(EndRun(run=RUN, outcome=RunOutcome.FINISHED), by=CONSOLE)
    assert fact == RunEnded(run=RUN, outcome=RunOutcome.FINISHED)
    assert night.run.is_over
    # What the change record is owed is intended in the same breath.
    notes = [each.serves for each in told if isinstance(each, EffectIntended)]
    assert (notes[0], notes[-1], len(notes)) == ("opened", "ended", len(told))


@pytest.mark.parametrize("outcome", list(RunOutcome))
def test_that_a_night_with_steps_to_do_does_not_end_at_all(outcome: RunOutcome) -> None:
    assert "not_at_the_end" in bridge().refuses(EndRun(run=RUN, outcome=outcome), by=CONSOLE)


def test_that_a_held_or_stopped_night_is_left_and_never_ended() -> None:
    for outcome in (RunOutcome.HELD, RunOutcome.STOPPED):
        assert all_done().refuses(EndRun(run=RUN, outcome=outcome), by=CONSOLE) == (
            "not_at_the_end",
        )


def test_that_no_night_is_finished_under_a_hold_or_with_the_line_stopped() -> None:
    night = all_done()
    night.record(HoldBegan(run=RUN, cause=HoldCause.TRIGGER, thing="p95", reasons=("slow",)))
    night.does(StopLine(run=RUN), by=BEN)
    finish = EndRun(run=RUN, outcome=RunOutcome.FINISHED)
    assert night.refuses(finish, by=CONSOLE) == ("line_stopped", "hold_trigger")


def test_that_a_night_whose_rollback_was_fired_is_not_finished_even_with_every_step_done() -> None:
    night = all_done()
    night.fires()
    finish = EndRun(run=RUN, outcome=RunOutcome.FINISHED)
    refusal = night.decide(finish, by=CONSOLE)
    assert "a rollback was fired" in str(refusal)
    back = EndRun(run=RUN, outcome=RunOutcome.ROLLED_BACK)
    assert night.refuses(back, by=CONSOLE) == ("not_at_the_end",)
    night.record(RollbackEnded(run=RUN, ending=RollbackEnding.PARTIAL, fleet=()))
    assert night.refuses(back, by=CONSOLE) == ("not_at_the_end",)
    night.record(RollbackEnded(run=RUN, ending=RollbackEnding.ROLLED_BACK, fleet=()))
    assert night.refuses(finish, by=CONSOLE) == ("not_at_the_end",)
    assert night.does(back, by=CONSOLE)


def test_that_a_night_that_only_armed_a_rollback_is_finished() -> None:
    night = all_done()
    night.arms()
    assert night.does(EndRun(run=RUN, outcome=RunOutcome.FINISHED), by=CONSOLE)


def test_that_a_night_does_not_end_while_an_entry_is_neither_closed_nor_handed_over() -> None:
    night = all_done()
    for entry in ("flag", "mute"):
        night.does(
            LeaveOpen(run=RUN, entry=entry, what=f"the {entry}", owner=JO, closes="lift it"),
            by=CONSOLE,
        )
    finish = EndRun(run=RUN, outcome=RunOutcome.FINISHED)
    night.does(HandOverLeftOpen(run=RUN, entry="flag"), by=JO)
    refusal = night.decide(finish, by=CONSOLE)
    assert isinstance(refusal, Refusal)
    assert [(each.rule, each.thing) for each in refusal.reasons] == [("left_open", "mute")]
    night.does(HandOverLeftOpen(run=RUN, entry="mute"), by=JO)
    assert night.does(finish, by=CONSOLE)


def test_that_a_night_does_not_end_with_an_open_problem() -> None:
    night = all_done()
    night.does(OpenProblem(run=RUN, problem="P1", what="queue grows", severity="high"))
    finish = EndRun(run=RUN, outcome=RunOutcome.FINISHED)
    assert night.refuses(finish, by=CONSOLE) == ("problem_open",)
    night.does(CloseProblem(run=RUN, problem="P1"))
    assert night.does(finish, by=CONSOLE)


@pytest.mark.parametrize(
    ("purpose", "ends"),
    [(Purpose.ANCHOR, True), (Purpose.UNSILENCE, False), (Purpose.RESTORE_POINT, False)],
)
def test_that_an_open_effect_keeps_a_night_from_its_end_unless_it_is_an_anchor(
    purpose: Purpose, ends: bool
) -> None:
    night = all_done()
    night.does(intend(purpose), by=CONSOLE)
    answer = night.decide(EndRun(run=RUN, outcome=RunOutcome.FINISHED), by=CONSOLE)
    assert isinstance(answer, tuple) is ends


def test_that_a_night_does_not_end_while_alerts_are_still_muted() -> None:
    night = all_done()
    (silence,) = night.does(intend(Purpose.ANCHOR), by=CONSOLE)
    assert isinstance(silence, EffectIntended)
    mute = replace(silence, purpose=Purpose.SILENCE, step=DEPLOY)
    night.record(mute)
    muted = night.effects(DEPLOY)[-1]
    taken = EffectAcknowledged(run=RUN, effect=muted, remote="s-1")
    done = EffectConfirmed(run=RUN, effect=muted, outcome=Outcome.SUCCEEDED)
    night.record(EffectSent(run=RUN, effect=muted), taken, done)
    finish = EndRun(run=RUN, outcome=RunOutcome.FINISHED)
    assert night.refuses(finish, by=CONSOLE) == ("silence_stands",)
    night.record(replace(mute, purpose=Purpose.UNSILENCE, serves=muted))
    lifted = night.effects(DEPLOY)[-1]
    gone = EffectConfirmed(run=RUN, effect=lifted, outcome=Outcome.SUCCEEDED)
    night.record(EffectSent(run=RUN, effect=lifted), gone)
    assert night.does(finish, by=CONSOLE)


# Effects that serve the night itself.


def test_that_the_console_intends_what_serves_the_night_itself() -> None:
    night = bridge()
    (fact,) = night.does(replace(intend(), step=DEPLOY, serves="12"), by=CONSOLE)
    assert fact == EffectIntended(
        run=RUN,
        system=ITSM,
        effect_kind="change.comment",
        purpose=Purpose.ANCHOR,
        fence=1,
        step=DEPLOY,
        serves="12",
        payload='{"text":"x"}',
        person=MARA,
    )


@pytest.mark.parametrize("purpose", [Purpose.STEP, Purpose.UNDO, Purpose.SILENCE])
def test_that_what_a_step_does_is_intended_by_its_start_and_through_no_other_door(
    purpose: Purpose,
) -> None:
    assert bridge().refuses(intend(purpose), by=CONSOLE) == ("belongs_to_a_step",)


def test_that_a_stopped_line_intends_nothing_and_a_hold_keeps_no_anchor_back() -> None:
    night = bridge()
    night.record(HoldBegan(run=RUN, cause=HoldCause.CLOCK, thing="clock", reasons=("jump",)))
    assert night.does(intend(), by=CONSOLE)
    night.does(StopLine(run=RUN), by=BEN)
    assert night.refuses(intend(), by=CONSOLE) == ("line_stopped", "hold_clock")


def test_that_an_anchor_says_how_much_was_taken_where() -> None:
    night = bridge()
    keep = KeepAnchor(run=RUN, size=12, root=Digest("2" * 64), place="keyring")
    assert night.does(keep, by=CONSOLE) == (
        CheckpointAnchored(run=RUN, size=12, root=Digest("2" * 64), place="keyring"),
    )
    assert night.run.anchored == 12


# The moves of effects.


def one_effect() -> tuple[Bridge, EffectId]:
    night = deploying()
    (effect,) = night.effects(DEPLOY)
    return night, effect


def test_that_an_effect_moves_where_the_table_of_moves_has_it() -> None:
    night, effect = one_effect()
    sent = MoveEffect(run=RUN, move=EffectSent(run=RUN, effect=effect))
    early = EffectConfirmed(run=RUN, effect=effect, outcome=Outcome.SUCCEEDED)
    assert night.refuses(MoveEffect(run=RUN, move=early), by=CONSOLE) == ("effect_state",)
    assert night.does(sent, by=CONSOLE)
    assert night.refuses(sent, by=CONSOLE) == ("effect_state",)
    taken = EffectAcknowledged(run=RUN, effect=effect, remote="7")
    assert night.does(MoveEffect(run=RUN, move=taken), by=CONSOLE)
    assert night.run.effects[effect].effect.state is EffectState.ACKNOWLEDGED


def test_that_an_effect_is_always_moved_in_the_run_that_it_is_told_to() -> None:
    night, effect = one_effect()
    foreign = EffectSent(run=RunId("another"), effect=effect)
    (fact,) = night.does(MoveEffect(run=RUN, move=foreign), by=CONSOLE)
    assert fact == EffectSent(run=RUN, effect=effect)


def test_that_an_effect_that_the_run_does_not_know_is_not_moved() -> None:
    unknown = EffectSent(run=RUN, effect=EffectId("no-such"))
    assert bridge().refuses(MoveEffect(run=RUN, move=unknown), by=CONSOLE) == ("no_effect",)


def test_that_nothing_leaves_while_the_line_is_stopped_but_what_left_may_still_answer() -> None:
    night, effect = one_effect()
    night.does(StopLine(run=RUN), by=BEN)
    sent = EffectSent(run=RUN, effect=effect)
    assert night.refuses(MoveEffect(run=RUN, move=sent), by=CONSOLE) == ("line_stopped",)
    night.record(sent)
    taken = EffectAcknowledged(run=RUN, effect=effect, remote="7")
    assert night.does(MoveEffect(run=RUN, move=taken), by=CONSOLE)
    refused = EffectRefused(run=RUN, effect=effect, reason="no")
    assert night.refuses(MoveEffect(run=RUN, move=refused), by=CONSOLE) == ("effect_state",)


def unknown() -> tuple[Bridge, EffectId]:
    """A night with a job of which nobody can tell what became, and the hold that says so."""
    night, effect = one_effect()
    night.record(
        EffectSent(run=RUN, effect=effect),
        EffectUnknown(run=RUN, effect=effect, why="no answer"),
        HoldBegan(run=RUN, cause=HoldCause.EFFECT, thing=effect, reasons=("no answer",)),
        HoldBegan(run=RUN, cause=HoldCause.STEP, thing=effect, reasons=("no answer",)),
    )
    return night, effect


def settle(
    effect: EffectId, outcome: Outcome | None = Outcome.SUCCEEDED, note: str = "I looked"
) -> MoveEffect:
    settled = EffectSettledByHand(run=RUN, effect=effect, outcome=outcome, note=note)
    return MoveEffect(run=RUN, move=settled)


@pytest.mark.parametrize("outcome", [Outcome.SUCCEEDED, Outcome.FAILED, None])
def test_that_a_person_who_looked_settles_it_and_ends_its_hold_and_no_other(
    outcome: Outcome | None,
) -> None:
    night, effect = unknown()
    settled, ended = night.does(settle(effect, outcome), by=JO)
    assert isinstance(settled, EffectSettledByHand)
    assert isinstance(ended, HoldEnded)
    assert [hold.cause for hold in night.run.holds] == [HoldCause.STEP]
    assert not night.run.effects[effect].is_open


def test_that_settling_by_hand_says_what_was_seen() -> None:
    night, effect = unknown()
    assert night.refuses(settle(effect, note=""), by=JO) == ("no_reason",)


@pytest.mark.parametrize(
    ("by", "rule"),
    [
        (None, "who_acts"),
        (CONSOLE, "unproven"),
        (TOMAS, "segregation_of_duties"),
        (PersonId("tnovak"), "segregation_of_duties"),
        (PIA, "segregation_of_duties"),
    ],
)
def test_that_nobody_the_console_requester_and_author_settle_nothing_by_hand(
    by: Actor | str | None, rule: str
) -> None:
    night, effect = unknown()
    assert night.refuses(settle(effect), by=by) == (rule,)


def test_that_an_effect_that_is_being_sent_is_settled_by_nobody() -> None:
    night, effect = one_effect()
    night.record(EffectSent(run=RUN, effect=effect))
    assert night.refuses(settle(effect), by=INES) == ("effect_state",)


def waiting() -> tuple[Bridge, EffectId]:
    """A night with a job that was never sent, and the hold that asks a person about it."""
    night, effect = one_effect()
    night.record(
        HoldBegan(run=RUN, cause=HoldCause.EFFECT, thing=effect, reasons=("it has waited",)),
        HoldBegan(run=RUN, cause=HoldCause.STEP, thing=effect, reasons=("another",)),
    )
    return night, effect


def renew(effect: EffectId, note: str = "still wanted") -> RenewEffect:
    return RenewEffect(run=RUN, effect=effect, note=note)


def test_that_a_person_lets_go_what_waited_and_ends_its_hold_and_no_other() -> None:
    night, effect = waiting()
    renewed, ended = night.does(renew(effect), by=JO)
    assert isinstance(renewed, EffectRenewed)
    assert isinstance(ended, HoldEnded)
    assert [hold.cause for hold in night.run.holds] == [HoldCause.STEP]
    assert night.run.effects[effect].effect.state is EffectState.INTENDED
    assert night.run.effects[effect].renewed_at is not None


def test_that_what_waited_is_dropped_by_hand_although_it_was_never_sent() -> None:
    night, effect = waiting()
    assert night.does(settle(effect, None), by=JO)
    assert not night.run.effects[effect].is_open
    assert [hold.cause for hold in night.run.holds] == [HoldCause.STEP]


def test_that_what_nobody_knows_the_end_of_may_be_renewed_too() -> None:
    night, effect = unknown()
    assert night.does(renew(effect), by=JO)
    assert night.run.effects[effect].effect.state is EffectState.UNKNOWN


def test_that_letting_go_so_late_says_why() -> None:
    night, effect = waiting()
    assert night.refuses(renew(effect, note=""), by=JO) == ("no_reason",)


@pytest.mark.parametrize(
    ("by", "rule"),
    [
        (None, "who_acts"),
        (CONSOLE, "who_acts"),
        (TOMAS, "segregation_of_duties"),
        (PersonId("tnovak"), "segregation_of_duties"),
        (PIA, "segregation_of_duties"),
    ],
)
def test_that_nobody_the_console_requester_and_author_let_nothing_go(
    by: Actor | str | None, rule: str
) -> None:
    night, effect = waiting()
    assert night.refuses(renew(effect), by=by) == (rule,)


def test_that_what_is_being_sent_was_taken_or_is_not_there_cannot_be_renewed() -> None:
    night, effect = one_effect()
    assert night.refuses(renew(EffectId("f" * 32)), by=JO) == ("no_effect",)
    night.record(EffectSent(run=RUN, effect=effect))
    assert night.refuses(renew(effect), by=JO) == ("effect_state",)
    night.record(EffectAcknowledged(run=RUN, effect=effect, remote="7"))
    assert night.refuses(renew(effect), by=JO) == ("effect_state",)

"""Arming, firing and ending a rollback, with its totals and restore points."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import Digest, PersonId, ServiceId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.decide_rollback import decide_rollback
from relconsole.domain.night.effect_facts import EffectRefused
from relconsole.domain.night.facts import RunEnded, RunOutcome, StepState
from relconsole.domain.night.rollback_commands import (
    ArmRollback,
    CloseTotal,
    DisarmRollback,
    EndRollback,
    FireRollback,
    KeepPreserved,
    KeepRestorePoint,
    KeepTotal,
)
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    FleetRow,
    ReconcileRow,
    RestorePointKept,
    RollbackArmed,
    RollbackDisarmed,
    RollbackEnded,
    RollbackEnding,
    RollbackFired,
    StatePreserved,
    TotalDifferenceClosed,
    TotalMoment,
    TwoPersonAct,
)
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole.domain.record.request import Answer
from relconsole.domain.release.release import RestorePoint, RollbackEdits
from tests.unit.domain.night import scenes
from tests.unit.domain.night.nights import (
    BEN,
    CONSOLE,
    JOURNAL,
    PIA,
    Bridge,
    arm,
    bridge,
    deploying,
    fire,
    nameless,
    start,
)
from tests.unit.domain.night.scenes import (
    ASHA,
    DEPLOY,
    INES,
    JO,
    MARA,
    RUN,
    TOMAS,
    UNDO_DEPLOY,
)

PREPARED = scenes.armed()
SEEN = PREPARED.fleet[0]
BACK = replace(SEEN, expected=SEEN.target, observed=(SEEN.target,))


def armed(**changed: object) -> Bridge:
    """A night with a rollback armed over a fleet that is as planned."""
    night = deploying()
    night.does(replace(arm(PREPARED), **changed), by=BEN)  # type: ignore[arg-type]
    return night


def signed(night: Bridge, signer: str = "ines") -> Answer:
    """A second person's word for the rollback that Ben armed."""
    return night.signs(TwoPersonAct.ROLLBACK, RUN, signer=signer, asked_by=BEN)


def fired() -> Bridge:
    night = deploying()
    night.fires()
    return night


def undone() -> Bridge:
    """A night whose rollback has done all its steps."""
    night = fired()
    night.succeeds(DEPLOY)
    night.does(start(night.run, UNDO_DEPLOY, now=night.now), by=JO)
    night.succeeds(UNDO_DEPLOY)
    night.does(EndStep(run=RUN, step=UNDO_DEPLOY, state=StepState.DONE), by=CONSOLE)
    return night


def ending(
    how: RollbackEnding = RollbackEnding.ROLLED_BACK,
    fleet: tuple[FleetRow, ...] = (BACK,),
    *rows: ReconcileRow,
) -> EndRollback:
    return EndRollback(run=RUN, ending=how, fleet=fleet, reconcile=rows)


# Arming changes nothing outside.


def test_that_an_armed_rollback_holds_its_steps_their_digest_and_the_fleet_it_saw() -> None:
    night = deploying()
    command = replace(arm(PREPARED), decayed=("the rehearsal is 40 days old",), reason="it fails")
    (fact,) = night.does(command, by=BEN)
    assert isinstance(fact, RollbackArmed)
    assert (fact.steps, fact.plan, fact.fleet) == (PREPARED.steps, PREPARED.plan, (SEEN,))
    assert fact.decayed == ("the rehearsal is 40 days old",)
    assert night.run.steps.get(UNDO_DEPLOY) is None
    assert len(night.run.open_effects()) == 1


def test_that_an_armed_rollback_keeps_the_reason_that_was_given_for_it() -> None:
    night = armed(decayed=("too old",), reason="checkout fails")
    assert night.run.rollback is not None
    assert night.run.rollback.armed.reason == "checkout fails"


@pytest.mark.parametrize("reason", ["", "  "])
def test_that_arming_what_decayed_takes_a_reason_but_in_a_rehearsal(reason: str) -> None:
    command = replace(arm(PREPARED), decayed=("too old", "changed"), reason=reason)
    night = deploying()
    assert night.refuses(command, by=BEN) == ("decayed_without_reason",)
    refusal = night.decide(command, by=BEN)
    assert isinstance(refusal, Refusal)
    assert [each.says for each in refusal.reasons] == ["too old", "changed"]
    rehearsed = bridge(rehearsal=True)
    rehearsed.does(command)
    assert rehearsed.run.rollback is not None


def test_that_arming_again_takes_the_place_of_what_was_armed() -> None:
    night = armed()
    night.does(replace(arm(PREPARED), plan=Digest("c" * 64)), by=JO)
    assert night.run.rollback is not None
    assert (night.run.rollback.armed.plan, night.run.rollback.armed_by) == ("c" * 64, JO)


def test_that_nothing_is_armed_where_nothing_was_started() -> None:
    assert bridge().refuses(replace(arm(PREPARED), steps=()), by=BEN) == ("nothing_to_undo",)


@pytest.mark.parametrize("who", [TOMAS, PersonId("tnovak"), PIA])
def test_that_requester_and_author_arm_and_fire_nothing(who: PersonId) -> None:
    night = deploying()
    assert night.refuses(arm(PREPARED), by=who) == ("segregation_of_duties",)
    night.arms()
    assert night.refuses(fire(PREPARED, signed(night)), by=who) == ("segregation_of_duties",)


def test_that_an_unsigned_word_arms_puts_away_and_fires_nothing() -> None:
    night = deploying()
    assert night.refuses(arm(PREPARED), by=None) == ("who_acts",)
    night.arms()
    unsigned = replace(night.around(BEN).actor, key=None)
    assert night.refuses(DisarmRollback(run=RUN), by=unsigned) == ("unproven",)
    assert night.refuses(fire(PREPARED, signed(night)), by=unsigned) == ("unproven",)


def row(*, known: bool) -> FleetRow:
    observed = ("9.9.9",) if known else ()
    return replace(SEEN, ok=False, observed=observed, says="not as planned")


def test_that_a_fleet_that_differs_refuses_unless_people_force_it() -> None:
    night = deploying()
    differs = replace(arm(PREPARED), fleet=(SEEN, row(known=True)))
    assert night.refuses(differs, by=BEN) == ("fleet_differs",)
    assert night.does(replace(differs, forced=True), by=BEN)


def test_that_a_fleet_that_nobody_can_see_is_never_forced() -> None:
    unknown = replace(arm(PREPARED), fleet=(row(known=False),))
    assert deploying().refuses(unknown, by=BEN) == ("fleet_unknown",)
    assert deploying().refuses(replace(unknown, forced=True), by=BEN) == ("fleet_unknown",)


def test_that_what_was_fired_is_neither_armed_again_nor_put_away() -> None:
    night = fired()
    assert night.refuses(arm(PREPARED), by=BEN) == ("fired",)
    assert night.refuses(DisarmRollback(run=RUN), by=BEN) == ("not_armed",)
    assert night.refuses(fire(PREPARED, None), by=BEN) == ("not_armed",)


def test_that_an_armed_rollback_is_put_away() -> None:
    night = armed()
    (fact,) = night.does(DisarmRollback(run=RUN, said=Said(note="it recovered")), by=BEN)
    assert fact == RollbackDisarmed(run=RUN, note="it recovered")
    assert night.refuses(DisarmRollback(run=RUN), by=BEN) == ("not_armed",)


@pytest.mark.parametrize("ready", [False, True], ids=["to arm", "to fire"])
def test_that_a_run_that_is_over_is_not_rolled_back(ready: bool) -> None:
    night = armed() if ready else deploying()
    second = signed(night) if ready else None
    night.record(RunEnded(run=RUN, outcome=RunOutcome.FINISHED))
    command: ArmRollback | FireRollback = fire(PREPARED, second) if ready else arm(PREPARED)
    assert night.refuses(command, by=BEN) == ("run_over",)
    assert "run_over" in str(decide_rollback(night.around(BEN), night.run, command))


# Firing takes two people.


def test_that_two_people_fire_the_armed_rollback() -> None:
    night = armed()
    second = signed(night)
    (fact,) = night.does(fire(PREPARED, second), by=BEN)
    assert fact == RollbackFired(run=RUN, plan=PREPARED.plan, person=BEN, second=second)
    assert night.run.rollback is not None
    assert (night.run.rollback.fired_by, night.run.rollback.second) == (BEN, INES)
    assert night.run.steps[UNDO_DEPLOY].state is StepState.NOT_STARTED


def test_that_nothing_is_fired_that_was_not_armed() -> None:
    assert deploying().refuses(fire(PREPARED, None), by=BEN) == ("not_armed",)


def test_that_one_person_alone_fires_nothing() -> None:
    assert armed().refuses(fire(PREPARED, None), by=BEN) == ("second_person",)


def test_that_nobody_fires_namelessly_even_before_anybody_is_enrolled() -> None:
    night = nameless()
    night.does(arm(PREPARED), by=None)
    assert night.refuses(fire(PREPARED, None), by=None) == ("who_acts",)


@pytest.mark.parametrize(
    ("signer", "rule"),
    [
        ("ben", "same_person"),
        ("\uff22\uff25\uff2e", "same_person"),
        ("tomas", "segregation_of_duties"),
        ("TNOVAK", "segregation_of_duties"),
        ("pia", "segregation_of_duties"),
    ],
)
def test_that_the_second_is_never_the_first_nor_a_party_to_the_change(
    signer: str, rule: str
) -> None:
    night = armed()
    assert night.refuses(fire(PREPARED, signed(night, signer)), by=BEN) == (rule,)


def test_that_who_asked_for_the_signature_is_no_second_person_for_whoever_fires() -> None:
    night = armed()
    assert night.refuses(fire(PREPARED, signed(night, "ben")), by=JO) == ("same_person",)


def test_that_a_signature_under_one_armed_rollback_fires_no_other() -> None:
    night = armed()
    second = signed(night)
    other = replace(arm(PREPARED), plan=Digest("c" * 64))
    night.does(other, by=BEN)
    command = replace(fire(PREPARED, second), plan=other.plan)
    assert night.refuses(command, by=BEN) == ("request_is_old",)


def test_that_a_fleet_that_moved_since_arming_fires_nothing() -> None:
    night = armed()
    moved = replace(fire(PREPARED, signed(night)), fleet=(BACK,))
    assert night.refuses(moved, by=BEN) == ("fleet_moved",)


def test_that_a_rollback_that_has_become_another_one_fires_nothing() -> None:
    night = armed()
    other = replace(fire(PREPARED, signed(night)), plan=Digest("c" * 64))
    assert night.refuses(other, by=BEN) == ("armed_other",)


def test_that_a_signature_that_expired_fires_nothing() -> None:
    night = armed()
    second = signed(night)
    night.clock += 15
    assert night.refuses(fire(PREPARED, second), by=BEN) == ("answer_expired",)


def test_that_two_people_who_fire_go_back_over_a_stopped_line() -> None:
    night = armed()
    second = signed(night)
    night.does(StopLine(run=RUN), by=JO)
    night.does(fire(PREPARED, second), by=BEN)
    assert night.run.stop is None


def test_that_a_rehearsal_is_fired_by_one_and_a_signature_there_still_has_to_be_true() -> None:
    night = bridge(rehearsal=True)
    night.does(arm(PREPARED), by=None)
    forged = night.signs(TwoPersonAct.ROLLBACK, RUN, signer="ines", key=BEN)
    assert night.refuses(fire(PREPARED, forged), by=None) == ("answer_with_another_key",)
    (fact,) = night.does(fire(PREPARED, None), by=None)
    assert fact == RollbackFired(run=RUN, plan=PREPARED.plan, person=MARA)


# Rolled back means observed.


def test_that_rolled_back_is_said_once_every_step_is_done_and_the_old_fleet_is_seen() -> None:
    night = undone()
    (fact,) = night.does(ending(), by=CONSOLE)
    assert fact == RollbackEnded(run=RUN, ending=RollbackEnding.ROLLED_BACK, fleet=(BACK,))
    assert night.refuses(ending(), by=CONSOLE) == ("not_fired",)


def test_that_only_a_fired_rollback_ends() -> None:
    assert deploying().refuses(ending(), by=CONSOLE) == ("not_fired",)
    assert armed().refuses(ending(), by=CONSOLE) == ("not_fired",)


def test_that_it_is_not_rolled_back_while_a_step_or_a_job_is_open() -> None:
    night = fired()
    assert night.refuses(ending(), by=CONSOLE) == ("undo_open", "effect_open")


def test_that_it_is_not_rolled_back_while_a_job_sent_forward_may_still_run() -> None:
    night = fired()
    night.does(start(night.run, UNDO_DEPLOY, now=night.now), by=JO)
    night.succeeds(UNDO_DEPLOY)
    night.does(EndStep(run=RUN, step=UNDO_DEPLOY, state=StepState.DONE), by=CONSOLE)
    assert night.refuses(ending(), by=CONSOLE) == ("effect_open",)
    (forward,) = night.effects(DEPLOY)
    night.record(EffectRefused(run=RUN, effect=forward, reason="called off"))
    assert night.does(ending(), by=CONSOLE)


def test_that_it_is_not_rolled_back_with_anything_left_to_reconcile() -> None:
    left = ReconcileRow(item="payments-api@prod", reason="should run 2.30.4")
    assert undone().refuses(ending(RollbackEnding.ROLLED_BACK, (BACK,), left), by=CONSOLE) == (
        "not_back",
    )


@pytest.mark.parametrize(
    "fleet",
    [
        (),
        (replace(BACK, ok=False),),
        (replace(BACK, service=ServiceId("ledger")),),
    ],
    ids=["unseen", "other version", "other service"],
)
def test_that_it_is_not_rolled_back_unless_the_armed_fleet_is_observed_back(
    fleet: tuple[FleetRow, ...],
) -> None:
    night = undone()
    assert night.refuses(ending(RollbackEnding.ROLLED_BACK, fleet), by=CONSOLE) == ("not_back",)


@pytest.mark.parametrize("how", [RollbackEnding.PARTIAL, RollbackEnding.UNKNOWN])
def test_that_partial_and_unknown_are_statements_after_which_it_goes_on(
    how: RollbackEnding,
) -> None:
    night = fired()
    left = ReconcileRow(item="payments-api@prod", reason="unknown")
    assert night.does(ending(how, (), left), by=CONSOLE)
    night.succeeds(DEPLOY)
    night.does(start(night.run, UNDO_DEPLOY, now=night.now), by=JO)
    night.succeeds(UNDO_DEPLOY)
    night.does(EndStep(run=RUN, step=UNDO_DEPLOY, state=StepState.DONE), by=CONSOLE)
    assert night.does(ending(), by=CONSOLE)


# State preserved.


def test_that_what_was_saved_before_the_first_step_is_kept_with_its_digests() -> None:
    command = KeepPreserved(
        run=RUN, folder="before", files=("state.json",), digests=(Digest("1" * 64),)
    )
    night = fired()
    (fact,) = night.does(command, by=CONSOLE)
    assert isinstance(fact, StatePreserved)
    assert night.run.rollback is not None
    assert night.run.rollback.preserved
    assert deploying().refuses(command, by=CONSOLE) == ("not_armed",)


# Control totals.


def total(moment: TotalMoment = TotalMoment.AFTER_ROLLBACK) -> KeepTotal:
    return KeepTotal(run=RUN, total="bookings", moment=moment, value=41.0, says="")


def close(**changed: object) -> CloseTotal:
    command = CloseTotal(
        run=RUN,
        total="bookings",
        moment=TotalMoment.AFTER_ROLLBACK,
        cause="one booking came twice",
        correction="the second was removed",
        owner=ASHA,
    )
    return replace(command, **changed)  # type: ignore[arg-type]


def test_that_a_control_total_is_taken_by_the_console_or_by_a_person_of_standing() -> None:
    night = deploying()
    (fact,) = night.does(total(), by=CONSOLE)
    assert isinstance(fact, ControlTotalTaken)
    assert night.does(total(TotalMoment.BEFORE), by=ASHA)
    assert night.refuses(total(), by=TOMAS) == ("segregation_of_duties",)
    assert night.refuses(total(), by=None) == ("who_acts",)


def test_that_a_difference_is_closed_with_its_cause_by_somebody_else_than_its_owner() -> None:
    night = deploying()
    night.does(total(), by=CONSOLE)
    (fact,) = night.does(close(), by=INES)
    assert isinstance(fact, TotalDifferenceClosed)
    assert (fact.owner, fact.cause) == (ASHA, "one booking came twice")


@pytest.mark.parametrize("who", [ASHA, PersonId("ASHA")])
def test_that_the_owner_of_a_difference_does_not_close_it(who: PersonId) -> None:
    night = deploying()
    night.does(total(), by=CONSOLE)
    assert night.refuses(close(), by=who) == ("owner_closes",)


def test_that_a_difference_is_not_closed_without_owner_or_cause_or_by_nobody() -> None:
    night = deploying()
    night.does(total(), by=CONSOLE)
    assert night.refuses(close(owner=PersonId("")), by=INES) == ("no_owner",)
    assert night.refuses(close(cause=""), by=INES) == ("no_cause",)
    assert night.refuses(close(), by=None) == ("who_acts",)


def test_that_no_difference_is_closed_before_its_total_was_taken() -> None:
    night = deploying()
    night.does(total(TotalMoment.BEFORE), by=CONSOLE)
    assert night.refuses(close(), by=INES) == ("no_total",)
    night.does(replace(total(), total="payments"), by=CONSOLE)
    assert night.refuses(close(), by=INES) == ("no_total",)


def test_that_before_anybody_is_enrolled_a_difference_is_closed_without_a_name() -> None:
    night = nameless()
    night.does(total(), by=CONSOLE)
    assert night.does(close(), by=None)


# Restore points.


def with_point() -> Bridge:
    night = bridge()
    point = RestorePoint(id="dump", before=StepId("drop"), what="ledger", where="vault")
    night.release = replace(night.release, rollback=RollbackEdits(restore_points=(point,)))
    return night


def test_that_a_restore_point_of_the_plan_is_kept_once_it_is_verified() -> None:
    night = with_point()
    keep = KeepRestorePoint(run=RUN, point="dump", says="4 GB, checksum 1f")
    for by in (CONSOLE, ASHA):
        assert night.does(keep, by=by) == (
            RestorePointKept(run=RUN, point="dump", says="4 GB, checksum 1f"),
        )
    assert night.run.restore_points["dump"] == "4 GB, checksum 1f"


def test_that_no_restore_point_is_kept_on_the_word_of_nobody_requester_or_author() -> None:
    night = with_point()
    keep = KeepRestorePoint(run=RUN, point="dump", says="trust me")
    assert night.refuses(keep, by=None) == ("who_acts",)
    assert night.refuses(keep, by=TOMAS) == ("segregation_of_duties",)
    assert night.refuses(keep, by=PIA) == ("segregation_of_duties",)


def test_that_a_restore_point_that_nobody_planned_is_not_kept() -> None:
    keep = KeepRestorePoint(run=RUN, point="another", says="4 GB")
    assert with_point().refuses(keep, by=CONSOLE) == ("no_restore_point",)


def test_that_a_signature_is_asked_through_the_same_door() -> None:
    night = armed()
    asked = night.asks(TwoPersonAct.ROLLBACK, RUN, by=BEN)
    assert (asked.act, JOURNAL in asked.request) == (TwoPersonAct.ROLLBACK, True)

"""The armed sheet: from the wish to arm until it may be fired, and why it may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from relconsole.domain.release.messages import MessageMoment, MessagePlan, Moment
from relconsole_ui.presenters.armed_sheet import (
    ArmedSheetRows,
    SheetStage,
    is_overdue,
    present_armed_sheet,
)
from relconsole_ui.presenters.rollback_sight import RollbackSight
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import NBSP
from tests.unit.presenters.rollback_nights import (
    PAY,
    PLAN,
    Night,
    deployed,
    dry_of,
    keyed_night,
    seen_of,
    sight_of,
    signed,
    with_release,
    with_run,
)
from tests.unit.services.rooms import JO, played
from tests.unit.services.rooms_s2 import NEW, OLD, keyed_room, night, shows


def sheet(seen: Seen, sight: RollbackSight) -> ArmedSheetRows:
    found = present_armed_sheet(seen, sight)
    assert found is not None
    return found


async def armed() -> tuple[Night, RollbackSight]:
    """A night with an armed rollback, and a dry run from before."""
    here = await deployed()
    sight = await sight_of(here.room)
    await here.arms()
    return here, sight


@played
async def test_that_there_is_no_sheet_before_the_night_is_opened() -> None:
    room = await keyed_room(PLAN)
    assert present_armed_sheet(seen_of(room), RollbackSight()) is None


@played
async def test_that_a_dry_run_on_its_way_is_arming() -> None:
    room = await keyed_night()
    rows = sheet(seen_of(room), RollbackSight())
    assert (rows.stage, rows.title) == (SheetStage.ARMING, "Rollback, arming")
    assert (rows.changes, rows.changes_note) == ((), "dry run is being made")
    assert (rows.looked_at_note, rows.fire.estimate) == ("", "how long is not known")
    assert (rows.fire.why, rows.fire.leave) == ("Not armed yet", "Close")


@played
async def test_that_a_dry_run_of_another_run_is_not_shown() -> None:
    room = await keyed_night()
    sight = await sight_of(room)
    assert sight.dry is not None
    other = replace(sight, dry=replace(sight.dry, run="another"))  # type: ignore[arg-type]
    assert sheet(seen_of(room), other).changes == ()


@played
async def test_that_decay_asks_for_a_reason_before_anything_is_armed() -> None:
    room = await keyed_night()
    rows = sheet(seen_of(room), await sight_of(room))
    assert (rows.stage, rows.title) == (SheetStage.NEEDS_REASON, "Rollback, reason needed")
    assert rows.asks == ("This rollback was never rehearsed to its end.",)
    assert len(rows.changes) == 1
    assert not rows.fire.is_possible
    assert "1 step will run" in rows.sentence


@played
async def test_that_what_is_ready_and_what_is_on_its_way_are_told_apart() -> None:
    room = await keyed_night()
    sight = await sight_of(room)
    assert sight.dry is not None
    ready = replace(sight, dry=replace(sight.dry, decayed=()))
    assert sheet(seen_of(room), ready).title == "Rollback not armed"
    assert sheet(seen_of(room), ready).must_arm_again
    arming = replace(ready, is_arming=True)
    assert sheet(seen_of(room), arming).stage is SheetStage.ARMING
    assert sheet(seen_of(room), arming).fire.leave == "Disarm"


@played
async def test_that_nothing_to_undo_is_said_and_refused() -> None:
    room = await night(PLAN)
    rows = sheet(seen_of(room), await sight_of(room))
    assert (rows.stage, rows.title) == (SheetStage.REFUSED, "Rollback not possible")
    assert rows.notice == "Nothing was started yet."
    assert rows.changes == ()


@played
async def test_that_an_armed_rollback_counts_down_to_its_end() -> None:
    here, sight = await armed()
    here.room.clock.advance(31)
    rows = sheet(seen_of(here.room), sight)
    assert (rows.stage, rows.title) == (SheetStage.ARMED, "Rollback armed")
    assert rows.left == "disarms in 04:29"
    assert not is_overdue(seen_of(here.room), here.rollback)
    here.room.clock.advance(400)
    assert sheet(seen_of(here.room), sight).left == "disarms in 00:00"
    assert is_overdue(seen_of(here.room), here.rollback)
    fired = replace(here.rollback, fired_at=here.room.clock.now())
    assert not is_overdue(seen_of(here.room), fired)


@played
async def test_that_a_rollback_of_one_service_is_named_and_its_name_fires_it() -> None:
    here = await deployed()
    await here.arms(PAY)
    rows = sheet(seen_of(here.room), RollbackSight(is_conducting=True))
    assert rows.title == f"Rollback of {PAY} armed"
    assert rows.fire.word == PAY


@played
async def test_that_the_estimate_says_when_it_would_be_back() -> None:
    here, sight = await armed()
    rows = sheet(seen_of(here.room), sight)
    likely = f"4{NBSP}min 30{NBSP}s"
    assert rows.fire.estimate == f"{likely}, back 20:05 · P90 {likely}, 20:05"
    assert rows.fire.heading == "Roll back production"
    assert rows.fire.word == PLAN.id
    rehearsal = with_run(seen_of(here.room), rehearsal=True)
    assert sheet(rehearsal, sight).fire.heading == "Roll back the rehearsal"
    assert sheet(rehearsal, sight).fire.is_possible


@played
async def test_that_it_fires_only_after_a_second_person_signed() -> None:
    here, sight = await armed()
    rows = sheet(seen_of(here.room), sight)
    assert (rows.fire.is_possible, rows.fire.why) == (False, "A second person has not signed")
    assert rows.fire.label == "Hold 2 s, after a second person signs"
    asked = sheet(seen_of(here.room), replace(sight, second=JO))
    assert asked.fire.label == "Hold 2 s, after Jo signs"
    with_word = await signed(here.room, sight)
    rows = sheet(seen_of(here.room), with_word)
    assert (rows.fire.is_possible, rows.fire.label) == (True, "Hold 2 s to roll back")


@played
async def test_that_a_window_that_does_not_conduct_fires_nothing() -> None:
    here, sight = await armed()
    looks_on = replace(await signed(here.room, sight), is_conducting=False)
    rows = sheet(seen_of(here.room), looks_on)
    assert rows.fire.why == "This window does not conduct the night"
    assert rows.must_take_up


@played
async def test_that_a_fleet_that_moved_since_arming_must_be_armed_again() -> None:
    here, sight = await armed()
    sight = await signed(here.room, sight)
    assert not sheet(seen_of(here.room), sight).must_arm_again
    shows(here.room, PAY, NEW, NEW, OLD)
    here.room.clock.advance(1)
    moved = replace(sight, dry=await dry_of(here.room))
    rows = sheet(seen_of(here.room), moved)
    assert rows.must_arm_again
    assert rows.fire.why == "The fleet or the plan changed since arming"
    assert moved.dry is not None
    gone = replace(moved, dry=replace(moved.dry, plan=None))
    assert sheet(seen_of(here.room), gone).must_arm_again
    assert not sheet(seen_of(here.room), replace(sight, dry=None)).must_arm_again


@played
async def test_that_an_old_dry_run_says_so() -> None:
    room = await keyed_night()
    sight = await sight_of(room)
    seen = seen_of(room)
    assert sheet(seen, sight).changes_note == "dry run 20:01:00, no difference"
    late = replace(seen, now=seen.now + timedelta(minutes=6))
    assert sheet(late, sight).changes_note == "dry run 20:01:00, too old, no difference"


@played
async def test_that_a_rollback_armed_all_the_same_keeps_its_reason_in_sight() -> None:
    here = await deployed()
    await here.armourer.arm(here.run, None, reason="checkout fails")
    rows = sheet(seen_of(here.room), RollbackSight(notice="The disk is full."))
    assert (rows.reason, rows.asks, rows.notice) == ("checkout fails", (), "The disk is full.")


@played
async def test_that_a_rollback_without_a_step_fires_nothing() -> None:
    here, sight = await armed()
    empty = replace(here.rollback, armed=replace(here.rollback.armed, steps=()))
    seen = with_run(seen_of(here.room), rollback=empty, rehearsal=True)
    assert sheet(seen, replace(sight, dry=None)).fire.why == "Nothing would change"


@played
async def test_that_a_fired_rollback_is_no_more_on_this_sheet() -> None:
    here = await deployed()
    await here.fires()
    assert sheet(seen_of(here.room), RollbackSight()).stage is SheetStage.ARMING


@played
async def test_that_who_is_told_of_a_rollback_is_said_before_it_is_fired() -> None:
    here, sight = await armed()
    seen = seen_of(here.room)
    assert sheet(seen, sight).message == ""
    at_rollback = (MessageMoment(moment=Moment.ROLLBACK),)
    told = (
        MessagePlan(id="m1", audience="Support", at=at_rollback),
        MessagePlan(id="m2", audience="Partners", at=at_rollback, rehearsal_to=("mara",)),
        MessagePlan(id="m3", audience="Board", at=(MessageMoment(moment=Moment.END),)),
    )
    seen = with_release(seen, replace(PLAN, messages=told))
    expected = "Message to Support and Partners: due as soon as it is fired, not sent"
    assert sheet(seen, sight).message == expected
    rehearsal = sheet(with_run(seen, rehearsal=True), sight).message
    assert rehearsal == "Message to Partners: due as soon as it is fired, not sent"

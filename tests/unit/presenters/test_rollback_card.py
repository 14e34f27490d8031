"""The rollback card: ready or not, what speaks against it, and a button that is red for a cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.console.commands import CountRehearsal
from relconsole.domain.health.indicator import Watch, WatchState
from relconsole.domain.kernel.ids import Digest, RunId, SystemId
from relconsole.domain.kernel.observation import Observation
from relconsole.domain.night.bridge_commands import StandTrigger
from relconsole.domain.night.bridge_facts import TriggerStood
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.muster_commands import AnswerMuster
from relconsole.domain.night.rollback_facts import (
    ReconcileRow,
    RehearsalCounted,
    RehearsedTarget,
    RollbackEnding,
)
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.rollback_card import (
    CardAct,
    RollbackCardRows,
    present_rollback_card,
    stamp_words,
)
from relconsole_ui.presenters.rollback_sight import RollbackSight
from relconsole_ui.presenters.seen import Seen, Source, SourceStanding
from relconsole_ui.presenters.words import NBSP
from tests.unit.presenters.rollback_nights import (
    INES,
    PAY,
    PLAN,
    WATCHED,
    Night,
    deployed,
    dry_of,
    keyed_night,
    seen_of,
    sight_of,
    with_nobody_enrolled,
    with_release,
    with_run,
)
from tests.unit.services.rooms import JO, Room, played
from tests.unit.services.rooms_s2 import LEDGER, NEW, OLD, acts, keyed_room, night, shows


async def rehearse(room: Room, plan: Digest | None = None) -> None:
    """Let a rehearsal of this very rollback count, of now."""
    dry = await dry_of(room)
    assert dry.plan is not None
    counted = RehearsalCounted(
        run=RunId("rehearsal-1"),
        release=PLAN.id,
        plan=room.run.plan,
        rollback_plan=plan or dry.plan.digest,
        at=room.clock.now(),
        journal="rehearsals",
        size=1,
        root=Digest("c" * 64),
        forward=(),
        undo=(),
        targets=(
            RehearsedTarget(service=LEDGER, version=OLD),
            RehearsedTarget(service=PAY, version=OLD),
        ),
    )
    await room.sees(CountRehearsal(counted=counted))


async def card(room: Room, **changed: object) -> RollbackCardRows:
    sight = await sight_of(room)
    return present_rollback_card(seen_of(room), replace(sight, **changed))  # type: ignore[arg-type]


@played
async def test_that_before_the_night_is_opened_nothing_can_be_armed() -> None:
    room = await keyed_room(PLAN)
    rows = present_rollback_card(seen_of(room), RollbackSight())
    assert (rows.is_possible, rows.why) == (False, "The night has not been opened.")
    assert rows.note == "never rehearsed"


@played
async def test_that_a_rehearsed_rollback_over_a_planned_fleet_is_ready() -> None:
    room = await keyed_night()
    await rehearse(room)
    rows = await card(room)
    assert (rows.title, rows.status) == ("Rollback ready", Status.DONE)
    assert rows.note == "rehearsed 8 Aug"
    assert rows.estimate.replace(NBSP, " ") == "4 min 30 s, P90 4 min 30 s, to 1.0"
    assert rows.people == "Second person: Asha and 2 more, eligible, not here"
    assert (rows.act, rows.is_possible, rows.is_triggered) == (CardAct.ARM, True, False)
    assert rows.caution == ""
    assert "Rollback ready. rehearsed 8 Aug" in rows.sentence


@played
async def test_that_a_rollback_that_decayed_says_so_and_can_still_be_armed() -> None:
    room = await keyed_night()
    rows = await card(room)
    assert (rows.title, rows.status) == ("Rollback not rehearsed", Status.ADVISORY)
    assert rows.caution == "This rollback was never rehearsed to its end."
    assert rows.is_possible


@played
async def test_that_digests_and_instants_in_reasons_are_cut_for_people() -> None:
    room = await keyed_night()
    await rehearse(room, plan=Digest("d" * 64))
    rows = await card(room)
    assert "rehearsal rehearsal-1 ran dddddddd" in rows.caution
    room = await keyed_night()
    await rehearse(room)
    room.clock.advance(40 * 86_400)
    old = await card(room)
    assert old.title == "Rollback decayed"
    assert old.caution.startswith("Rehearsal rehearsal-1 is of 8 Aug, 20:01")


@played
async def test_that_a_fleet_that_differs_is_named_and_more_is_counted() -> None:
    room = await keyed_night(WATCHED)
    await rehearse(room)
    shows(room, PAY, NEW, OLD)
    rows = await card(room)
    assert rows.title == "Fleet differs"
    assert rows.caution.startswith("2 cautions: Payments-api@prod: ")
    assert rows.cautions[1] == "No trigger is watched from this window"


@played
async def test_that_a_fleet_that_nobody_sees_cannot_be_armed() -> None:
    room = await keyed_night()
    room.world.values.clear()
    rows = await card(room)
    assert (rows.title, rows.status) == ("Rollback not ready", Status.UNKNOWN)
    assert rows.why.startswith("Payments-api@prod is unknown")
    assert not rows.is_possible


@played
async def test_that_nothing_begun_leaves_nothing_to_arm() -> None:
    room = await night(PLAN)
    rows = await card(room)
    assert (rows.status, rows.why) == (Status.NOT_STARTED, "Nothing was started yet.")
    assert rows.estimate == ""


@played
async def test_that_without_a_dry_run_or_a_key_nothing_is_armed() -> None:
    room = await keyed_night()
    rows = present_rollback_card(seen_of(room), RollbackSight(is_preparing=True))
    assert (rows.why, rows.status) == ("The dry run is being made.", Status.UNKNOWN)
    assert rows.stamp == "dry run is being made"
    sight = await sight_of(room)
    other = replace(sight, dry=replace(await dry_of(room), run=RunId("another")))
    assert present_rollback_card(seen_of(room), other).why == "The dry run is being made."
    assert present_rollback_card(seen_of(room, None), sight).why == (
        "Nobody's key is open in this window."
    )


def watched(seen: Seen, **changed: object) -> Seen:
    watch = Watch(
        indicator="p95",
        state=WatchState.INSIDE,
        last=Observation(
            value=0.3,
            source="metrics",
            observed_at=seen.now - timedelta(seconds=90),
            time_to_live=timedelta(seconds=60),
        ),
    )
    return replace(seen, watches={"p95": replace(watch, **changed)})  # type: ignore[arg-type]


@played
async def test_that_a_trigger_past_its_time_to_live_is_unknown_and_says_since_when() -> None:
    room = await keyed_night(WATCHED)
    sight = await sight_of(room)
    room.clock.advance(120)
    rows = present_rollback_card(watched(seen_of(room)), sight)
    assert rows.cautions[-1] == "Checkout p95 unknown since 20:01:30"
    never = present_rollback_card(watched(seen_of(room), last=None), sight)
    assert never.cautions[-1] == "Checkout p95 unknown"
    fresh = Observation(
        value=0.3,
        source="metrics",
        observed_at=room.clock.now(),
        time_to_live=timedelta(seconds=60),
    )
    calm = present_rollback_card(watched(seen_of(room), last=fresh), sight)
    assert all("unknown" not in each for each in calm.cautions)


@played
async def test_that_only_a_trigger_that_is_true_makes_the_button_red() -> None:
    room = await keyed_night()
    stood = TriggerStood(
        run=room.run.id, trigger="p95", value=1.4, since=room.clock.now(), reasons=("p95 left",)
    )
    assert not (await card(room)).is_triggered
    await room.sees(StandTrigger(run=room.run.id, stood=stood))
    assert (await card(room)).is_triggered


@played
async def test_that_a_rehearsal_needs_no_second_person() -> None:
    room = await keyed_night()
    rehearsal = with_run(seen_of(room), rehearsal=True)
    rows = present_rollback_card(rehearsal, await sight_of(room))
    assert rows.people == "A rehearsal needs no second person"


@played
async def test_that_where_nobody_may_sign_the_card_says_so() -> None:
    room = await keyed_night()
    bare = with_nobody_enrolled(seen_of(room))
    rows = present_rollback_card(bare, await sight_of(room))
    assert rows.people == "Nobody enrolled may be second person"


@played
async def test_that_one_who_may_sign_is_named_alone() -> None:
    room = await keyed_night()
    release = replace(PLAN, authors=(INES, JO))
    rows = present_rollback_card(with_release(seen_of(room), release), await sight_of(room))
    assert rows.people == "Second person: Asha, eligible, not here"


@played
async def test_that_a_second_person_who_is_here_is_named_first() -> None:
    room = await keyed_night()
    await acts(room, AnswerMuster(release=PLAN.id, person=INES, here=True))
    assert (await card(room)).people == "Second person here: Ines and 2 more, eligible"
    await acts(room, AnswerMuster(release=PLAN.id, person=INES, here=False))
    assert (await card(room)).people == "Second person: Asha and 2 more, eligible, not here"


@played
async def test_that_an_armed_rollback_is_shown_by_the_same_button() -> None:
    here = await deployed()
    await here.arms()
    rows = await card(here.room)
    assert (rows.title, rows.status, rows.act) == ("Rollback armed", Status.HOLD, CardAct.SHOW)
    assert (rows.note, rows.people) == ("armed 20:01:00", "Armed by Mara")
    assert rows.estimate


def ended(here: Night, ending: RollbackEnding | None, *rows: ReconcileRow) -> Seen:
    """The night with its fired rollback come to this."""
    back = replace(here.rollback, ending=ending, reconcile=rows)
    return with_run(seen_of(here.room), rollback=back)


@pytest.mark.parametrize(
    ("ending", "title", "status"),
    [
        (None, "Rolling back", Status.RUNNING),
        (RollbackEnding.ROLLED_BACK, "Rolled back", Status.DONE),
        (RollbackEnding.PARTIAL, "Partly rolled back", Status.WARNING),
        (RollbackEnding.UNKNOWN, "Rollback unknown", Status.UNKNOWN),
    ],
)
def test_that_a_fired_rollback_says_what_it_came_to(
    ending: RollbackEnding | None, title: str, status: Status
) -> None:
    @played
    async def scene() -> None:
        here = await deployed()
        await here.fires()
        row = ReconcileRow(item="rows", reason="differ")
        rows = present_rollback_card(ended(here, ending, row), RollbackSight())
        assert (rows.title, rows.status, rows.estimate) == (title, status, "1 step")
        assert rows.people == "Fired by Mara"
        assert rows.cautions == ("rows: differ",)
        assert not rows.is_triggered

    scene()


@played
async def test_that_a_night_that_is_over_has_nothing_to_arm() -> None:
    room = await keyed_night()
    seen = with_run(seen_of(room), outcome=RunOutcome.FINISHED)
    assert present_rollback_card(seen, RollbackSight()).why == "The night is over."


@played
async def test_that_the_stamp_says_how_old_the_dry_run_is() -> None:
    room = await keyed_night()
    dry = await dry_of(room)
    seen = seen_of(room)
    assert stamp_words(seen, None, is_preparing=False) == "no dry run yet"
    assert stamp_words(seen, dry, is_preparing=False) == "dry run 20:01:00"
    assert stamp_words(seen, dry, is_preparing=True) == "dry run 20:01:00, being made again"
    late = replace(seen, now=seen.now + timedelta(minutes=6))
    assert stamp_words(late, dry, is_preparing=False) == "dry run 20:01:00, too old"


@played
async def test_that_a_plan_without_versions_goes_back_to_none() -> None:
    room = await keyed_night(replace(PLAN, items=()))
    rows = await card(room)
    assert rows.estimate.replace(NBSP, " ") == "4 min 30 s, P90 4 min 30 s"
    sight = await sight_of(room)
    assert sight.dry is not None
    bare = replace(sight, dry=replace(sight.dry, estimate=None))
    assert present_rollback_card(seen_of(room), bare).estimate == ""


@played
async def test_that_nothing_is_armed_while_a_system_that_the_way_back_needs_is_away() -> None:
    room = await keyed_night()
    sight = await sight_of(room)
    assert sight.dry is not None
    assert sight.dry.plan is not None
    needed = sorted({each.run.system for each in sight.dry.plan.steps if each.run is not None})
    since = room.clock.now() - timedelta(minutes=3)

    def why(*away: SystemId, live: tuple[SystemId, ...] = ()) -> str:
        sources = (
            *(Source(system=each, standing=SourceStanding.AWAY, since=since) for each in away),
            *(Source(system=each, standing=SourceStanding.LIVE, since=since) for each in live),
        )
        seen = replace(seen_of(room), sources=sources)
        return present_rollback_card(seen, sight).why

    desk = SystemId("desk")
    assert why(desk, live=tuple(needed)) == ""
    assert why(needed[0], live=(desk,)) == f"Arm is off: {needed[0]} does not answer."
    assert why(*needed) == "Arm is off: no system answers."
    seen = replace(
        seen_of(room),
        sources=(Source(system=needed[0], standing=SourceStanding.AWAY, since=since),),
    )
    assert present_rollback_card(seen, RollbackSight()).status is Status.UNKNOWN

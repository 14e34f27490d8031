"""Keeping the change record in step: when it is looked at, and what a silent system means."""

from __future__ import annotations

from dataclasses import replace

from relconsole.domain.night.change_standing import change_line
from relconsole.domain.night.effect_facts import EffectRefused, EffectSent, Purpose
from relconsole.domain.night.state import ChangeStanding
from relconsole.domain.release.release import ChangeReference, ChangeStates, Release
from relconsole.plugin_api.itsm import ChangeRecord
from relconsole.services.change_keeper import LOOK_EVERY_SECONDS, ChangeKeeper
from relconsole.services.desk import Desk
from relconsole.services.patience import Patience
from tests.helpers.fakes.clock import START
from tests.helpers.fakes.plugins import Way
from tests.unit.services.rooms import (
    CODEC,
    ITSM,
    Room,
    furnish,
    manual,
    minutes,
    played,
    release_of,
)

STATES = ChangeStates(approved="approved", running="implement", finished="review")
PLAIN = release_of(manual("open"))
CHANGED = replace(PLAIN, change=ChangeReference(system=ITSM, id="CHG-1", states=STATES))


def says(room: Room, state: str) -> None:
    """Let the record be in this state, approved an hour ago."""
    room.world.changes["CHG-1"] = ChangeRecord(
        id="CHG-1",
        title="Payments 4",
        state=state,
        requester="tomas",
        approver="petra",
        approved_at=START - minutes(60),
    )


async def night(
    release: Release = CHANGED, *, rehearsal: bool = False
) -> tuple[Room, ChangeKeeper]:
    room = await furnish(release)
    says(room, "approved")
    await room.opens(rehearsal=rehearsal)
    patience = Patience(room.clock, lambda: 0.0)
    keeper = ChangeKeeper(desk=room.desk, plugins=room.plugins, clock=room.clock, patience=patience)
    return room, keeper


def standing(room: Room) -> ChangeStanding:
    assert room.run.change is not None
    return room.run.change


def looks(room: Room) -> int:
    """How often the record was read since the run was opened, for which it is read once."""
    return len(room.calls("read_change")) - 1


@played
async def test_that_the_record_is_read_and_told_what_it_is_owed() -> None:
    room, keeper = await night()
    await keeper.keep(room.run.id)
    assert standing(room).state == "approved"
    (note,) = room.effects(Purpose.NOTE)
    (move,) = room.effects(Purpose.CHANGE_STATE)
    assert (note.intent.serves, move.intent.serves) == ("opened", "running")
    # While the move is on its way nobody looks: what it comes to is not known yet.
    room.clock.advance(10 * LOOK_EVERY_SECONDS)
    await keeper.keep(room.run.id)
    assert looks(room) == 1


@played
async def test_that_the_record_is_read_again_after_a_while_and_at_once_after_a_move() -> None:
    room, keeper = await night()
    says(room, "implement")
    await keeper.keep(room.run.id)
    await keeper.keep(room.run.id)
    assert looks(room) == 1
    room.clock.advance(LOOK_EVERY_SECONDS)
    says(room, "assess")
    await keeper.keep(room.run.id)
    assert (looks(room), standing(room).state) == (2, "assess")


@played
async def test_that_a_move_that_has_ended_is_looked_at_at_once() -> None:
    room, keeper = await night()
    await keeper.keep(room.run.id)
    (move,) = room.effects(Purpose.CHANGE_STATE)
    refused = EffectRefused(run=room.run.id, effect=move.effect.id, reason="no such path")
    await room.moves(EffectSent(run=room.run.id, effect=move.effect.id), refused)
    await keeper.keep(room.run.id)
    assert looks(room) == 2
    assert "no such path" in room.run.holds[0].reasons[0]


@played
async def test_that_a_record_that_is_silent_is_unread_only_once_it_is_no_longer_fresh() -> None:
    room, keeper = await night()
    await keeper.keep(room.run.id)
    size = len(room.stored.envelopes)
    room.goes("read_change", Way.IS_DOWN)
    await keeper.look(room.run.id)
    assert len(room.stored.envelopes) == size
    room.clock.advance(room.desk.state.workspace.policy.freshness.total_seconds())
    await keeper.look(room.run.id)
    await keeper.look(room.run.id)
    line = change_line(room.run)
    assert line is not None
    assert (line.state, line.in_step) == ("approved", None)
    assert "itsm is down" in line.says
    # However often it stays silent, it is said once.
    assert len(room.stored.envelopes) == size + 1


@played
async def test_that_a_reading_that_shows_nothing_new_is_fresh_all_the_same() -> None:
    room, keeper = await night()
    fresh = room.desk.state.workspace.policy.freshness.total_seconds()
    says(room, "implement")
    await keeper.look(room.run.id)
    room.clock.advance(10 * fresh)
    await keeper.look(room.run.id)
    room.goes("read_change", Way.IS_DOWN)
    await keeper.look(room.run.id)
    assert standing(room).unread == ""


@played
async def test_that_a_stop_that_is_not_recorded_yet_keeps_what_is_owed_here() -> None:
    room, _ = await night()
    braked = Desk(
        journal=room.journal,
        clock=room.clock,
        ids=room.ids,
        codec=CODEC,
        state=room.desk.state,
        brake=lambda: True,
    )
    patience = Patience(room.clock, lambda: 0.0)
    stopped = ChangeKeeper(desk=braked, plugins=room.plugins, clock=room.clock, patience=patience)
    await stopped.keep(room.run.id)
    assert braked.run(room.run.id).open_effects() == ()


@played
async def test_that_a_silent_system_is_not_asked_at_every_turn() -> None:
    room, keeper = await night()
    room.goes("read_change", Way.IS_DOWN)
    await keeper.keep(room.run.id)
    room.clock.advance(0.1)
    await keeper.keep(room.run.id)
    assert looks(room) == 1


@played
async def test_that_a_missing_record_or_credential_leaves_it_unread() -> None:
    room, keeper = await night()
    room.world.changes.clear()
    await keeper.look(room.run.id)
    assert standing(room).unread == "there is no change CHG-1"
    room, _ = await night()
    patience = Patience(room.clock, lambda: 0.0)
    keeper = ChangeKeeper(desk=room.desk, plugins=room.plugins, clock=room.clock, patience=patience)
    room.goes("read_change", Way.LACKS_A_SETTING)
    await keeper.keep(room.run.id)
    assert "itsm has no credential" in standing(room).unread
    # It is left alone, and nobody is told that it is away.
    await keeper.keep(room.run.id)
    assert looks(room) == 1
    assert patience.away() == ()


@played
async def test_that_a_change_without_states_is_told_its_notes_and_never_read() -> None:
    plain = replace(PLAIN, change=ChangeReference(system=ITSM, id="CHG-1"))
    room, keeper = await night(plain)
    await keeper.keep(room.run.id)
    assert (looks(room), room.run.change, len(room.effects(Purpose.NOTE))) == (0, None, 1)


@played
async def test_that_a_rehearsal_and_a_release_without_a_change_touch_no_record() -> None:
    for release, rehearsal in ((CHANGED, True), (PLAIN, False)):
        room, keeper = await night(release, rehearsal=rehearsal)
        size = len(room.stored.envelopes)
        await keeper.keep(room.run.id)
        await keeper.look(room.run.id) if release.change is None else None
        assert len(room.stored.envelopes) == size

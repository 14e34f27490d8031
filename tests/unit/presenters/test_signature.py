"""The signature under an act of two people: who may give it, and whether one that came counts."""

from __future__ import annotations

import pytest

from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole_ui.presenters.second_sheet import SecondSight
from relconsole_ui.presenters.signature import (
    Wanted,
    eligible_for,
    lacking,
    needs_second,
)
from tests.unit.presenters.rollback_nights import seen_of, with_run
from tests.unit.presenters.second_nights import OVERRIDE, answered, shifting
from tests.unit.services.rooms import JO, played
from tests.unit.services.rooms_s2 import acts


@played
async def test_that_an_owner_may_sign_anything_but_an_override_of_their_own_step() -> None:
    room = await shifting()
    seen = seen_of(room)
    may = {each.person for each in eligible_for(seen, room.run, OVERRIDE) if each.ok}
    commit = Wanted(act=TwoPersonAct.COMMIT, thing=OVERRIDE.thing)
    may_commit = {each.person for each in eligible_for(seen, room.run, commit) if each.ok}
    assert may_commit - may == {JO}


@played
async def test_that_the_owners_signature_under_an_override_does_not_count() -> None:
    room = await shifting()
    by_owner = await answered(room, OVERRIDE, JO)
    assert lacking(seen_of(room), room.run, OVERRIDE, by_owner) == (
        "Jo owns shift and may not override its checks",
    )
    by_other = await answered(room, OVERRIDE)
    assert lacking(seen_of(room), room.run, OVERRIDE, by_other) == ()


@pytest.mark.parametrize(
    ("act", "needs"),
    [
        (TwoPersonAct.RESUME, True),
        (TwoPersonAct.OVERRIDE, False),
        (TwoPersonAct.ROLLBACK, False),
        (TwoPersonAct.AMEND, False),
    ],
)
def test_that_a_rehearsal_takes_two_people_only_to_resume(act: TwoPersonAct, needs: bool) -> None:
    @played
    async def scene() -> None:
        room = await shifting()
        wanted = Wanted(act=act, thing=room.run.id)
        rehearsal = with_run(seen_of(room), rehearsal=True).run
        assert rehearsal is not None
        assert needs_second(room.run, wanted)
        assert needs_second(rehearsal, wanted) is needs

    scene()


@played
async def test_that_a_resume_of_a_rehearsal_is_not_carried_by_nobody() -> None:
    room = await shifting()
    await acts(room, StopLine(run=room.run.id))
    seen = with_run(seen_of(room), rehearsal=True)
    assert seen.run is not None
    resume = Wanted(act=TwoPersonAct.RESUME, thing=room.run.id)
    assert lacking(seen, seen.run, resume, SecondSight()) == ("A second person has not signed",)

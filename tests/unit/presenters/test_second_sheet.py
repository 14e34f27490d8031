"""The sheet of an act of two people, from the wish to what does it in the end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.looked_at import LookedAtRow
from relconsole_ui.presenters.second_acts import ActWords
from relconsole_ui.presenters.second_sheet import (
    SecondSheetRows,
    SecondSight,
    present_second_sheet,
    why_over,
)
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.signature import Wanted
from tests.unit.presenters.rollback_nights import seen_of, with_nobody_enrolled, with_run
from tests.unit.presenters.second_nights import (
    COMMIT,
    LAG,
    OVERRIDE,
    SHIFT,
    SWITCH,
    answered,
    shift,
    shifting,
)
from tests.unit.services.rooms import JO, MARA, Room, played
from tests.unit.services.rooms_s2 import acts, start

WORDS = ActWords(
    title="Override a failing check",
    about="Step 1, Shift the traffic",
    heading="Does not pass",
    rows=(LookedAtRow(status=Status.CRITICAL, says="lag is 1.4", note="limit 1"),),
    confirm="Override and complete",
    comes="The step is recorded as done.",
    reason="the peak is known",
    rule="Jo owns this step and may not sign",
)


def rows(
    seen: Seen, sight: SecondSight | None = None, wanted: Wanted = OVERRIDE
) -> SecondSheetRows:
    found = present_second_sheet(seen, wanted, WORDS, sight or SecondSight())
    assert found is not None
    return found


async def ended(room: Room) -> None:
    said = Said(for_person=JO, heard="voice", note="it was given up")
    await acts(room, EndStep(run=room.run.id, step=SHIFT, state=StepState.FAILED, said=said))


@played
async def test_that_before_anybody_was_asked_nothing_can_be_done() -> None:
    room = await shifting()
    found = rows(seen_of(room))
    assert (found.left, found.request, found.can_ask_again) == ("", "", False)
    assert [(row.name, row.says, row.status) for row in found.people.rows] == [
        ("Mara", "not asked yet", Status.NOT_STARTED),
        ("Asha", "not asked", Status.WAITING),
    ]
    assert found.people.rows[1].role == "not here, not owner, not author"
    assert not found.confirm.is_possible
    assert found.confirm.why == "A second person has not signed"


@played
async def test_that_a_request_shows_its_digest_who_asked_and_how_long_it_lives() -> None:
    room = await shifting()
    sight = replace(await answered(room, OVERRIDE), answer=None)
    room.clock.advance(60)
    found = rows(seen_of(room), sight)
    assert sight.asked is not None
    assert found.left == "14:00 to sign"
    assert found.request.startswith(f"Request {sight.asked[:16]}, until ")
    assert found.people.rows[0].says.startswith("asked ")
    assert (found.people.is_waiting, found.people.can_sign) == (True, True)
    assert (found.people.rows[0].role, found.people.rows[0].status) == ("Commander", Status.DONE)


@played
async def test_that_who_may_not_sign_is_named_with_the_reason_but_for_who_asks() -> None:
    room = await shifting()
    found = rows(seen_of(room))
    assert found.barred == ("Jo: jo owns shift and may not override its checks",)
    assert found.people.note == "2 may sign, 2 others may not"


@played
async def test_that_a_signature_that_counts_lets_it_be_done() -> None:
    room = await shifting()
    sight = await answered(room, OVERRIDE)
    found = rows(seen_of(room), sight)
    assert (found.confirm.is_possible, found.confirm.why) == (True, "")
    assert not found.people.is_waiting
    assert found.sentence == (
        "Step 1, Shift the traffic. Does not pass. critical, lag is 1.4, limit 1. "
        "The step is recorded as done. Jo owns this step and may not sign"
    )


@pytest.mark.parametrize(("signer", "says"), [(JO, "Jo owns shift"), (MARA, "one person")])
def test_that_the_owner_and_who_asks_are_refused(signer: str, says: str) -> None:
    @played
    async def scene() -> None:
        room = await shifting()
        sight = await answered(room, OVERRIDE, JO if signer == JO else MARA)
        found = rows(seen_of(room), sight)
        assert not found.confirm.is_possible
        assert says in found.confirm.why
        assert found.people.is_waiting

    scene()


@played
async def test_that_a_request_that_expired_is_asked_again() -> None:
    room = await shifting()
    sight = await answered(room, OVERRIDE)
    room.clock.advance(900)
    found = rows(seen_of(room), sight)
    assert (found.left, found.can_ask_again) == ("expired", True)
    assert found.confirm.why.startswith("The request expired at ")
    assert not found.people.is_waiting
    assert not rows(seen_of(room), replace(sight, is_signing=True)).can_ask_again


@played
async def test_that_a_request_over_something_else_is_asked_again() -> None:
    room = await shifting()
    sight = replace(await answered(room, OVERRIDE), answer=None)
    room.reads(LAG.query, 0.5)
    await room.mover().read_check(room.run.id, shift(), LAG, 1)
    found = rows(seen_of(room), sight)
    assert found.confirm.why == "What was asked is not what would be done now"
    assert found.can_ask_again
    gone = with_run(seen_of(room), steps=room.run.steps.delete(SHIFT))
    assert rows(gone, sight, replace(OVERRIDE, act=TwoPersonAct.AMEND)).can_ask_again


@played
async def test_that_what_is_being_recorded_is_not_done_twice() -> None:
    room = await shifting()
    sight = replace(await answered(room, OVERRIDE), is_doing=True)
    found = rows(seen_of(room), sight)
    assert (found.confirm.is_possible, found.confirm.why) == (False, "It is being recorded")
    assert not found.can_ask_again


@played
async def test_that_asking_that_was_refused_can_be_done_again() -> None:
    room = await shifting()
    found = rows(seen_of(room), SecondSight(notice="The key is locked."))
    assert (found.notice, found.can_ask_again) == ("The key is locked.", True)


@played
async def test_that_where_nobody_may_sign_it_is_said() -> None:
    room = await shifting()
    found = rows(with_nobody_enrolled(seen_of(room)))
    assert found.people.rows[1].name == "Nobody may sign"
    assert not found.confirm.is_possible


@played
async def test_that_an_act_that_somebody_did_is_wanted_no_more() -> None:
    room = await shifting()
    sight = await answered(room, OVERRIDE)
    assert why_over(room.run, OVERRIDE) == ""
    await ended(room)
    found = rows(seen_of(room), sight)
    assert (found.confirm.why, found.confirm.is_possible) == ("The step is over", False)
    assert (found.can_ask_again, found.people.is_waiting) == (False, False)
    assert why_over(room.run, replace(OVERRIDE, thing="no-step")) == "The step is over"


@played
async def test_that_a_step_that_has_begun_is_not_started_by_two() -> None:
    room = await shifting()
    assert why_over(room.run, COMMIT) == ""
    await acts(room, start(room, SWITCH))
    assert why_over(room.run, COMMIT) == "The step has begun"
    assert why_over(room.run, replace(COMMIT, thing="no-step")) == "The step has begun"


@played
async def test_that_a_line_that_runs_again_is_not_resumed_and_nothing_after_the_night() -> None:
    room = await shifting()
    resume = Wanted(act=TwoPersonAct.RESUME, thing=room.run.id)
    assert why_over(room.run, resume) == "The line runs"
    await acts(room, StopLine(run=room.run.id))
    assert why_over(room.run, resume) == ""
    amend = Wanted(act=TwoPersonAct.AMEND, thing="some digest")
    assert why_over(room.run, amend) == ""
    over = with_run(seen_of(room), outcome=RunOutcome.FINISHED).run
    assert over is not None
    assert why_over(over, amend) == "The night is over"


@played
async def test_that_without_a_night_there_is_no_sheet() -> None:
    room = await shifting()
    seen = replace(seen_of(room), run_id=None)
    assert present_second_sheet(seen, OVERRIDE, WORDS, SecondSight()) is None


@played
async def test_that_who_asks_without_commanding_is_no_commander() -> None:
    room = await shifting()
    found = rows(with_run(seen_of(room), commander=JO))
    assert found.people.rows[0].role == ""

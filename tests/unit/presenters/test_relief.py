"""Relief as a sheet offers it: what it does, how it stands, and its one button."""

from __future__ import annotations

from dataclasses import replace

from immutables import Map

from relconsole.domain.estate.policy import Policy, ReliefRule
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.bridge_commands import CloseLeftOpen
from relconsole.domain.night.effect_facts import EffectRefused, EffectSent
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.relief import entry_of
from relconsole.domain.night.step_commands import EndStep
from relconsole.domain.plan.runbook import JobRun, Undo, UndoKind
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.left_open import present_left_open
from relconsole_ui.presenters.relief import ReliefRow, ReliefRows, present_relief
from relconsole_ui.presenters.rollbacks import present_rollbacks
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters.rollback_nights import PLAN, keyed_night, seen_of, with_run
from tests.unit.services.rooms import CI, JO, Room, played
from tests.unit.services.rooms_s2 import (
    ASHA,
    INES,
    begin,
    ends,
    job_of,
    night,
    page,
    with_relief,
)

SWITCH = replace(
    page("switch", by_hand=True), undo=Undo(kind=UndoKind.NONE), note="New accounts wait."
)
RELIEVED = with_relief(PLAN, page(owner=ASHA), SWITCH)


def rows(seen: Seen, *, is_conducting: bool = True) -> ReliefRows:
    return present_relief(seen, is_conducting=is_conducting)


def row(room: Room, name: str = "page", *, is_conducting: bool = True) -> ReliefRow:
    return {each.key: each for each in rows(seen_of(room), is_conducting=is_conducting).rows}[
        StepId(name)
    ]


async def relieved() -> Room:
    return await keyed_night(RELIEVED)


@played
async def test_that_nothing_is_shown_without_relief_or_a_run() -> None:
    assert rows(seen_of(await keyed_night())) == ReliefRows()
    seen = seen_of(await relieved())
    assert rows(replace(seen, run_id=None)) == ReliefRows()
    assert rows(with_run(seen, outcome=RunOutcome.FINISHED)) == ReliefRows()


@played
async def test_that_unused_relief_says_what_it_does() -> None:
    room = await relieved()
    shown = rows(seen_of(room))
    assert (shown.note, shown.asks_reason) == ("safe on its own, each by itself", False)
    first, second = shown.rows
    assert (first.does, first.says) == ("deploy: service shop, version closed", "not used")
    assert (first.button, first.step, first.is_possible) == ("Turn on", "page", True)
    assert (second.does, second.status) == ("New accounts wait.", Status.NOT_STARTED)
    assert first.sentence == "Show page, deploy: service shop, version closed, not used"
    bare = replace(page(), run=JobRun(system=CI, job="page"), note="")
    by_hand = replace(SWITCH, note="")
    other = await keyed_night(with_relief(PLAN, bare, by_hand))
    assert [each.does for each in rows(seen_of(other)).rows] == ["page", "By hand"]


@played
async def test_that_relief_is_followed_from_on_to_off() -> None:
    room = await relieved()
    await begin(room, "page")
    moving = row(room)
    assert (moving.status, moving.is_possible, moving.ends) == (Status.RUNNING, False, False)
    assert moving.why == "It is being turned on."
    assert moving.aside == moving.does
    await ends(room, "page")
    on = row(room)
    assert (on.status, on.button, on.step) == (Status.ADVISORY, "Turn off", "undo-page")
    assert on.says == "on since 20:02, Mara"
    assert rows(seen_of(room)).note == "1 on"
    await begin(room, "undo-page")
    assert row(room).why == "It is being turned off."
    await ends(room, "undo-page")
    off = row(room)
    assert (off.status, off.button, off.is_possible) == (Status.DONE, "Turn on", True)


@played
async def test_that_relief_by_hand_is_ended_by_whoever_did_it() -> None:
    room = await relieved()
    await begin(room, "switch")
    assert (row(room, "switch").button, row(room, "switch").ends) == ("Done", True)
    await room.sees(EndStep(run=room.run.id, step=StepId("switch"), state=StepState.DONE))
    on = row(room, "switch")
    assert (on.is_possible, on.button) == (False, "Turn on")
    assert on.why == "Turn it back by hand, then close it under Left open."
    await room.desk.must(CloseLeftOpen(run=room.run.id, entry=entry_of(StepId("switch"))))
    assert row(room, "switch").says == "turned off, Mara"


@played
async def test_that_what_failed_may_be_on_or_did_nothing() -> None:
    room = await relieved()
    await begin(room, "page")
    effect = job_of(room, "page").effect.id
    run = room.run.id
    await room.moves(EffectSent(run=run, effect=effect))
    await room.moves(EffectRefused(run=run, effect=effect, reason="no such job"))
    await room.sees(EndStep(run=run, step=StepId("page"), state=StepState.FAILED))
    assert (row(room).status, row(room).button) == (Status.FAILED, "Turn on")
    await begin(room, "switch")
    await room.sees(EndStep(run=run, step=StepId("switch"), state=StepState.FAILED))
    unsure = row(room, "switch")
    assert (unsure.status, unsure.button, unsure.is_possible) == (Status.UNKNOWN, "Turn on", True)


@played
async def test_that_what_stands_against_it_is_said() -> None:
    room = await relieved()
    away = row(room, is_conducting=False)
    assert away.why == away.aside == "This window does not conduct the night."
    assert row(room, "switch", is_conducting=False).is_possible
    nobody = rows(seen_of(room, None)).rows[0]
    assert nobody.why == "Nobody's key is open in this window."
    other = rows(seen_of(room, INES)).rows[0]
    assert other.why == "Mara or its owner uses it, or whom the policy names."
    assert rows(seen_of(room, ASHA)).rows[0].is_possible
    rehearsed = await night(RELIEVED, rehearsal=True)
    assert rows(seen_of(rehearsed, None)).rows[0].is_possible
    assert rows(seen_of(rehearsed, JO)).rows[0].is_possible


@played
async def test_that_the_policy_says_who_and_whether_a_reason_is_asked() -> None:
    rule = ReliefRule(people=(INES,), reason=True)
    room = await night(RELIEVED, policy=Policy(relief=rule))
    shown = rows(seen_of(room, INES))
    assert (shown.asks_reason, shown.rows[0].is_possible) == (True, True)


@played
async def test_that_the_prepared_rollbacks_name_relief() -> None:
    room = await relieved()
    (shown,) = present_rollbacks(seen_of(room), Map()).rows
    assert (shown.relief, shown.on_bridge) == ("Relief: Show page, Show switch", True)
    assert "Relief: Show page" in shown.sentence
    (bare,) = present_rollbacks(seen_of(await keyed_night()), Map()).rows
    assert bare.relief == ""


@played
async def test_that_relief_that_is_on_is_left_open_in_the_zone_of_the_night() -> None:
    room = await relieved()
    await begin(room, "page")
    await ends(room, "page")
    (open_row,) = present_left_open(seen_of(room)).rows
    assert open_row.what == "Show page is on since 8 Aug, 20:02"
    assert open_row.closes == "undo-page, which turns it off"

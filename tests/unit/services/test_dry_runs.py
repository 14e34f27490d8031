"""Making a dry run: everything is read and reckoned, nothing is recorded."""

from __future__ import annotations

from relconsole.domain.kernel.ids import ServiceId
from relconsole.domain.night.dry_run import DryRun
from relconsole.services.arming import Armourer
from relconsole.services.dry_runs import DryRuns
from tests.unit.services.rooms import PAY, Room, minutes, played
from tests.unit.services.rooms_s2 import LEDGER, deploy, deploys, night, versions

PLAN = versions(deploy("pay"), deploy("ledger", LEDGER))


async def made(room: Room, only: ServiceId | None = None) -> DryRun:
    """The dry run of a room; nothing is recorded meanwhile."""
    size = len(room.stored.envelopes)
    armourer = Armourer(desk=room.desk, plugins=room.plugins, clock=room.clock)
    runs = DryRuns(desk=room.desk, armourer=armourer, clock=room.clock)
    found = await runs.make(room.run.id, only)
    assert len(room.stored.envelopes) == size
    assert room.calls("perform") == []
    return found


@played
async def test_that_before_anything_was_started_there_is_nothing_to_take_back() -> None:
    room = await night(PLAN)
    found = await made(room)
    assert (found.plan, found.why) == (None, ("nothing was started yet",))


@played
async def test_that_it_holds_the_plan_the_fleet_what_decayed_and_how_long() -> None:
    room = await night(PLAN)
    await deploys(room, "pay")
    found = await made(room)
    assert found.plan is not None
    assert [step.id for step in found.plan.steps] == ["undo-pay"]
    assert [row.service for row in found.fleet if row.ok] == [PAY, LEDGER]
    assert found.decayed == ("this rollback was never rehearsed to its end",)
    assert found.estimate is not None
    assert found.estimate.likely == minutes(4.5)
    assert found.at == room.clock.now()
    assert found.why == ()


@played
async def test_that_it_says_why_there_is_no_way_back() -> None:
    room = await night(PLAN)
    found = await made(room, ServiceId("nobody-knows"))
    assert found.plan is None
    assert found.only == "nobody-knows"
    assert found.why

"""A fired rollback: by two people, the state preserved before, and forward jobs called off."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.night.bridge_commands import StandTrigger
from relconsole.domain.night.bridge_facts import TriggerStood
from relconsole.domain.night.rollback_facts import (
    RollbackFired,
    StatePreserved,
    TwoPersonAct,
)
from relconsole.domain.plan.runbook import Step
from tests.helpers.fakes.plugins import Course, Way
from tests.unit.services.retreats import begun, deployed
from tests.unit.services.rooms import CI, PAY, PROD, played
from tests.unit.services.rooms_s2 import (
    LEDGER,
    NEW,
    begin,
    deploy,
    deploys,
    ends,
    job_of,
    rules,
    shows,
    signs,
    versions,
)

OTHER_CI = SystemId("other-ci")


def elsewhere(step: Step) -> Step:
    """The step, with its job at the other system."""
    assert step.run is not None
    return replace(step, run=replace(step.run, system=OTHER_CI))


@played
async def test_that_a_rollback_is_fired_by_two_people_over_the_fleet_as_it_is() -> None:
    here = await deployed()
    await here.fires()
    assert here.rollback.fired_at == here.room.clock.now()
    assert here.rollback.second == "ines"
    assert here.room.facts(RollbackFired.KIND) == 1


@played
async def test_that_what_was_armed_for_one_service_is_fired_for_that_service() -> None:
    here = await deployed()
    await deploys(here.room, "ledger", LEDGER)
    await here.fires(LEDGER)
    assert here.rollback.armed.only == LEDGER


@played
async def test_that_nothing_is_fired_that_nobody_armed() -> None:
    here = await deployed()
    assert rules(await here.retreat.fire(here.run, None)) == ("not_armed",)


@played
async def test_that_a_fleet_that_moved_since_arming_stops_the_firing() -> None:
    here = await deployed()
    await here.arms()
    second = await signs(here.room, TwoPersonAct.ROLLBACK, here.run)
    shows(here.room, PAY, "3.0")
    assert rules(await here.retreat.fire(here.run, second)) == ("fleet_moved",)


@played
async def test_that_one_person_alone_fires_nothing() -> None:
    here = await deployed()
    await here.arms()
    assert rules(await here.retreat.fire(here.run, None)) == ("second_person",)


@played
async def test_that_a_way_back_that_cannot_be_read_is_not_fired() -> None:
    here = await deployed()
    await here.arms()
    here.room.goes("describe_job", Way.IS_DOWN)
    assert rules(await here.retreat.fire(here.run, None)) == ("call_unreadable",)


@played
async def test_that_the_state_is_preserved_once_before_the_rollback() -> None:
    here = await begun()
    await begin(here.room, "pay")
    await ends(here.room, "pay", output="brought to 2.0")
    shows(here.room, PAY, NEW)
    since = here.room.clock.now()
    stood = TriggerStood(run=here.run, trigger="errors", value=7.0, since=since, reasons=("many",))
    await here.room.sees(StandTrigger(run=here.run, stood=stood))
    await here.fires()
    await here.retreat.preserve(here.run)
    folder = f"before-rollback-{here.run}"
    effect = job_of(here.room, "pay").effect.id
    assert here.evidence.files[folder, f"output-{effect}.txt"] == b"brought to 2.0"
    state = json.loads(here.evidence.files[folder, "state.json"])
    assert state["run"] == here.run
    assert state["steps"]["pay"] == {
        "state": "done",
        "started": "2026-08-08T20:00:00Z",
        "ended": "2026-08-08T20:01:00Z",
    }
    assert state["steps"]["ledger"] == {"state": "not_started", "started": None, "ended": None}
    assert state["triggers"] == {"errors": ["many"]}
    assert state["fleet"][0] == {"service": PAY, "environment": PROD, "observed": [NEW]}
    before = dict(here.evidence.files)
    here.evidence.files.clear()
    await here.retreat.preserve(here.run)
    assert here.evidence.files == {}
    assert here.room.facts(StatePreserved.KIND) == 1
    assert len(before) == 2


@played
async def test_that_what_is_preserved_stands_in_the_record_with_its_digests() -> None:
    here = await deployed()
    await here.fires()
    await here.retreat.preserve(here.run)
    body = here.room.stored.envelopes[-1].body
    content = here.evidence.files[f"before-rollback-{here.run}", "state.json"]
    assert body["folder"] == f"before-rollback-{here.run}"
    assert body["files"] == [f"before-rollback-{here.run}/state.json"]
    assert body["digests"] == [hashlib.sha256(content).hexdigest()]


@played
async def test_that_there_is_nothing_to_preserve_without_a_rollback() -> None:
    here = await deployed()
    await here.retreat.preserve(here.run)
    assert here.evidence.files == {}


@played
async def test_that_a_full_disk_is_no_preserved_state() -> None:
    here = await deployed()
    await here.fires()
    here.evidence.full = True
    with pytest.raises(WorldIsDown):
        await here.retreat.preserve(here.run)
    assert not here.rollback.preserved


@played
async def test_that_forward_jobs_that_still_run_are_called_off_once() -> None:
    here = await begun()
    await begin(here.room, "pay", "ledger")
    remote = await here.runs_outside("pay")
    await here.fires()
    assert not here.retreat.has_settled_forward(here.run)
    await here.retreat.settle_forward(here.run)
    await here.retreat.settle_forward(here.run)
    # The ledger's job has not left; whoever sends it sees to that.
    assert here.room.calls("cancel") == [remote]
    assert here.room.world.cancelled == [remote]


@played
async def test_that_a_system_which_is_down_is_asked_again_later_and_holds_up_no_other() -> None:
    here = await begun(versions(deploy("pay"), elsewhere(deploy("ledger", LEDGER))))
    await begin(here.room, "pay", "ledger")
    down = await here.runs_outside("pay")
    up = await here.runs_outside("ledger")
    await here.fires()
    for way in (Way.IS_DOWN, Way.LACKS_A_SETTING):
        here.room.world.goes = lambda _, system, way=way: Course(  # type: ignore[misc]
            way if system == CI else Way.ANSWERS
        )
        here.room.clock.advance(1)
        await here.retreat.settle_forward(here.run)
        await here.retreat.settle_forward(here.run)
    assert here.room.world.cancelled == [up]
    assert here.room.calls("cancel") == [down, up, down]
    here.room.world.goes = lambda _verb, _system: Course()
    here.room.clock.advance(1)
    await here.retreat.settle_forward(here.run)
    assert here.room.world.cancelled == [up, down]


@played
async def test_that_no_job_of_the_rollback_itself_is_called_off() -> None:
    here = await deployed()
    await here.fires()
    await begin(here.room, "undo-pay")
    await here.runs_outside("undo-pay")
    await here.retreat.settle_forward(here.run)
    assert here.room.calls("cancel") == []
    assert here.retreat.has_settled_forward(here.run)

"""A fired rollback: preserved before, carried to its end, and said by what is observed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

import pytest

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import RunId, ServiceId, StepId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import StandTrigger
from relconsole.domain.night.bridge_facts import TriggerStood
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectSent,
)
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import (
    RollbackEnded,
    RollbackEnding,
    RollbackFired,
    StatePreserved,
    TwoPersonAct,
)
from relconsole.domain.night.state import RollbackRun
from relconsole.domain.night.step_commands import EndStep
from relconsole.domain.plan.runbook import Step
from relconsole.domain.record.effect import Outcome
from relconsole.domain.release.release import ControlTotal, Release, RollbackEdits
from relconsole.plugin_api.effects import Acknowledged, EffectRequest, Ending
from relconsole.services.arming import Armourer
from relconsole.services.falling_back import Retreat
from relconsole.services.restore import RestoreKeeper
from tests.helpers.fakes.evidence import FakeEvidence
from tests.helpers.fakes.plugins import Course, Way
from tests.unit.services.rooms import CI, METRICS, PAY, PROD, Room, manual, played
from tests.unit.services.rooms_s2 import (
    LEDGER,
    NEW,
    OLD,
    PLACE,
    acts,
    begin,
    deploy,
    deploys,
    ends,
    job_of,
    night,
    rules,
    shows,
    signs,
    versions,
)

OTHER_CI = SystemId("other-ci")
PLAN = versions(deploy("pay"), deploy("ledger", LEDGER))
TOTALS = RollbackEdits(
    control_totals=(
        ControlTotal(id="rows", title="Rows", system=METRICS, query="rows", tolerance=1),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A night that may go back."""

    room: Room
    armourer: Armourer
    evidence: FakeEvidence
    retreat: Retreat

    @property
    def run(self) -> RunId:
        return self.room.run.id

    @property
    def rollback(self) -> RollbackRun:
        found = self.room.run.rollback
        assert found is not None
        return found

    async def arms(self, only: ServiceId | None = None) -> None:
        answer = await self.armourer.arm(self.run, only)
        assert not isinstance(answer, Refusal), answer

    async def fires(self, only: ServiceId | None = None) -> None:
        """Arm the rollback and fire it by two people."""
        await self.arms(only)
        second = await signs(self.room, TwoPersonAct.ROLLBACK, self.run)
        answer = await self.retreat.fire(self.run, second)
        assert not isinstance(answer, Refusal), answer

    async def goes_back(self, step: str, service: ServiceId = PAY) -> None:
        """Let an undo step bring a service back."""
        await begin(self.room, step)
        await ends(self.room, step)
        shows(self.room, service, OLD)

    async def ends(self) -> RollbackEnded:
        """What the rollback came to, recorded."""
        answer = await self.retreat.end(self.run)
        assert not isinstance(answer, Refusal), answer
        fact = answer[-1].fact
        assert isinstance(fact, RollbackEnded)
        return fact

    async def reasons(self) -> dict[str, str]:
        """What is not as it was before the release, by the thing."""
        result, _ = await self.retreat.reckon(self.run)
        return {row.item: row.reason for row in result.rows}

    async def runs_outside(self, step: str) -> str:
        """Let the job of a step run in its system for an hour; gives its id there."""
        self.room.world.runs = lambda _request: (3_600.0, Ending.SUCCEEDED)
        effect = job_of(self.room, step).effect
        taken = await self.room.plugins.perform(
            effect.system, EffectRequest(id=effect.id, kind=effect.kind)
        )
        assert isinstance(taken, Acknowledged)
        await self.room.moves(
            EffectSent(run=self.run, effect=effect.id),
            EffectAcknowledged(run=self.run, effect=effect.id, remote=taken.remote),
        )
        return taken.remote


async def begun(release: Release = PLAN, *, rehearsal: bool = False) -> Night:
    """A night of which nothing has been done yet."""
    room = await night(release, rehearsal=rehearsal)
    desk, plugins, clock = room.desk, room.plugins, room.clock
    armourer = Armourer(desk=desk, plugins=plugins, clock=clock)
    evidence = FakeEvidence()
    retreat = Retreat(
        desk=desk,
        plugins=plugins,
        clock=clock,
        evidence=evidence,
        armourer=armourer,
        keeper=RestoreKeeper(desk=desk, plugins=plugins),
    )
    return Night(room=room, armourer=armourer, evidence=evidence, retreat=retreat)


async def deployed(release: Release = PLAN) -> Night:
    """A night that has brought its first service to the new version."""
    found = await begun(release)
    await deploys(found.room, "pay")
    return found


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


@played
async def test_that_a_rollback_is_through_when_each_of_its_steps_has_ended() -> None:
    here = await deployed()
    assert here.retreat.is_through(here.run)
    await here.fires()
    assert not here.retreat.is_through(here.run)
    await here.goes_back("undo-pay")
    assert here.retreat.is_through(here.run)


@played
async def test_that_it_is_rolled_back_when_everything_is_observed_back() -> None:
    here = await deployed()
    await here.fires()
    await here.goes_back("undo-pay")
    ended = await here.ends()
    assert (ended.ending, ended.reconcile) == (RollbackEnding.ROLLED_BACK, ())
    assert [(row.service, row.observed, row.ok) for row in ended.fleet] == [
        (PAY, (OLD,), True),
        (LEDGER, (OLD,), True),
    ]


@played
async def test_that_it_is_partial_while_an_instance_still_runs_the_new_version() -> None:
    here = await deployed()
    await here.fires()
    await here.goes_back("undo-pay")
    shows(here.room, PAY, OLD, NEW)
    ended = await here.ends()
    assert ended.ending is RollbackEnding.PARTIAL
    assert [row.item for row in ended.reconcile] == ["payments-api@prod"]
    assert [(row.observed, row.ok) for row in ended.fleet] == [((OLD, NEW), False), ((OLD,), True)]


@played
async def test_that_it_is_unknown_while_nobody_sees_the_fleet() -> None:
    here = await deployed()
    await here.fires()
    await here.goes_back("undo-pay")
    here.room.goes("query", Way.IS_DOWN)
    ended = await here.ends()
    assert ended.ending is RollbackEnding.UNKNOWN
    assert all("metrics is down" in row.says and not row.observed for row in ended.fleet)


@played
async def test_that_steps_that_are_not_done_are_left_to_reconcile() -> None:
    here = await deployed()
    await deploys(here.room, "ledger", LEDGER)
    await here.fires()
    assert (await here.reasons())["undo-pay"] == "undo step is not started"
    await begin(here.room, "undo-pay", "undo-ledger")
    assert (await here.reasons())["undo-pay"] == "undo step is unknown"
    await ends(here.room, "undo-pay", Outcome.FAILED)
    found = await here.reasons()
    assert (found["undo-pay"], found["undo-ledger"]) == (
        "undo step is failed",
        "undo step is unknown",
    )


@played
async def test_that_an_undo_by_hand_under_way_is_left_to_reconcile() -> None:
    here = await begun(versions(manual("swap")))
    await begin(here.room, "swap")
    await acts(here.room, EndStep(run=here.run, step=StepId("swap"), state=StepState.DONE))
    for service in (PAY, LEDGER):
        shows(here.room, service, NEW)
    await here.fires()
    await begin(here.room, "undo-swap")
    assert (await here.reasons())["undo-swap"] == "undo step is running"


@played
async def test_that_nothing_is_back_where_no_rollback_is() -> None:
    here = await deployed()
    assert await here.reasons() == {"rollback": "nothing was taken back"}
    assert rules(await here.retreat.end(here.run)) == ("not_fired",)


@played
async def test_that_a_rehearsal_is_reckoned_where_it_works() -> None:
    here = await begun(versions(deploy("pay"), place=PLACE), rehearsal=True)
    for service, version in ((PAY, NEW), (LEDGER, OLD)):
        shows(here.room, service, version, environment=PLACE.environment)
    await begin(here.room, "pay")
    await ends(here.room, "pay")
    await here.arms()
    assert not isinstance(await here.retreat.fire(here.run, None), Refusal)
    await begin(here.room, "undo-pay")
    await ends(here.room, "undo-pay")
    assert list(await here.reasons()) == ["payments-api@stage"]
    shows(here.room, PAY, OLD, environment=PLACE.environment)
    assert (await here.ends()).ending is RollbackEnding.ROLLED_BACK

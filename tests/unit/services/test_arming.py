"""Arming a rollback: what is to be undone, over the fleet as it is; nothing changes outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from relconsole.domain.console.commands import CountRehearsal
from relconsole.domain.kernel.ids import Digest, RunId, ServiceId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.rollback_facts import (
    FleetRow,
    RehearsalCounted,
    RehearsedTarget,
    RollbackArmed,
)
from relconsole.domain.plan.runbook import Undo, UndoKind
from relconsole.domain.release.release import Item
from relconsole.services.arming import Armourer, Prepared
from tests.helpers.fakes.plugins import Way
from tests.unit.services.rooms import PAY, PROD, Room, played
from tests.unit.services.rooms_s2 import (
    LEDGER,
    NEW,
    OLD,
    PLACE,
    STAGE,
    begin,
    deploy,
    deploys,
    night,
    rules,
    shows,
    versions,
)

PLAN = versions(deploy("pay"), deploy("ledger", LEDGER))
ROOT = Digest("c" * 64)


def armourer(room: Room) -> Armourer:
    return Armourer(desk=room.desk, plugins=room.plugins, clock=room.clock)


async def prepared(room: Room, only: ServiceId | None = None) -> Prepared:
    """The rollback as it would be armed now."""
    found = await armourer(room).prepare(room.run.id, only)
    assert isinstance(found, Prepared), found
    return found


async def armed(
    room: Room, only: ServiceId | None = None, *, forced: bool = False
) -> RollbackArmed:
    """The rollback, armed."""
    records = await armourer(room).arm(room.run.id, only, forced=forced, reason="checkout fails")
    assert not isinstance(records, Refusal), records
    (record,) = records
    assert isinstance(record.fact, RollbackArmed)
    return record.fact


async def refused(
    room: Room, only: ServiceId | None = None, *, forced: bool = False
) -> tuple[str, ...]:
    """The rules by which arming is refused; nothing is recorded."""
    size = len(room.stored.envelopes)
    answer = await armourer(room).arm(room.run.id, only, forced=forced, reason="checkout fails")
    assert len(room.stored.envelopes) == size
    return rules(answer)


def row(service: ServiceId, expected: str, *observed: str, says: str = "") -> FleetRow:
    return FleetRow(
        service=service,
        environment=PROD,
        expected=expected,
        target=OLD,
        observed=observed,
        ok=not says,
        says=says,
    )


def counted(
    plan: Digest | None, at: datetime, version: str = OLD, run: str = "rehearsal-1"
) -> CountRehearsal:
    """A rehearsal whose rollback brought both services to a version."""
    return CountRehearsal(
        counted=RehearsalCounted(
            run=RunId(run),
            release=PLAN.id,
            plan=ROOT,
            rollback_plan=plan,
            at=at,
            journal="rehearsals",
            size=1,
            root=ROOT,
            forward=(),
            undo=(),
            targets=tuple(RehearsedTarget(service=each, version=version) for each in (PAY, LEDGER)),
        )
    )


@played
async def test_that_a_rollback_is_prepared_over_what_has_begun_and_changes_nothing() -> None:
    room = await night(PLAN)
    await deploys(room, "pay")
    size, jobs = len(room.stored.envelopes), len(room.world.jobs)
    found = await prepared(room)
    assert found.plan.covered == ("pay",)
    assert [step.id for step in found.plan.steps] == ["undo-pay"]
    # Nobody has touched the ledger: it is met on its old version.
    assert found.rows == (row(PAY, NEW, NEW), row(LEDGER, OLD, OLD))
    assert (len(room.stored.envelopes), len(room.world.jobs)) == (size, jobs)


@played
async def test_that_a_service_under_way_may_be_met_on_either_version() -> None:
    room = await night(PLAN)
    await begin(room, "pay")
    shows(room, PAY, OLD, NEW)
    assert (await prepared(room)).rows[0] == row(PAY, "1.0 or 2.0", OLD, NEW)


@played
async def test_that_the_armed_rollback_is_bound_to_what_its_jobs_would_run_now() -> None:
    room = await night(PLAN)
    await deploys(room, "pay")
    room.world.digests["deploy"] = ROOT
    before = await prepared(room)
    fact = await armed(room)
    assert dict(fact.calls) == {"undo-pay": ROOT}
    assert (fact.plan, fact.fleet) == (before.plan.digest, before.rows)
    assert (fact.only, fact.covered, fact.forced) == (None, ("pay",), False)
    assert room.run.rollback is not None
    assert room.run.rollback.fired_at is None


@pytest.mark.parametrize("way", [Way.IS_DOWN, Way.LACKS_A_SETTING])
def test_that_a_way_back_whose_jobs_cannot_be_read_is_not_armed(way: Way) -> None:
    @played
    async def scene() -> None:
        room = await night(PLAN)
        await deploys(room, "pay")
        room.goes("describe_job", way)
        assert await refused(room) == ("call_unreadable",)

    scene()


@played
async def test_that_a_fleet_that_differs_is_armed_only_by_force() -> None:
    room = await night(PLAN)
    await deploys(room, "pay")
    shows(room, PAY, "3.0")
    assert await refused(room) == ("fleet_differs",)
    fact = await armed(room, forced=True)
    assert fact.forced
    assert [(each.observed, each.ok) for each in fact.fleet] == [(("3.0",), False), ((OLD,), True)]


@played
async def test_that_a_fleet_nobody_sees_is_not_even_armed_by_force() -> None:
    room = await night(PLAN)
    await deploys(room, "pay")
    room.goes("query", Way.IS_DOWN)
    assert await refused(room, forced=True) == ("fleet_unknown",)


@played
async def test_that_there_is_nothing_to_arm_before_anything_began() -> None:
    room = await night(PLAN)
    assert await refused(room) == ("nothing_to_undo",)


@played
async def test_that_a_step_without_a_way_back_is_not_rolled_back() -> None:
    gone = replace(deploy("pay"), undo=Undo(kind=UndoKind.IRREVERSIBLE))
    room = await night(versions(gone))
    await begin(room, "pay")
    assert await refused(room) == ("irreversible_step",)


@played
async def test_that_one_service_goes_back_and_the_other_stays() -> None:
    room = await night(PLAN)
    await deploys(room, "pay")
    await deploys(room, "ledger", LEDGER)
    fact = await armed(room, LEDGER)
    assert (fact.only, fact.covered) == (LEDGER, ("ledger",))
    assert fact.fleet == (row(LEDGER, NEW, NEW),)


@played
async def test_that_a_service_of_which_nothing_began_does_not_go_back_alone() -> None:
    room = await night(PLAN)
    await deploys(room, "pay")
    assert await refused(room, LEDGER) == ("nothing_of_service",)


@played
async def test_that_a_service_without_a_stated_version_has_none_to_go_back_to() -> None:
    nameless = replace(PLAN, items=(Item(service=PAY, to_version=NEW),))
    room = await night(nameless)
    await deploys(room, "pay")
    assert (await prepared(room)).rows == (replace(row(PAY, NEW, NEW), target=""),)


@played
async def test_that_a_rollback_that_nobody_rehearsed_says_so() -> None:
    room = await night(PLAN)
    await deploys(room, "pay")
    await room.sees(counted(None, room.clock.now()))
    fact = await armed(room)
    assert fact.decayed == ("this rollback was never rehearsed to its end",)


@played
async def test_that_a_rehearsal_of_this_very_rollback_backs_it_until_it_is_too_old() -> None:
    room = await night(PLAN)
    await deploys(room, "pay")
    plan = (await prepared(room)).plan.digest
    await room.sees(counted(plan, room.clock.now() - timedelta(days=31)))
    (says,) = (await prepared(room)).decayed
    assert "more than 30d ago" in says
    await room.sees(counted(plan, room.clock.now() - timedelta(days=29), run="rehearsal-2"))
    assert (await prepared(room)).decayed == ()


@played
async def test_that_a_rehearsal_of_another_rollback_backs_nothing() -> None:
    room = await night(PLAN)
    await deploys(room, "pay")
    await room.sees(counted(ROOT, room.clock.now(), version="0.9"))
    plan, *targets = (await prepared(room)).decayed
    assert f"rehearsal rehearsal-1 ran {ROOT}" in plan
    assert [each.split(" ")[0] for each in targets] == [LEDGER, PAY]


@played
async def test_that_a_rehearsal_looks_at_its_own_place() -> None:
    room = await night(versions(deploy("pay"), place=PLACE), rehearsal=True)
    await begin(room, "pay")
    for service, version in ((PAY, NEW), (LEDGER, OLD)):
        shows(room, service, version, environment=STAGE)
    rows = (await prepared(room)).rows
    assert [(each.environment, each.observed) for each in rows] == [
        (STAGE, (NEW,)),
        (STAGE, (OLD,)),
    ]


@played
async def test_that_a_rehearsal_which_is_walked_through_looks_at_nothing() -> None:
    room = await night(versions(deploy("pay")), rehearsal=True)
    await begin(room, "pay")
    assert (await prepared(room)).rows == ()
    assert room.calls("query") == []


@played
async def test_that_the_digest_of_a_rehearsed_rollback_is_that_of_the_night() -> None:
    digests: list[Digest] = []
    for rehearsal in (True, False):
        room = await night(versions(deploy("pay"), place=PLACE), rehearsal=rehearsal)
        await begin(room, "pay")
        digests.append((await prepared(room)).plan.digest)
    assert digests[0] == digests[1]

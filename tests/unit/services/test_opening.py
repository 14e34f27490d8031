"""Opening a night: bound to what its jobs would run, approved, and under one console's lease."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.console.decide import digest_value
from relconsole.domain.kernel.ids import Digest, ReleaseId, StepId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.effect_facts import EffectSettledByHand, Purpose
from relconsole.domain.night.facts import RunOpened, RunOutcome, RunTakenUp
from relconsole.domain.night.run_commands import EndRun, IntendEffect, MoveEffect
from relconsole.domain.plan.digest import plan_digest, step_digest
from relconsole.domain.release.release import ChangeReference
from relconsole.plugin_api.itsm import ChangeRecord
from relconsole.ports.journal import Lease
from relconsole.services.desk import open_envelope
from relconsole.services.opening import Holder, Opener, TakenUp
from tests.helpers.fakes.clock import START
from tests.helpers.fakes.journal import FakeJournal
from tests.helpers.fakes.plugins import Way
from tests.unit.services.rooms import (
    CODEC,
    ITSM,
    MARA,
    PAY,
    Room,
    automated,
    furnish,
    manual,
    played,
    release_of,
)
from tests.unit.services.rooms_s2 import PLACE, deploy, keyed_room, rules, sit_down, talk, versions

PLAN = versions(talk("tell"), deploy("pay"), deploy("again", PAY, "pay"))
CHANGED = replace(release_of(manual("swap")), change=ChangeReference(system=ITSM, id="CHG-1"))
A_DIGEST, ANOTHER = Digest("a" * 64), Digest("b" * 64)
APPROVED = ChangeRecord(
    id="CHG-1",
    title="Payments 4",
    state="approved",
    requester="jo",
    approver="board",
    approved_at=START - timedelta(hours=2),
)


def opener(room: Room, name: str, *, gone: str = "") -> Opener:
    """Another console's opener; it knows that the console of this name is gone."""
    holder = Holder(
        name=name, lease_seconds=30.0, console="0.1.0", is_gone=lambda each: each == gone
    )
    return Opener(
        desk=room.desk, plugins=room.plugins, clock=room.clock, ids=room.ids, holder=holder
    )


async def opened(room: Room, *, rehearsal: bool = False) -> TakenUp:
    taken = await room.opener.open_or_take_up(room.release.id, rehearsal=rehearsal)
    assert isinstance(taken, TakenUp), taken
    return taken


def the(room: Room, kind: str) -> object:
    """The newest fact of this kind."""
    return next(
        open_envelope(each, CODEC).fact
        for each in reversed(room.stored.envelopes)
        if each.kind == kind
    )


async def refused(room: Room, *, rehearsal: bool = False) -> Refusal:
    """Why no run is opened; then none is recorded and no lease is held."""
    answer = await room.opener.open_or_take_up(room.release.id, rehearsal=rehearsal)
    assert isinstance(answer, Refusal), answer
    assert room.facts("run_opened") == 0
    assert room.stored.leases == {}
    return answer


@played
async def test_that_a_night_is_bound_to_its_plan_and_to_what_its_jobs_would_run() -> None:
    room = await furnish(PLAN)
    room.world.digests["deploy"] = A_DIGEST
    taken = await opened(room)
    found = the(room, "run_opened")
    assert isinstance(found, RunOpened)
    calls = {StepId("pay"): A_DIGEST, StepId("again"): A_DIGEST}
    assert found.run == taken.run
    assert dict(found.calls) == calls
    assert found.plan == plan_digest(PLAN.runbook, calls)
    assert dict(found.step_digests) == {
        step.id: step_digest(step, calls.get(step.id)) for step in PLAN.runbook.steps
    }
    assert found.policy == digest_value(room.desk.state.workspace.policy)
    assert (found.commander, found.holder, found.console) == (MARA, "console-1", "0.1.0")
    assert found.approval == "no change record"
    assert room.calls("describe_job") == ["deploy"]


@played
async def test_that_a_job_which_the_system_cannot_tell_is_bound_as_unknown() -> None:
    room = await furnish(PLAN)
    room.world.digests["deploy"] = None
    await opened(room)
    assert set(room.run.calls.values()) == {None}


@pytest.mark.parametrize("way", [Way.IS_DOWN, Way.LACKS_A_SETTING])
def test_that_a_night_whose_jobs_cannot_be_read_is_not_opened(way: Way) -> None:
    @played
    async def scene() -> None:
        room = await furnish(PLAN)
        room.goes("describe_job", way)
        (reason,) = (await refused(room)).reasons
        assert (reason.rule, reason.thing) == ("call_unreadable", "pay-4")
        assert "ci" in reason.says

    scene()


@played
async def test_that_the_run_is_held_under_a_lease_of_the_console() -> None:
    room = await furnish(PLAN)
    taken = await opened(room)
    assert taken.lease == Lease(
        run=taken.run, holder="console-1", fence=1, until=START + timedelta(seconds=30)
    )
    assert the(room, "run_taken_up") == RunTakenUp(
        run=taken.run, holder="console-1", fence=1, console="0.1.0"
    )


@played
async def test_that_what_is_refused_takes_no_token() -> None:
    room = await furnish(release_of())
    first = await opened(room)
    await room.sees(EndRun(run=first.run, outcome=RunOutcome.FINISHED))
    assert rules(await room.opener.take_up(first.run)) == ("run_over",)
    assert room.stored.leases[first.run] == first.lease


@played
async def test_that_an_update_in_the_night_waits_until_a_person_has_settled_what_is_open() -> None:
    room = await furnish(PLAN)
    first = await opened(room)
    silence = IntendEffect(
        run=first.run,
        system=ITSM,
        effect_kind="silence.expire",
        purpose=Purpose.UNSILENCE,
        payload={},
    )
    await room.sees(silence)
    opener = Opener(
        desk=room.desk,
        plugins=room.plugins,
        clock=room.clock,
        ids=room.ids,
        holder=Holder(name="console-1", lease_seconds=30.0, console="99.0.0"),
    )
    assert rules(await opener.take_up(first.run)) == ("program_changed",)
    (effect,) = room.run.effects
    settled = EffectSettledByHand(run=first.run, effect=effect, outcome=None, note="not there")
    await room.desk.must(MoveEffect(run=first.run, move=settled), Actor(person=MARA))
    assert isinstance(await opener.take_up(first.run), TakenUp)
    assert room.run.console == "99.0.0"


@played
async def test_that_an_open_run_is_taken_up_and_no_second_one_opened() -> None:
    room = await furnish(PLAN)
    first = await opened(room)
    room.goes("describe_job", Way.IS_DOWN)
    again = await opened(room)
    assert (again.run, again.lease.fence) == (first.run, 2)
    assert (room.facts("run_opened"), room.facts("run_taken_up")) == (1, 2)


@played
async def test_that_a_new_run_is_opened_once_the_last_one_is_over() -> None:
    room = await furnish(release_of())
    first = await opened(room)
    await room.sees(EndRun(run=first.run, outcome=RunOutcome.FINISHED))
    second = await opened(room)
    assert second.run != first.run
    assert rules(await room.opener.take_up(first.run)) == ("run_over",)


@played
async def test_that_a_release_that_nobody_imported_is_not_opened() -> None:
    room = await furnish(PLAN)
    answer = await room.opener.open_or_take_up(ReleaseId("ghost"), rehearsal=False)
    assert rules(answer) == ("unknown_release",)


@played
async def test_that_a_rehearsal_that_is_walked_through_reads_no_job_and_no_change() -> None:
    room = await furnish(
        replace(release_of(automated("swap")), change=ChangeReference(system=ITSM, id="CHG-1"))
    )
    await opened(room, rehearsal=True)
    assert room.run.rehearsal
    assert dict(room.run.calls) == {}
    assert room.run.approval == "no change record"
    assert room.world.calls == []


@played
async def test_that_a_rehearsal_with_a_place_is_bound_to_its_jobs() -> None:
    room = await furnish(replace(PLAN, rehearsal=PLACE))
    room.world.digests["deploy"] = A_DIGEST
    await opened(room, rehearsal=True)
    assert set(room.run.calls.values()) == {A_DIGEST}


@played
async def test_that_an_approved_change_is_attested_in_the_record() -> None:
    room = await furnish(CHANGED)
    room.world.changes["CHG-1"] = APPROVED
    await opened(room)
    by, at = APPROVED.approver, APPROVED.approved_at
    assert at is not None
    expected = f"approved by {by} at {format_instant(at)}, 2h ago, attested by itsm"
    assert room.run.approval == expected


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (replace(APPROVED, state="draft"), "change CHG-1 is draft"),
        (replace(APPROVED, approver=None), "does not say who approved it"),
        (replace(APPROVED, approver="jo"), "jo requested or wrote what they approved"),
        (replace(APPROVED, approved_at=START + timedelta(hours=1)), "ahead of this clock"),
        (replace(APPROVED, approved_digest=ANOTHER), f"approved {ANOTHER}, the plan is"),
        (None, "itsm has no change CHG-1"),
    ],
    ids=["draft", "nobody", "requester", "ahead", "another plan", "none"],
)
def test_that_a_change_that_is_not_approved_opens_no_night(
    record: ChangeRecord | None, says: str
) -> None:
    @played
    async def scene() -> None:
        room = await furnish(CHANGED)
        if record is not None:
            room.world.changes["CHG-1"] = record
        (reason,) = (await refused(room)).reasons
        assert reason.rule == "not_approved"
        assert says in reason.says

    scene()


@pytest.mark.parametrize("way", [Way.IS_DOWN, Way.LACKS_A_SETTING])
def test_that_a_change_system_that_does_not_answer_opens_no_night(way: Way) -> None:
    @played
    async def scene() -> None:
        room = await furnish(CHANGED)
        room.world.changes["CHG-1"] = APPROVED
        room.goes("read_change", way)
        (reason,) = (await refused(room)).reasons
        assert reason.rule == "not_approved"
        assert "the change record is unknown: itsm" in reason.says

    scene()


@played
async def test_that_the_approval_of_this_very_plan_counts() -> None:
    room = await furnish(CHANGED)
    plan = plan_digest(CHANGED.runbook, {})
    room.world.changes["CHG-1"] = replace(APPROVED, approved_digest=plan)
    await opened(room)
    assert room.run.plan == plan


@played
async def test_that_a_run_in_another_consoles_hands_is_left_alone_until_its_lease_runs_out() -> (
    None
):
    room = await furnish(PLAN)
    first = await opened(room)
    other = opener(room, "console-2")
    answer = await other.open_or_take_up(PLAN.id, rehearsal=False)
    assert isinstance(answer, Refusal)
    (reason,) = answer.reasons
    assert (reason.rule, reason.lifts) == ("lease_held", "it runs out at 2026-08-08T20:00:30Z")
    assert "console-1 holds run" in reason.says
    assert room.run.holder == "console-1"
    room.clock.advance(31)
    taken = await other.take_up(first.run)
    assert isinstance(taken, TakenUp)
    assert (taken.lease.holder, taken.lease.fence) == ("console-2", 2)
    assert (room.run.holder, room.run.fence) == ("console-2", 2)


@played
async def test_that_the_lease_of_a_console_that_is_gone_is_broken_at_once() -> None:
    room = await furnish(PLAN)
    first = await opened(room)
    taken = await opener(room, "console-2", gone="console-1").take_up(first.run)
    assert isinstance(taken, TakenUp)
    assert (taken.lease.holder, taken.lease.fence) == ("console-2", 2)


@played
async def test_that_nobody_is_thought_gone_of_whom_nothing_is_known() -> None:
    assert not Holder(name="a", lease_seconds=30.0, console="0.1.0").is_gone("b")


@played
async def test_that_of_two_who_break_a_lease_one_has_the_run() -> None:
    room = await furnish(PLAN)
    first = await opened(room)

    async def a_third_is_quicker(point: str) -> None:
        if point == "release:before":
            room.stored.leases[first.run] = Lease(
                run=first.run, holder="console-3", fence=2, until=first.lease.until
            )

    journal = FakeJournal(room.stored, point=a_third_is_quicker)
    slower = sit_down(room, None, journal)
    answer = await opener(slower, "console-2", gone="console-1").take_up(first.run)
    assert rules(answer) == ("lease_held",)
    assert room.stored.leases[first.run].holder == "console-3"


@played
async def test_that_a_night_is_opened_only_by_somebody_whose_key_counts() -> None:
    room = await keyed_room(PLAN)
    nobody = sit_down(room, None)
    assert rules(await refused(nobody)) == ("who_acts",)
    await opened(sit_down(nobody, MARA))
    assert nobody.stored.envelopes[-1].kind == "run_taken_up"

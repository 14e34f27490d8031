"""What a rollback will change, and what was looked at first."""

from __future__ import annotations

from dataclasses import replace

from immutables import Map

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.rollback_facts import ControlTotalTaken, TotalMoment
from relconsole.domain.plan.runbook import JobRun, Replay, Step, Undo, UndoKind
from relconsole.domain.release.release import (
    ControlTotal,
    Release,
    RestorePoint,
    RollbackEdits,
)
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.looked_at import LookedAtRow
from relconsole_ui.presenters.rollback_changes import (
    ChangeRow,
    WayBackBasis,
    armed_basis,
    differences,
    dry_basis,
    present_changes,
    present_looked_at,
)
from relconsole_ui.presenters.words import NBSP
from tests.unit.presenters.rollback_nights import (
    PAY,
    PLAN,
    deployed,
    dry_of,
    keyed_night,
)
from tests.unit.services.rooms import CI, METRICS, Room, manual, minutes, played
from tests.unit.services.rooms_s2 import LEDGER, NEW, OLD, begin, deploy, night, shows, versions

SWITCH = Step(
    id=StepId("switch"),
    title="Open instant payments",
    duration=plain(minutes(1)),
    run=JobRun(system=CI, job="switch", parameters=Map({"name": "instant", "to": "on"})),
    undo=Undo(
        kind=UndoKind.INVERSE,
        duration=plain(minutes(1)),
        run=JobRun(system=CI, job="switch", parameters=Map({"name": "instant", "to": "off"})),
    ),
)
CALL = Step(id=StepId("call"), title="Call the bank", duration=plain(minutes(2)))


async def basis_of(room: Room) -> WayBackBasis:
    found = dry_basis(await dry_of(room))
    assert found is not None
    return found


async def changes(room: Room) -> tuple[ChangeRow, ...]:
    return present_changes(room.run, room.release, await basis_of(room))


async def looked_at(room: Room) -> tuple[LookedAtRow, ...]:
    return present_looked_at(room.run, room.release, await basis_of(room))


@played
async def test_that_a_deployment_goes_from_what_is_observed_to_the_old_version() -> None:
    room = await keyed_night()
    (row,) = await changes(room)
    assert (row.number, row.about, row.before, row.after) == (1, PAY, NEW, OLD)
    assert row.lasts == f"4{NBSP}min 30{NBSP}s"
    assert row.key == "undo-pay"
    assert row.sentence == (f"1: {PAY}, Undo: Deploy {PAY}, from 2.0 to 1.0, 4{NBSP}min 30{NBSP}s")


@played
async def test_that_a_mixed_fleet_and_an_unseen_one_are_said_as_they_are() -> None:
    room = await keyed_night()
    shows(room, PAY, NEW, OLD)
    assert (await changes(room))[0].before == "1.0 and 2.0"
    room.world.values.clear()
    assert (await changes(room))[0].before == "unknown"


async def manual_night(*steps: Step, edits: RollbackEdits | None = None) -> Room:
    """A night in which these steps were begun."""
    release = replace(versions(*steps), items=(), rollback=edits or RollbackEdits())
    room = await night(release)
    await begin(room, *(step.id for step in steps))
    return room


@played
async def test_that_a_job_is_shown_by_what_it_is_told_differently() -> None:
    (row,) = await changes(await manual_night(SWITCH))
    assert (row.before, row.after, row.about) == ("on", "off", "")
    assert row.sentence.startswith("1: Undo: Open instant payments, from on to off")


@played
async def test_that_several_differences_are_named() -> None:
    other = JobRun(system=CI, job="switch", parameters=Map({"name": "all", "to": "off"}))
    (row,) = await changes(
        await manual_night(replace(SWITCH, undo=replace(SWITCH.undo, run=other)))
    )
    assert (row.before, row.after) == ("name instant, to on", "name all, to off")


@played
async def test_that_what_a_person_did_is_undone_and_what_was_added_is_done() -> None:
    room = await manual_night(manual("stop"), edits=RollbackEdits(extra=(CALL,)))
    rows = {row.step: (row.before, row.after) for row in await changes(room)}
    assert rows == {"undo-stop": ("under way", "undone"), "call": ("not done", "done")}
    found = room.run.steps[StepId("stop")]
    done = replace(
        room.run, steps=room.run.steps.set(found.step, replace(found, state=StepState.DONE))
    )
    first = present_changes(done, room.release, await basis_of(room))
    assert ("done", "undone") in [(row.before, row.after) for row in first]


@played
async def test_that_an_item_without_an_old_version_is_shown_by_its_job() -> None:
    items = tuple(replace(item, from_version=None) for item in PLAN.items)
    room = await keyed_night(replace(PLAN, items=items))
    (row,) = await changes(room)
    assert (row.before, row.after, row.about) == (NEW, OLD, PAY)


@played
async def test_that_a_service_that_the_plan_does_not_read_is_unknown() -> None:
    room = await keyed_night()
    basis = replace(await basis_of(room), fleet=())
    assert present_changes(room.run, room.release, basis)[0].before == "unknown"


@played
async def test_that_an_armed_rollback_is_shown_from_what_was_armed() -> None:
    here = await deployed()
    dry = await dry_of(here.room)
    await here.arms()
    basis = armed_basis(here.rollback, dry)
    assert basis.read_at == here.rollback.armed_at
    assert basis.dry is dry
    assert present_changes(here.room.run, PLAN, basis)[0].lasts == f"4{NBSP}min 30{NBSP}s"
    other = armed_basis(here.rollback, replace(dry, plan=None))
    assert other.dry is None
    assert present_changes(here.room.run, PLAN, other)[0].lasts == f"3{NBSP}min"
    assert armed_basis(here.rollback, None).dry is None


@played
async def test_that_no_way_back_leaves_nothing_to_show() -> None:
    room = await night(PLAN)
    assert dry_basis(await dry_of(room)) is None


@played
async def test_that_the_fleet_is_ok_differs_or_is_unknown() -> None:
    room = await keyed_night()
    rows = await looked_at(room)
    assert [(row.status, row.note) for row in rows] == [(Status.DONE, "as planned")] * 2
    assert differences(rows) == "no difference"
    shows(room, PAY, NEW, OLD)
    del room.world.values[f"version:{LEDGER}@prod"]
    rows = await looked_at(room)
    assert [row.status for row in rows] == [Status.ADVISORY, Status.UNKNOWN]
    assert rows[0].note == "planned from 2.0"
    assert "is unknown" in rows[1].says
    assert differences(rows) == "2 differences"
    assert rows[1].sentence.startswith("unknown, ledger is unknown")
    assert rows[1].key == rows[1].says


POINT = RestorePoint(
    id="copy", before=StepId("pay"), what="rows", where="vault", restore=plain(minutes(4))
)
OTHER = replace(POINT, id="other", before=StepId("ledger"))
ROWS = ControlTotal(id="rows", title="Rows", system=METRICS, query="rows", tolerance=1)


def saved(*points: RestorePoint, totals: tuple[ControlTotal, ...] = ()) -> Release:
    edits = RollbackEdits(restore_points=points, control_totals=totals)
    return replace(versions(deploy("pay"), deploy("ledger", LEDGER)), rollback=edits)


@played
async def test_that_a_restore_point_is_taken_or_a_warning() -> None:
    room = await keyed_night(saved(POINT, OTHER))
    row = (await looked_at(room))[-1]
    assert (row.status, row.says) == (Status.WARNING, "Restore point copy was not taken")
    kept = replace(room.run, restore_points=Map({"copy": "kept"}))
    basis = await basis_of(room)
    row = present_looked_at(kept, room.release, basis)[-1]
    assert (row.status, row.note) == (Status.DONE, f"restore 4{NBSP}min")
    bare = saved(replace(POINT, restore=None))
    assert present_looked_at(kept, bare, basis)[-1].note == ""


@played
async def test_that_control_totals_agree_differ_or_are_not_known() -> None:
    room = await keyed_night(saved(totals=(ROWS,)))
    basis = await basis_of(room)

    def row(before: float | None, after: float | None = None) -> LookedAtRow:
        taken = tuple(
            ControlTotalTaken(run=room.run.id, total="rows", moment=moment, value=value)
            for moment, value in ((TotalMoment.BEFORE, before), (TotalMoment.AFTER, after))
            if value is not None
        )
        return present_looked_at(replace(room.run, totals=taken), room.release, basis)[-1]

    assert row(None).status is Status.UNKNOWN
    assert row(100).says == "Rows: 100 before"
    assert row(100, 101).note == "0 differ"
    assert (row(100, 93).status, row(100, 93).note) == (Status.ADVISORY, "-7")


@played
async def test_that_a_covered_replay_says_how_it_does_nothing_twice() -> None:
    replays = Replay(duplicates="keyed by id", count="rows", amount="sum")
    replayed = replace(deploy("pay"), replays=replays)
    room = await keyed_night(versions(replayed, deploy("ledger", LEDGER)))
    row = (await looked_at(room))[-1]
    assert row.says == "Deploy payments-api replayed: keyed by id"
    assert row.note == "proved by rows and sum"

"""The prepared rollbacks of all open releases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.kernel.ids import Digest, ReleaseId, RunId
from relconsole.domain.night.dry_run import DryRun
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.rollback_facts import RehearsalCounted, RollbackEnding
from relconsole.domain.plan.runbook import Undo, UndoKind
from relconsole.domain.release.release import Release, RollbackEdits, UndoEdit
from relconsole.services.forecasting import Forecaster
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.rollbacks import PreparedRow, present_rollbacks
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters.rollback_nights import (
    PAY,
    PLAN,
    deployed,
    dry_of,
    keyed_night,
    seen_of,
    with_release,
    with_run,
)
from tests.unit.services.rooms import Room, played
from tests.unit.services.rooms_s2 import NEW, OLD, keyed_room, night, shows

OTHER = replace(PLAN, id=ReleaseId("fraud-2"), title="Fraud score")


def row(seen: Seen, dry: DryRun | None = None) -> PreparedRow:
    found = present_rollbacks(seen, {} if dry is None else {dry.run: dry})
    return next(each for each in found.rows if each.key == PLAN.id)


async def own(room: Room, **changed: object) -> PreparedRow:
    """The row of the release on the bridge with its dry run."""
    dry = replace(await dry_of(room), **changed)  # type: ignore[arg-type]
    return row(seen_of(room), dry)


@played
async def test_that_the_release_on_the_bridge_comes_first_and_only_it_can_be_armed() -> None:
    room = await keyed_night()
    seen = with_release(seen_of(room), replace(OTHER, title="A score"))
    found = present_rollbacks(seen, {})
    assert [(each.key, each.can_arm) for each in found.rows] == [
        (PLAN.id, True),
        (OTHER.id, False),
    ]
    assert found.note == "0 of 2 releases ready"
    assert found.rows[0].targets == "payments-api 1.0, ledger 1.0"
    assert found.rows[1].latest.startswith("window ")


@played
async def test_that_a_release_whose_night_is_over_is_not_among_them() -> None:
    room = await keyed_night()
    over = with_run(seen_of(room), outcome=RunOutcome.FINISHED)
    assert present_rollbacks(over, {}).rows == ()


@played
async def test_that_readiness_is_what_the_dry_run_says() -> None:
    room = await keyed_night()
    assert row(seen_of(room)).readiness == "no dry run yet"
    asks = await own(room)
    assert (asks.status, asks.readiness) == (Status.ADVISORY, "reason needed")
    assert asks.why == ("this rollback was never rehearsed to its end",)
    ready = await own(room, decayed=())
    assert (ready.status, ready.readiness, ready.why) == (Status.DONE, "ready", ())
    assert ready.estimate
    assert ready.sentence.startswith("Payments 4, ready, never rehearsed")
    shows(room, PAY, NEW, OLD)
    assert (await own(room)).readiness == "reason needed"
    room.world.values.clear()
    assert (await own(room)).status is Status.UNKNOWN


@played
async def test_that_nothing_begun_is_not_ready() -> None:
    room = await night(PLAN)
    found = await own(room)
    assert (found.status, found.readiness) == (Status.NOT_STARTED, "not ready")


@played
async def test_that_an_armed_or_fired_rollback_is_shown_as_such() -> None:
    here = await deployed()
    await here.arms()
    found = row(seen_of(here.room))
    assert (found.readiness, found.status, found.can_arm) == ("armed", Status.HOLD, False)
    fired = replace(here.rollback, fired_at=here.room.clock.now())
    assert row(with_run(seen_of(here.room), rollback=fired)).readiness == "fired"
    back = replace(fired, ending=RollbackEnding.ROLLED_BACK)
    found = row(with_run(seen_of(here.room), rollback=back))
    assert (found.readiness, found.status) == ("rolled back", Status.DONE)


def rehearsed(seen: Seen, release: Release, days: int) -> Seen:
    """The same with a rehearsal of its rollback so many days ago."""
    counted = RehearsalCounted(
        run=RunId("rehearsal-1"),
        release=release.id,
        plan=Digest("a" * 64),
        rollback_plan=Digest("b" * 64),
        at=seen.now - timedelta(days=days),
        journal="rehearsals",
        size=1,
        root=Digest("c" * 64),
        forward=(),
        undo=(),
    )
    kept = seen.state.rehearsals.set(release.id, (counted,))
    return replace(seen, state=replace(seen.state, rehearsals=kept))


@pytest.mark.parametrize(
    ("days", "readiness", "status"),
    [
        (1, "looked at again at opening", Status.SAFE_UNTIL),
        (90, "decayed", Status.ADVISORY),
    ],
)
def test_that_before_opening_a_rehearsal_counts_by_its_age(
    days: int, readiness: str, status: Status
) -> None:
    @played
    async def scene() -> None:
        room = await keyed_room(PLAN)
        found = row(rehearsed(seen_of(room), PLAN, days))
        assert (found.readiness, found.status) == (readiness, status)
        assert found.rehearsed.startswith("rehearsed ")

    scene()


@played
async def test_that_before_opening_what_was_never_rehearsed_says_so() -> None:
    room = await keyed_room(PLAN)
    found = row(seen_of(room))
    assert (found.readiness, found.status) == ("never rehearsed", Status.ADVISORY)
    assert not found.can_arm


@played
async def test_that_a_way_back_that_cannot_be_built_says_why() -> None:
    room = await keyed_room(PLAN)
    edits = RollbackEdits(edits=(UndoEdit(undo=PLAN.runbook.steps[0].id),))
    found = row(with_release(seen_of(room), replace(PLAN, rollback=edits)))
    assert (found.readiness, found.status) == ("cannot be built", Status.WARNING)
    assert found.why == ("no step of the way back is pay",)
    gone = tuple(
        replace(step, undo=Undo(kind=UndoKind.IRREVERSIBLE)) for step in PLAN.runbook.steps
    )
    runbook = replace(PLAN.runbook, steps=gone)
    found = row(with_release(seen_of(room), replace(PLAN, runbook=runbook)))
    assert found.readiness == "never rehearsed"


@played
async def test_that_the_latest_safe_start_is_that_of_the_forecast() -> None:
    room = await keyed_night()
    seen = seen_of(room)
    assert row(seen).latest == "latest safe start unknown"
    forecast = Forecaster().forecast(seen.state, room.run.id, seen.now)
    assert row(replace(seen, forecast=forecast)).latest.startswith("latest ")
    none = replace(forecast, latest_safe_start=None)
    assert row(replace(seen, forecast=none)).latest == "no way back in time"

"""Nights to present a rollback of, with dry runs as a service would make them."""

from __future__ import annotations

from dataclasses import replace

from immutables import Map

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.dry_run import DryRun
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.record.file_form import JournalKind
from relconsole.domain.record.request import Answer
from relconsole.domain.release.release import Indicator, Limit, Release, Severity
from relconsole.services.arming import Armourer
from relconsole.services.dry_runs import DryRuns
from relconsole_ui.presenters.rollback_sight import RollbackSight
from relconsole_ui.presenters.seen import Seen
from tests.unit.services.retreats import PLAN, Night, begun, deployed
from tests.unit.services.rooms import MARA, METRICS, PAY, Room
from tests.unit.services.rooms_s2 import INES, deploys, night, signs

P95 = Indicator(
    id="p95",
    title="Checkout p95",
    system=METRICS,
    query="p95",
    limit=Limit(above=0.8),
    severity=Severity.CRITICAL,
)
WATCHED = replace(PLAN, indicators=(P95,))

__all__ = [
    "INES",
    "MARA",
    "P95",
    "PAY",
    "PLAN",
    "WATCHED",
    "Night",
    "begun",
    "deployed",
    "deploys",
    "dry_of",
    "keyed_night",
    "seen_of",
    "sight_of",
    "signed",
    "with_nobody_enrolled",
    "with_release",
    "with_run",
]


def seen_of(room: Room, person: PersonId | None = MARA) -> Seen:
    """The console as that person sees it now."""
    run = room.desk.state.newest_run(room.release.id)
    return Seen(
        state=room.desk.state,
        release_id=room.release.id,
        run_id=None if run is None else run.id,
        kind=JournalKind.LIVE,
        now=room.clock.now(),
        zone="UTC",
        person=person,
    )


def with_run(seen: Seen, **changed: object) -> Seen:
    """The same with something else of the run."""
    assert seen.run is not None
    run = replace(seen.run, **changed)  # type: ignore[arg-type]
    return replace(seen, state=replace(seen.state, runs=seen.state.runs.set(run.id, run)))


def with_release(seen: Seen, release: Release) -> Seen:
    """The same with another release on the bridge."""
    releases = {**seen.state.workspace.releases, release.id: release}
    workspace = replace(seen.state.workspace, releases=releases)
    return replace(seen, state=replace(seen.state, workspace=workspace))


def with_nobody_enrolled(seen: Seen) -> Seen:
    """The same where nobody's key counts."""
    keys = replace(seen.state.keys, effective=Map())
    return replace(seen, state=replace(seen.state, keys=keys))


async def keyed_night(release: Release = PLAN) -> Room:
    """A room with a run that has brought its first service to the new version."""
    room = await night(release)
    await deploys(room, "pay")
    return room


async def dry_of(room: Room) -> DryRun:
    """The dry run of a room as it is now."""
    armourer = Armourer(desk=room.desk, plugins=room.plugins, clock=room.clock)
    return await DryRuns(desk=room.desk, armourer=armourer, clock=room.clock).make(room.run.id)


async def sight_of(room: Room) -> RollbackSight:
    """What a window that conducts the night knows: a dry run, and nothing of a second person."""
    return RollbackSight(dry=await dry_of(room), is_conducting=True)


async def signed(room: Room, sight: RollbackSight, signer: PersonId = INES) -> RollbackSight:
    """The same once somebody answered."""
    answer: Answer = await signs(room, TwoPersonAct.ROLLBACK, room.run.id, signer)
    return replace(sight, asked=answer.digest, answer=answer)

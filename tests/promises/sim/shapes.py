"""The small plans that simulated nights run, with their estate, keys and journals' beginnings.

Durations are plain, so that a forecast draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from immutables import Map

from relconsole.domain.calendar.entries import Calendar
from relconsole.domain.console.commands import EnrolKey, ImportWorkspace, RegisterKey
from relconsole.domain.console.facts import make_codec
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Environment, Estate, Service, VersionSource
from relconsole.domain.estate.people import Person
from relconsole.domain.estate.policy import Authority, Policy
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import (
    EnvironmentId,
    PersonId,
    ReleaseId,
    ServiceId,
    StepId,
    SystemId,
    TeamId,
)
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.night.around import Actor
from relconsole.domain.plan.runbook import (
    Check,
    JobRun,
    Runbook,
    Step,
    StepKind,
    StepSilence,
    Undo,
    UndoKind,
)
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.release.release import (
    ChangeReference,
    ChangeStates,
    Item,
    Release,
    RestorePoint,
    RollbackEdits,
)
from relconsole.services.desk import Desk, load_state
from tests.helpers.fakes.clock import FakeClock
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.journal import FakeJournal, Stored

START: Final = datetime(2026, 8, 8, 20, 0, tzinfo=UTC)
RELEASE: Final = ReleaseId("pay-4")
MARA, INES = PersonId("mara"), PersonId("ines")
KEYS: Final = {MARA: SigningKey(b"\x01" * 32), INES: SigningKey(b"\x02" * 32)}
PROD: Final = EnvironmentId("prod")
CI, OTHER_CI, METRICS, DESK = (
    SystemId(name) for name in ("ci", "other-ci", "metrics", "service-desk")
)
PAY, LEDGER = ServiceId("pay"), ServiceId("ledger")
OLD, NEW = "1.0", "2.0"
STATION: Final = "operations"
MINUTE: Final = timedelta(minutes=1)
CODEC: Final = make_codec()
POLICY: Final = Policy(
    authorities=tuple(
        Authority(act=act, role="lead")
        for act in ("enrol_key", "rollback", "commit_past_latest_safe_start")
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A plan to run; with ``two_people`` its people have keys and it may be rolled back."""

    name: str
    release: Release
    two_people: bool
    stored: Stored
    state: ConsoleState


def deploy(
    name: str, service: ServiceId, system: SystemId = CI, *, after: tuple[str, ...] = ()
) -> Step:
    """A step that brings a service to its new version by a job, and whose undo brings it back."""
    return Step(
        id=StepId(name),
        title=f"Deploy {service}",
        kind=StepKind.AUTOMATED,
        duration=plain(MINUTE),
        after=tuple(StepId(each) for each in after),
        run=_job(system, service, NEW),
        undo=Undo(kind=UndoKind.INVERSE, duration=plain(MINUTE), run=_job(system, service, OLD)),
    )


def _job(system: SystemId, service: ServiceId, version: str) -> JobRun:
    return JobRun(
        system=system, job="deploy", parameters=Map({"service": service, "version": version})
    )


def manual(name: str, *, after: tuple[str, ...] = ()) -> Step:
    """A step that a person does."""
    return Step(
        id=StepId(name),
        title=f"Do {name}",
        duration=plain(MINUTE),
        after=tuple(StepId(each) for each in after),
    )


def gate(name: str, *, after: tuple[str, ...] = ()) -> Step:
    """A gate of one station, after which the commander decides."""
    return Step(
        id=StepId(name),
        title=f"Decide {name}",
        kind=StepKind.GATE,
        stations=(STATION,),
        duration=plain(MINUTE),
        after=tuple(StepId(each) for each in after),
    )


def small() -> Runbook:
    """Two deployments side by side at two systems, a gate, and a manual step."""
    return Runbook(
        steps=(
            deploy("a", PAY),
            deploy("b", LEDGER, OTHER_CI),
            gate("go", after=("a", "b")),
            manual("m", after=("go",)),
        )
    )


def chain() -> Runbook:
    """A manual step, then a deployment under a silence, its check, and another deployment."""
    first = deploy("a", PAY, after=("m",))
    silenced = Step(
        id=first.id,
        title=first.title,
        kind=first.kind,
        duration=first.duration,
        after=first.after,
        run=first.run,
        undo=first.undo,
        silence=StepSilence(system=METRICS, services=(PAY,), lasts=MINUTE),
        checks=(Check(id="up", system=METRICS, query="up", above=0.5),),
    )
    return Runbook(steps=(manual("m"), silenced, deploy("b", LEDGER, after=("a",))))


def wide() -> Runbook:
    """Three deployments at once, one more after them, and the gate."""
    return Runbook(
        steps=(
            deploy("a", PAY),
            deploy("b", LEDGER, OTHER_CI),
            deploy("c", PAY, OTHER_CI),
            gate("go", after=("a", "b", "c")),
            deploy("d", LEDGER, after=("go",)),
        )
    )


def data() -> Runbook:
    """A deployment, then a step that changes data, behind a restore point."""
    first, second = deploy("a", PAY), deploy("b", LEDGER, after=("a",))
    changing = Step(
        id=second.id,
        title=second.title,
        kind=second.kind,
        duration=second.duration,
        after=second.after,
        run=second.run,
        undo=second.undo,
        changes_data=True,
    )
    return Runbook(steps=(first, changing))


def estate() -> Estate:
    """Two services whose versions are observed, and two people who may confirm keys."""
    services = tuple(
        Service(
            id=service,
            name=service,
            team=TeamId("ops"),
            observed_by=VersionSource(system=METRICS, query=f"version:{service}"),
        )
        for service in (PAY, LEDGER)
    )
    people = tuple(Person(id=each, name=each, roles=("lead",)) for each in (MARA, INES))
    return Estate(
        people=Map({person.id: person for person in people}),
        environments=Map({PROD: Environment(id=PROD, name="Production")}),
        services=Map({service.id: service for service in services}),
    )


CHANGE: Final = ChangeReference(
    system=DESK,
    id="CHG-1",
    states=ChangeStates(
        approved="approved", running="implement", finished="review", rolled_back="backed out"
    ),
)


def release(runbook: Runbook, *, change: bool = False, start: datetime = START) -> Release:
    """The release of a plan, in a window that leaves room for every way back."""
    point = RestorePoint(
        id="saved",
        before=StepId("b"),
        what="the ledger",
        where="the vault",
        take=JobRun(system=CI, job="save"),
        verify=JobRun(system=CI, job="verify"),
    )
    changes_data = any(step.changes_data for step in runbook.steps)
    return Release(
        id=RELEASE,
        title="Pay 4",
        environment=PROD,
        window=Interval(start=start, end=start + timedelta(hours=20)),
        zone="Europe/Berlin",
        commander=MARA,
        requester=PersonId("tomas"),
        change=CHANGE if change else None,
        items=(
            Item(service=PAY, from_version=OLD, to_version=NEW),
            Item(service=LEDGER, from_version=OLD, to_version=NEW),
        ),
        runbook=runbook,
        rollback=RollbackEdits(restore_points=(point,) if changes_data else ()),
    )


async def shape(
    name: str,
    runbook: Runbook,
    *,
    two_people: bool = False,
    change: bool = False,
    start: datetime = START,
) -> Shape:
    """Give the shape of a plan in an ordinary release."""
    found = release(runbook, change=change, start=start)
    return await shape_of(name, found, two_people=two_people)


async def shape_of(
    name: str, found: Release, *, two_people: bool = False, policy: Policy = POLICY
) -> Shape:
    """Give a shape with the beginning of its journal: the workspace, and keys where it has them."""
    stored = Stored()
    desk = Desk(
        journal=FakeJournal(stored),
        clock=FakeClock(found.window.start),
        ids=FakeIds(),
        codec=CODEC,
        state=ConsoleState(),
    )
    workspace = Workspace(
        estate=estate(),
        calendar=Calendar(),
        policy=policy,
        releases=Map({found.id: found}),
    )
    await desk.must(ImportWorkspace(workspace=workspace))
    if two_people:
        for person, key in KEYS.items():
            register = RegisterKey(person=person, public_key=key.public.text)
            await desk.must(register, Actor(person=person))
        for person, other in ((MARA, INES), (INES, MARA)):
            enrol = EnrolKey(
                person=other, fingerprint=KEYS[other].public.fingerprint, means="in person"
            )
            actor = Actor(person=person, key=KEYS[person].public.fingerprint)
            await desk.must(enrol, actor)
    state = await load_state(FakeJournal(stored), CODEC)
    return Shape(name=name, release=found, two_people=two_people, stored=stored, state=state)

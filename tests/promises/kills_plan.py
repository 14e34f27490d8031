"""The plan that is killed: its estate, its people's keys, its jobs, and the beginning of its store.

A night's folder holds ``store``, and beside it ``world``: what its commands really did. They append
their effect's id to ``world/log``, one write each, and put the version that they bring in place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from immutables import Map

from relconsole.adapters.clock import SystemClock, SystemIds
from relconsole.adapters.journal_sql.opening import Wanted, open_journal
from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.calendar.entries import Calendar
from relconsole.domain.console.commands import EnrolKey, ImportWorkspace, RegisterKey
from relconsole.domain.console.facts import make_codec
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Environment, Estate, Service, VersionSource
from relconsole.domain.estate.connections import System
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
from relconsole.domain.kernel.json import Json
from relconsole.domain.night.around import Actor
from relconsole.domain.plan.runbook import JobRun, Runbook, Step, StepKind, Undo, UndoKind
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.release.release import Item, Release
from relconsole.ports.journal import JournalKind
from relconsole.services.desk import Desk

RELEASE: Final = ReleaseId("pay-4")
JOURNAL: Final = "killed"
STORE_SEED: Final = b"\x01" * 32
STORE_KEY: Final = SigningKey(STORE_SEED)
MARA, INES = PersonId("mara"), PersonId("ines")
SEEDS: Final[Mapping[PersonId, bytes]] = {MARA: b"\x02" * 32, INES: b"\x03" * 32}
KEYS: Final = {person: SigningKey(seed) for person, seed in SEEDS.items()}
CI, OTHER_CI, METRICS = SystemId("ci"), SystemId("other-ci"), SystemId("metrics")
OLD, NEW = "1.0", "2.0"
STATION: Final = "operations"
MANUAL: Final = StepId("confirm")
MINUTE: Final = timedelta(minutes=1)

DEPLOY: Final = (
    'world=../../../../../world; echo "$RELCONSOLE_EFFECT_ID $1 $2" >>$world/log;'
    ' echo "$2" >$world/.$1.$RELCONSOLE_EFFECT_ID;'
    " mv $world/.$1.$RELCONSOLE_EFFECT_ID $world/$1"
)
"""Relative to the job's own folder, so that a store can be copied; one line is one write."""

JOBS: Final[Mapping[str, Json]] = {
    "jobs": {"deploy": {"argv": ["/bin/sh", "-c", DEPLOY, "deploy", "{service}", "{version}"]}}
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan to kill: deployments as (step, service, system, after), with or without a gate.

    ``is_observed`` where the versions that run are asked of a monitoring system.
    """

    name: str
    deploys: tuple[tuple[str, str, SystemId, tuple[str, ...]], ...]
    gate_after: tuple[str, ...]
    is_observed: bool

    @property
    def services(self) -> tuple[str, ...]:
        """Give the services that it deploys."""
        return tuple(service for _, service, _, _ in self.deploys)

    @property
    def runbook(self) -> Runbook:
        """Give the plan: the deployments, the gate, and at the end a step of a person."""
        steps = [deploy_step(*each) for each in self.deploys]
        if self.gate_after:
            steps.append(
                Step(
                    id=StepId("go"),
                    title="Decide",
                    kind=StepKind.GATE,
                    stations=(STATION,),
                    duration=plain(MINUTE),
                    after=tuple(StepId(each) for each in self.gate_after),
                )
            )
        steps.append(
            Step(
                id=MANUAL,
                title="Confirm",
                duration=plain(MINUTE),
                after=tuple(step.id for step in steps),
            )
        )
        return Runbook(steps=tuple(steps), verification=timedelta(seconds=1))


WARM: Final = Plan(
    name="warm",
    deploys=(
        ("a", "pay", CI, ()),
        ("b", "fees", CI, ()),
        ("c", "ledger", OTHER_CI, ()),
        ("d", "cards", OTHER_CI, ("go",)),
    ),
    gate_after=("a", "b", "c"),
    is_observed=True,
)
"""Two deployments at once on one system and one beside them on another, a gate, and one more."""

COLD: Final = Plan(
    name="cold",
    deploys=(("a", "pay", CI, ()), ("b", "fees", CI, ("a",))),
    gate_after=(),
    is_observed=False,
)
"""Small, since each program of it starts anew, with a plugin of its own."""


def deploy_step(name: str, service: str, system: SystemId, after: tuple[str, ...]) -> Step:
    """Give a step that brings a service to its new version, and whose undo brings it back."""

    def job(version: str) -> JobRun:
        parameters = Map({"service": service, "version": version})
        return JobRun(system=system, job="deploy", parameters=parameters)

    return Step(
        id=StepId(name),
        title=f"Deploy {service}",
        kind=StepKind.AUTOMATED,
        duration=plain(MINUTE),
        after=tuple(StepId(each) for each in after),
        run=job(NEW),
        undo=Undo(kind=UndoKind.INVERSE, duration=plain(MINUTE), run=job(OLD)),
    )


def workspace_of(plan: Plan, now: datetime) -> Workspace:
    """Give the workspace of a plan, whose window is open now and for long."""
    services = tuple(
        Service(
            id=ServiceId(service),
            name=service,
            team=TeamId("ops"),
            observed_by=VersionSource(system=METRICS, query=service) if plan.is_observed else None,
        )
        for service in plan.services
    )
    people = tuple(Person(id=each, name=each, roles=("lead",)) for each in (MARA, INES))
    release = Release(
        id=RELEASE,
        title="Pay 4",
        environment=EnvironmentId("prod"),
        window=Interval(start=now - timedelta(hours=1), end=now + timedelta(hours=20)),
        zone="Europe/Berlin",
        commander=MARA,
        requester=PersonId("tomas"),
        items=tuple(
            Item(service=ServiceId(service), from_version=OLD, to_version=NEW)
            for service in plan.services
            if plan.is_observed
        ),
        runbook=plan.runbook,
    )
    systems = dict.fromkeys(system for _, _, system, _ in plan.deploys)
    production = Environment(id=EnvironmentId("prod"), name="Production")
    return Workspace(
        estate=Estate(
            people=Map({person.id: person for person in people}),
            environments=Map({production.id: production}),
            services=Map({service.id: service for service in services}),
        ),
        calendar=Calendar(),
        policy=Policy(
            authorities=tuple(Authority(act=act, role="lead") for act in ("enrol_key", "rollback"))
        ),
        systems=Map(
            {each: System(id=each, plugin="command", url="", settings=JOBS) for each in systems}
        ),
        releases=Map({release.id: release}),
    )


def wanted(now: datetime) -> Wanted:
    """Give which journal a night's is."""
    return Wanted(
        journal=JOURNAL,
        kind=JournalKind.LIVE,
        key=STORE_KEY,
        now=now,
        projection=EffectFacts(),
    )


def begin(folder: Path, plan: Plan) -> None:
    """Make a night's folder: the world as it was, and a store with the plan and both keys in it."""
    world = folder / "world"
    world.mkdir(parents=True)
    for service in plan.services:
        (world / service).write_text(f"{OLD}\n")
    now = datetime.now(UTC)
    asyncio.run(record_beginning(folder / "store", workspace_of(plan, now), now))


async def record_beginning(store: Path, workspace: Workspace, now: datetime) -> None:
    """Record the workspace, the two keys, and that each person confirmed the other's."""
    layout = StoreLayout(store)
    layout.make()
    journal = await open_journal(layout.journal(JournalKind.LIVE), wanted(now))
    try:
        desk = Desk(
            journal=journal,
            clock=SystemClock(),
            ids=SystemIds(),
            codec=make_codec(),
            state=ConsoleState(),
        )
        await desk.must(ImportWorkspace(workspace=workspace))
        for person, key in KEYS.items():
            register = RegisterKey(person=person, public_key=key.public.text)
            await desk.must(register, Actor(person=person))
        for person, other in ((MARA, INES), (INES, MARA)):
            fingerprint = KEYS[other].public.fingerprint
            enrol = EnrolKey(person=other, fingerprint=fingerprint, means="in person")
            await desk.must(enrol, Actor(person=person, key=KEYS[person].public.fingerprint))
    finally:
        await journal.close()

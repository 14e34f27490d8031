"""A room for one service at a time: a workspace with one release, and its run under a lease.

The desk is the real one, over a journal in memory; the connected systems are a world that a test
sets up. Time stands still until a test moves it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec

from relconsole.domain.console.commands import ConsoleCommand, ImportWorkspace
from relconsole.domain.console.facts import make_codec
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Environment, Estate, Service, Team
from relconsole.domain.estate.people import Person
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import (
    EffectId,
    EnvironmentId,
    PersonId,
    ReleaseId,
    ServiceId,
    StepId,
    SystemId,
    TeamId,
)
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectSent,
    Purpose,
)
from relconsole.domain.night.evolve_effects import EffectMove
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.state import EffectRun, RunState
from relconsole.domain.plan.runbook import JobRun, Runbook, Step, StepKind, Undo, UndoKind
from relconsole.domain.record.effect import Outcome
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.release.release import Release
from relconsole.services.desk import Desk, Records
from relconsole.services.forecasting import Forecaster
from relconsole.services.opening import Holder, Opener, TakenUp
from relconsole.services.steps import StepMover
from tests.helpers.fakes.clock import START, FakeClock
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.journal import FakeJournal, Stored
from tests.helpers.fakes.plugins import WELL, Course, FakePlugins, Way, World

Given = ParamSpec("Given")

CI, METRICS, ITSM = SystemId("ci"), SystemId("metrics"), SystemId("itsm")
PAY, PROD = ServiceId("payments-api"), EnvironmentId("prod")
MARA, JO = PersonId("mara"), PersonId("jo")
CODEC = make_codec()
ESTATE = Estate(
    teams={TeamId("payments"): Team(id=TeamId("payments"), name="Payments")},
    people={
        MARA: Person(id=MARA, name="Mara Okafor", roles=("commander",)),
        JO: Person(id=JO, name="Jo Park", team=TeamId("payments")),
    },
    environments={PROD: Environment(id=PROD, name="Production")},
    services={PAY: Service(id=PAY, name="Payments API", team=TeamId("payments"))},
)


def played(
    scene: Callable[Given, Coroutine[Any, Any, None]],
) -> Callable[Given, None]:
    """Let a test be told as a scene on a loop of its own."""

    @wraps(scene)
    def play(*args: Given.args, **named: Given.kwargs) -> None:
        asyncio.run(scene(*args, **named))

    return play


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def manual(name: str, *after: str) -> Step:
    """A step of five minutes that a person does, and that is undone in three."""
    return Step(
        id=StepId(name),
        title=name,
        duration=plain(minutes(5)),
        after=tuple(StepId(each) for each in after),
        undo=Undo(kind=UndoKind.INVERSE, duration=plain(minutes(3))),
    )


def automated(name: str, *after: str) -> Step:
    """A step of five minutes whose job bears its name, and that is undone in three."""
    return Step(
        id=StepId(name),
        title=name,
        kind=StepKind.AUTOMATED,
        run=JobRun(system=CI, job=name),
        duration=plain(minutes(5)),
        after=tuple(StepId(each) for each in after),
        undo=Undo(kind=UndoKind.INVERSE, duration=plain(minutes(3))),
    )


def release_of(*steps: Step) -> Release:
    """A release of these steps in a window of six hours that has just begun."""
    return Release(
        id=ReleaseId("pay-4"),
        title="Payments 4",
        environment=PROD,
        window=Interval(start=START, end=START + timedelta(hours=6)),
        zone="UTC",
        commander=MARA,
        requester=PersonId("tomas"),
        runbook=Runbook(steps=steps),
    )


@dataclass(slots=True, kw_only=True)
class Room:
    """Everything that a service is given, and what has become of the night."""

    release: Release
    clock: FakeClock
    stored: Stored
    journal: FakeJournal
    ids: FakeIds
    world: World
    plugins: FakePlugins
    desk: Desk
    opener: Opener
    courses: dict[str, Course] = field(default_factory=dict[str, Course])
    taken: TakenUp | None = None

    @property
    def run(self) -> RunState:
        """The newest run of the release, as it is on disk."""
        found = self.desk.state.newest_run(self.release.id)
        assert found is not None
        return found

    async def opens(self, *, rehearsal: bool = False) -> TakenUp:
        """Open a run of the release, or take up the one that is open."""
        taken = await self.opener.open_or_take_up(self.release.id, rehearsal=rehearsal)
        assert isinstance(taken, TakenUp), taken
        self.taken = taken
        return taken

    async def does(self, command: ConsoleCommand, by: PersonId = MARA) -> Records:
        """Do what a person asks for."""
        return await self.desk.must(command, Actor(person=by))

    async def sees(self, command: ConsoleCommand) -> Records:
        """Record what the console itself observed."""
        return await self.desk.must(command, self.desk.console)

    def reads(self, query: str, *values: float) -> None:
        """Let a query give these values from now on, a series each."""
        samples = tuple(({"instance": str(number)}, each) for number, each in enumerate(values, 1))
        self.world.values[query] = lambda: samples

    def goes(self, verb: str, way: Way) -> None:
        """Let every call of a verb go this way from now on."""
        self.courses[verb] = Course(way)

    def calls(self, verb: str) -> list[str]:
        """What the calls of a verb were about, in their order."""
        return [call.about for call in self.world.calls if call.verb == verb]

    def holds(self) -> set[tuple[HoldCause, str]]:
        """The standing holds, by cause and thing."""
        return {(hold.cause, hold.thing) for hold in self.run.holds}

    def facts(self, kind: str) -> int:
        """How many facts of a kind are on disk."""
        return sum(envelope.kind == kind for envelope in self.stored.envelopes)

    def effects(self, purpose: Purpose) -> list[EffectRun]:
        """The effects of a purpose, oldest first."""
        return [
            found
            for _, found in sorted(self.run.effects.items())
            if found.intent.purpose is purpose
        ]

    async def starts(self, name: str) -> None:
        """Start a step, as the loop or a person would."""
        step = self.run.find_step(StepId(name))
        assert step is not None
        started = await self.mover().start(self.run.id, step)
        assert not isinstance(started, Refusal), started

    def mover(self) -> StepMover:
        """What starts and ends steps here."""
        return StepMover(
            desk=self.desk, plugins=self.plugins, clock=self.clock, forecaster=Forecaster()
        )

    async def moves(self, *moves: EffectMove) -> None:
        """Record these moves of effects, one after the other."""
        for move in moves:
            await self.sees(MoveEffect(run=self.run.id, move=move))

    async def comes_to(self, effect: EffectId, outcome: Outcome, output: str = "") -> None:
        """Let an effect be sent, taken and ended."""
        run = self.run.id
        await self.moves(
            EffectSent(run=run, effect=effect),
            EffectAcknowledged(run=run, effect=effect, remote=f"job-{effect}"),
            EffectConfirmed(run=run, effect=effect, outcome=outcome, output=output),
        )


async def furnish(
    release: Release,
    *,
    estate: Estate = ESTATE,
    policy: Policy | None = None,
    others: tuple[Release, ...] = (),
    key: SigningKey | None = None,
) -> Room:
    """A room with its workspace imported, in which no run is open yet."""
    clock, ids, stored = FakeClock(), FakeIds(), Stored()
    journal = FakeJournal(stored, key=key)
    courses: dict[str, Course] = {}
    world = World(
        time=clock.tick, wall=clock.now, goes=lambda verb, _system: courses.get(verb, WELL)
    )
    plugins = FakePlugins(world)
    desk = Desk(journal=journal, clock=clock, ids=ids, codec=CODEC, state=ConsoleState())
    holder = Holder(name="console-1", lease_seconds=30.0, console="0.1.0")
    opener = Opener(desk=desk, plugins=plugins, clock=clock, ids=ids, holder=holder)
    workspace = Workspace(
        estate=estate,
        policy=policy or Policy(),
        releases={each.id: each for each in (release, *others)},
    )
    await desk.must(ImportWorkspace(workspace=workspace))
    return Room(
        release=release,
        clock=clock,
        stored=stored,
        journal=journal,
        ids=ids,
        world=world,
        plugins=plugins,
        desk=desk,
        opener=opener,
        courses=courses,
    )


async def open_room(
    release: Release,
    *,
    estate: Estate = ESTATE,
    policy: Policy | None = None,
    others: tuple[Release, ...] = (),
    key: SigningKey | None = None,
    rehearsal: bool = False,
) -> Room:
    """A room whose release has a run, opened and taken up."""
    room = await furnish(release, estate=estate, policy=policy, others=others, key=key)
    await room.opens(rehearsal=rehearsal)
    return room

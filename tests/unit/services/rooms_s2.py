"""Rooms in which people have keys and the fleet is observed, so that a night may go back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from immutables import Map

from relconsole.domain.console.commands import ConsoleCommand, EnrolKey, RegisterKey
from relconsole.domain.estate.catalogue import (
    Dependency,
    Environment,
    Estate,
    Service,
    Team,
    VersionSource,
)
from relconsole.domain.estate.people import Person
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import EnvironmentId, PersonId, ServiceId, StepId, TeamId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.readiness_of_steps import progress_of
from relconsole.domain.night.rollback_commands import AskSignature
from relconsole.domain.night.rollback_facts import SignatureAsked, TwoPersonAct
from relconsole.domain.night.state import EffectRun
from relconsole.domain.night.step_commands import EndStep, StartStep
from relconsole.domain.plan.forecast import forecast_digest
from relconsole.domain.plan.guard import StartFigures
from relconsole.domain.plan.runbook import JobRun, Step, StepKind, Undo, UndoKind
from relconsole.domain.plan.sampling import SEED
from relconsole.domain.record.effect import Outcome
from relconsole.domain.record.request import Answer, answer_request, parse_request
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.release.release import Item, RehearsalPlace, Release
from relconsole.services.desk import Desk, Records, Signer
from relconsole.services.opening import Holder, Opener, TakenUp
from tests.helpers.fakes.clock import FakeClock
from tests.helpers.fakes.journal import FakeJournal
from tests.unit.services.rooms import (
    CI,
    CODEC,
    JO,
    MARA,
    METRICS,
    PAY,
    PROD,
    Room,
    furnish,
    minutes,
    release_of,
)

INES, ASHA = PersonId("ines"), PersonId("asha")
"""Jo asked for the change; Mara, Ines and Asha did not."""

KEYS = {
    person: SigningKey(bytes([number]) * 32)
    for number, person in enumerate((MARA, INES, ASHA, JO), 1)
}
LEDGER = ServiceId("ledger")
STAGE = EnvironmentId("stage")
OLD, NEW = "1.0", "2.0"
PLACE = RehearsalPlace(environment=STAGE, parameters=Map({"target": "stage"}))


class RunningClock(FakeClock):
    """A clock that goes on by a millisecond whenever somebody looks at it."""

    def now(self) -> datetime:
        self.advance(0.001)
        return super().now()


def fleet_estate(*dependencies: Dependency) -> Estate:
    """Two services whose versions are observed, and people of whom each is somebody else."""
    team = Team(id=TeamId("payments"), name="Payments")
    services = (
        Service(
            id=service,
            name=service,
            team=team.id,
            observed_by=VersionSource(system=METRICS, query=f"version:{service}@{{environment}}"),
        )
        for service in (PAY, LEDGER)
    )
    people = (Person(id=person, name=person.title(), team=team.id) for person in KEYS)
    return Estate(
        teams={team.id: team},
        people={person.id: person for person in people},
        environments={each: Environment(id=each, name=each) for each in (PROD, STAGE)},
        services={service.id: service for service in services},
        dependencies=dependencies,
    )


def deploy(name: str, service: ServiceId = PAY, *after: str) -> Step:
    """A step that brings a service to its new version by a job, and whose undo brings it back."""
    return Step(
        id=StepId(name),
        title=f"Deploy {service}",
        kind=StepKind.AUTOMATED,
        duration=plain(minutes(5)),
        after=tuple(StepId(each) for each in after),
        run=_job(service, NEW),
        undo=Undo(kind=UndoKind.INVERSE, duration=plain(minutes(3)), run=_job(service, OLD)),
    )


def _job(service: ServiceId, version: str) -> JobRun:
    return JobRun(system=CI, job="deploy", parameters=Map({"service": service, "version": version}))


def page(name: str = "page", *, owner: PersonId | None = None, by_hand: bool = False) -> Step:
    """A relief step that shows a maintenance page, and can take it down again."""
    on, off = (_job(ServiceId("shop"), each) for each in ("closed", "open"))
    undo = Undo(
        kind=UndoKind.INVERSE,
        duration=plain(minutes(1)),
        run=None if by_hand else off,
        title=f"Take {name} down",
    )
    return Step(
        id=StepId(name),
        title=f"Show {name}",
        kind=StepKind.MANUAL if by_hand else StepKind.AUTOMATED,
        owner=owner,
        duration=plain(minutes(1)),
        run=None if by_hand else on,
        undo=undo,
    )


def with_relief(release: Release, *relief: Step) -> Release:
    """The same release whose plan marks these steps as relief."""
    return replace(release, runbook=replace(release.runbook, relief=relief))


def talk(name: str, *after: str) -> Step:
    """A step that changes nothing in production."""
    return Step(
        id=StepId(name),
        title=name,
        kind=StepKind.COMMUNICATION,
        duration=plain(minutes(2)),
        after=tuple(StepId(each) for each in after),
    )


def versions(*steps: Step, place: RehearsalPlace | None = None) -> Release:
    """A release that brings both services from the old to the new version."""
    items = tuple(
        Item(service=service, from_version=OLD, to_version=NEW) for service in (PAY, LEDGER)
    )
    return replace(release_of(*steps), items=items, rehearsal=place)


def sit_down(room: Room, person: PersonId | None, journal: FakeJournal | None = None) -> Room:
    """The room with this person's key open at the desk, over this journal."""
    desk = Desk(
        journal=journal or room.journal,
        clock=room.clock,
        ids=room.ids,
        codec=CODEC,
        state=room.desk.state,
        signer=None if person is None else Signer(person=person, key=KEYS[person]),
    )
    holder = Holder(name="console-1", lease_seconds=30.0, console="0.1.0")
    opener = Opener(desk=desk, plugins=room.plugins, clock=room.clock, ids=room.ids, holder=holder)
    return replace(room, journal=journal or room.journal, desk=desk, opener=opener)


async def enrol_all(room: Room) -> None:
    """Let everybody bring a key, and Mara and Ines confirm each other's and then the others'."""
    for person, key in KEYS.items():
        await room.desk.must(RegisterKey(person=person, public_key=key.public.text))
    for by, person in ((MARA, INES), (INES, MARA), (MARA, ASHA), (MARA, JO)):
        confirms = EnrolKey(
            person=person, fingerprint=KEYS[person].public.fingerprint, means="face to face"
        )
        await room.desk.must(confirms, Actor(person=by, key=KEYS[by].public.fingerprint))


async def keyed_room(
    release: Release, *dependencies: Dependency, policy: Policy | None = None
) -> Room:
    """A room at whose desk Mara sits, where everybody's key counts; no run is open yet."""
    room = await furnish(release, estate=fleet_estate(*dependencies), policy=policy)
    await enrol_all(room)
    found = sit_down(room, MARA)
    for service in (PAY, LEDGER):
        shows(found, service, OLD)
    return found


async def night(
    release: Release,
    *dependencies: Dependency,
    rehearsal: bool = False,
    policy: Policy | None = None,
) -> Room:
    """A room with keys whose release has a run, opened and taken up by Mara."""
    room = await keyed_room(release, *dependencies, policy=policy)
    taken = await room.opener.open_or_take_up(release.id, rehearsal=rehearsal)
    assert isinstance(taken, TakenUp), taken
    room.taken = taken
    return room


def shows(room: Room, service: ServiceId, *running: str, environment: EnvironmentId = PROD) -> None:
    """Let the monitoring show these versions of a service, an instance each."""
    samples = tuple(
        ({"instance": str(number), "version": version}, 1.0)
        for number, version in enumerate(running, 1)
    )
    room.world.values[f"version:{service}@{environment}"] = lambda: samples


def start(room: Room, step: str, *, at: datetime | None = None) -> StartStep:
    """The command that starts a step over a current forecast, with the way back open."""
    run, now = room.run, at or room.clock.now()
    figures = StartFigures(
        step=StepId(step),
        lasts=minutes(5),
        latest_now=now + minutes(120),
        latest_after=now + minutes(90),
    )
    return StartStep(
        run=run.id,
        step=StepId(step),
        call_now=run.calls.get(StepId(step)),
        forecast=forecast_digest(run.plan, progress_of(run, now), SEED),
        figures=figures,
    )


async def acts(room: Room, command: ConsoleCommand) -> Records:
    """Do what the person whose key is open asks for."""
    return await room.desk.must(command)


async def begin(room: Room, *steps: str) -> None:
    """Start these steps."""
    for step in steps:
        await acts(room, start(room, step))


def job_of(room: Room, step: str) -> EffectRun:
    """The job of a step's newest attempt."""
    return room.run.step_effects(StepId(step), len(room.run.steps[StepId(step)].attempts))[-1]


async def ends(
    room: Room, step: str, outcome: Outcome = Outcome.SUCCEEDED, output: str = ""
) -> None:
    """Let the job of a step end after a minute, and the step with it."""
    room.clock.advance(60)
    await room.comes_to(job_of(room, step).effect.id, outcome, output)
    state = StepState.DONE if outcome is Outcome.SUCCEEDED else StepState.FAILED
    await room.sees(EndStep(run=room.run.id, step=StepId(step), state=state))


async def deploys(room: Room, step: str, service: ServiceId = PAY) -> None:
    """Let a step bring a service to its new version."""
    await begin(room, step)
    await ends(room, step)
    shows(room, service, NEW)


async def signs(room: Room, act: TwoPersonAct, thing: str, signer: PersonId = INES) -> Answer:
    """The answer of a second person to what Mara asks them to sign."""
    (asked,) = await acts(room, AskSignature(run=room.run.id, act=act, thing=thing))
    assert isinstance(asked.fact, SignatureAsked)
    request = parse_request(asked.fact.request.encode())
    return answer_request(request, signer, KEYS[signer], room.clock.now())


def rules(answer: object) -> tuple[str, ...]:
    """The rules by which something was refused, each once."""
    assert isinstance(answer, Refusal), answer
    return tuple(dict.fromkeys(reason.rule for reason in answer.reasons))

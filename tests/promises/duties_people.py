"""Who takes part in the runs of P7: names with their look-alikes, keys, the plan, and the start.

Whom a spelling means is known here by construction; nothing asks the product to fold a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from immutables import Map

from relconsole.domain.calendar.entries import Calendar
from relconsole.domain.console.commands import (
    ConsoleCommand,
    EnrolKey,
    ImportWorkspace,
    RegisterKey,
    RevokeKey,
)
from relconsole.domain.console.decide import decide
from relconsole.domain.console.evolve import evolve
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Environment, Estate, Service
from relconsole.domain.estate.people import Person
from relconsole.domain.estate.policy import Authority, Policy
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import (
    Digest,
    EnvironmentId,
    FactId,
    PersonId,
    ReleaseId,
    RunId,
    ServiceId,
    StepId,
    SystemId,
    TeamId,
)
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.run_commands import OpenRun, TakeUp
from relconsole.domain.plan.digest import plan_digest, step_digest
from relconsole.domain.plan.runbook import (
    Check,
    JobRun,
    Runbook,
    Step,
    StepKind,
    Undo,
    UndoKind,
)
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.release.release import Item, Release

START: Final = datetime(2026, 8, 8, 20, 0, tzinfo=UTC)
JOURNAL: Final = "duties"
RUN: Final = RunId("run-1")
RELEASE: Final = ReleaseId("pay-4")
STATIONS: Final = ("operations", "quality")
LEADS: Final = ("mara", "ines", "otto", "ann", "devon", "gone", "ruth")
"""Who holds the role that the policy asks of a second person."""

ALIASES: Final = {
    "mara": ("m.ruiz",),
    "ines": ("ines.k",),
    "otto": (),
    "carl": (),
    "ann": ("a.berg", "Ann Berg"),
    "devon": ("dev-07",),
    "gone": (),
    "ruth": (),
}
COMMANDER: Final = "mara"
PARTIAL: Final = frozenset({"ann", "devon"})
"""Ann requested the release; Devon wrote it, and is named in it by an alias."""

SEEDS: Final = {name: bytes([at + 1]) * 32 for at, name in enumerate(ALIASES)}
KEYS: Final = {name: SigningKey(seed) for name, seed in SEEDS.items()}
STRANGER_KEY: Final = SigningKey(b"\x63" * 32)
FINGERPRINTS: Final = {key.public.fingerprint: name for name, key in KEYS.items()}
UNENROLLED: Final = "ruth"
REVOKED: Final = "gone"
MANUAL, NEXT, LAST, AUTOMATED, GATE = (
    StepId(name) for name in ("manual", "next", "last", "automated", "gate")
)
PRODUCTION: Final = frozenset({MANUAL, NEXT, LAST, AUTOMATED})
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Name:
    """A spelling, and whom it means; None where it means nobody of the estate."""

    text: PersonId
    means: str | None


def _spellings(name: str) -> list[str]:
    """Give spellings that mean the same person."""
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in name if letter.isalpha())
    found = [name, name.upper(), name.capitalize(), f"{name} ", f" {name}", f"{name}\u200b"]
    found += [f"{name[0]}\u200d{name[1:]}", f"{name}\u00a0", f"\u202e{name}"]
    return found + ([wide] if name.isalpha() else [])


@lru_cache(maxsize=1)
def all_names() -> tuple[Name, ...]:
    """Give every spelling of everybody, their aliases', and of people that there are not."""
    found = [
        Name(PersonId(spelling), person)
        for person, aliases in ALIASES.items()
        for known in (person, *aliases)
        for spelling in _spellings(known)
    ]
    # Cyrillic and Greek letters that look like Latin ones are other letters: nobody is called so.
    strangers = ("аnn", "mаra", "inеs", "οtto", "zed", "ann.", "annn")
    return (*found, *(Name(PersonId(each), None) for each in strangers))


@lru_cache(maxsize=1)
def names_by_person() -> dict[str | None, tuple[Name, ...]]:
    """Give the spellings of each person."""
    people = (*ALIASES, None)
    return {each: tuple(name for name in all_names() if name.means == each) for each in people}


def runbook() -> Runbook:
    """Give the plan: two steps of people, a job, a gate of two stations, a step with a check."""

    def step(name: StepId, *after: StepId, check: bool = False) -> Step:
        return Step(
            id=name,
            title=name,
            duration=plain(MINUTE),
            after=after,
            undo=Undo(kind=UndoKind.INVERSE, duration=plain(MINUTE)),
            checks=(Check(id="up", system=SystemId("metrics"), query="up", above=0.5),)
            if check
            else (),
        )

    job = Step(
        id=AUTOMATED,
        title="Deploy",
        kind=StepKind.AUTOMATED,
        duration=plain(MINUTE),
        run=JobRun(system=SystemId("ci"), job="deploy"),
        undo=Undo(kind=UndoKind.INVERSE, duration=plain(MINUTE)),
    )
    gate = Step(
        id=GATE,
        title="Decide",
        kind=StepKind.GATE,
        duration=plain(MINUTE),
        after=(MANUAL,),
        stations=STATIONS,
        quorum=2,
    )
    return Runbook(steps=(step(MANUAL), job, gate, step(NEXT), step(LAST, check=True)))


def workspace() -> Workspace:
    """Give the estate, the policy and the release."""
    people = tuple(
        Person(
            id=PersonId(name),
            name=name,
            aliases=aliases,
            roles=("lead",) if name in LEADS else ("guest",),
        )
        for name, aliases in ALIASES.items()
    )
    release = Release(
        id=RELEASE,
        title="Pay 4",
        environment=EnvironmentId("prod"),
        window=Interval(start=START - timedelta(hours=1), end=START + timedelta(hours=40)),
        zone="Europe/Berlin",
        commander=PersonId(COMMANDER),
        requester=PersonId("ann"),
        authors=(PersonId("dev-07"),),
        items=(Item(service=ServiceId("pay"), from_version="1", to_version="2"),),
        runbook=runbook(),
    )
    acts = ("enrol_key", *(act.value for act in TwoPersonAct))
    return Workspace(
        estate=Estate(
            people=Map({person.id: person for person in people}),
            environments=Map(
                {EnvironmentId("prod"): Environment(id=EnvironmentId("prod"), name="P")}
            ),
            services=Map(
                {ServiceId("pay"): Service(id=ServiceId("pay"), name="Pay", team=TeamId("ops"))}
            ),
        ),
        calendar=Calendar(),
        policy=Policy(authorities=tuple(Authority(act=act, role="lead") for act in acts)),
        releases=Map({release.id: release}),
    )


def record(
    state: ConsoleState, facts: tuple[ConsoleFact, ...], actor: Actor, now: datetime
) -> tuple[ConsoleState, tuple[Recorded[ConsoleFact], ...]]:
    """Give the state after facts, and the facts as they are recorded."""
    records: list[Recorded[ConsoleFact]] = []
    for fact in facts:
        seq = state.size + 1
        recorded = Recorded(
            id=FactId(f"{seq:032x}"),
            seq=seq,
            at=now,
            by=None if actor.is_console else actor.person,
            key=None if actor.is_console else actor.key,
            fact=fact,
        )
        state = evolve(state, recorded)
        records.append(recorded)
    return state, tuple(records)


def actor_of(name: str) -> Actor:
    """Give somebody under their own id and their own key."""
    return Actor(person=PersonId(name), key=KEYS[name].public.fingerprint)


@lru_cache(maxsize=1)
def begin() -> ConsoleState:
    """Give the state in which every run begins: all enrolled but one, one revoked, a run open."""
    state, now = ConsoleState(), START

    def do(command: ConsoleCommand, actor: Actor) -> None:
        nonlocal state
        facts = decide(state, command, actor, now, JOURNAL)
        assert not isinstance(facts, Refusal), facts
        state, _ = record(state, facts, actor, now)

    do(ImportWorkspace(workspace=workspace()), Actor())
    for name, key in KEYS.items():
        register = RegisterKey(person=PersonId(name), public_key=key.public.text)
        do(register, Actor(person=PersonId(name)))
    for by, name in (("mara", "ines"), ("ines", "mara")):
        do(confirm(name), actor_of(by))
    for name in ("otto", "carl", "ann", "devon", "gone"):
        do(confirm(name), actor_of("mara"))
    do(RevokeKey(fingerprint=KEYS[REVOKED].public.fingerprint, reason="left"), actor_of("mara"))
    plan = runbook()
    opened = OpenRun(
        run=RUN,
        release=RELEASE,
        rehearsal=False,
        holder="console",
        plan=plan_digest(plan, {}),
        step_digests={step.id: step_digest(step, None) for step in plan.steps},
        calls={},
        approval="none",
        approval_gaps=(),
        policy=Digest("0" * 64),
        console="0",
    )
    do(opened, actor_of(COMMANDER))
    do(TakeUp(run=RUN, holder="console", fence=1), Actor(is_console=True))
    return state


def confirm(name: str) -> EnrolKey:
    """Give the confirmation of somebody's key."""
    fingerprint = KEYS[name].public.fingerprint
    return EnrolKey(person=PersonId(name), fingerprint=fingerprint, means="in person")

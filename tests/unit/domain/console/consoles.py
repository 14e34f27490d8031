"""A console to decide upon: its facts are recorded one by one, and its people have keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from immutables import Map

from relconsole.domain.calendar.entries import Calendar
from relconsole.domain.console.commands import (
    ConsoleCommand,
    CountRehearsal,
    EnrolKey,
    ImportWorkspace,
    RegisterKey,
    RevokeKey,
)
from relconsole.domain.console.decide import decide
from relconsole.domain.console.decide_keys import enrolment_binding
from relconsole.domain.console.evolve import evolve
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.connections import System
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import Digest, FactId, Fingerprint, PersonId, RunId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_commands import LeaveOpen, OfferHandover, OpenProblem, StopLine
from relconsole.domain.night.facts import CheckpointAnchored, RunOutcome, StepState
from relconsole.domain.night.rollback_facts import RehearsalCounted
from relconsole.domain.night.run_commands import LeaveRun, OpenRun, TakeUp
from relconsole.domain.night.step_commands import EndStep, Said, StartStep, StepCommand
from relconsole.domain.plan.digest import plan_digest, step_digest
from relconsole.domain.readiness.keys import ENROL_ACT
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.request import (
    Answer,
    SigningRequest,
    answer_request,
    make_request,
    request_bytes,
)
from relconsole.domain.release.release import Release
from tests.unit.domain.night.nights import CONSOLE, JOURNAL, SIGNING, estate, release
from tests.unit.domain.night.scenes import (
    ANNOUNCE,
    ASHA,
    INES,
    JO,
    MARA,
    PLAN,
    RELEASE,
    RUN,
    STOP,
    at,
)

Facts = tuple[ConsoleFact, ...]


def workspace(*releases: Release, policy: Policy | None = None) -> Workspace:
    """A workspace with the people of the night, one system, and these releases."""
    ci = System(id=SystemId("ci"), plugin="command", url="", settings={"jobs": ["deploy"]})
    return Workspace(
        estate=estate(),
        calendar=Calendar(),
        policy=policy or Policy(),
        systems={ci.id: ci},
        releases=Map({each.id: each for each in releases}),
    )


def signer(person: PersonId, key: PersonId | None = None) -> Actor:
    """A person who acts under their own key, or under another's."""
    return Actor(person=person, key=SIGNING[key or person].public.fingerprint)


def mark(person: PersonId) -> Fingerprint:
    """The fingerprint of a person's own key."""
    return SIGNING[person].public.fingerprint


def open_run(plan: Release | None = None, run: RunId = RUN, *, rehearsal: bool = False) -> OpenRun:
    """The command that opens a run of a release whose jobs nobody could read."""
    steps = (plan or release()).runbook.steps
    return OpenRun(
        run=run,
        release=RELEASE,
        rehearsal=rehearsal,
        holder="console-1",
        plan=plan_digest((plan or release()).runbook, {}),
        step_digests={step.id: step_digest(step, None) for step in steps},
        calls={},
        approval="approved",
        approval_gaps=(),
        policy=plan_digest(release().runbook, {}),
        console="0.1.0",
    )


@dataclass(slots=True)
class Console:
    """A journal's state, and the hour."""

    state: ConsoleState = field(default_factory=ConsoleState)
    clock: float = 0
    records: list[Recorded[ConsoleFact]] = field(default_factory=list[Recorded[ConsoleFact]])

    def decide(self, command: ConsoleCommand, who: Actor | None = None) -> Facts | Refusal:
        """What a command comes to."""
        return decide(self.state, command, who or Actor(), at(self.clock), JOURNAL)

    def does(self, command: ConsoleCommand, who: Actor | None = None) -> Facts:
        """The facts of a command that is not refused, recorded."""
        facts = self.decide(command, who)
        assert not isinstance(facts, Refusal), str(facts)
        self.record(*facts, who=who)
        return facts

    def refuses(self, command: ConsoleCommand, who: Actor | None = None) -> tuple[str, ...]:
        """The rules by which a command is refused."""
        refusal = self.decide(command, who)
        assert isinstance(refusal, Refusal), refusal
        return tuple(reason.rule for reason in refusal.reasons)

    def record(self, *facts: ConsoleFact, who: Actor | None = None) -> None:
        """Record facts as they are."""
        for fact in facts:
            number = len(self.records) + 1
            recorded = Recorded(
                id=FactId(f"fact-{number:03d}"),
                seq=number,
                at=at(self.clock),
                by=who.person if who else None,
                key=who.key if who else None,
                fact=fact,
            )
            self.state = evolve(self.state, recorded)
            self.records.append(recorded)

    def registers(self, *people: PersonId) -> None:
        """Let people bring their own keys."""
        for person in people:
            public = SIGNING[person].public.text
            self.does(RegisterKey(person=person, public_key=public), signer(person))

    def enrols(self, by: PersonId, person: PersonId) -> None:
        """Let somebody confirm another's key under their own."""
        self.does(enrol(person), signer(by))

    def founds(self, one: PersonId, other: PersonId) -> None:
        """Let two people confirm each other's keys while nobody's counts."""
        self.registers(one, other)
        self.enrols(one, other)
        self.enrols(other, one)


def enrol(person: PersonId, key: PersonId | None = None) -> EnrolKey:
    """The command that confirms a person's key."""
    return EnrolKey(person=person, fingerprint=mark(key or person), means="read out")


def enrolment(person: PersonId, **changed: object) -> SigningRequest:
    """A request to confirm a person's key, in this journal and for ten minutes."""
    parts: dict[str, object] = {
        "act": ENROL_ACT,
        "journal": JOURNAL,
        "person_asked": None,
        "asked_by": person,
        "what": {"binds": enrolment_binding(person, mark(person)), "shows": {}},
        "asked_at": at(0),
        "expires": at(10),
        **changed,
    }
    return make_request(**parts)  # type: ignore[arg-type]


def answered(
    person: PersonId, by: PersonId, request: SigningRequest, key: PersonId | None = None
) -> EnrolKey:
    """The command that brings somebody's signed answer to such a request."""
    answer: Answer = answer_request(request, by, SIGNING[key or by], at(1))
    return EnrolKey(
        person=person,
        fingerprint=mark(person),
        means="read out",
        request=request_bytes(request).decode(),
        answer=answer,
    )


def stocked(*releases: Release, policy: Policy | None = None) -> Console:
    """A console that has taken a workspace in."""
    console = Console()
    found = workspace(*(releases or (release(),)), policy=policy)
    console.does(ImportWorkspace(workspace=found))
    return console


def counted(run: str = "rehearsal-1") -> RehearsalCounted:
    """The kept times of a rehearsal of the release."""
    return RehearsalCounted(
        run=RunId(run),
        release=RELEASE,
        plan=PLAN,
        rollback_plan=None,
        at=at(-60),
        journal="rehearsal",
        size=40,
        root=PLAN,
        forward=(),
        undo=(),
    )


def everything_happened() -> Console:
    """A console with a workspace, keys, a rehearsal and a night that was left."""
    console = stocked()
    console.founds(MARA, INES)
    console.registers(JO)
    console.enrols(MARA, JO)
    console.does(RevokeKey(fingerprint=mark(JO), reason="lost"), signer(INES))
    console.does(CountRehearsal(counted=counted()))
    console.does(open_run(), signer(MARA))
    console.does(TakeUp(run=RUN, holder="console-1", fence=1), CONSOLE)
    steps: tuple[StepCommand, ...] = (
        StartStep(run=RUN, step=ANNOUNCE),
        EndStep(run=RUN, step=ANNOUNCE, state=StepState.DONE),
        EndStep(run=RUN, step=STOP, state=StepState.SKIPPED, said=Said(note="down", heard="voice")),
    )
    for command in steps:
        console.does(command, signer(MARA))
    console.does(OpenProblem(run=RUN, problem="P1", what="slow", severity="low"), signer(MARA))
    console.does(OfferHandover(run=RUN, to=INES, brief=Digest("e" * 64)), signer(MARA))
    muted = LeaveOpen(run=RUN, entry="mute", what="muted", owner=ASHA, closes="lift it")
    console.does(muted, CONSOLE)
    console.does(StopLine(run=RUN, said=Said(note="smoke")), signer(MARA))
    console.record(CheckpointAnchored(run=None, size=3, root=Digest("2" * 64), place="file"))
    console.does(LeaveRun(run=RUN, outcome=RunOutcome.STOPPED, reasons=("smoke",)), CONSOLE)
    return console

"""A night to tell stories about: a small release, its estate, and a run that grows by facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import DutyHours, Person, Reach
from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.ids import (
    Digest,
    EnvironmentId,
    FactId,
    Fingerprint,
    PersonId,
    ReleaseId,
    RunId,
    ServiceId,
    StepId,
    SystemId,
    TeamId,
)
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.night.evolve import NightFact, evolve_run, open_run
from relconsole.domain.night.facts import RunOpened, StepEnded, StepStarted, StepState
from relconsole.domain.night.log import LoggedFact
from relconsole.domain.night.rollback_facts import FleetRow, RollbackArmed
from relconsole.domain.night.state import RunState
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
from relconsole.domain.record.request import Answer
from relconsole.domain.release.release import (
    Bridge,
    ChangeReference,
    DialIn,
    Release,
    VendorContact,
)

START = datetime(2026, 4, 20, 23, 30, tzinfo=UTC)
WINDOW = Interval(start=START, end=START + timedelta(hours=3))
RUN = RunId("run-1")
RELEASE = ReleaseId("pay-4")
MARA, ASHA, JO, INES, TOMAS = (PersonId(name) for name in ("mara", "asha", "jo", "ines", "tomas"))
ANNOUNCE, STOP, DEPLOY, GATE, DROP = (
    StepId(name) for name in ("announce", "stop-writers", "deploy", "canary", "drop")
)
UNDO_DEPLOY = StepId("undo-deploy")
PLAN, OTHER_PLAN = Digest("a" * 64), Digest("b" * 64)
KEY = Fingerprint("f" * 64)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def at(count: float) -> datetime:
    """The instant that many minutes after the window's start."""
    return START + minutes(count)


def runbook() -> Runbook:
    """Announce, stop writers, deploy, a gate of two stations, and an irreversible drop."""
    return Runbook(
        steps=(
            Step(
                id=ANNOUNCE,
                title="Announce the start",
                kind=StepKind.COMMUNICATION,
                duration=plain(minutes(2)),
            ),
            Step(
                id=STOP,
                title="Stop ledger writers",
                stream="Ledger",
                owner=ASHA,
                after=(ANNOUNCE,),
                duration=ThreePoint(best=minutes(4), likely=minutes(5), worst=minutes(9)),
                undo=Undo(kind=UndoKind.INVERSE, duration=plain(minutes(5))),
            ),
            Step(
                id=DEPLOY,
                title="Deploy payments-api 2.31.0",
                stream="Payments",
                owner=JO,
                kind=StepKind.AUTOMATED,
                after=(STOP,),
                run=JobRun(system=SystemId("ci"), job="deploy", parameters=Map({"to": "prod"})),
                checks=(Check(id="p95", system=SystemId("metrics"), query="p95", below=0.8),),
                duration=plain(minutes(8)),
                undo=Undo(kind=UndoKind.INVERSE, duration=plain(minutes(3))),
            ),
            Step(
                id=GATE,
                title="Leave canary",
                kind=StepKind.GATE,
                after=(DEPLOY,),
                stations=("payments", "ledger"),
                quorum=2,
                duration=plain(minutes(2)),
            ),
            Step(
                id=DROP,
                title="Drop old columns",
                stream="Ledger",
                owner=ASHA,
                kind=StepKind.AUTOMATED,
                after=(GATE,),
                run=JobRun(system=SystemId("ci"), job="migrate"),
                not_before=at(60),
                duration=plain(minutes(11)),
                undo=Undo(kind=UndoKind.IRREVERSIBLE),
            ),
        )
    )


def estate() -> Estate:
    people = (
        Person(
            id=MARA,
            name="Mara Okafor",
            team=TeamId("operations"),
            roles=("commander",),
            zone="Europe/Berlin",
            aliases=("mokafor",),
            reach=(
                Reach(way="phone", value="+49 30 1234"),
                Reach(way="chat", value="@mara"),
            ),
            on_duty=DutyHours(start=time(20), end=time(6)),
        ),
        Person(
            id=ASHA,
            name="Asha Rao",
            team=TeamId("ledger"),
            zone="Asia/Kolkata",
            reach=(Reach(way="pager", value="77-12"),),
            on_duty=DutyHours(start=time(9), end=time(17)),
        ),
        Person(id=JO, name="Jo Park", team=TeamId("payments")),
        Person(id=INES, name="Ines Vidal", team=TeamId("operations")),
    )
    return Estate(people=Map({person.id: person for person in people}))


def release(plan: Runbook | None = None) -> Release:
    return Release(
        id=RELEASE,
        title="Payments Core 2026.4",
        environment=EnvironmentId("prod"),
        window=WINDOW,
        zone="Europe/Berlin",
        commander=MARA,
        requester=TOMAS,
        scribe=INES,
        change=ChangeReference(system=SystemId("itsm"), id="CHG-48213"),
        bridge=Bridge(
            dial_in=(DialIn(country="de", number="+49 30 9999"),),
            link="https://bridge.example.org/7",
            backup="+49 30 8888",
        ),
        vendors=(
            VendorContact(
                name="Ledger GmbH",
                contract="L-12",
                case="C-7",
                phone="+49 40 1",
                hours="24x7",
                response=timedelta(minutes=30),
            ),
            VendorContact(name="Cloud Inc"),
        ),
        runbook=plan or runbook(),
    )


def signature(signer: PersonId = INES, digest: str = "d" * 64) -> Answer:
    return Answer(
        digest=Digest(digest),
        signer=signer,
        key=KEY,
        signed_at=at(0),
        expires=at(30),
        signature="c2ln",
    )


def armed(*steps: Step, only: ServiceId | None = None) -> RollbackArmed:
    return RollbackArmed(
        run=RUN,
        only=only,
        covered=(DEPLOY,),
        steps=steps or (undo_deploy(),),
        calls=Map({UNDO_DEPLOY: None}),
        plan=OTHER_PLAN,
        fleet=(
            fleet_row(),
            FleetRow(
                service=ServiceId("ledger"),
                environment=EnvironmentId("prod"),
                expected="14.2",
                target="14.2",
                observed=(),
                ok=False,
                says="no answer",
            ),
        ),
    )


def fleet_row(observed: tuple[str, ...] = ("2.31.0", "2.30.4", "2.31.0")) -> FleetRow:
    return FleetRow(
        service=ServiceId("payments-api"),
        environment=EnvironmentId("prod"),
        expected="2.31.0",
        target="2.30.4",
        observed=observed,
        ok=True,
    )


def undo_deploy() -> Step:
    return Step(
        id=UNDO_DEPLOY,
        title="Back to payments-api 2.30.4",
        owner=JO,
        kind=StepKind.AUTOMATED,
        run=JobRun(system=SystemId("ci"), job="deploy"),
        duration=plain(minutes(3)),
    )


@dataclass(slots=True)
class Night:
    """A run that grows fact by fact; every fact is signed unless it says otherwise."""

    run: RunState
    facts: list[Recorded[LoggedFact]] = field(default_factory=list[Recorded[LoggedFact]])

    def add(
        self,
        fact: NightFact,
        after: float,
        by: PersonId | None = None,
        *,
        signed: bool = True,
    ) -> FactId:
        """Record a fact that many minutes after the window's start."""
        number = len(self.facts) + 1
        recorded = Recorded(
            id=FactId(f"fact-{number:03d}"),
            seq=number,
            at=at(after),
            by=by,
            key=KEY if by is not None and signed else None,
            fact=fact,
        )
        self.run = evolve_run(self.run, recorded)
        self.facts.append(recorded)
        return recorded.id

    def start(
        self,
        step: StepId,
        after: float,
        by: PersonId | None = None,
        *,
        for_person: PersonId | None = None,
        heard: str = "",
        commit: Answer | None = None,
    ) -> None:
        attempt = len(self.run.steps[step].attempts) + 1
        fact = StepStarted(
            run=RUN,
            step=step,
            attempt=attempt,
            for_person=for_person,
            heard=heard,
            commit=commit,
        )
        self.add(fact, after, by)

    def end(
        self,
        step: StepId,
        after: float,
        by: PersonId | None = None,
        *,
        state: StepState = StepState.DONE,
        for_person: PersonId | None = None,
        heard: str = "",
        note: str = "",
    ) -> None:
        fact = StepEnded(
            run=RUN,
            step=step,
            attempt=len(self.run.steps[step].attempts),
            state=state,
            for_person=for_person,
            heard=heard,
            note=note,
        )
        self.add(fact, after, by)


def opened(plan: Runbook, *, rehearsal: bool = False) -> RunOpened:
    return RunOpened(
        run=RUN,
        release=RELEASE,
        rehearsal=rehearsal,
        runbook=plan,
        plan=PLAN,
        step_digests=Map({step.id: PLAN for step in plan.steps}),
        calls=Map({step.id: None for step in plan.steps}),
        commander=MARA,
        holder="console-1",
        approval="approved",
        policy=PLAN,
        console="0.1.0",
    )


def begin(plan: Runbook | None = None, *, rehearsal: bool = False, after: float = 0) -> Night:
    """A night whose run was just opened by the commander."""
    fact = opened(plan or runbook(), rehearsal=rehearsal)
    first = Recorded(id=FactId("fact-001"), seq=1, at=at(after), by=MARA, key=KEY, fact=fact)
    return Night(run=open_run(first), facts=[first])

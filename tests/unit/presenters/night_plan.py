"""The night of the pictures: its people, its plan of 27 steps, and the workspace it stands in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from immutables import Map

from relconsole.domain.calendar.entries import Calendar
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Environment, Estate, Team
from relconsole.domain.estate.people import Person, Reach
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import (
    EnvironmentId,
    PersonId,
    ReleaseId,
    RunId,
    StepId,
    SystemId,
    TeamId,
)
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.runbook import Check, Mode, Runbook, Step, StepKind, Undo, UndoKind
from relconsole.domain.release.messages import Channel, MessageMoment, MessagePlan, Moment
from relconsole.domain.release.release import Bridge, ChangeReference, DialIn, Release

ZONE = "Europe/Berlin"
WINDOW = Interval(
    start=datetime(2026, 4, 20, 23, 30, tzinfo=UTC), end=datetime(2026, 4, 21, 3, 0, tzinfo=UTC)
)
RELEASE, RUN = ReleaseId("payments-core-2026-4"), RunId("run-1")
DESK, METRICS, EDGE_METRICS = (
    SystemId(name) for name in ("service-desk", "metrics", "edge-metrics")
)
MARA, JO, INES, ASHA, NILS, SEFA, OMAR, PETRA, HANNA, LENA, PAOLO, CLARA, TOMAS = (
    PersonId(name)
    for name in (
        "mara", "jo", "ines", "asha", "nils", "sefa", "omar", "petra", "hanna", "lena", "paolo",
        "clara", "tomas",
    )
)  # fmt: skip
GATE, SHIFT, WARM, VERIFY, DROP = (
    StepId(name) for name in ("leave-canary", "shift", "warm", "verify-25", "drop")
)
STATIONS = ("Payments", "Ledger DB", "Fraud", "Edge", "Support", "Business")
PROBLEM = "P1"
P95, POOL, LAG = (
    Check(id="Checkout p95", system=METRICS, query="p95", below=0.8),
    Check(id="Canary pool healthy", system=METRICS, query="pool", above=0.5),
    Check(id="Ledger lag", system=METRICS, query="lag", below=2.0),
)


def at(clock: str) -> datetime:
    """The instant of a wall time of the night in its zone, such as 02:17:42."""
    parts = [int(part) for part in clock.split(":")]
    hours, minutes, seconds = (*parts, 0)[:3]
    return datetime(2026, 4, 20, 22, tzinfo=UTC) + timedelta(
        hours=hours, minutes=minutes, seconds=seconds
    )


def people() -> tuple[Person, ...]:
    """Who takes part: names, the station that each speaks for, and telephones."""
    rows = (
        (MARA, "Mara Okafor", ("lead",), "+49 30 5550100"),
        (JO, "Jo Reyes", ("operations",), "+49 30 5550110"),
        (INES, "Ines Duarte", ("Fraud",), "+49 30 5550111"),
        (ASHA, "Asha Nair", ("Ledger DB",), "+49 30 5550112"),
        (NILS, "Nils Brandt", ("Edge",), "+49 30 5550113"),
        (SEFA, "Sefa Kaya", (), "+49 30 5550114"),
        (OMAR, "Omar Farouk", (), "+49 30 5550115"),
        (PETRA, "Petra Hahn", (), "+49 30 5550116"),
        (HANNA, "Hanna Berg", ("Payments",), "+49 30 5550117"),
        (LENA, "Lena Osei", ("Support",), "+49 30 5550142"),
        (PAOLO, "Paolo Marchetti", ("Business",), "+49 30 5550177"),
        (CLARA, "Clara Blum", ("Business",), ""),
        (TOMAS, "Tomas Lindqvist", (), "+49 30 5550118"),
    )
    return tuple(
        Person(
            id=person,
            name=name,
            team=TeamId("operations") if person == JO else None,
            roles=roles,
            zone=ZONE,
            reach=(Reach(way="phone", value=phone),) if phone else (),
        )
        for person, name, roles, phone in rows
    )


def _step(
    name: str,
    title: str,
    stream: str,
    owner: PersonId,
    lasts: float,
    *after: str,
    kind: StepKind = StepKind.MANUAL,
    undo: UndoKind = UndoKind.INVERSE,
) -> Step:
    lasting = plain(timedelta(minutes=lasts))
    way_back = undo in {UndoKind.INVERSE, UndoKind.COMPENSATION}
    changes = kind is StepKind.MANUAL
    return Step(
        id=StepId(name),
        title=title,
        duration=lasting,
        kind=kind,
        mode=Mode.DO_CONFIRM,
        stream=stream,
        owner=owner,
        after=tuple(StepId(each) for each in after),
        stations=STATIONS if kind is StepKind.GATE else (),
        undo=Undo(
            kind=undo if changes else UndoKind.NONE,
            duration=plain(timedelta(minutes=2)) if changes and way_back else None,
        ),
    )


def runbook() -> Runbook:
    """Twenty-seven steps in eight streams; the twentieth has no way back."""
    gate, talk, none = StepKind.GATE, StepKind.COMMUNICATION, UndoKind.NONE
    api, fraud, ledger, edge = "payments-api", "fraud-score", "Ledger DB", "Edge / CDN"
    mobile, batch, verify, command = "Mobile BFF", "Batch jobs", "Verification", "Command"
    steps = (
        _step("open", "Open the bridge", command, MARA, 4, kind=talk),
        _step("begin", "Tell partners the start", command, MARA, 4, "open", kind=talk),
        _step("hold-batch", "Hold the batch chain", batch, OMAR, 7, "begin"),
        _step("pool", "Add the canary pool", api, JO, 8, "begin"),
        _step("expand", "Expand the ledger schema", ledger, ASHA, 14, "begin"),
        _step("bff", "Deploy mobile BFF", mobile, SEFA, 6, "hold-batch"),
        _step("routes", "Stage edge routes", edge, NILS, 6, "hold-batch"),
        _step("backfill", "Start the backfill", ledger, ASHA, 4, "expand"),
        _step("smoke", "Smoke test", verify, PETRA, 5, "bff", "routes", undo=none),
        _step("canary", "Announce the canary", command, MARA, 1, "smoke", "backfill", kind=talk),
        _step("watch-lag", "Watch ledger lag", ledger, ASHA, 49, "canary", kind=StepKind.HOLD),
        _step("deploy", "Deploy payments-api to canary", api, JO, 9, "canary"),
        _step("warm", "Warm fraud-score v41", fraud, INES, 15, "canary"),
        _step("shift", "Shift 25 % traffic to payments-api", api, JO, 8, "deploy"),
        _step("verify-25", "Verify payments-api at 25 %", verify, PETRA, 8, "shift", undo=none),
        _step("leave-canary", "Leave canary?", command, MARA, 11, "deploy", kind=gate),
        _step("shift-all", "Shift all traffic", api, JO, 6, "leave-canary", "verify-25"),
        _step("verify-all", "Verify at 100 %", verify, PETRA, 15, "shift-all", undo=none),
        _step("freeze", "Freeze the old columns", ledger, ASHA, 3, "verify-all", "watch-lag"),
        _step(
            "drop",
            "Drop the old columns",
            ledger,
            ASHA,
            10,
            "freeze",
            undo=UndoKind.IRREVERSIBLE,
        ),
        _step("analyse", "Analyse tables", ledger, ASHA, 3, "drop", undo=none),
        _step("dry-run", "Dry run of the batch", batch, OMAR, 9, "drop", undo=none),
        _step("purge", "Purge the edge", edge, NILS, 4, "analyse", undo=none),
        _step("release-bff", "Release mobile BFF", mobile, SEFA, 8, "purge"),
        _step("verify-end", "Verify the whole", verify, PETRA, 9, "release-bff", undo=none),
        _step("release-batch", "Release the batch chain", batch, OMAR, 3, "verify-end", "dry-run"),
        _step("close", "Close the bridge", command, MARA, 3, "release-batch", kind=talk),
    )
    details = {SHIFT: {"checks": (POOL, LAG, P95)}, GATE: {"not_before": at("02:15")}}
    return Runbook(
        steps=tuple(replace(step, **details.get(step.id, {})) for step in steps),  # type: ignore[arg-type]
        deadline=at("03:10"),
        verification=timedelta(minutes=8),
    )


def release() -> Release:
    """The release of the night, asked for by somebody who owns nothing in it."""
    return Release(
        id=RELEASE,
        title="Payments Core 2026.4 cutover",
        environment=EnvironmentId("prod"),
        window=WINDOW,
        zone=ZONE,
        commander=MARA,
        requester=TOMAS,
        authors=(TOMAS,),
        change=ChangeReference(system=DESK, id="CHG-48213"),
        bridge=Bridge(dial_in=(DialIn(country="Germany", number="+49 30 5550100"),)),
        runbook=runbook(),
        messages=messages(),
    )


def messages() -> tuple[MessagePlan, ...]:
    """To support and partners every half hour, and to the desk at the end."""
    start, end = MessageMoment(moment=Moment.START), MessageMoment(moment=Moment.END)
    support = MessagePlan(
        id="support",
        audience="Support and partners",
        to=("support@example.org", "partners@example.org"),
        at=(start, end),
        every=timedelta(minutes=30),
        rehearsal_to=("support-lead@example.org",),
    )
    desk = MessagePlan(
        id="desk",
        audience="Service desk",
        to=("+49 30 5550190",),
        channel=Channel.PHONE,
        at=(end,),
    )
    return (support, desk)


def workspace() -> Workspace:
    """The workspace of the night, without policy or calendar entries."""
    return Workspace(
        estate=Estate(
            teams=Map({TeamId("operations"): Team(id=TeamId("operations"), name="Operations")}),
            people=Map({person.id: person for person in people()}),
            environments=Map(
                {EnvironmentId("prod"): Environment(id=EnvironmentId("prod"), name="Production")}
            ),
        ),
        calendar=Calendar(),
        policy=Policy(),
        releases=Map({RELEASE: release()}),
    )

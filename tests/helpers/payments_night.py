"""A night of 27 steps in eight streams, seen at any minute of it, for presenters and pictures.

Minutes count from the start of the window, 01:30 in Berlin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from immutables import Map

from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import Person
from relconsole.domain.health.indicator import Watch
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import Digest, EnvironmentId, PersonId, ReleaseId, RunId, StepId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.state import Attempt, RunState, StepRun
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.plan.runbook import Runbook, Step, StepKind, Undo, UndoKind
from relconsole.domain.record.file_form import JournalKind
from relconsole.domain.release.release import Indicator, Release
from relconsole_ui.presenters.seen import Seen

START = datetime(2026, 4, 20, 23, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"
RELEASE, RUN = ReleaseId("payments-core-2026.4"), RunId("run-1")
PLAN = Digest("a" * 64)
PEOPLE = {
    "mara": "Mara Okafor",
    "jo": "Jo Reyes",
    "ines": "Ines Duarte",
    "asha": "Asha Nair",
    "nils": "Nils Brandt",
    "sefa": "Sefa Kaya",
    "omar": "Omar Farouk",
    "petra": "Petra Hahn",
}
STREAMS = {
    "Command": "mara",
    "payments-api": "jo",
    "fraud-score": "ines",
    "Ledger DB": "asha",
    "Edge / CDN": "nils",
    "Mobile BFF": "sefa",
    "Batch jobs": "omar",
    "Verification": "petra",
}
PLANNED: Sequence[tuple[int, str, str, float, float, tuple[int, ...]]] = (
    (1, "Open the bridge", "Command", 0, 3, ()),
    (2, "Announce the start", "Command", 3, 4, (1,)),
    (3, "Hold the batch chain", "Batch jobs", 5, 6, (1,)),
    (4, "Deploy payments-api 2.31 dark", "payments-api", 7, 8, (2,)),
    (5, "Expand the ledger schema", "Ledger DB", 7, 14, (2,)),
    (6, "Deploy Mobile BFF dark", "Mobile BFF", 13, 6, (2,)),
    (7, "Prepare the edge rules", "Edge / CDN", 14, 7, (2,)),
    (8, "Verify the ledger schema", "Ledger DB", 21, 5, (5,)),
    (9, "Smoke test, dark", "Verification", 22, 5, (4, 6)),
    (10, "Go/no-go 1: take traffic", "Command", 26, 2, (8, 3)),
    (11, "Watch ledger lag", "Ledger DB", 28, 49, (10,)),
    (12, "Shift 5 % traffic", "payments-api", 28, 9, (10, 4)),
    (13, "Warm fraud-score v41", "fraud-score", 28, 15, (10,)),
    (14, "Shift 25 % traffic", "payments-api", 37, 8, (12,)),
    (15, "Verify payments-api at 25 %", "Verification", 45, 8, (14, 9)),
    (16, "Go/no-go 2: leave canary", "Command", 45, 11, (14,)),
    (17, "Shift 100 % traffic", "payments-api", 56, 6, (16, 15)),
    (18, "Verify payments-api at 100 %", "Verification", 62, 15, (17,)),
    (19, "Stop the old writers", "Ledger DB", 77, 5, (18, 11)),
    (20, "Drop the old ledger columns", "Ledger DB", 82, 11, (19,)),
    (21, "Vacuum the ledger", "Ledger DB", 93, 2, (20,)),
    (22, "Release the batch chain", "Batch jobs", 93, 9, (20,)),
    (23, "Switch the edge rules", "Edge / CDN", 95, 3, (21, 7)),
    (24, "Open Mobile BFF", "Mobile BFF", 98, 8, (23,)),
    (25, "Verify everything", "Verification", 106, 9, (24, 13)),
    (26, "Run the first batch", "Batch jobs", 115, 3, (25, 22)),
    (27, "Close the bridge", "Command", 118, 3, (26,)),
)
GATES = {10, 16}
IRREVERSIBLE = {20}
TOOK: Mapping[int, tuple[float, float]] = {
    1: (0, 3), 2: (3, 7), 3: (7, 13), 4: (7, 15), 5: (7, 22), 6: (13, 19), 7: (14, 21),
    8: (22, 26), 9: (22, 27), 10: (27, 28), 12: (28, 37),
}  # fmt: skip
BEGAN: Mapping[int, float] = {11: 28, 13: 28, 14: 37}


def at(minutes: float) -> datetime:
    """The instant so many minutes into the window."""
    return START + timedelta(minutes=minutes)


def name(number: int) -> StepId:
    return StepId(f"s{number:02d}")


def step(number: int, title: str, stream: str, start: float, lasts: float, *after: int) -> Step:
    """A step that starts no earlier than planned."""
    kind = UndoKind.IRREVERSIBLE if number in IRREVERSIBLE else UndoKind.NONE
    return Step(
        id=name(number),
        title=title,
        kind=StepKind.GATE if number in GATES else StepKind.MANUAL,
        stream=stream,
        owner=PersonId(STREAMS[stream]) if stream in STREAMS else None,
        duration=plain(timedelta(minutes=lasts)),
        after=tuple(name(each) for each in after),
        not_before=at(start),
        undo=Undo(kind=kind),
        stations=("Payments", "Ledger DB") if number in GATES else (),
    )


def runbook() -> Runbook:
    """The plan."""
    return Runbook(
        steps=tuple(
            step(number, title, stream, start, lasts, *after)
            for number, title, stream, start, lasts, after in PLANNED
        )
    )


def release(plan: Runbook | None = None, *indicators: Indicator) -> Release:
    """The release with its window from 01:30 to 05:00."""
    return Release(
        id=RELEASE,
        title="Payments Core 2026.4 cutover",
        environment=EnvironmentId("prod"),
        window=Interval(start=START, end=at(210)),
        zone=ZONE,
        commander=PersonId("mara"),
        requester=PersonId("tomas"),
        runbook=plan or runbook(),
        indicators=indicators,
    )


def run_of(
    plan: Runbook,
    took: Mapping[int, tuple[float, float]] = Map(),
    began: Mapping[int, float] = Map(),
) -> RunState:
    """A run in which these steps were done between two minutes, and these have begun."""
    steps = {each.id: StepRun(step=each.id) for each in plan.steps}
    for number, (start, end) in took.items():
        steps[name(number)] = ended_step(number, start, end)
    for number, start in began.items():
        steps[name(number)] = running_step(number, start)
    return RunState(
        id=RUN,
        release=RELEASE,
        rehearsal=False,
        runbook=plan,
        plan=PLAN,
        step_digests=Map(),
        calls=Map(),
        commander=PersonId("mara"),
        opened_at=at(-10),
        opened_by=PersonId("mara"),
        approval="",
        steps=Map(steps),
    )


def running_step(number: int, start: float, state: StepState = StepState.RUNNING) -> StepRun:
    """A step that has begun."""
    attempt = Attempt(number=1, started=at(start), by=PersonId("jo"))
    return StepRun(step=name(number), state=state, attempts=(attempt,))


def ended_step(number: int, start: float, end: float, state: StepState = StepState.DONE) -> StepRun:
    """A step that ran and ended."""
    attempt = Attempt(number=1, started=at(start), by=PersonId("jo"), ended=at(end), ending=state)
    return StepRun(step=name(number), state=state, attempts=(attempt,))


def with_steps(run: RunState, *steps: StepRun) -> RunState:
    """The run with these steps standing so."""
    return replace(run, steps=run.steps.update({each.step: each for each in steps}))


def forecast(latest_safe: float | None, minute: float = 0) -> Forecast:
    """A forecast of which only the latest safe start is looked at."""
    safe = None if latest_safe is None else at(latest_safe)
    return Forecast(
        digest=PLAN,
        made_at=at(minute),
        end=at(121),
        end_p50=at(121),
        end_p90=at(130),
        in_window=0.96,
        late=timedelta(0),
        latest_safe_start=safe,
        decide_by=safe,
        unrehearsed=(),
        steps=(),
    )


def seen_at(
    minute: float,
    run: RunState | None,
    *,
    of: Release | None = None,
    latest_safe: float | None = 82,
    watches: Mapping[str, Watch] = Map(),
) -> Seen:
    """The console at a minute of the window."""
    shown = of or release(None if run is None else run.runbook)
    people = {
        PersonId(each): Person(id=PersonId(each), name=called) for each, called in PEOPLE.items()
    }
    return Seen(
        state=ConsoleState(
            workspace=Workspace(estate=Estate(people=people), releases={RELEASE: shown}),
            runs=Map() if run is None else Map({RUN: run}),
            newest=Map() if run is None else Map({RELEASE: RUN}),
        ),
        release_id=RELEASE,
        run_id=None if run is None else RUN,
        kind=JournalKind.LIVE,
        now=at(minute),
        zone=ZONE,
        person=PersonId("mara"),
        forecast=forecast(latest_safe, minute),
        watches=watches,
    )


def calm() -> Seen:
    """02:11:42, when step 14 runs and nothing is wrong."""
    return seen_at(41.7, run_of(runbook(), TOOK, BEGAN))


def late() -> Seen:
    """02:17:42, when steps 13 and 14 are beyond their time."""
    return seen_at(47.7, run_of(runbook(), TOOK, BEGAN))

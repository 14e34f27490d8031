"""The night as it stands at an instant: calm, in trouble, at its gate, over, not yet begun.

Everything is decided by the domain and folded from its facts, so that no scene can show a state
which a real night could not be in.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar, cast

from relconsole.domain.console.commands import ConsoleCommand, ImportWorkspace
from relconsole.domain.console.facts import ConsoleFact, make_codec
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import (
    Digest,
    PersonId,
    StepId,
)
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_commands import (
    BeginHold,
    CloseLeftOpen,
    LeaveOpen,
    OpenProblem,
    StandTrigger,
)
from relconsole.domain.night.bridge_facts import HoldCause, TriggerStood
from relconsole.domain.night.facts import CheckRead, RunOutcome, StepState
from relconsole.domain.night.message_commands import MarkSent
from relconsole.domain.night.run_commands import EndRun, OpenRun, TakeUp
from relconsole.domain.night.step_commands import (
    AnswerStation,
    EndStep,
    KeepCheck,
    Said,
    StartStep,
)
from relconsole.domain.plan.digest import plan_digest, step_digest
from relconsole.domain.plan.runbook import Check, JobRun, Runbook, Step, StepKind
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.record.file_form import JournalKind
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.signature import SigningKey
from relconsole.services.desk import Desk, Records, Signer
from relconsole.services.forecasting import Forecaster
from relconsole_ui.presenters.seen import Seen, Source, SourceStanding
from tests.helpers.fakes.clock import FakeClock
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.journal import FakeJournal, Stored
from tests.unit.presenters.night_plan import (
    ASHA,
    DESK,
    EDGE_METRICS,
    GATE,
    HANNA,
    INES,
    JO,
    LAG,
    MARA,
    METRICS,
    OMAR,
    P95,
    POOL,
    PROBLEM,
    RELEASE,
    RUN,
    SHIFT,
    WINDOW,
    ZONE,
    at,
    release,
    workspace,
)

Given = TypeVar("Given")


def drive(doing: Coroutine[object, None, Given]) -> Given:
    """Give what a coroutine comes to that waits for nothing; over fakes, none does."""
    try:
        doing.send(None)
    except StopIteration as ended:
        return cast("Given", ended.value)
    doing.close()
    raise AssertionError("it waits for something")


class Stage:
    """A desk with what it recorded; `do` lets somebody command something at a wall time."""

    def __init__(
        self,
        *,
        kind: JournalKind = JournalKind.LIVE,
        told: Stage | None = None,
        planned: Workspace | None = None,
    ) -> None:
        self.kind = kind
        self.keys: dict[PersonId, SigningKey] = {} if told is None else told.keys
        self.facts: list[Recorded[ConsoleFact]] = [] if told is None else list(told.facts)
        self.listener: Callable[[Recorded[ConsoleFact], ConsoleState], None] | None = None
        self.forecaster = Forecaster()
        self.clock = FakeClock(WINDOW.start if told is None else told.now)
        self.stored = Stored() if told is None else told.copy_stored()
        ids = FakeIds()
        for _ in self.stored.envelopes:
            ids.fresh()
        self.desk = Desk(
            journal=FakeJournal(self.stored),
            clock=self.clock,
            ids=ids,
            codec=make_codec(),
            state=ConsoleState() if told is None else told.state,
            signer=Signer(person=MARA, key=SigningKey(b"\x01" * 32)),
            announce=self._announce,
        )
        if told is None:
            self.do("01:00", ImportWorkspace(workspace=planned or workspace()))

    def _announce(self, recorded: Recorded[ConsoleFact], state: ConsoleState) -> None:
        self.facts.append(recorded)
        if self.listener is not None:
            self.listener(recorded, state)

    def copy_stored(self) -> Stored:
        """What lies on the disk, for another telling to go on from."""
        return Stored(
            envelopes=list(self.stored.envelopes),
            projection=dict(self.stored.projection),
            leases=dict(self.stored.leases),
        )

    @property
    def state(self) -> ConsoleState:
        """What the facts come to."""
        return self.desk.state

    @property
    def now(self) -> datetime:
        """The instant on the clock."""
        return self.clock.now()

    def stand_at(self, clock: str) -> Stage:
        """Let it be that wall time."""
        self.clock.advance((at(clock) - self.clock.now()).total_seconds())
        return self

    def do(self, clock: str, command: ConsoleCommand, *, by: PersonId | None = MARA) -> None:
        """Command something, which must not be refused."""
        answer = self.ask(clock, command, by=by)
        assert not isinstance(answer, Refusal), answer

    def ask(
        self, clock: str, command: ConsoleCommand, *, by: PersonId | None = MARA
    ) -> Records | Refusal:
        """Command something, and give what it came to; ``by`` None is the console."""
        self.stand_at(clock)
        actor = self.desk.console if by is None else self._actor(by)
        return drive(self.desk.submit(command, actor))

    def _actor(self, person: PersonId) -> Actor:
        """Somebody, with their key where it is enrolled."""
        key = self.keys.get(person)
        return Actor(person=person, key=None if key is None else key.public.fingerprint)

    def open(self, clock: str, *, rehearsal: bool = False) -> None:
        """Open the run."""
        plan = self.state.workspace.releases[RELEASE].runbook
        calls: dict[StepId, Digest | None] = {step.id: None for step in plan.steps}
        digests = {step.id: step_digest(step, None) for step in plan.steps}
        command = OpenRun(
            run=RUN,
            release=RELEASE,
            rehearsal=rehearsal,
            holder="console",
            plan=plan_digest(plan, calls),
            step_digests=digests,
            calls=calls,
            approval="approved",
            approval_gaps=(),
            policy=Digest("c" * 64),
            console="0.1.0",
        )
        self.do(clock, command)
        drive(self.desk.journal.take_lease(RUN, "console", self.now, 36_000))
        self.do(clock, TakeUp(run=RUN, holder="console", fence=1), by=None)

    def start(self, clock: str, step: str) -> None:
        """Let the owner of a step start it, as the commander heard."""
        self.stand_at(clock)
        said = Said(for_person=self.owner(step), heard="voice")
        forecast = self.forecaster.forecast(self.state, RUN, self.now)
        figures = self.forecaster.weigh(self.state, RUN, StepId(step), self.now)
        start = StartStep(
            run=RUN,
            step=StepId(step),
            said=said,
            call_now=self.state.runs[RUN].calls.get(StepId(step)),
            forecast=forecast.digest,
            figures=figures,
        )
        self.do(clock, start)

    def end(self, clock: str, step: str, state: StepState = StepState.DONE, note: str = "") -> None:
        """Let the owner of a step end it."""
        said = Said(for_person=self.owner(step), heard="voice", note=note)
        self.do(clock, EndStep(run=RUN, step=StepId(step), state=state, said=said))

    def read(self, clock: str, step: str, check: Check, value: float | None) -> None:
        """Let the console read a check of a running step."""
        read = CheckRead(
            run=RUN,
            step=StepId(step),
            attempt=1,
            check=check.id,
            value=value,
            passed=None if value is None else check.passes(value),
            says="" if value is None else f"{check.id} is {value:g}",
            source=check.system,
        )
        self.do(clock, KeepCheck(run=RUN, check=read), by=None)

    def vote(
        self, clock: str, station: str, holder: PersonId, answer: StationAnswer, note: str = ""
    ) -> None:
        """Let a station answer the gate, as the commander heard."""
        said = Said(for_person=holder, heard="voice", note=note)
        self.do(clock, AnswerStation(run=RUN, step=GATE, station=station, vote=answer, said=said))

    def owner(self, step: str) -> PersonId | None:
        """Who owns a step, nobody where that is the commander."""
        found = self.state.runs[RUN].find_step(StepId(step))
        assert found is not None
        return None if found.owner == MARA else found.owner

    def seen(
        self,
        clock: str = "",
        *,
        person: PersonId | None = MARA,
        sources: tuple[Source, ...] | None = None,
        forecasts: bool = True,
    ) -> Seen:
        """What is seen at a wall time, or now."""
        if clock:
            self.stand_at(clock)
        run = RUN if RUN in self.state.runs else None
        forecast = None
        if run is not None and forecasts and not self.state.runs[run].is_over:
            forecast = self.forecaster.renew(self.state, run, self.now)
        return Seen(
            state=self.state,
            release_id=RELEASE,
            run_id=run,
            kind=self.kind,
            now=self.now,
            zone=ZONE,
            person=person,
            forecast=forecast,
            sources=all_live(self.now) if sources is None else sources,
        )


def all_live(now: datetime) -> tuple[Source, ...]:
    """Three systems that answer."""
    return tuple(
        Source(system=system, standing=SourceStanding.LIVE, since=now)
        for system in (DESK, METRICS, EDGE_METRICS)
    )


def none_live(since: datetime) -> tuple[Source, ...]:
    """Three systems that do not answer."""
    return tuple(
        Source(
            system=system,
            standing=SourceStanding.AWAY,
            since=since,
            why="the gateway does not answer",
        )
        for system in (DESK, METRICS, EDGE_METRICS)
    )


def under_way(*, kind: JournalKind = JournalKind.LIVE, rehearsal: bool = False) -> Stage:
    """The night until three steps run: the shift, the warming, and the watch of the lag."""
    return Stage(kind=kind, told=_told_until_three_run(rehearsal=rehearsal))


@functools.cache
def _told_until_three_run(*, rehearsal: bool) -> Stage:
    """The same, told once; nobody may go on with it."""
    return tell_until_three_run(Stage(), rehearsal=rehearsal)


def tell_until_three_run(stage: Stage, *, rehearsal: bool = False) -> Stage:
    """Give a stage on which nothing has begun yet, with the night until three steps run."""
    stage.open("01:30", rehearsal=rehearsal)
    spans = (
        ("01:30", "01:33", "open"),
        ("01:33", "01:37", "begin"),
        ("01:37", "01:43", "hold-batch"),
        ("01:37", "01:45", "pool"),
        ("01:37", "01:51", "expand"),
        ("01:43", "01:49", "bff"),
        ("01:44", "01:50", "routes"),
        ("01:51", "01:55", "backfill"),
        ("01:52", "01:57", "smoke"),
        ("01:57", "01:58", "canary"),
        ("01:58", "02:07", "deploy"),
    )
    begun = [(start, 1, step) for start, _, step in spans]
    begun += [("01:58", 1, "watch-lag"), ("01:58:30", 1, "warm"), ("02:07", 1, "shift")]
    ended = [(end, 0, step) for _, end, step in spans]
    for clock, starts, step in sorted([*begun, *ended]):
        (stage.start if starts else stage.end)(clock, step)
    for entry, what, owner, until in (
        ("silence", "Alert silence: Edge, Mobile", MARA, at("02:45")),
        ("weight", "Traffic weight 25 % on 2.31", JO, None),
        ("lock", "Environment lock prod", MARA, at("05:00")),
        ("batch", "Batch chain EOD on hold", OMAR, at("04:15")),
    ):
        stage.do(
            "02:07:30",
            LeaveOpen(
                run=RUN, entry=entry, what=what, owner=owner, closes="step 17", expires=until
            ),
        )
    stage.do("02:08", told_support())
    stage.read("02:09:20", "shift", POOL, 1.0)
    stage.read("02:11:05", "shift", LAG, 1.1)
    return stage


def told_support() -> MarkSent:
    """The message that went out to support and partners at 02:00."""
    return MarkSent(
        run=RUN,
        message="support",
        moment="update",
        subject="Payments Core 2026.4 cutover: under way",
        body="The change is under way.",
        sent_at=at("02:00"),
    )


def calm() -> Stage:
    """02:11:42: three steps run, none is late, nothing is open."""
    stage = under_way()
    return stage.stand_at("02:11:42")


def polling() -> Stage:
    """02:15:50: two of six stations have answered the gate, both go."""
    stage = under_way()
    stage.vote("02:15:10", "Ledger DB", ASHA, StationAnswer.GO)
    stage.vote("02:15:40", "Fraud", INES, StationAnswer.GO)
    return stage.stand_at("02:15:50")


def alarm() -> Stage:
    """02:17:42: the shift fails its check and is late, a trigger stands, P1 waits for a choice.

    Three of six stations have answered the gate, one of them no-go.
    """
    stage = polling()
    stage.read("02:16:20", "shift", P95, 1.42)
    stood = TriggerStood(
        run=RUN,
        trigger="Checkout p95",
        value=1.42,
        since=at("02:13:20"),
        reasons=("Checkout p95 1.42 s, limit 0.80 s for 3 min",),
    )
    stage.do("02:16:20", StandTrigger(run=RUN, stood=stood), by=None)
    stage.do("02:16:40", boxed_problem())
    stage.vote("02:16:52", "Payments", HANNA, StationAnswer.NO_GO, "p95 is over its limit")
    return stage.stand_at("02:17:42")


def boxed_problem(**changes: object) -> OpenProblem:
    """Hold at 25 per cent, or roll back: Mara decides by 02:32."""
    problem = OpenProblem(
        run=RUN,
        problem=PROBLEM,
        what="Checkout p95 is over its limit",
        severity="critical",
        owner=JO,
        step=SHIFT,
        question="Hold at 25 % or roll back?",
        options=(
            "Hold at 25 %: p95 needs 5 min under 0.80, earliest 02:23",
            "Roll back R2: 5 min 42 s, P90 7 min 10 s, no data to undo",
        ),
        decides=MARA,
        decide_by=at("02:32"),
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def finished() -> Stage:
    """The night ended early: what was left is not needed, and nothing of it is left open."""
    return end_early(calm())


def end_early(stage: Stage) -> Stage:
    """Call the night off, close everything, and end it in order."""
    for step in stage.state.runs[RUN].runbook.steps:
        found = stage.state.runs[RUN].steps[step.id].state
        if found is StepState.NOT_STARTED:
            stage.end("02:20", step.id, StepState.NOT_NEEDED, "the release is called off")
        elif found is StepState.RUNNING:
            for check in step.checks:
                stage.read("02:19", step.id, check, 0.58 if check.above is None else 1.0)
            stage.end("02:20", step.id)
    for entry in ("silence", "weight", "lock", "batch"):
        stage.do("02:21", CloseLeftOpen(run=RUN, entry=entry))
    stage.do("02:22", EndRun(run=RUN, outcome=RunOutcome.FINISHED))
    return stage


def before() -> Stage:
    """01:10: the night has not been opened."""
    stage = Stage()
    return stage.stand_at("01:10")


def rehearsed() -> Stage:
    """02:11:42 of a rehearsal."""
    stage = under_way(kind=JournalKind.REHEARSAL, rehearsal=True)
    return stage.stand_at("02:11:42")


def lost_job() -> Stage:
    """A step of a person runs beside a job whose end nobody knows: the night asks."""
    bare = Step(id=StepId("first"), title="First", duration=plain(timedelta(minutes=8)))
    job = JobRun(system=METRICS, job="deploy")
    second = replace(bare, id=StepId("second"), title="Second", run=job, kind=StepKind.AUTOMATED)
    planned = replace(release(), runbook=Runbook(steps=(bare, second)))
    stage = Stage(planned=replace(workspace(), releases={RELEASE: planned}))
    stage.open("01:30")
    stage.start("01:30", "first")
    stage.start("01:30", "second")
    (found,) = stage.state.runs[RUN].step_effects(second.id, 1)
    lost = BeginHold(run=RUN, cause=HoldCause.EFFECT, thing=found.effect.id, reasons=("lost",))
    stage.do("01:31", lost, by=None)
    return stage

"""The night of the pictures: keys, versions, health and a rehearsed way back beside its plan."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from immutables import Map

from relconsole.domain.console.commands import CountRehearsal, EnrolKey, RegisterKey
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Service, VersionSource
from relconsole.domain.health.indicator import Watch, step_watch
from relconsole.domain.health.series import Band, Point, Series
from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.ids import (
    Digest,
    EffectId,
    RunId,
    ServiceId,
    StepId,
    SystemId,
    TeamId,
)
from relconsole.domain.kernel.observation import Observation
from relconsole.domain.night.change_commands import SeeChange, TellChange
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectSent,
    EffectUnknown,
)
from relconsole.domain.night.evolve_effects import EffectMove
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.muster_commands import AnswerMuster, CallPerson
from relconsole.domain.night.rollback_commands import KeepTotal
from relconsole.domain.night.rollback_facts import (
    RehearsalCounted,
    RehearsedStep,
    RehearsedTarget,
    TotalMoment,
)
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.plan.digest import step_digest
from relconsole.domain.plan.runbook import JobRun, Runbook, Step, StepKind, Undo, UndoKind
from relconsole.domain.record.effect import Outcome
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.release.release import (
    ChangeReference,
    ChangeStates,
    ControlTotal,
    Indicator,
    Item,
    Limit,
    Release,
    RollbackEdits,
    Severity,
)
from relconsole.services.arming import Armourer, Prepared
from tests.helpers.fakes.plugins import WELL, FakePlugins, World
from tests.unit.presenters.night_plan import (
    ASHA,
    DESK,
    EDGE_METRICS,
    INES,
    JO,
    LENA,
    MARA,
    METRICS,
    NILS,
    PAOLO,
    PETRA,
    RELEASE,
    RUN,
    SHIFT,
    at,
    release,
    workspace,
)
from tests.unit.presenters.scenes import Stage, drive, tell_until_three_run

CI = SystemId("ci")
API, EDGE, QUEUE = (ServiceId(name) for name in ("payments-api", "edge-cdn", "payments-queue"))
KEYS = {
    person: SigningKey(bytes([number]) * 32) for number, person in enumerate((MARA, ASHA, PETRA), 1)
}
VERSIONS = "version:payments-api@prod"
DEPLOYED = "2.31"
FLOOD = 200
_EVERY = timedelta(seconds=15)
_LASTS = timedelta(minutes=30)


def planned_workspace(*, floods: bool = False) -> Workspace:
    """The workspace with services whose versions are observed, and the release with all of it."""
    bare = workspace()
    services = (
        Service(
            id=API,
            name="payments-api",
            team=TeamId("operations"),
            observed_by=VersionSource(system=METRICS, query="version:payments-api@{environment}"),
        ),
        *(Service(id=each, name=each, team=TeamId("operations")) for each in (EDGE, QUEUE)),
    )
    return replace(
        bare,
        estate=replace(bare.estate, services=Map({each.id: each for each in services})),
        releases=Map({RELEASE: planned_release(floods=floods)}),
    )


def planned_release(*, floods: bool = False) -> Release:
    """The release with what changes, what is watched, and how it goes back."""
    bare = release()
    replay = Step(
        id=StepId("replay"),
        title="Replay since 02:07, no duplicates by end-to-end id",
        kind=StepKind.AUTOMATED,
        duration=ThreePoint(
            best=timedelta(seconds=60), likely=timedelta(seconds=80), worst=timedelta(minutes=3)
        ),
        after=(StepId("undo-deploy"),),
        run=JobRun(system=CI, job="replay", parameters=Map({"service": QUEUE})),
        services=(QUEUE,),
    )
    total = ControlTotal(
        id="settled", title="Settled payments, days to 20 Apr", system=METRICS, query="settled"
    )
    return replace(
        bare,
        items=(Item(service=API, from_version="2.30", to_version=DEPLOYED),),
        runbook=replace(_with_ways_back(bare.runbook), relief=relief()),
        indicators=(*indicators(), *(flood() if floods else ())),
        change=ChangeReference(
            system=DESK,
            id="CHG-48213",
            states=ChangeStates(approved="Scheduled", running="Implement", finished="Review"),
        ),
        rollback=RollbackEdits(extra=(replay,), control_totals=(total,)),
    )


def relief() -> tuple[Step, ...]:
    """What is safe on its own: instant payments switched off by a job, and a page by hand."""
    switch = {
        side: JobRun(system=CI, job="flag", parameters=Map({"name": "instant", "position": side}))
        for side in ("off", "on")
    }
    lasts = plain(timedelta(seconds=20))
    return (
        Step(
            id=StepId("instant-off"),
            title="Switch instant payments off",
            kind=StepKind.AUTOMATED,
            owner=JO,
            duration=lasts,
            run=switch["off"],
            undo=Undo(
                kind=UndoKind.INVERSE,
                duration=lasts,
                run=switch["on"],
                title="Switch instant payments on",
            ),
        ),
        Step(
            id=StepId("page"),
            title="Show the maintenance page at the edge",
            owner=NILS,
            duration=plain(timedelta(minutes=1)),
            undo=Undo(kind=UndoKind.INVERSE, duration=lasts, title="Take the page down"),
            note="Customers read that the shop is closed instead of waiting for a payment.",
        ),
    )


def _with_ways_back(runbook: Runbook) -> Runbook:
    """Give the plan in which traffic and version are taken back, and additive steps stay."""
    none = Undo(kind=UndoKind.NONE)
    stays = {"hold-batch", "pool", "expand", "bff", "routes", "backfill", "warm"}
    weight = {
        side: JobRun(system=CI, job="weight", parameters=Map({"service": EDGE, "weight": side}))
        for side in ("25 %", "0 %")
    }
    version = {
        side: JobRun(system=CI, job="deploy", parameters=Map({"service": API, "version": side}))
        for side in ("2.31", "2.30")
    }
    ways = {
        SHIFT: (
            weight["25 %"],
            Undo(
                kind=UndoKind.INVERSE,
                duration=plain(timedelta(seconds=40)),
                run=weight["0 %"],
                title="Take traffic back",
            ),
        ),
        StepId("deploy"): (
            version["2.31"],
            Undo(
                kind=UndoKind.INVERSE,
                duration=plain(timedelta(minutes=3)),
                run=version["2.30"],
                title="Deploy 2.30, 8 nodes",
            ),
        ),
    }
    steps: list[Step] = []
    for step in runbook.steps:
        found = replace(step, undo=none) if step.id in stays else step
        if step.id in ways:
            job, undo = ways[step.id]
            found = replace(step, kind=StepKind.AUTOMATED, run=job, undo=undo)
        steps.append(found)
    return replace(runbook, steps=tuple(steps))


def indicators() -> tuple[Indicator, ...]:
    """Six of them: two with limits that the night breaks, one whose source falls silent."""
    rows = (
        ("p95", "Checkout p95", METRICS, "s", 0.8, Severity.CRITICAL, 3.0),
        ("errors", "Error rate", METRICS, "%", 0.25, Severity.WARNING, 1.0),
        ("success", "Success rate", METRICS, "%", None, Severity.WARNING, 0.0),
        ("lag", "Ledger lag", METRICS, "s", None, Severity.WARNING, 0.0),
        ("queue", "Fraud queue", METRICS, "", None, Severity.INFO, 0.0),
        ("edge", "Edge 5xx", EDGE_METRICS, "%", None, Severity.WARNING, 0.0),
    )
    return tuple(
        Indicator(
            id=name,
            title=title,
            system=system,
            query=name,
            unit=unit,
            severity=severity,
            limit=None
            if above is None
            else Limit(above=above, lasting=timedelta(minutes=lasting), deadband=above / 20),
            time_to_live=timedelta(seconds=60),
        )
        for name, title, system, unit, above, severity, lasting in rows
    )


def flood() -> tuple[Indicator, ...]:
    """Two hundred more, of every node, all of which leave their limits within a minute."""
    return tuple(
        Indicator(
            id=f"restarts-{number:03}",
            title=f"Restarts of node {number:03}",
            system=METRICS,
            query=f"restarts-{number:03}",
            limit=Limit(above=3.0),
            time_to_live=timedelta(seconds=60),
        )
        for number in range(1, FLOOD + 1)
    )


def flooded_watches(now: datetime) -> dict[str, Watch]:
    """What the console made of the flood: one after the other within the last minute."""
    found: dict[str, Watch] = {}
    for number, each in enumerate(flood()):
        moment = now - timedelta(seconds=58 - number * 0.29)
        reading = Observation(
            value=4.0, source=each.system, observed_at=moment, time_to_live=timedelta(seconds=60)
        )
        found[each.id] = step_watch(Watch(indicator=each.id), each, reading, moment, ())
    return found


_USUAL = {
    "p95": (0.56, 0.03),
    "errors": (0.13, 0.02),
    "success": (99.1, 0.12),
    "lag": (1.1, 0.14),
    "queue": (212.0, 14.0),
    "edge": (0.02, 0.004),
}
_DIGITS = {"p95": 2, "errors": 2, "success": 1, "lag": 1, "queue": 0, "edge": 3}
_RISES = {
    "p95": (at("02:12:20"), 0.215, at("02:16:20")),
    "errors": (at("02:13:40"), 0.045, at("02:17:40")),
    "success": (at("02:14:00"), -0.14, at("02:17:40")),
}
"""From when on an indicator leaves what is usual, by how much a minute, and until when it does."""


def series_at(now: datetime, *, silent: Mapping[str, datetime] | None = None) -> dict[str, Series]:
    """The half hour before an instant; ``silent`` names indicators and when they were last read."""
    return {
        each.id: Series(
            points=tuple(_points(each.id, min(now, (silent or {}).get(each.id, now)))),
            band=_band(each.id),
            no_band="",
        )
        for each in indicators()
    }


def _points(indicator: str, until: datetime) -> list[Point]:
    """Give the same points whichever instant is looked from: chance hangs on the time alone."""
    found: list[Point] = []
    first = int((until - _LASTS).timestamp()) // 15 + 1
    usual, spread = _USUAL[indicator]
    for tick in range(first, int(until.timestamp()) // 15 + 1):
        moment = at("00:00") + tick * _EVERY - timedelta(seconds=at("00:00").timestamp())
        chance = random.Random(f"{indicator}-{tick}").uniform(-1, 1)
        value = usual + spread * (0.6 * chance + 0.4 * math.sin(tick / 5))
        begins, a_minute, ends = _RISES.get(indicator, (moment, 0.0, moment))
        if moment > begins:
            risen = a_minute * (min(moment, ends) - begins).total_seconds() / 60
            value += risen * _still_beyond(moment)
        found.append(Point(at=moment, value=round(value, _DIGITS[indicator])))
    return found


def _still_beyond(moment: datetime) -> float:
    """How much of a rise is still there: traffic is taken back at 02:19:10."""
    gone = (moment - at("02:19:10")) / timedelta(minutes=2)
    return min(max(1 - gone, 0.0), 1.0)


def _band(indicator: str) -> Band:
    usual, spread = _USUAL[indicator]
    return Band(low=usual - 1.3 * spread, high=usual + 1.3 * spread, weeks=4)


def watches_at(series: Mapping[str, Series]) -> dict[str, Watch]:
    """What the console has made of these readings, one after the other."""
    found: dict[str, Watch] = {}
    for each in indicators():
        watch = Watch(indicator=each.id)
        for point in series[each.id].points:
            reading = Observation(
                value=point.value,
                source=each.system,
                observed_at=point.at,
                time_to_live=each.time_to_live or timedelta(seconds=60),
            )
            watch = step_watch(watch, each, reading, point.at, ())
        found[each.id] = watch
    return found


def world_of(stage: Stage) -> World:
    """The connected systems: eight nodes that run the new version, and totals that agree."""
    nodes = tuple(
        ({"instance": f"pay-0{number}", "version": DEPLOYED}, 1.0) for number in range(1, 9)
    )
    return World(
        time=stage.clock.tick,
        wall=stage.clock.now,
        goes=lambda _verb, _system: WELL,
        values={VERSIONS: lambda: nodes},
    )


class NightStage(Stage):
    """A stage on which the jobs of automated steps run as the steps do."""

    def start(self, clock: str, step: str) -> None:
        """Let a step start, and its job be taken."""
        super().start(clock, step)
        for effect in self._jobs(step):
            self._move(clock, EffectSent(run=RUN, effect=effect))
            self._move(clock, EffectAcknowledged(run=RUN, effect=effect, remote=f"{step}-1"))

    def end(self, clock: str, step: str, state: StepState = StepState.DONE, note: str = "") -> None:
        """Let the job of a step end, and the step with it."""
        for effect in self._jobs(step):
            outcome = EffectConfirmed(
                run=RUN, effect=effect, outcome=Outcome.SUCCEEDED, output="done"
            )
            self._move(clock, outcome)
        super().end(clock, step, state, note)

    def lose_job(self, clock: str, step: str) -> None:
        """Let nobody know any more what became of the job of a step."""
        for effect in self._jobs(step):
            self._move(clock, EffectUnknown(run=RUN, effect=effect, why="no answer"))

    def tell_change(self, clock: str) -> None:
        """Let the console owe the change record what it has to be told by now."""
        self.do(clock, TellChange(run=RUN), by=None)

    def take_outbox(self, clock: str) -> None:
        """Let the service desk take all that waits for it."""
        for found in self.state.runs[RUN].open_effects():
            if found.effect.system == DESK:
                effect = found.effect.id
                self._move(clock, EffectSent(run=RUN, effect=effect))
                self._move(clock, EffectAcknowledged(run=RUN, effect=effect, remote=effect))
                done = EffectConfirmed(
                    run=RUN, effect=effect, outcome=Outcome.SUCCEEDED, output="done"
                )
                self._move(clock, done)

    def _jobs(self, step: str) -> list[EffectId]:
        found = self.state.runs[RUN]
        attempts = len(found.steps[StepId(step)].attempts)
        if not attempts:
            return []
        return [each.effect.id for each in found.step_effects(StepId(step), attempts)]

    def _move(self, clock: str, move: EffectMove) -> None:
        self.do(clock, MoveEffect(run=RUN, move=move), by=None)


def night(*, rehearsal: bool = False, floods: bool = False) -> NightStage:
    """The night until three steps run, with everybody mustered and the way back rehearsed."""
    return NightStage(told=_told(rehearsal=rehearsal, floods=floods))


@functools.cache
def _told(*, rehearsal: bool, floods: bool) -> NightStage:
    stage = NightStage(planned=planned_workspace(floods=floods))
    enrol(stage)
    for person in (JO, PETRA, ASHA, INES, NILS, MARA):
        stage.do("01:05", AnswerMuster(release=RELEASE, person=person, here=True))
    tell_until_three_run(stage, rehearsal=rehearsal)
    stage.do("02:10:02", SeeChange(run=RUN, state="Scheduled"), by=None)
    for moment, value in ((TotalMoment.BEFORE, 318_204.0), (TotalMoment.AFTER, 318_204.0)):
        total = KeepTotal(run=RUN, total="settled", moment=moment, value=value)
        stage.do("02:11:20", total, by=None)
    if not rehearsal:
        stage.tell_change("02:11:10")
        stage.take_outbox("02:11:12")
    count_rehearsal(stage, "02:11:30")
    return stage


def before() -> NightStage:
    """The evening before the night was opened."""
    stage = NightStage(planned=planned_workspace())
    enrol(stage)
    stage.stand_at("01:10")
    return stage


def enrol(stage: Stage) -> None:
    """Let three people bring keys, the first two confirm each other's, and the third's."""
    for person, key in KEYS.items():
        stage.do("01:00", RegisterKey(person=person, public_key=key.public.text), by=None)
    for by, person in ((MARA, ASHA), (ASHA, MARA), (MARA, PETRA)):
        confirms = EnrolKey(
            person=person, fingerprint=KEYS[person].public.fingerprint, means="face to face"
        )
        stage.keys[by] = KEYS[by]
        stage.do("01:00", confirms, by=by)


def count_rehearsal(stage: Stage, clock: str) -> None:
    """Let the rehearsal of 14 April back the very rollback of what has begun."""
    stage.stand_at(clock)
    armourer = Armourer(desk=stage.desk, plugins=FakePlugins(world_of(stage)), clock=stage.clock)
    prepared = drive(armourer.prepare(RUN, None))
    assert isinstance(prepared, Prepared), prepared
    counted = RehearsalCounted(
        run=RunId(f"rehearsal-{len(stage.state.rehearsals)}-{clock}"),
        release=RELEASE,
        plan=stage.state.runs[RUN].plan,
        rollback_plan=prepared.plan.digest,
        at=at("02:30") - timedelta(days=7),
        journal="rehearsals",
        size=1,
        root=Digest("c" * 64),
        forward=(),
        undo=tuple(_rehearsed(stage, step) for step in (SHIFT, StepId("deploy"))),
        targets=(RehearsedTarget(service=API, version="2.30"),),
    )
    stage.do(clock, CountRehearsal(counted=counted), by=None)


def _rehearsed(stage: Stage, step: StepId) -> RehearsedStep:
    found = stage.state.runs[RUN].find_step(step)
    assert found is not None
    assert found.undo.duration is not None
    seconds = found.undo.duration.likely.total_seconds()
    return RehearsedStep(step=step, digest=step_digest(found, None), seconds=seconds)


def call_missing(stage: Stage) -> None:
    """Let Lena be called, and Paolo, who has not answered for longer than allowed."""
    stage.do("02:10", CallPerson(release=RELEASE, person=PAOLO))
    stage.do("02:16:30", CallPerson(release=RELEASE, person=LENA))

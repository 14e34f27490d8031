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
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import Digest, EffectId,  RunId, ServiceId, StepId, SystemId, TeamId
from relconsole.domain.kernel.observation import Observation
from relconsole.domain.night.effect_facts import (
    EffectAcknowledged,
    EffectConfirmed,
    EffectSent,
)
from relconsole.domain.night.evolve_effects import EffectMove
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.muster_commands import AnswerMuster, CallPerson
from relconsole.domain.night.rollback_commands import KeepTotal
from relconsole.domain.night.rollback_facts import RehearsalCounted, RehearsedTarget, TotalMoment
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.plan.runbook import JobRun, Runbook, Step, StepKind, Undo, UndoKind
from relconsole.domain.record.effect import Outcome
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.release.release import (
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
    VERIFY,
    WARM,
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
_EVERY = timedelta(seconds=15)
_LASTS = timedelta(minutes=30)


def planned_workspace() -> Workspace:
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
        releases=Map({RELEASE: planned_release()}),
    )


def planned_release() -> Release:
    """The release with what changes, what is watched, and how it goes back."""
    bare = release()
    replay = Step(
        id=StepId("replay"),
        title="Replay since 02:07, no duplicates by end-to-end id",
        kind=StepKind.AUTOMATED,
        duration=plain(timedelta(minutes=2)),
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
        runbook=_with_ways_back(bare.runbook),
        indicators=indicators(),
        rollback=RollbackEdits(extra=(replay,), control_totals=(total,)),
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
            value += a_minute * (min(moment, ends) - begins).total_seconds() / 60
        found.append(Point(at=moment, value=round(value, _DIGITS[indicator])))
    return found


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

    def end(
        self, clock: str, step: str, state: StepState = StepState.DONE, note: str = ""
    ) -> None:
        """Let the job of a step end, and the step with it."""
        for effect in self._jobs(step):
            outcome = EffectConfirmed(
                run=RUN, effect=effect, outcome=Outcome.SUCCEEDED, output="done"
            )
            self._move(clock, outcome)
        super().end(clock, step, state, note)

    def _jobs(self, step: str) -> list[EffectId]:
        found = self.state.runs[RUN]
        attempts = len(found.steps[StepId(step)].attempts)
        if not attempts:
            return []
        return [each.effect.id for each in found.step_effects(StepId(step), attempts)]

    def _move(self, clock: str, move: EffectMove) -> None:
        self.do(clock, MoveEffect(run=RUN, move=move), by=None)


def night(*, rehearsal: bool = False) -> NightStage:
    """The night until three steps run, with everybody mustered and the way back rehearsed."""
    return NightStage(told=_told(rehearsal=rehearsal))


@functools.cache
def _told(*, rehearsal: bool) -> NightStage:
    stage = NightStage(planned=planned_workspace())
    _enrol(stage)
    for person in (JO, PETRA, ASHA, INES, NILS, MARA):
        stage.do("01:05", AnswerMuster(release=RELEASE, person=person, here=True))
    tell_until_three_run(stage, rehearsal=rehearsal)
    for moment, value in ((TotalMoment.BEFORE, 318_204.0), (TotalMoment.AFTER, 318_204.0)):
        total = KeepTotal(run=RUN, total="settled", moment=moment, value=value)
        stage.do("02:11:20", total, by=None)
    _count_rehearsal(stage)
    return stage


def before() -> NightStage:
    """The evening before the night was opened."""
    stage = NightStage(planned=planned_workspace())
    _enrol(stage)
    stage.stand_at("01:10")
    return stage


def _enrol(stage: Stage) -> None:
    """Let three people bring keys, the first two confirm each other's, and the third's."""
    for person, key in KEYS.items():
        stage.do("01:00", RegisterKey(person=person, public_key=key.public.text), by=None)
    for by, person in ((MARA, ASHA), (ASHA, MARA), (MARA, PETRA)):
        confirms = EnrolKey(
            person=person, fingerprint=KEYS[person].public.fingerprint, means="face to face"
        )
        stage.keys[by] = KEYS[by]
        stage.do("01:00", confirms, by=by)


def _count_rehearsal(stage: Stage) -> None:
    """Let the rehearsal of 14 April back this very rollback."""
    armourer = Armourer(
        desk=stage.desk, plugins=FakePlugins(world_of(stage)), clock=stage.clock
    )
    prepared = drive(armourer.prepare(RUN, None))
    assert isinstance(prepared, Prepared), prepared
    counted = RehearsalCounted(
        run=RunId("rehearsal-1"),
        release=RELEASE,
        plan=stage.state.runs[RUN].plan,
        rollback_plan=prepared.plan.digest,
        at=at("02:30") - timedelta(days=7),
        journal="rehearsals",
        size=1,
        root=Digest("c" * 64),
        forward=(),
        undo=(),
        targets=(RehearsedTarget(service=API, version="2.30"),),
    )
    stage.do("02:11:30", CountRehearsal(counted=counted), by=None)


def call_missing(stage: Stage) -> None:
    """Let Lena be called, and Paolo, who has not answered for longer than allowed."""
    stage.do("02:10", CallPerson(release=RELEASE, person=PAOLO))
    stage.do("02:16:30", CallPerson(release=RELEASE, person=LENA))



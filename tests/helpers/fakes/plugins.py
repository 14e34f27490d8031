"""A world of connected systems that goes on whatever becomes of the console.

`World` is what the systems really did; `FakePlugins` is one program's view of it. How a call goes
is asked of `World.goes` each time, so that a test says it by a table and a simulation by a seed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import Digest, EffectId, StepId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.ci import JobDescription
from relconsole.plugin_api.cmdb import ConfigurationItem
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    Found,
    NotFound,
    Recognition,
    RemoteState,
    TargetRefused,
)
from relconsole.plugin_api.itsm import CHANGE_TRANSITION, ChangeRecord
from relconsole.plugin_api.monitoring import (
    Alert,
    QueryAnswer,
    RangeAnswer,
    Rule,
    Sample,
    Series,
    Silence,
)
from tests.helpers.fakes.points import Point, pass_by


class Way(StrEnum):
    """How one call goes."""

    ANSWERS = "answers"
    REFUSES = "refuses"
    IS_DOWN = "is down"
    LOSES_THE_ANSWER = "does it, and the answer is lost"
    ARRIVES_LATE = "gives up waiting, and it is done later"
    LACKS_A_SETTING = "lacks a setting"


@dataclass(frozen=True, slots=True)
class Course:
    """How one call goes: after how many seconds it ends, and how late its request arrives."""

    way: Way = Way.ANSWERS
    takes: float = 0.0
    late: float = 0.0
    retry_after: float | None = None


WELL = Course()


@dataclass(slots=True)
class Target:
    """One system: how it knows a repeat, and how many seconds until `find` sees what arrived."""

    how: RecognisesRepeat = RecognisesRepeat.QUERYABLE
    settle: timedelta = timedelta(seconds=2)
    unseen_for: float = 0.0


@dataclass(slots=True)
class RemoteJob:
    """Something that a system does, once it arrived; times on the world's own clock."""

    remote: str
    system: SystemId
    effect: EffectId
    kind: str
    payload: Mapping[str, Json]
    step: StepId | None
    arrived: float
    ends: float
    ending: Ending
    detail: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that reached the plugins, for whoever counts them."""

    verb: str
    system: SystemId
    about: str
    at: float


@dataclass(slots=True)
class World:
    """What the connected systems are and have done, on a clock of their own in seconds.

    `jobs` holds every execution: a repeat that a system does not recognise stands there twice.
    """

    time: Callable[[], float]
    wall: Callable[[], datetime]
    targets: dict[SystemId, Target] = field(default_factory=dict[SystemId, Target])
    jobs: list[RemoteJob] = field(default_factory=list[RemoteJob])
    calls: list[Call] = field(default_factory=list[Call])
    goes: Callable[[str, SystemId], Course] = lambda _verb, _system: WELL
    runs: Callable[[EffectRequest], tuple[float, Ending]] = lambda _request: (
        0.0,
        Ending.SUCCEEDED,
    )
    values: dict[str, Callable[[], Sequence[tuple[Mapping[str, str], float]]]] = field(
        default_factory=dict[str, Callable[[], Sequence[tuple[Mapping[str, str], float]]]]
    )
    ranges: dict[str, Callable[[datetime, datetime, timedelta], tuple[Series, ...]]] = field(
        default_factory=dict[str, Callable[[datetime, datetime, timedelta], tuple[Series, ...]]]
    )
    digests: dict[str, Digest | None] = field(default_factory=dict[str, Digest | None])
    changes: dict[str, ChangeRecord] = field(default_factory=dict[str, ChangeRecord])
    items: list[ConfigurationItem] = field(default_factory=list[ConfigurationItem])
    cancelled: list[str] = field(default_factory=list[str])

    def target(self, system: SystemId) -> Target:
        return self.targets.setdefault(system, Target())

    def take(self, system: SystemId, request: EffectRequest, late: float = 0.0) -> RemoteJob:
        """Take a request in; a system that knows ids does nothing twice."""
        arrived = self.time() + late
        if self.target(system).how is RecognisesRepeat.NATIVE:
            for job in self.jobs:
                if job.effect == request.id and job.system == system:
                    if arrived < job.arrived:
                        job.ends -= job.arrived - arrived
                        job.arrived = arrived
                    return job
        lasts, ending = self.runs(request)
        job = RemoteJob(
            remote=f"{system}-{len(self.jobs) + 1}",
            system=system,
            effect=request.id,
            kind=request.kind,
            payload=request.payload,
            step=request.step,
            arrived=arrived,
            ends=arrived + lasts,
            ending=ending,
        )
        self.jobs.append(job)
        return job

    def executions(self, effect: EffectId) -> list[RemoteJob]:
        """Give every execution of an effect."""
        return [job for job in self.jobs if job.effect == effect]

    def change(self, change: str) -> ChangeRecord | None:
        """Give a change record as the transitions that arrived have left it."""
        found, now = self.changes.get(change), self.time()
        moves = [
            job
            for job in self.jobs
            if job.kind == CHANGE_TRANSITION and job.payload["change"] == change
        ]
        for job in sorted(moves, key=lambda each: each.arrived):
            if found is not None and job.arrived <= now:
                found = replace(found, state=str(job.payload["state"]))
        return found

    def version(self, service: str, before: str) -> str:
        """Give the version that the last successful deployment brought."""
        now, running = self.time(), before
        for job in sorted(self.jobs, key=lambda each: each.ends):
            told = job.payload.get("parameters")
            if isinstance(told, dict) and told.get("service") == service and job.ends <= now:
                running = str(told.get("version")) if job.ending is Ending.SUCCEEDED else running
        return running


class FakePlugins:
    """One program's calls into a world."""

    def __init__(
        self,
        world: World,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        point: Point = pass_by,
    ) -> None:
        self.world = world
        self._sleep = sleep
        self._point = point

    async def _begin(self, verb: str, system: SystemId, about: str) -> Course:
        """Note the call, and fail where it does before anything left; else give its course."""
        await self._point(f"{verb}:before")
        world = self.world
        world.calls.append(Call(verb, system, about, world.time()))
        course = world.goes(verb, system)
        if course.way is Way.LACKS_A_SETTING:
            raise PersonMustAct(f"{system} has no credential.", do="Store one.")
        if course.way is Way.IS_DOWN:
            await self._wait(course.takes)
            raise WorldIsDown(f"{system} is down.", system=system, retry_after=course.retry_after)
        return course

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            await self._sleep(seconds)

    async def recognition(self, system: SystemId, kind: str) -> Recognition:
        await self._begin("recognition", system, kind)
        target = self.world.target(system)
        return Recognition(how=target.how, settle=target.settle, source="the test")

    async def perform(
        self, system: SystemId, request: EffectRequest
    ) -> Acknowledged | TargetRefused:
        course = await self._begin("perform", system, request.id)
        if course.way is Way.REFUSES:
            await self._wait(course.takes)
            return TargetRefused(reason=f"{system} says no")
        if request.kind == CHANGE_TRANSITION and not self.world.executions(request.id):
            change = self.world.change(str(request.payload["change"]))
            if change is None or change.state != request.payload["from"]:
                return TargetRefused(reason=f"it is {change.state if change else 'not there'}")
        if course.way is Way.ARRIVES_LATE:
            self.world.take(system, request, course.late)
            await self._wait(course.takes)
            raise WorldIsDown(f"{system} did not answer in time.", system=system)
        job = self.world.take(system, request)
        await self._point("perform:arrived")
        await self._wait(course.takes)
        if course.way is Way.LOSES_THE_ANSWER:
            raise WorldIsDown(f"{system} broke the connection.", system=system)
        await self._point("perform:answered")
        return Acknowledged(remote=job.remote)

    async def find(self, system: SystemId, kind: str, effect: EffectId) -> Found | NotFound:
        course = await self._begin("find", system, effect)
        seen = self.world.time() - self.world.target(system).unseen_for
        found = next((job for job in self.world.executions(effect) if job.arrived <= seen), None)
        await self._wait(course.takes)
        await self._point("find:answered")
        return NotFound() if found is None else Found(remote=found.remote)

    async def follow(self, system: SystemId, kind: str, remote: str) -> RemoteState:
        course = await self._begin("follow", system, remote)
        job = next(job for job in self.world.jobs if job.remote == remote)
        over = job.ends <= self.world.time()
        await self._wait(course.takes)
        await self._point("follow:answered")
        if not over:
            return RemoteState(ending=Ending.RUNNING)
        return RemoteState(ending=job.ending, detail=job.detail, output=job.output)

    async def cancel(self, system: SystemId, kind: str, remote: str, reason: str) -> bool:
        await self._begin("cancel", system, remote)
        job = next(job for job in self.world.jobs if job.remote == remote)
        if job.ends <= self.world.time():
            return False
        job.ends, job.ending = self.world.time(), Ending.CANCELLED
        self.world.cancelled.append(remote)
        return True

    async def describe_job(self, system: SystemId, job: str) -> JobDescription:
        await self._begin("describe_job", system, job)
        default = Digest(hashlib.sha256(job.encode()).hexdigest())
        digest = self.world.digests.get(job, default)
        return JobDescription(job=job, digest=digest, summary=job)

    async def read_change(self, system: SystemId, change: str) -> ChangeRecord | None:
        await self._begin("read_change", system, change)
        return self.world.change(change)

    async def query(self, system: SystemId, query: str) -> QueryAnswer:
        course = await self._begin("query", system, query)
        at = self.world.wall()
        found = self.world.values.get(query)
        samples = tuple(
            Sample(labels=labels, value=value, at=at)
            for labels, value in (found() if found is not None else ())
        )
        await self._wait(course.takes)
        return QueryAnswer(samples=samples)

    async def query_range(
        self, system: SystemId, query: str, start: datetime, end: datetime, step: timedelta
    ) -> RangeAnswer:
        await self._begin("query_range", system, query)
        found = self.world.ranges.get(query)
        return RangeAnswer(series=() if found is None else found(start, end, step))

    async def rules(self, system: SystemId) -> tuple[Rule, ...]:
        await self._begin("rules", system, "")
        return ()

    async def alerts(self, system: SystemId) -> tuple[Alert, ...]:
        await self._begin("alerts", system, "")
        return ()

    async def silences(self, system: SystemId) -> tuple[Silence, ...]:
        await self._begin("silences", system, "")
        return ()

    async def configuration_items(self, system: SystemId) -> tuple[ConfigurationItem, ...]:
        await self._begin("configuration_items", system, "")
        return tuple(self.world.items)

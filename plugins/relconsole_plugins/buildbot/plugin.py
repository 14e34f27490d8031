"""The verbs of the plugin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import msgspec

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.canonical import digest_of
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.ci import JOB_START, JobDescription
from relconsole.plugin_api.context import Context
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
from relconsole.plugin_api.errors import BadAnswer, NotSupported, QuestionRefused
from relconsole_plugins.buildbot import parse
from relconsole_plugins.buildbot.client import PAGE, Buildbot
from relconsole_plugins.buildbot.config import Job, read_jobs
from relconsole_plugins.buildbot.order import Unfit, Wanted, params_of
from relconsole_plugins.buildbot.parse import ENDINGS, Result

_RECOGNITION: Final = Recognition(
    how=RecognisesRepeat.QUERYABLE,
    settle=timedelta(seconds=10),
    source="Buildbot data API, GET /api/v2/buildsets: the reason bears the effect's id",
)
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_REMOTE: Final = re.compile(r"buildrequest/([0-9]{1,18})")
_MOST_PAGES: Final = 50
_SHOWN_LINES: Final = 40
_BAD: Final = (Result.FAILURE, Result.EXCEPTION, Result.CANCELLED, Result.RETRY)


class Plugin:
    """A connected Buildbot."""

    def __init__(self, context: Context) -> None:
        """Read the jobs; SettingsRejected where one is none."""
        self._jobs = read_jobs(context.settings)
        self._buildbot = Buildbot(context.http, logs_in=context.secret is not None)

    async def check(self) -> str:
        """Give what answers; QuestionRefused where a job names what is not there."""
        found = parse.read_rows(await self._buildbot.builders(), "builders", parse.Builder)
        listed = await self._buildbot.schedulers()
        schedulers = parse.read_rows(listed, "forceschedulers", parse.Scheduler)
        builders = {one.name for one in found if one.masterids}
        starts = {one.name: one.builder_names for one in schedulers}
        for job in self._jobs.values():
            missing = ""
            if job.builder not in builders:
                missing = f"there is no builder {job.builder}"
            elif job.scheduler not in starts:
                missing = f"there is no force scheduler {job.scheduler}"
            elif job.builder not in starts[job.scheduler]:
                missing = f"{job.scheduler} does not start {job.builder}"
            if missing:
                raise QuestionRefused(f"The job {job.name}: {missing}.", do="Correct its settings.")
        version = parse.read_version(await self._buildbot.versions())
        return f"{f'Buildbot {version}'.strip()}; {len(self._jobs)} jobs: {self._names()}"

    async def close(self) -> None:
        """Connections belong to the client that was given."""

    async def describe(self, job: str) -> JobDescription:
        """Give the builder and the scheduler as they stand now; QuestionRefused for no such job."""
        known = self._jobs.get(job)
        if known is None:
            raise QuestionRefused(f"There is no job {job}.", do=f"There are: {self._names()}.")
        builder = parse.read_definition(
            await self._buildbot.builder(known.builder), "builders", known.builder
        )
        scheduler = parse.read_definition(
            await self._buildbot.scheduler(known.scheduler), "forceschedulers", known.scheduler
        )
        missing = ""
        if builder is None:
            missing = f"there is no builder {known.builder}"
        elif scheduler is None:
            missing = f"there is no force scheduler {known.scheduler}"
        summary = f"the builder {known.builder}, started by {known.scheduler}"
        if missing:
            return JobDescription(job=job, digest=None, summary=summary, unreadable=missing)
        definition: dict[str, Json] = {
            "builder": builder,
            "scheduler": scheduler,
            "properties": dict(known.properties),
        }
        try:
            digest = digest_of(definition)
        except ValueError as wrong:
            return JobDescription(job=job, digest=None, summary=summary, unreadable=str(wrong))
        return JobDescription(job=job, digest=digest, summary=summary)

    async def recognition(self, kind: str) -> Recognition:
        """Give that a repeat is found by the reason of its buildset."""
        _require(kind)
        return _RECOGNITION

    async def perform(self, request: EffectRequest) -> Acknowledged | TargetRefused:
        """Start the job, unless a buildset bears the effect's id already.

        A refusal is given where nothing was sent, or where Buildbot answers that the parameters are
        wrong, which it looks at before anything else. Whatever is unclear is raised.
        """
        _require(request.kind)
        if not _ID.fullmatch(request.id):
            return TargetRefused(reason=f"{request.id[:80]!r} is no id that could be found again")
        try:
            wanted = msgspec.convert(request.payload, Wanted)
            job = self._jobs[wanted.job]
        except msgspec.ValidationError as wrong:
            return TargetRefused(reason=f"{request.kind}: {wrong}")
        except KeyError:
            return TargetRefused(reason=f"there is no such job; there are: {self._names()}")
        known = await self.find(request.kind, request.id)
        if isinstance(known, Found):
            return Acknowledged(remote=known.remote)
        return await self._force(job, wanted.parameters, request)

    async def find(self, kind: str, effect: EffectId) -> Found | NotFound:
        """Tell whether a buildset bears the effect's id; of several, the first that was made.

        A master may be configured to leave the given reason out of the reason of a buildset; the
        newest requests bear it in a property whatever the master makes of it.
        """
        _require(kind)
        for page in range(_MOST_PAGES):
            answer = await self._buildbot.buildsets(parse.mark_of(effect), page)
            rows = parse.read_rows(answer, "buildsets", parse.Buildset)
            for row in rows:
                if row.rebuilt_buildid is None and parse.bears(row.reason, effect):
                    return await self._found_of(row.bsid)
            if len(rows) < PAGE:
                break
        else:
            raise BadAnswer("the buildsets are not narrowed down by their reason")
        answer = await self._buildbot.newest_requests()
        newest = parse.read_rows(answer, "buildrequests", parse.Request)
        known = [one.buildrequestid for one in newest if parse.bears(one.reason, effect)]
        return Found(remote=_remote(min(known))) if known else NotFound()

    async def follow(self, kind: str, remote: str) -> RemoteState:
        """Give where the newest build of the request stands; the request says when it is over."""
        _require(kind)
        request = await self._request(remote)
        if request is None:
            return RemoteState(ending=Ending.UNKNOWN, detail="there is no such request any more")
        builds = await self._builds(request.buildrequestid)
        result = request.result
        if not builds:
            return _without_build(request, result)
        build = builds[0]
        ending = Ending.RUNNING if result is None else ENDINGS[result]
        if result is None and build.result is Result.RETRY:
            said = f"build {build.number} was given up by Buildbot; the request waits for another"
            return RemoteState(ending=ending, detail=said)
        step = await self._step_of(build)
        said = f"build {build.number}: {_told(build, step, result)}"
        output = "" if step is None else await self._output(step)
        return RemoteState(ending=ending, detail=" ".join(said.split()), output=output)

    async def cancel(self, kind: str, remote: str, reason: str) -> bool:
        """Stop the build that runs, or drop the request that waits; False where it is over."""
        _require(kind)
        request = await self._request(remote)
        if request is None or request.complete:
            return False
        builds = await self._builds(request.buildrequestid)
        running = [one for one in builds if not one.complete]
        if running:
            parse.require_taken(await self._buildbot.stop(running[0].buildid, reason))
        else:
            # Where a build has begun since, Buildbot stops that.
            parse.require_taken(await self._buildbot.withdraw(request.buildrequestid, reason))
        return True

    async def _force(
        self, job: Job, parameters: Mapping[str, str], request: EffectRequest
    ) -> Acknowledged | TargetRefused:
        """Read what the scheduler takes, and then start the build."""
        answer = await self._buildbot.scheduler(job.scheduler)
        scheduler = parse.read_row(answer, "forceschedulers", parse.Scheduler)
        if scheduler is None:
            return TargetRefused(reason=f"there is no force scheduler {job.scheduler}")
        parse.require_of(answer, scheduler.name, job.scheduler)
        answer = await self._buildbot.builder(job.builder)
        builder = parse.read_row(answer, "builders", parse.Builder)
        if builder is None or not builder.masterids:
            return TargetRefused(reason=f"there is no builder {job.builder}")
        parse.require_of(answer, builder.name, job.builder)
        try:
            params = params_of(job, parameters, request, scheduler, builder)
        except Unfit as wrong:
            return TargetRefused(reason=str(wrong))
        forced = await self._buildbot.force(scheduler.name, params)
        if forced.status == HTTPStatus.BAD_REQUEST:
            return TargetRefused(reason=parse.read_refusal(forced))
        parse.require_done(forced)
        return Acknowledged(remote=_remote(parse.read_started(forced, builder.builderid)))

    async def _found_of(self, buildset: int) -> Found:
        """Give the request of a buildset; BadAnswer where it has none yet, or several."""
        answer = await self._buildbot.requests_of(buildset)
        rows = parse.read_rows(answer, "buildrequests", parse.Request)
        of_it = [one for one in rows if one.buildsetid == buildset]
        if len(of_it) != 1:
            raise BadAnswer(f"{answer.asked}: {len(of_it)} requests of buildset {buildset}")
        return Found(remote=_remote(of_it[0].buildrequestid))

    async def _request(self, remote: str) -> parse.Request | None:
        """Give the request of a remote id; None where it is gone, or the id is not ours."""
        named = _REMOTE.fullmatch(remote)
        if named is None:
            return None
        answer = await self._buildbot.request(int(named[1]))
        request = parse.read_row(answer, "buildrequests", parse.Request)
        if request is not None:
            parse.require_of(answer, request.buildrequestid, int(named[1]))
        return request

    async def _builds(self, request: int) -> Sequence[parse.Build]:
        """Give the builds of a request, the newest first."""
        answer = await self._buildbot.builds_of(request)
        found = parse.read_rows(answer, "builds", parse.Build)
        for build in found:
            parse.require_of(answer, build.buildrequestid, request)
        return sorted(found, key=lambda one: one.buildid, reverse=True)

    async def _step_of(self, build: parse.Build) -> parse.Step | None:
        """Give the step that failed first, or runs, or was the last; None before the first."""
        answer = await self._buildbot.steps_of(build.buildid)
        steps = sorted(parse.read_rows(answer, "steps", parse.Step), key=lambda one: one.number)
        for step in steps:
            parse.require_of(answer, step.buildid, build.buildid)
        begun = [one for one in steps if one.started_at is not None or one.complete]
        bad = [one for one in begun if one.result in _BAD]
        running = [one for one in begun if not one.complete]
        if build.complete and bad:
            return bad[0]
        return running[0] if running else begun[-1] if begun else None

    async def _output(self, step: parse.Step) -> str:
        """Give the last lines of a step; what cannot be read does not hide how the build ended."""
        try:
            answer = await self._buildbot.logs_of(step.stepid)
            logs = parse.read_rows(answer, "logs", parse.Log)
            for log in logs:
                parse.require_of(answer, log.stepid, step.stepid)
            if not logs:
                return ""
            log = next((one for one in logs if one.name == "stdio"), logs[-1])
            first = max(0, log.num_lines - _SHOWN_LINES)
            return parse.read_lines(
                await self._buildbot.lines_of(log.logid, first, _SHOWN_LINES), log
            )
        except (PersonMustAct, WorldIsDown) as unread:
            return f"the log could not be read: {unread}"

    def _names(self) -> str:
        return ", ".join(sorted(self._jobs)) or "none"


def _require(kind: str) -> None:
    if kind != JOB_START:
        raise NotSupported(f"Buildbot cannot do {kind}.")


def _remote(request: int) -> str:
    return f"buildrequest/{request}"


def _without_build(request: parse.Request, result: Result | None) -> RemoteState:
    """Give where a request stands of which no build was ever made."""
    match result:
        case None if request.claimed:
            return RemoteState(ending=Ending.RUNNING, detail="its build is being made")
        case None:
            return RemoteState(ending=Ending.RUNNING, detail="it waits for a worker")
        case Result.CANCELLED:
            said = "it was cancelled before it began"
        case Result.SKIPPED:
            said = "it was never built: Buildbot merged it into a later request"
        case _:
            said = f"it was never built: {result.name.lower()}"
            if ENDINGS[result] is not Ending.FAILED:
                return RemoteState(ending=Ending.UNKNOWN, detail=said)
    return RemoteState(ending=ENDINGS[result], detail=said)


def _told(build: parse.Build, step: parse.Step | None, result: Result | None) -> str:
    """Give in words where a build stands: its result once it is over, and the step."""
    said = build.state_string if result is None else result.name.lower()
    if step is None:
        return said
    return f"{said}; step {step.name}" + (f": {step.state_string}" if step.complete else "")

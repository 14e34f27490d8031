"""The verbs of the plugin."""

from __future__ import annotations

import asyncio
import os
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.ci import JOB_START, JobDescription
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Found,
    NotFound,
    Recognition,
    RemoteState,
    TargetRefused,
)
from relconsole.plugin_api.errors import NotSupported, QuestionRefused
from relconsole_plugins.command.client import JobFolders, digest_job, environment_of, is_name
from relconsole_plugins.command.config import Job, Unfilled, read_jobs
from relconsole_plugins.command.parse import read_parameters

_RECOGNITION: Final = Recognition(
    how=RecognisesRepeat.NATIVE,
    settle=timedelta(0),
    source="POSIX.1-2017, mkdir: EEXIST; a job's folder bears the effect's id",
)


class Plugin:
    """Jobs that are local commands."""

    def __init__(self, context: Context) -> None:
        """Read the jobs; SettingsRejected where one is none."""
        self._jobs = read_jobs(context.settings)
        self._root = Path(context.folder, "jobs")
        self._folders = JobFolders(self._root, context.now)

    async def check(self) -> str:
        """Give how many jobs there are."""
        return f"{len(self._jobs)} jobs: {', '.join(sorted(self._jobs))}"

    async def close(self) -> None:
        """Nothing is held: jobs run on."""

    async def describe(self, job: str) -> JobDescription:
        """Give what the job would run, its files read again; QuestionRefused for an unknown job."""
        known = self._jobs.get(job)
        if known is None:
            raise QuestionRefused(f"There is no job {job}.", do=f"There are: {self._names()}.")
        summary = shlex.join(argument.template for argument in known.argv)
        try:
            digest = await asyncio.to_thread(digest_job, known, os.environ.get("PATH", os.defpath))
        except OSError as wrong:
            return JobDescription(job=job, digest=None, summary=summary, unreadable=str(wrong))
        return JobDescription(job=job, digest=digest, summary=summary)

    async def recognition(self, kind: str) -> Recognition:
        """Give that a repeat finds the job's folder."""
        _require(kind)
        return _RECOGNITION

    async def perform(self, request: EffectRequest) -> Acknowledged | TargetRefused:
        """Start the job, unless its folder is there already."""
        _require(request.kind)
        if not is_name(request.id):
            return TargetRefused(reason=f"{request.id[:80]!r} cannot name a folder")
        if self._folders.exists(request.id):
            return Acknowledged(remote=request.id)
        try:
            name, parameters = read_parameters(request.payload)
            job = self._jobs[name]
            argv = job.fill(parameters)
        except KeyError:
            return TargetRefused(reason=f"there is no such job; there are: {self._names()}")
        except (msgspec.ValidationError, Unfilled) as wrong:
            return TargetRefused(reason=str(wrong))
        environment = environment_of(job, os.environ, _whose(request))
        if self._folders.make(request.id, _written(request, job, argv, environment, self._root)):
            await self._folders.launch(request.id, environment)
        return Acknowledged(remote=request.id)

    async def find(self, kind: str, effect: EffectId) -> Found | NotFound:
        """Tell whether the job's folder is there."""
        _require(kind)
        return Found(remote=effect) if self._folders.exists(effect) else NotFound()

    async def follow(self, kind: str, remote: str) -> RemoteState:
        """Give where the job stands."""
        _require(kind)
        return self._folders.state(remote)

    async def cancel(self, kind: str, remote: str, reason: str) -> bool:
        """Ask the job to end, at once by SIGTERM and five seconds later by SIGKILL."""
        _require(kind)
        return self._folders.cancel(remote, reason)

    def _names(self) -> str:
        return ", ".join(sorted(self._jobs)) or "none"


def _require(kind: str) -> None:
    if kind != JOB_START:
        raise NotSupported(f"A local command cannot do {kind}.")


def _whose(request: EffectRequest) -> dict[str, str]:
    """Give whose effect a job is, as its environment says it."""
    return {
        "RELCONSOLE_EFFECT_ID": request.id,
        "RELCONSOLE_RELEASE": request.release or "",
        "RELCONSOLE_PERSON": request.person or "",
        "RELCONSOLE_SECOND_PERSON": request.second_person or "",
    }


def _written(
    request: EffectRequest,
    job: Job,
    argv: tuple[str, ...],
    environment: dict[str, str],
    root: Path,
) -> dict[str, Json]:
    """Give what the job's folder keeps of the request, and its launcher reads."""
    return {
        "effect": request.id,
        "job": job.name,
        "argv": argv,
        "cwd": job.cwd or str(root / request.id),
        "env": environment,
        "timeout": None if job.timeout is None else job.timeout.total_seconds(),
        "release": request.release,
        "step": request.step,
        "person": request.person,
        "second_person": request.second_person,
    }

"""The plugin: jobs, change records and values, with a record of every call that reached it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from relconsole.domain.kernel.ids import Digest, EffectId
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.ci import JobDescription
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
from relconsole.plugin_api.errors import Unreachable
from relconsole.plugin_api.itsm import ChangeRecord
from relconsole.plugin_api.monitoring import QueryAnswer, Sample

JOB_SECONDS: Final = 0.1
_FIRST_DESCRIPTOR, _LAST_DESCRIPTOR = 3, 64


class Plugin:
    """Does its work well, unless the file of its mood says otherwise."""

    def __init__(self, context: Context) -> None:
        """Take the folder of the world."""
        self._system = str(context.system)
        self._world = Path(context.folder, str(context.settings["world"]))

    async def check(self) -> str:
        """Answer as if nothing were."""
        return "all is well"

    async def close(self) -> None:
        """Hold nothing."""

    async def recognition(self, kind: str) -> Recognition:
        """Say that the record bears each id once."""
        del kind
        return Recognition(how=RecognisesRepeat.NATIVE, settle=timedelta(0), source="the record")

    async def describe(self, job: str) -> JobDescription:
        """Give always the same job."""
        await self._feel("describe")
        return JobDescription(job=job, digest=Digest("1" * 64), summary=job)

    async def read_change(self, change: str) -> ChangeRecord | None:
        """Give an approved record."""
        return ChangeRecord(
            id=change,
            title="Pay 4",
            state="approved",
            requester="tomas",
            approver="board",
            approved_at=datetime.now(UTC),
        )

    async def perform(self, request: EffectRequest) -> Acknowledged | TargetRefused:
        """Do it once: the line in the record is the deed."""
        refusal = await self._feel(request.kind)
        if refusal:
            return TargetRefused(reason=refusal)
        if self._began(request.id) is None:
            self._note("log", request.id)
        return Acknowledged(remote=request.id)

    async def find(self, kind: str, effect: EffectId) -> Found | NotFound:
        """Look into the record."""
        del kind
        await self._feel("find")
        return NotFound() if self._began(effect) is None else Found(remote=effect)

    async def follow(self, kind: str, remote: str) -> RemoteState:
        """Say that a job succeeded once it has run its time."""
        del kind
        await self._feel("follow")
        began = self._began(remote)
        if began is None:
            return RemoteState(ending=Ending.UNKNOWN)
        is_over = time.monotonic() - began >= JOB_SECONDS
        return RemoteState(ending=Ending.SUCCEEDED if is_over else Ending.RUNNING)

    async def cancel(self, kind: str, remote: str, reason: str) -> bool:
        """Stop nothing."""
        del kind, remote, reason
        return False

    async def query(self, query: str) -> QueryAnswer:
        """Give one value."""
        del query
        mood = await self._feel("query")
        value = float("nan") if mood else 1.0
        return QueryAnswer(samples=(Sample(value=value, at=datetime.now(UTC)),))

    def _note(self, name: str, about: str) -> None:
        """Append one line, in one write."""
        line = f"{about} {self._system} {time.monotonic():.6f}\n"
        with (self._world / name).open("ab", buffering=0) as file:
            file.write(line.encode())

    def _began(self, effect: str) -> float | None:
        """Give when this effect was done."""
        log = self._world / "log"
        for line in log.read_text().splitlines() if log.exists() else ():
            words = line.split()
            if words[0] == effect:
                return float(words[2])
        return None

    async def _feel(self, verb: str) -> str:
        """Behave as the mood is about this; give why it refuses, or nothing where all is well."""
        path = self._world / f"mood.{self._system}"
        mood, _, about = path.read_text().partition(":") if path.exists() else ("", "", "")
        if not mood or about not in {"", verb}:
            return ""
        self._note("moods", f"{mood}:{verb}")
        match mood:
            case "hangs":
                await asyncio.Event().wait()
            case "is down":
                raise Unreachable("It is not there today.", system=self._system)
            case "dies":
                os.kill(os.getpid(), signal.SIGKILL)
            case "floods":
                _flood()
            case "sends garbage":
                os.write(_frames(), b"\xff\xfe garbage \x00" * 1000)
                await asyncio.Event().wait()
            case _:
                pass
        return mood


def _flood() -> None:
    """Write to standard output and standard error without end."""
    while True:
        for descriptor in (1, 2):
            os.write(descriptor, b"flood " * 10_000 + b"\n")


def _frames() -> int:
    """Give the pipe of the frames, which a plugin is not given: the last one it can write to."""
    import fcntl
    import stat

    for number in range(_FIRST_DESCRIPTOR, _LAST_DESCRIPTOR):
        try:
            is_pipe = stat.S_ISFIFO(os.fstat(number).st_mode)
            is_written = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY
        except OSError:
            continue
        if is_pipe and is_written:
            return number
    raise LookupError("no pipe")

"""One life of a console that will be killed: the engine, its journal and the command plugin.

It says on a pipe that it passes a point, and writes to ``trace`` what it was told is on disk and
what it is about to ask of a system; both outlive it.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar, cast

from relconsole.adapters.clock import SystemClock
from relconsole.adapters.journal_sql import rows
from relconsole.adapters.journal_sql.journal import SqlJournal
from relconsole.adapters.journal_sql.ledger import Ledger
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.record.checkpoint import Checkpoint
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.ci import JobDescription
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
from relconsole.plugin_api.monitoring import QueryAnswer, Sample
from relconsole.ports.credentials import Secret
from relconsole.ports.journal import Batch
from relconsole_plugins.command.client import JobFolders
from relconsole_plugins.command.plugin import Plugin
from tests.promises.kills_plan import JOBS

Answer = TypeVar("Answer")

POINTS: Final = (
    "append:before",
    "append:in transaction",
    "append:after",
    "perform:before",
    "folder:before",
    "folder:made",
    "launch:after",
    "perform:after",
    "follow:before",
    "follow:after",
    "find:before",
    "find:after",
    "lease:after",
)
"""Where a life may be killed by name; the other kills strike wherever it is."""

ALMOST_GIVEN_UP: Final = timedelta(seconds=9.2)
"""The plugin's clock is this much ahead: it waits ten seconds for a launcher, here under one."""


@dataclass(slots=True)
class Points:
    """Where this life is: a byte on the pipe at each point, and its death at one, if so chosen."""

    says: int
    trace: int
    dies_at: str = ""
    dies_on: int = 0
    _passed: Counter[str] = field(default_factory=Counter[str])

    def pass_by(self, name: str) -> None:
        """Say that a point was reached; at the chosen one, die as by anybody's SIGKILL."""
        self._passed[name] += 1
        if name == self.dies_at and self._passed[name] == self.dies_on:
            self.note("dies at", name)
            _die()
        os.write(self.says, b".")

    def note(self, *words: object) -> None:
        """Keep a line of what happened, in one write."""
        os.write(self.trace, (" ".join(str(word) for word in words) + "\n").encode())


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    # Another thread may get here: the signal ends all of them.
    while True:
        signal.pause()


class PointedLedger(Ledger):
    """A ledger that passes a point inside its transaction, before the commit."""

    points: Points

    def check_writer(self, head: rows.Head) -> None:
        super().check_writer(head)
        self.points.pass_by("append:in transaction")


class TracedJournal:
    """The real journal; what it acknowledged is noted, after it did."""

    def __init__(self, journal: SqlJournal, points: Points) -> None:
        self._journal = journal
        self._points = points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    async def append(self, batch: Batch) -> Checkpoint:
        self._points.pass_by("append:before")
        head = await self._journal.append(batch)
        self._acknowledge(batch)
        self._points.pass_by("append:after")
        return head

    def _acknowledge(self, batch: Batch) -> None:
        for envelope in batch.envelopes:
            about = envelope.body.get("effect", "-")
            self._points.note("ack", envelope.seq, envelope.id, envelope.kind, about)

    async def take_lease(self, *given: Any) -> Any:
        lease = await self._journal.take_lease(*given)
        self._points.pass_by("lease:after")
        return lease


class PointedFolders(JobFolders):
    """The plugin's own job folders, with a point between making one and starting its launcher."""

    points: Points

    def make(self, effect: str, request: Any) -> bool:
        self.points.pass_by("folder:before")
        made = super().make(effect, request)
        self.points.pass_by("folder:made")
        return made

    async def launch(self, effect: str, environment: Mapping[str, str]) -> None:
        await super().launch(effect, environment)
        self.points.pass_by("launch:after")


class PointedPlugin(Plugin):
    """The real plugin of local commands over pointed folders."""

    def __init__(self, context: Context, points: Points) -> None:
        super().__init__(context)
        self._folders = PointedFolders(self._root, context.now)
        self._folders.points = points


class LocalPlugins:
    """The connected systems without a child process: commands, and the versions they brought.

    ``how`` is how a repeat is recognised: by the plugin's own word, or by asking.
    """

    def __init__(
        self, folder: Path, systems: Sequence[SystemId], points: Points, how: RecognisesRepeat
    ) -> None:
        self._world = folder / "world"
        self._points = points
        self._how = how
        self._plugins = {
            system: PointedPlugin(_context(folder / "store/plugins" / system, system), points)
            for system in systems
        }

    async def _call(self, verb: str, about: str, call: Callable[[], Awaitable[Answer]]) -> Answer:
        self._points.pass_by(f"{verb}:before")
        self._points.note("call", verb, about)
        try:
            answer = await call()
        except OSError as wrong:
            # As between the two processes, where a plugin's fault becomes the system's.
            raise WorldIsDown(f"The plugin failed: {wrong}.", system="ci") from wrong
        self._points.pass_by(f"{verb}:after")
        return answer

    async def recognition(self, system: SystemId, kind: str) -> Recognition:
        if self._how is RecognisesRepeat.NATIVE:
            return await self._plugins[system].recognition(kind)
        return Recognition(how=self._how, settle=timedelta(seconds=0.2), source="the folder")

    async def perform(
        self, system: SystemId, request: EffectRequest
    ) -> Acknowledged | TargetRefused:
        plugin = self._plugins[system]
        return await self._call("perform", request.id, lambda: plugin.perform(request))

    async def find(self, system: SystemId, kind: str, effect: EffectId) -> Found | NotFound:
        plugin = self._plugins[system]
        return await self._call("find", effect, lambda: plugin.find(kind, effect))

    async def follow(self, system: SystemId, kind: str, remote: str) -> RemoteState:
        plugin = self._plugins[system]
        return await self._call("follow", remote, lambda: plugin.follow(kind, remote))

    async def cancel(self, system: SystemId, kind: str, remote: str, reason: str) -> bool:
        plugin = self._plugins[system]
        return await self._call("cancel", remote, lambda: plugin.cancel(kind, remote, reason))

    async def describe_job(self, system: SystemId, job: str) -> JobDescription:
        return await self._plugins[system].describe(job)

    async def query(self, system: SystemId, query: str) -> QueryAnswer:
        version = (self._world / query).read_text().strip()
        sample = Sample(
            labels={"instance": "1", "version": version}, value=1.0, at=datetime.now(UTC)
        )
        return QueryAnswer(samples=(sample,))

    def __getattr__(self, name: str) -> Any:
        raise PersonMustAct(f"These systems cannot {name}.")


def _context(folder: Path, system: SystemId) -> Context:
    folder.mkdir(parents=True, exist_ok=True)
    return Context(
        system=system,
        url="",
        settings=JOBS,
        folder=str(folder),
        secret=None,
        http=cast("Any", None),
        now=lambda: datetime.now(UTC) + ALMOST_GIVEN_UP,
    )


class QuickClock(SystemClock):
    """The machine's clock; a pass of the loop waits a tenth as long, so that a night is short."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 10)


class NoKeyring:
    """Credentials of a machine without a keyring: nothing outlives the program."""

    place = "memory until the program ends"
    durable = False

    async def get(self, name: str) -> Secret | None:
        return None

    async def put(self, name: str, secret: Secret) -> None:
        return None

    async def remove(self, name: str) -> None:
        return None

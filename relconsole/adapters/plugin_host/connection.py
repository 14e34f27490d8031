"""One connected system: its child is started when first asked, and again after it failed.

A failed child is not replaced at once: each failure in a row doubles the wait, with a jitter of
the system's own, so that several systems do not come back at one instant.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from relconsole.adapters.plugin_host.child import Child, start_child
from relconsole.adapters.plugin_host.discovery import Installed
from relconsole.adapters.plugin_host.redaction import redaction_of
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.errors import PersonMustAct, RelconsoleError, WorldIsDown
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.json import JsonObject
from relconsole.plugin_api.errors import NotSent
from relconsole.plugin_api.frames import Hello, builtins_of
from relconsole.plugin_api.manifest import Use
from relconsole.plugin_api.settings import check_settings
from relconsole.plugin_api.wire import Question, Verb
from relconsole.ports.clock import Clock
from relconsole.ports.credentials import Secret

Reply = TypeVar("Reply")
Secrets = Callable[[SystemId], Awaitable[Secret | None]]
_FIRST_WAIT, _LONGEST_WAIT = 0.25, 30.0
_FOLDER_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_KEPT_VARIABLES: Final = ("HOME", "PATH", "TZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a call and a child may take: seconds for each sort of call, bytes of memory."""

    read: float = 15.0
    effect: float = 30.0
    inventory: float = 180.0
    memory: int = 1 << 30


class Connection:
    """The way to one system."""

    def __init__(
        self,
        system: System,
        installed: Installed,
        *,
        secrets: Secrets,
        folder: Path,
        clock: Clock,
        memory: int,
    ) -> None:
        """Keep what a child is started with; start none."""
        self._system = system
        self._installed = installed
        self._secrets = secrets
        self._folder = folder
        self._clock = clock
        self._memory = memory
        self._child: Child | None = None
        self._starting = asyncio.Lock()
        self._failures = 0
        self._not_before = 0.0
        self._closed = False

    async def ask(self, verb: Verb[Reply], question: Question, deadline: float) -> Reply:
        """Give the plugin's answer, within the deadline, a start included.

        Raises WorldIsDown, NotSent where the question was never asked, and PersonMustAct.
        """
        begun = self._clock.tick()
        try:
            async with asyncio.timeout(deadline):
                child = await self._standing(deadline)
        except TimeoutError as late:
            raise self._not_sent(f"it was not ready within {deadline:g} s") from late
        left = max(deadline / 5, deadline - (self._clock.tick() - begun))
        reply = await child.ask(verb, question, left)
        self._failures = 0
        return reply

    async def close(self) -> None:
        """End the child; the connection takes nothing more."""
        self._closed = True
        if self._child is not None:
            await self._child.close()

    async def _standing(self, deadline: float) -> Child:
        """Give a child that is ready."""
        async with self._starting:
            if self._closed:
                raise self._not_sent("it has been closed")
            child = self._child
            if child is not None and child.ended:
                self._note_failure(asyncio.get_running_loop().time() - child.ended_at)
                await child.close()
                self._child = child = None
            if child is None:
                await self._wait_out(deadline)
                self._child = child = await self._start()
        try:
            await asyncio.shield(child.ready)
        except WorldIsDown as down:
            raise self._not_sent(down.what) from down
        return child

    def _note_failure(self, ago: float) -> None:
        """Set the earliest moment of the next start, after a failure so many seconds ago."""
        self._failures += 1
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (self._failures - 1))
        seed = f"{os.getpid()} {self._system.id} {self._failures}"
        jitter = zlib.crc32(seed.encode()) / 2**32
        self._not_before = self._clock.tick() - ago + wait * (0.75 + 0.5 * jitter)

    async def _wait_out(self, deadline: float) -> None:
        """Wait until the next start is due; NotSent where that is too long for this call."""
        left = self._not_before - self._clock.tick()
        if left > deadline / 4:
            said = f"it failed {self._failures} times in a row and rests for {left:.0f} s"
            raise self._not_sent(said, retry_after=left)
        if left > 0:
            await self._clock.sleep(left)

    async def _start(self) -> Child:
        """Give a child that has been started and greeted."""
        system, manifest = self._system, self._installed.manifest
        settings = self._checked()
        secret = None if manifest.secret is Use.NEVER else await self._secrets(system.id)
        if secret is None and manifest.secret is Use.REQUIRED:
            raise PersonMustAct(
                f"The system {system.id} has no credential.",
                why=f"{manifest.title} cannot be reached without one.",
                do="Store its credential in the keyring under the name of the system.",
            )
        folder = self._own_folder()
        try:
            child = await start_child(
                system=system.id,
                redact=redaction_of(secret),
                paths=self._paths(),
                folder=folder,
                environment=_environment(os.environ),
            )
        except OSError as wrong:
            raise self._not_sent(f"its process could not be started: {wrong}") from wrong
        child.greet(
            Hello(
                entry=self._installed.entry,
                system=system.id,
                url=system.url,
                settings=builtins_of(settings),
                folder=folder,
                credential=manifest.credential,
                memory=self._memory,
                secret=None if secret is None else secret.reveal(),
            )
        )
        return child

    def _checked(self) -> JsonObject:
        """Give the settings, typed; PersonMustAct where they or the address break the schema."""
        system, manifest = self._system, self._installed.manifest
        if manifest.address is Use.REQUIRED and not system.url:
            raise PersonMustAct(
                f"The system {system.id} has no url.", do="Write it in connections.yaml."
            )
        place = f"systems[{system.id}].settings"
        return check_settings(manifest, system.settings, file="connections.yaml", place=place)

    def _own_folder(self) -> str:
        """Give the plugin's working folder, made where it is missing."""
        name = self._system.id
        if not _FOLDER_NAME.fullmatch(name):
            raise PersonMustAct(
                f"The system {name!r} cannot have a folder.", do="Give it an id of plain letters."
            )
        folder = (self._folder / name).absolute()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as wrong:
            raise self._not_sent(f"its folder cannot be made: {wrong}") from wrong
        return str(folder)

    def _paths(self) -> list[str]:
        """Give the folders to import from: the console's, without the current one."""
        paths = [path for path in sys.path if path and Path(path).is_absolute()]
        root = str(self._installed.root.absolute())
        return paths if root in paths else [*paths, root]

    def _not_sent(self, why: str, *, retry_after: float | None = None) -> NotSent:
        what = f"The plugin of {self._system.id} could not be asked: {why}."
        return NotSent(what, system=self._system.id, retry_after=retry_after)


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Give the variables of a child: a home, a path and a locale, nothing that names code."""
    kept = {name: ours[name] for name in _KEPT_VARIABLES if name in ours}
    return {**kept, "LANG": "C.UTF-8"}


class Refused:
    """Stands for a system whose plugin cannot be used: every question says why."""

    def __init__(self, why: RelconsoleError) -> None:
        """Keep why."""
        self._why = why

    async def ask(self, verb: Verb[Reply], question: Question, deadline: float) -> Reply:
        """Raise why it cannot be asked."""
        del verb, question, deadline
        raise self._why

    async def close(self) -> None:
        """Nothing was started."""

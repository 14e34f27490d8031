"""The connected systems as the services see them: one typed method a question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from relconsole.adapters.plugin_host.connection import Connection, Limits, Refused, Secrets
from relconsole.adapters.plugin_host.discovery import Installed, installed_plugins
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.plugin_api import wire
from relconsole.plugin_api.ci import JobDescription
from relconsole.plugin_api.cmdb import ConfigurationItem
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Found,
    NotFound,
    Recognition,
    RemoteState,
    TargetRefused,
)
from relconsole.plugin_api.errors import NotSupported
from relconsole.plugin_api.itsm import ChangeRecord
from relconsole.plugin_api.monitoring import Alert, QueryAnswer, RangeAnswer, Rule, Silence
from relconsole.ports.clock import Clock
from relconsole.ports.plugins import Standing

__all__ = ["Limits", "PluginHost", "SystemCheck"]

Reply = TypeVar("Reply")


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemCheck:
    """Whether a system answers; ``found`` what, ``do`` what a person may do about it."""

    name: str
    ok: bool
    found: str
    do: str = ""


class PluginHost:
    """The connected systems, each behind a process of its own, started when first asked."""

    def __init__(
        self,
        systems: Callable[[], Mapping[SystemId, System]],
        *,
        secrets: Secrets,
        folder: Path,
        clock: Clock,
        limits: Limits | None = None,
        plugins: Mapping[str, Installed | PersonMustAct] | None = None,
    ) -> None:
        """Keep what the systems are started with; nothing is started or looked up yet.

        ``systems`` gives those that are connected now: one that an import changed is begun anew.
        ``folder`` holds a working folder for each system; ``plugins`` stands for what is installed
        where it is given.
        """
        self._given = systems
        self._secrets = secrets
        self._folder = folder
        self._clock = clock
        self._limits = limits or Limits()
        self._plugins = plugins
        self._connections: dict[SystemId, Connection | Refused] = {}
        self._connected: dict[SystemId, System] = {}
        self._standing: dict[SystemId, Standing] = {}

    @property
    def _systems(self) -> Mapping[SystemId, System]:
        return self._given()

    async def recognition(self, system: SystemId, kind: str) -> Recognition:
        """Give how the target recognises a repeat of this kind of effect."""
        return await self._read(system, wire.RECOGNITION, wire.OfKind(kind=kind))

    async def perform(
        self, system: SystemId, request: EffectRequest
    ) -> Acknowledged | TargetRefused:
        """Perform an effect; NotSent where it never left, else what became of it is unknown."""
        return await self._act(system, wire.PERFORM, wire.question_of(request))

    async def find(self, system: SystemId, kind: str, effect: EffectId) -> Found | NotFound:
        """Ask whether the target knows an effect."""
        return await self._read(system, wire.FIND, wire.OfEffect(kind=kind, effect=effect))

    async def follow(self, system: SystemId, kind: str, remote: str) -> RemoteState:
        """Give where an acknowledged effect stands."""
        return await self._read(system, wire.FOLLOW, wire.OfRemote(kind=kind, remote=remote))

    async def cancel(self, system: SystemId, kind: str, remote: str, reason: str) -> bool:
        """Ask the target to stop an effect."""
        question = wire.Cancelling(kind=kind, remote=remote, reason=reason)
        return await self._act(system, wire.CANCEL, question)

    async def describe_job(self, system: SystemId, job: str) -> JobDescription:
        """Give what a job would run now."""
        return await self._read(system, wire.DESCRIBE, wire.OfJob(job=job))

    async def read_change(self, system: SystemId, change: str) -> ChangeRecord | None:
        """Give a change record."""
        return await self._read(system, wire.READ_CHANGE, wire.OfChange(change=change))

    async def query(self, system: SystemId, query: str) -> QueryAnswer:
        """Give a value now."""
        return await self._read(system, wire.QUERY, wire.OfQuery(query=query))

    async def query_range(
        self, system: SystemId, query: str, start: datetime, end: datetime, step: timedelta
    ) -> RangeAnswer:
        """Give values over a range."""
        question = wire.OfRange(query=query, start=start, end=end, step=step)
        return await self._read(system, wire.QUERY_RANGE, question)

    async def rules(self, system: SystemId) -> tuple[Rule, ...]:
        """Give the rules of a monitoring system."""
        return await self._read(system, wire.RULES, wire.Question())

    async def alerts(self, system: SystemId) -> tuple[Alert, ...]:
        """Give the alerts that stand."""
        return await self._read(system, wire.ALERTS, wire.Question())

    async def silences(self, system: SystemId) -> tuple[Silence, ...]:
        """Give the silences of a monitoring system."""
        return await self._read(system, wire.SILENCES, wire.Question())

    async def configuration_items(self, system: SystemId) -> tuple[ConfigurationItem, ...]:
        """Give the items of a CMDB, which takes many pages and so has a deadline of its own."""
        connection = await self._connection(system)
        deadline = self._limits.inventory
        return await connection.ask(wire.CONFIGURATION_ITEMS, wire.Question(), deadline)

    async def check_systems(self) -> Sequence[SystemCheck]:
        """Give for each connected system whether it answers, all asked at once."""
        return await asyncio.gather(*(self._check(system) for system in sorted(self._systems)))

    async def close(self) -> None:
        """End every child with all that it started in its process group."""
        await asyncio.gather(*(connection.close() for connection in self._connections.values()))

    async def _check(self, system: SystemId) -> SystemCheck:
        try:
            found = await self._read(system, wire.CHECK, wire.Question())
        except PersonMustAct as person:
            found = " ".join(part for part in (person.what, person.why) if part)
            return SystemCheck(name=system, ok=False, found=found, do=person.do)
        except WorldIsDown as down:
            do = f"See that {self._systems[system].url or 'it'} can be reached."
            return SystemCheck(name=system, ok=False, found=down.what, do=do)
        return SystemCheck(name=system, ok=True, found=found)

    def standing(self) -> tuple[Standing, ...]:
        """Give how each connected system answered last, by name; what was never asked too."""
        return tuple(
            self._standing.get(system, Standing(system=system)) for system in sorted(self._systems)
        )

    async def _read(self, system: SystemId, verb: wire.Verb[Reply], ask: wire.Question) -> Reply:
        return await self._ask(system, verb, ask, self._limits.read)

    async def _act(self, system: SystemId, verb: wire.Verb[Reply], ask: wire.Question) -> Reply:
        return await self._ask(system, verb, ask, self._limits.effect)

    async def _ask(
        self, system: SystemId, verb: wire.Verb[Reply], ask: wire.Question, deadline: float
    ) -> Reply:
        """Ask a system and keep whether it answered."""
        known = self._standing.get(system, Standing(system=system))
        try:
            reply = await (await self._connection(system)).ask(verb, ask, deadline)
        except NotSupported:
            raise
        except (WorldIsDown, PersonMustAct) as failed:
            if system in self._systems:
                since = known.failing_since or self._clock.now()
                self._standing[system] = replace(known, failing_since=since, why=str(failed))
            raise
        self._standing[system] = Standing(system=system, answered_at=self._clock.now())
        return reply

    async def _connection(self, system: SystemId) -> Connection | Refused:
        """Give the way to a system; PersonMustAct where none of this name is connected."""
        connected = self._systems.get(system)
        if connected is None:
            raise PersonMustAct(
                f"No system is called {system}.",
                do=f"Connected are: {', '.join(sorted(self._systems)) or 'none'}.",
            )
        if self._plugins is None:
            self._plugins = await asyncio.to_thread(installed_plugins)
        if system in self._connections and self._connected[system] != connected:
            await self._connections.pop(system).close()
        if system not in self._connections:
            self._connected[system] = connected
            self._connections[system] = self._connect(connected, self._plugins)
        return self._connections[system]

    def _connect(
        self, system: System, plugins: Mapping[str, Installed | PersonMustAct]
    ) -> Connection | Refused:
        installed = plugins.get(system.plugin)
        if installed is None:
            return Refused(
                PersonMustAct(
                    f"The system {system.id} needs a plugin {system.plugin}, which is not here.",
                    do=f"Installed are: {', '.join(sorted(plugins)) or 'none'}.",
                )
            )
        if isinstance(installed, PersonMustAct):
            return Refused(installed)
        return Connection(
            system,
            installed,
            secrets=self._secrets,
            folder=self._folder,
            clock=self._clock,
            memory=self._limits.memory,
        )

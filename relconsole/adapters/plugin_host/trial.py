"""Trying a connection before it is kept: one question through a host of its own, then nothing."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

from relconsole.adapters.plugin_host.connection import Limits
from relconsole.adapters.plugin_host.discovery import Installed, installed_plugins
from relconsole.adapters.plugin_host.host import PluginHost
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import SystemId
from relconsole.plugin_api.manifest import Manifest
from relconsole.ports.clock import Clock
from relconsole.ports.connections import Tried
from relconsole.ports.credentials import Secret


class Trial:
    """Asks a system that is not connected, with a child and a folder that are gone afterwards."""

    def __init__(
        self,
        clock: Clock,
        *,
        limits: Limits | None = None,
        plugins: Mapping[str, Installed | PersonMustAct] | None = None,
    ) -> None:
        """Take the clock; ``plugins`` stands for what is installed where it is given."""
        self._clock = clock
        self._limits = limits
        self._plugins = plugins

    async def offers(self) -> Mapping[str, Manifest | PersonMustAct]:
        """Give the installed plugins by name, and for one that cannot be used why not."""
        found = await self._installed()
        return {
            name: each if isinstance(each, PersonMustAct) else each.manifest
            for name, each in sorted(found.items())
        }

    async def attempt(self, system: System, secret: Secret | None) -> Tried:
        """Ask whether the system answers, and end everything that was started for it."""

        async def secret_of(_system: SystemId) -> Secret | None:
            return secret

        installed = await self._installed()
        with tempfile.TemporaryDirectory(prefix="relconsole-trial-") as folder:
            host = PluginHost(
                lambda: {system.id: system},
                secrets=secret_of,
                folder=Path(folder),
                clock=self._clock,
                limits=self._limits,
                plugins=installed,
            )
            try:
                (check,) = await host.check_systems()
            finally:
                await host.close()
        return Tried(ok=check.ok, found=check.found, do=check.do)

    async def _installed(self) -> Mapping[str, Installed | PersonMustAct]:
        if self._plugins is None:
            self._plugins = await asyncio.to_thread(installed_plugins)
        return self._plugins

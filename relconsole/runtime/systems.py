"""The connected systems for whoever asks them beside whoever writes the store."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from relconsole.adapters.clock import SystemClock
from relconsole.adapters.plugin_host.host import PluginHost
from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.ids import SystemId
from relconsole.ports.credentials import Credentials, Secret
from relconsole.runtime.composition import credential_name


@asynccontextmanager
async def connected(
    store: Path, systems: Mapping[SystemId, System], credentials: Credentials
) -> AsyncGenerator[PluginHost]:
    """Give the systems of a workspace, their processes ended at the end."""

    async def secret_of(system: SystemId) -> Secret | None:
        return await credentials.get(credential_name(system, systems[system].url))

    host = PluginHost(
        lambda: systems,
        secrets=secret_of,
        folder=StoreLayout(store).folder / "plugins",
        clock=SystemClock(),
    )
    try:
        yield host
    finally:
        await host.close()

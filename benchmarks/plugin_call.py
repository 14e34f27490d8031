"""A plugin call through the process boundary, and the start of a child, on this machine."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from relconsole.adapters.plugin_host import PluginHost, installed_plugins
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.ids import SystemId
from relconsole.plugin_api.ci import JOB_START

STARTS = 7
CALLS = 2_000
SYSTEM = SystemId("ci")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds: the median start to ready, the median call, the 99th percentile of a call."""

    ready: float
    call: float
    slowest: float


class _Clock:
    """The clocks of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def tick(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _no_secret(system: SystemId) -> None:
    del system


def _host(folder: Path) -> PluginHost:
    settings = {"jobs": {"deploy": {"argv": ["true"]}}}
    system = System(id=SYSTEM, plugin="command", settings=settings)
    return PluginHost(
        {SYSTEM: system},
        secrets=_no_secret,
        folder=folder,
        clock=_Clock(),
        plugins=installed_plugins(),
    )


async def _measure(folder: Path) -> Measured:
    starts: list[float] = []
    calls: list[float] = []
    for number in range(STARTS):
        host = _host(folder)
        begun = time.perf_counter()
        await host.recognition(SYSTEM, JOB_START)
        starts.append(time.perf_counter() - begun)
        if number == STARTS - 1:
            for _ in range(CALLS):
                begun = time.perf_counter()
                await host.recognition(SYSTEM, JOB_START)
                calls.append(time.perf_counter() - begun)
        await host.close()
    return Measured(
        ready=statistics.median(starts),
        call=statistics.median(calls),
        slowest=statistics.quantiles(calls, n=100)[98],
    )


def measure() -> Measured:
    """Start a child several times, then ask one many times."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


if __name__ == "__main__":
    found = measure()
    print(f"child started, greeted and asked   {found.ready * 1e3:8.1f} ms   (limit 250 ms)")
    print(f"a call through the boundary        {found.call * 1e6:8.0f} µs")
    print(f"the slowest in a hundred           {found.slowest * 1e6:8.0f} µs")

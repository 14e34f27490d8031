"""What polling costs a user with 200 endpoints: CPU of the console and of its plugins' processes.

A connected system has one address and one process, so 200 endpoints are no 200 processes: they are
queries to a few monitoring systems. Measured are 200 queries every 5 s, all at once as the watch of
a night asks, to one system and to ten of 20 queries each; the same evenly over the 5 s, where every
request wakes both processes anew and finds their caches cold, as it would raw streams; and what a
plugin pays that reaches 200 addresses from its one process. The CPU is that of the processes.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.frame import Row, at_most
from benchmarks.server import serving
from relconsole.adapters.clock import SystemClock
from relconsole.adapters.plugin_host import PluginHost, installed_plugins
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.ids import SystemId
from relconsole.plugin_process.guarded_http import GuardedHttp

ENDPOINTS: Final = 200
EVERY: Final = 5.0
"""Seconds between two readings of one endpoint."""

TURNS: Final = 5
MOST_A_REQUEST: Final = 0.5
MOST_OF_A_CORE: Final = 2.0
MILLI: Final = 1_000
QUERY: Final = 'sum(rate(http_requests_total{service="payments",code=~"5.."}[1m]))'

Poll = Callable[[int], Awaitable[object]]


@dataclass(slots=True)
class Cost:
    """Of each turn the milliseconds of CPU a request, here and in the plugins' processes.

    ``waits`` are the seconds until each answer; ``memory`` is the plugins' processes' in MiB.
    """

    here: list[float] = field(default_factory=list[float])
    there: list[float] = field(default_factory=list[float])
    waits: list[float] = field(default_factory=list[float])
    memory: float = 0.0

    @property
    def both(self) -> float:
        """Give the median of a turn's milliseconds a request, on both sides."""
        sums = (here + there for here, there in zip(self.here, self.there, strict=True))
        return statistics.median(sums)

    @property
    def of_a_core(self) -> float:
        """Give the share of one core that this is, in percent."""
        return self.both * ENDPOINTS / EVERY / MILLI * 100

    @property
    def says(self) -> str:
        """Give both sides, the slowest answer and the memory, for the text of a row."""
        slowest = f"slowest answer {max(self.waits) * MILLI:.0f} ms"
        if not any(self.there):
            return slowest
        here, there = statistics.median(self.here), statistics.median(self.there)
        return (
            f"console {here:.2f} + plugin {there:.2f}; {slowest}; "
            f"plugin processes {self.memory:.0f} MiB"
        )


def run() -> list[Row]:
    """Give the CPU of one polled request and the share of a core, for each shape."""
    with serving(ENDPOINTS) as served:
        ports, server = served.ports, served.process
        one = asyncio.run(_through_plugins(ports[:1], server, spread=False))
        ten = asyncio.run(_through_plugins(ports[:10], server, spread=False))
        even = asyncio.run(_through_plugins(ports[:1], server, spread=True))
        client = asyncio.run(_through_one_client(ports))
        raw = asyncio.run(_raw(ports[0]))
    return [
        *_rows(f"{ENDPOINTS} queries to one system every {EVERY:g} s, at once", one),
        *_rows(f"{ENDPOINTS} queries to ten systems every {EVERY:g} s, at once", ten),
        *_rows(f"{ENDPOINTS} queries to one system every {EVERY:g} s, evenly", even, raw),
        *_rows(f"{ENDPOINTS} addresses every {EVERY:g} s, evenly, from one client", client, raw),
    ]


def _rows(job: str, cost: Cost, raw: Cost | None = None) -> list[Row]:
    """Give the two rows of a shape, beside raw streams on the same schedule."""
    request = Row(
        job=f"{job}: CPU of a request ({cost.says})",
        measured=cost.both,
        unit="ms",
        peer="" if raw is None else "raw streams, no plugin",
        peer_measured=None if raw is None else raw.both,
        limit=f"at most {MOST_A_REQUEST:g} ms",
    )
    share = Row(
        job=f"{job}: share of a core",
        measured=cost.of_a_core,
        unit="%",
        limit=f"at most {MOST_OF_A_CORE:g} %",
    )
    return [at_most(request, MOST_A_REQUEST), at_most(share, MOST_OF_A_CORE)]


async def _through_plugins(ports: Sequence[int], server: int, *, spread: bool) -> Cost:
    """Poll through the plugin host and a Prometheus plugin's process for each port."""
    systems = [
        System(id=SystemId(f"metrics{port}"), plugin="prometheus", url=f"http://127.0.0.1:{port}")
        for port in ports
    ]
    with tempfile.TemporaryDirectory() as folder:
        host = PluginHost(
            lambda: {system.id: system for system in systems},
            secrets=_no_secret,
            folder=Path(folder),
            clock=SystemClock(),
            plugins=installed_plugins(),
        )

        async def poll(number: int) -> object:
            return await host.query(systems[number % len(systems)].id, QUERY)

        try:
            for number in range(len(systems)):
                await poll(number)
            children = [child for child in _children() if child != server]
            return await _on_schedule(poll, children, spread=spread)
        finally:
            await host.close()


async def _through_one_client(ports: Sequence[int]) -> Cost:
    """Poll every port from this process, as a plugin would that reaches them all."""
    first = GuardedHttp(f"http://127.0.0.1:{ports[0]}")
    clients = [first.elsewhere(f"http://127.0.0.1:{port}") for port in ports]

    async def poll(number: int) -> object:
        answer = await clients[number].request("GET", "/api/v1/query", query=(("query", QUERY),))
        return answer.require(200)

    try:
        return await _on_schedule(poll, [], spread=True)
    finally:
        await first.close()


async def _raw(port: int) -> Cost:
    """Poll one port by hand over one connection: what waking up and the kernel take alone."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    turn = asyncio.Lock()

    async def poll(number: int) -> object:
        del number
        async with turn:
            writer.write(b"GET /api/v1/query?query=up HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            return await reader.readexactly(int(head.rpartition(b": ")[2]))

    try:
        return await _on_schedule(poll, [], spread=True)
    finally:
        writer.close()
        await writer.wait_closed()


async def _on_schedule(poll: Poll, children: Sequence[int], *, spread: bool) -> Cost:
    """Poll every endpoint once a turn, in real time; the first turn is thrown away."""
    cost = Cost()
    begun = time.perf_counter()

    async def one(number: int, due: float) -> None:
        await asyncio.sleep(due - time.perf_counter())
        asked = time.perf_counter()
        await poll(number)
        cost.waits.append(time.perf_counter() - asked)

    for turn in range(TURNS + 1):
        start = begun + turn * EVERY
        await asyncio.sleep(start - time.perf_counter())
        here, there = time.process_time(), sum(map(_cpu_of, children))
        step = EVERY / ENDPOINTS if spread else 0.0
        async with asyncio.TaskGroup() as group:
            for number in range(ENDPOINTS):
                group.create_task(one(number, start + number * step))
        if turn:
            cost.here.append((time.process_time() - here) / ENDPOINTS * MILLI)
            cost.there.append((sum(map(_cpu_of, children)) - there) / ENDPOINTS * MILLI)
        else:
            cost.waits.clear()
    cost.memory = sum(map(_memory_of, children))
    return cost


def _children() -> list[int]:
    """Give the processes that this one has started and that still run."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == os.getpid():
            found.append(int(stat.parent.name))
    return found


def _cpu_of(process: int) -> float:
    """Give the seconds of CPU that a process has taken, by its own clock, which the kernel keeps.

    The number of that clock is made as the C library makes it; ``/proc`` counts in hundredths.
    """
    return time.clock_gettime((~process << 3) | 2)


def _memory_of(process: int) -> float:
    """Give the MiB of a process that are in memory."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def _no_secret(system: SystemId) -> None:
    del system

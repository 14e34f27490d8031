"""A plugin call through the process boundary, and the start of a child, on this machine."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.frame import Row, at_most
from relconsole.adapters.plugin_host import PluginHost, installed_plugins
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.ids import SystemId
from relconsole.plugin_api.ci import JOB_START

STARTS: Final = 7
CALLS: Final = 2_000
SYSTEM: Final = SystemId("ci")
MOST_TO_START: Final = 250.0
LIKE_A_CALL: Final = b"x" * 120
"""Bytes: about as long as the frame of a short call, and of its answer."""


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
        lambda: {SYSTEM: system},
        secrets=_no_secret,
        folder=folder,
        clock=_Clock(),
        plugins=installed_plugins(),
    )


async def _starts_and_calls(folder: Path) -> tuple[list[float], list[float]]:
    """Give the seconds of each start to its first answer, and of each call after the last."""
    starts: list[float] = []
    calls: list[float] = []
    for number in range(STARTS):
        host = _host(folder)
        begun = perf_counter()
        await host.recognition(SYSTEM, JOB_START)
        starts.append(perf_counter() - begun)
        if number == STARTS - 1:
            for _ in range(CALLS):
                begun = perf_counter()
                await host.recognition(SYSTEM, JOB_START)
                calls.append(perf_counter() - begun)
        await host.close()
    return starts, calls


async def _bare_pipe() -> list[float]:
    """Give the seconds of as many bytes through a process that gives them back: cat."""
    cat = await asyncio.create_subprocess_exec(
        "cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    if cat.stdin is None or cat.stdout is None:
        return []
    taken: list[float] = []
    for _ in range(CALLS):
        begun = perf_counter()
        cat.stdin.write(LIKE_A_CALL)
        await cat.stdout.readexactly(len(LIKE_A_CALL))
        taken.append(perf_counter() - begun)
    cat.stdin.close()
    await cat.wait()
    return taken


def run() -> list[Row]:
    """Give the rows of a child's start and of a call to it."""
    with tempfile.TemporaryDirectory() as folder:
        starts, calls = asyncio.run(_starts_and_calls(Path(folder)))
    bare = asyncio.run(_bare_pipe())
    start = Row(
        job="start a plugin's process, greet it and have its first answer",
        measured=statistics.median(starts) * 1e3,
        unit="ms",
        limit="at most 250 ms",
    )
    call = Row(
        job="a plugin call through the process boundary",
        measured=statistics.median(calls) * 1e6,
        unit="µs",
        peer="as many bytes through cat",
        peer_measured=statistics.median(bare) * 1e6,
    )
    return [at_most(start, MOST_TO_START), call]

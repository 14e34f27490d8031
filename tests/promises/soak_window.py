"""The real window on a night that goes by at sixty times its speed, and what is kept meanwhile.

Two hundred services are polled through fakes, what they say is shown, notes are recorded now and
then, and somebody goes through the window: tables, docks, pages, palette and sheets come and go.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from relconsole.domain.console.facts import make_codec
from relconsole.domain.kernel.ids import Digest, ReleaseId
from relconsole.domain.night.bridge_commands import Note
from relconsole.domain.night.step_commands import Said
from relconsole.domain.release.release import Indicator, Limit
from relconsole.plugin_api.monitoring import Sample, Series
from relconsole.ports.paper import Printed
from relconsole.runtime.tasks import AsyncioTasks, WindowTasks
from relconsole.services.amending import Amender
from relconsole.services.closing import Closer
from relconsole.services.history import Historian
from relconsole.services.opening import Holder, Opener
from relconsole.services.reporting import Reporter
from relconsole.services.watch import Watcher
from relconsole_ui.controllers.conducting import Attended, Conducting
from relconsole_ui.controllers.room import Room, Sight
from relconsole_ui.design import theme
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.shell.bridge import BridgeRoom
from relconsole_ui.shell.plans import PlanTools
from relconsole_ui.shell.window import ConsoleWindow
from tests.gui.bridge.rooms import tools_of
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.plugins import WELL, FakePlugins, World
from tests.helpers.fakes.signing import FakeRequests
from tests.helpers.leaks_of_a_window import Trace, trace_from_inside
from tests.unit.presenters.night_plan import METRICS, RELEASE, RUN, ZONE
from tests.unit.presenters.scenes import Stage, calm

SPEED: Final = 60.0
SERVICES: Final = 200
BEAT: Final = 0.05
"""Seconds between two steps of the clock."""

UNSTEADY: Final = 4
"""Services whose alerts come and go."""

POLL: Final = 1.0
BETWEEN_ACTS: Final = 0.5
BETWEEN_NOTES: Final = 2.0
BETWEEN_TRACES: Final = 2.0
ACTS: Final = (
    "table", "table", "log", "log", "palette", "palette", "keys", "keys", "view-rollbacks",
    "view-bridge", "brief", "next-pane", "problem", "next-pane", "plan", "plan",
)  # fmt: skip
"""Actions of the window, triggered one after the other; what opens by one is left by the next."""


class Paper:
    """A printer that prints nothing."""

    async def print(self, release: ReleaseId) -> Printed:
        """Say that it did."""
        return Printed(path=f"/prints/{release}.pdf", digest=Digest("9" * 64))


@dataclass(slots=True)
class Leaks:
    """What a mutant keeps on purpose."""

    seen: list[Seen] = field(default_factory=list[Seen])
    objects: list[QObject] = field(default_factory=list[QObject])
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    memory: list[bytes] = field(default_factory=list[bytes])


def keep_timers(leaks: Leaks, window: ConsoleWindow) -> None:
    """Leave a timer on the window at each round."""
    leaks.objects.append(QTimer(window))


def keep_tasks(leaks: Leaks, _window: ConsoleWindow) -> None:
    """Leave a task at each round that never ends."""
    leaks.tasks.add(asyncio.get_running_loop().create_task(_never()))


def keep_memory(leaks: Leaks, _window: ConsoleWindow) -> None:
    """Leave three megabytes at each round."""
    leaks.memory.append(bytes(bytearray(os.urandom(1024) * 3072)))


async def _never() -> None:
    await asyncio.Event().wait()


MUTANTS: Final = {
    "leaves_a_timer": keep_timers,
    "leaves_a_task": keep_tasks,
    "leaves_memory": keep_memory,
}


class Soak:
    """The window, its night, and what goes on in it."""

    def __init__(self, mutant: str | None) -> None:
        """Put it up; a mutant leaves something behind twice a second."""
        self._mutant = MUTANTS[mutant] if mutant else None
        self._leaks = Leaks()
        self.failures: list[str] = []
        self.look = Look()
        self.window = ConsoleWindow(self.look)
        self.tasks = WindowTasks(lambda name, wrong: self.failures.append(f"{name}: {wrong!r}"))
        self.stage = _stage()
        self.world = World(
            time=self.stage.clock.tick, wall=self.stage.clock.now, goes=lambda _verb, _at: WELL
        )
        for at in range(SERVICES):
            self.world.values[f"load{at}"] = partial(self._load, at)
            self.world.ranges[f"load{at}"] = _history
        release = self.stage.state.workspace.releases[RELEASE]
        desk, clock, plugins = self.stage.desk, self.stage.clock, FakePlugins(self.world)
        self.watcher = Watcher(
            desk=desk, plugins=plugins, clock=clock, tasks=AsyncioTasks(), release=release
        )
        self.historian = Historian(
            plugins=plugins, clock=clock, tasks=AsyncioTasks(), release=release
        )
        self.room = self._room(plugins)
        opener = Opener(
            desk=desk,
            plugins=plugins,
            clock=clock,
            ids=FakeIds(),
            holder=Holder(name="console", lease_seconds=30.0, console="0.1.0"),
        )
        tools = PlanTools(
            amender=Amender(desk=desk, plugins=plugins, clock=clock),
            reporter=Reporter(desk=desk, clock=clock, codec=make_codec()),
            closer=Closer(desk=desk, clock=clock, deliver=_deliver),
            paper=Paper(),
        )
        conducting = Conducting(self.room, opener, _nobody_attends)
        self.bridge = BridgeRoom(self.look, self.window, self.room, conducting, tools)
        self.window.resize(1600, 1000)
        self.window.show()

    def _load(self, at: int) -> Sequence[tuple[Mapping[str, str], float]]:
        """Give what a service reads now; a few go beyond their limit and come back."""
        swing = 0.5 if at < UNSTEADY else 0.4
        return [({}, 0.5 + swing * math.sin(self.stage.clock.tick() / 600 + at))]

    def _room(self, plugins: FakePlugins) -> Room:
        requests = FakeRequests({}, self.stage.clock.now)
        return Room(
            tools=tools_of(self.stage, plugins, requests),
            tasks=self.tasks,
            sight=Sight(watches=lambda: self.watcher.watches, series=lambda: self.historian.series),
            release=RELEASE,
            kind=self.stage.kind,
            zone=ZONE,
            turns=lambda call: asyncio.get_running_loop().call_soon(call),
        )

    async def live(self, seconds: float) -> list[Trace]:
        """Let it go on for so long, and give what was held meanwhile."""
        for name, every, act in (
            ("pass time", BEAT, self._pass_time),
            ("poll services", POLL, self._poll),
            ("act", BETWEEN_ACTS, self._act),
            ("note", BETWEEN_NOTES, self._note),
        ):
            self.tasks.poll(name, partial(_again, every, act))
        began, traces = time.monotonic(), list[Trace]()
        while time.monotonic() - began < seconds:
            await asyncio.sleep(BETWEEN_TRACES)
            traces.append(trace_from_inside(time.monotonic() - began, asyncio.get_running_loop()))
        self.bridge.leave()
        await self.tasks.close()
        self.bridge.close()
        return traces

    async def _pass_time(self) -> None:
        self.stage.clock.advance(BEAT * SPEED)

    async def _poll(self) -> None:
        """Ask all services, and let their series go on."""
        await self.watcher.look()
        self.historian.take(self.watcher.watches)
        await self.historian.refresh()
        # What was asked of the fakes is theirs to forget, not the window's.
        self.world.calls.clear()

    async def _act(self) -> None:
        """Do the next thing that a person does."""
        if self._mutant is not None:
            self._mutant(self._leaks, self.window)
        done = round(self.stage.clock.tick() / (BETWEEN_ACTS * SPEED))
        action = self.window.actions_.find(ACTS[done % len(ACTS)])
        if action is not None:
            action.trigger()
        self.room.show()

    async def _note(self) -> None:
        """Record something, which everybody is shown."""
        note = Note(run=RUN, said=Said(note="looked at the lag"))
        before = len(self.stage.facts)
        await self.stage.desk.must(note)
        for recorded in self.stage.facts[before:]:
            self.room.take_fact(recorded, self.stage.state)


def _history(start: datetime, end: datetime, _step: timedelta) -> tuple[Series, ...]:
    """Give as many points as readings will make in the same time, so that none come to be."""
    count = round((end - start).total_seconds() / (POLL * SPEED))
    samples = tuple(
        Sample(labels={}, value=0.5, at=start + timedelta(seconds=POLL * SPEED * at))
        for at in range(count)
    )
    return (Series(samples=samples),)


async def _again(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        await act()


async def _deliver(_run: object) -> None:
    """Deliver nothing."""


def _nobody_attends(*_given: object) -> Attended:
    raise AssertionError("nobody conducts this night")


def _stage() -> Stage:
    """Give the calm of a night whose release watches two hundred services."""
    stage = calm()
    known = stage.state.workspace
    watched = tuple(
        Indicator(
            id=f"load{at}",
            title=f"Load of service {at}",
            system=METRICS,
            query=f"load{at}",
            limit=Limit(above=0.99),
            time_to_live=timedelta(minutes=10),
        )
        for at in range(SERVICES)
    )
    release = replace(known.releases[RELEASE], indicators=watched)
    workspace = replace(known, releases={**known.releases, RELEASE: release})
    stage.desk._state = replace(stage.state, workspace=workspace)
    return stage


def soak(seconds: float, mutant: str | None) -> tuple[list[Trace], list[str]]:
    """Let the window live so long, and give what it held and what failed in it."""
    app = QApplication(["relconsole"])
    app.setStyle(theme.STYLE)
    loop = _loop_over(app)
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(_live(seconds, mutant))
    finally:
        loop.close()


def _loop_over(app: QApplication) -> asyncio.AbstractEventLoop:
    """Give the one loop of Qt and asyncio."""
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(app)
    return loop


async def _live(seconds: float, mutant: str | None) -> tuple[list[Trace], list[str]]:
    soaked = Soak(mutant)
    return await soaked.live(seconds), soaked.failures

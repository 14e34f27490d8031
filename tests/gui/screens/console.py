"""The real window over a staged night, at a standing clock: what the pictures are taken of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtWidgets import QApplication

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.health.indicator import Watch
from relconsole.domain.health.series import Series
from relconsole.domain.kernel.ids import StepId, SystemId
from relconsole.domain.night.effect_facts import EffectConfirmed
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.run_commands import MoveEffect
from relconsole.domain.night.step_commands import EndStep
from relconsole.domain.record.effect import Outcome
from relconsole.domain.record.recorded import Recorded
from relconsole.ports.plugins import Standing
from relconsole.services.opening import Holder, Opener
from relconsole_ui.controllers.conducting import Attended, Conducting
from relconsole_ui.controllers.room import Room, Sight
from relconsole_ui.design.look import Look
from relconsole_ui.shell.bridge import BridgeRoom
from relconsole_ui.shell.building import build_at_once
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.start.start import StartPage
from tests.gui.bridge.rooms import tools_of
from tests.gui.shell.kit import plan_tools_of
from tests.helpers.fakes.ids import FakeIds
from tests.helpers.fakes.plugins import WELL, Course, FakePlugins, Way
from tests.helpers.fakes.signing import FakeRequests
from tests.unit.presenters.night_plan import DESK, EDGE_METRICS, METRICS, RELEASE, RUN, ZONE
from tests.unit.presenters.scenes import Stage
from tests.unit.presenters.whole_night import (
    CI,
    KEYS,
    VERSIONS,
    flooded_watches,
    series_at,
    watches_at,
    world_of,
)

SYSTEMS = (CI, DESK, METRICS, EDGE_METRICS)
LOOKS_FOR_EVER = "answer to the request"


class TasksNow:
    """Does what is wanted before it returns, or right after what is being done.

    What would look for something for ever is left out.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self._waiting: list[Callable[[], Coroutine[None, None, None]]] = []
        self._is_running = False

    def command(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> bool:
        self.names.append(name)
        self._waiting.append(call)
        self._drain()
        return True

    def poll(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> None:
        if name != LOOKS_FOR_EVER:
            self.command(name, call)

    def _drain(self) -> None:
        if self._is_running:
            return
        self._is_running = True
        while self._waiting:
            asyncio.run(self._waiting.pop(0)())
        self._is_running = False


class ConductingAtRest(Conducting):
    """The night is conducted here, and nothing of it moves."""

    @property
    def is_conducting(self) -> bool:
        """Say so."""
        return True


@dataclass(slots=True, kw_only=True)
class Observed:
    """How the systems stand and what is read; ``silent`` by indicator since when nothing is."""

    sources: tuple[Standing, ...]
    silent: Mapping[str, datetime]
    floods: bool = False


def all_answer(now: datetime) -> Observed:
    """Every system answered a moment ago."""
    sources = tuple(Standing(system=each, answered_at=now) for each in SYSTEMS)
    return Observed(sources=sources, silent={})


def edge_is_stale(now: datetime) -> Observed:
    """The monitoring of the edge has not been heard of for 94 seconds."""
    since = now - timedelta(seconds=94)
    sources = (
        *(Standing(system=each, answered_at=now) for each in (CI, DESK, METRICS)),
        Standing(system=EDGE_METRICS, answered_at=since),
    )
    return Observed(sources=sources, silent={"edge": since})


def none_answers(since: datetime) -> Observed:
    """The line is lost: no system has answered since an instant."""
    return Observed(
        sources=tuple(_away(each, since) for each in SYSTEMS),
        silent=dict.fromkeys(("p95", "errors", "success", "lag", "queue", "edge"), since),
    )


def _away(system: SystemId, since: datetime) -> Standing:
    return Standing(
        system=system, answered_at=since, failing_since=since, why="the gateway does not answer"
    )


def _hand_on(room: Room, recorded: Recorded[ConsoleFact], state: ConsoleState) -> None:
    """Let whoever follows facts have one, without showing anything: a test does that."""
    for listener in room._fact_listeners:
        listener(recorded, state)


class ConsoleOnStage:
    """The window with one staged night in it; ``close`` takes all of it away."""

    def __init__(self, look: Look, stage: Stage, observed: Observed | None = None) -> None:
        self.stage = stage
        self.observed = observed or all_answer(stage.now)
        self.tasks = TasksNow()
        self._read_at: tuple[datetime, int] | None = None
        self._was_read: tuple[Mapping[str, Series], Mapping[str, Watch]] = ({}, {})
        self.leaves: list[Callable[[], None]] = []
        self.requests = FakeRequests(KEYS, stage.clock.now)
        self.world = world_of(stage)
        self.world.goes = self._course
        self.window = ConsoleWindow(look)
        self.start = StartPage(look)
        self.window.add_page("start", self.start)
        self.window.frame(rail=False, bars=False)
        self.room = self._room()
        opener = Opener(
            desk=stage.desk,
            plugins=FakePlugins(self.world),
            clock=stage.clock,
            ids=FakeIds(),
            holder=Holder(name="console", lease_seconds=30.0, console="0.1.0"),
        )
        self.conducting = ConductingAtRest(self.room, opener, _nobody_attends)
        tools = plan_tools_of(stage, FakePlugins(self.world))
        self.bridge = BridgeRoom(look, self.window, self.room, self.conducting, tools)
        build_at_once(self.bridge.build())
        self.bridge._second.stop()

    def _room(self) -> Room:
        stage = self.stage
        tools = tools_of(stage, FakePlugins(self.world), self.requests)
        sight = Sight(
            forecaster=stage.forecaster,
            standing=lambda: self.observed.sources,
            series=self._series,
            watches=self._watches,
        )
        room = Room(
            tools=tools,
            tasks=self.tasks,
            sight=sight,
            release=RELEASE,
            kind=stage.kind,
            zone=ZONE,
        )
        if room.run_id is not None:
            room._forecast = stage.seen().forecast
        stage.listener = lambda recorded, state: _hand_on(room, recorded, state)
        return room

    def job_is_over(self, clock: str, step: str, outcome: Outcome = Outcome.SUCCEEDED) -> None:
        """Let the job of a step come to its end."""
        run = self.stage.state.runs[RUN]
        for found in run.step_effects(StepId(step), 1):
            over = EffectConfirmed(
                run=RUN, effect=found.effect.id, outcome=outcome, output=outcome.value
            )
            self.stage.do(clock, MoveEffect(run=RUN, move=over), by=None)

    def call_off(self, clock: str, step: str) -> None:
        """Let the job of a step be stopped, as a fired rollback asks."""
        self.job_is_over(clock, step, Outcome.CANCELLED)
        ended = EndStep(run=RUN, step=StepId(step), state=StepState.FAILED)
        self.stage.do(clock, ended, by=None)

    def reads(self, **values: float) -> None:
        """Let queries give these values from now on."""
        for query, value in values.items():
            self.world.values[query] = partial(_one, value)

    def runs(self, version: str) -> None:
        """Let every node run a version, and the totals agree."""
        nodes = tuple(
            ({"instance": f"pay-0{number}", "version": version}, 1.0) for number in range(1, 9)
        )
        self.world.values[VERSIONS] = lambda: nodes
        self.world.values["settled"] = lambda: (({}, 318_204.0),)

    def _course(self, _verb: str, system: SystemId) -> Course:
        """Let a system that does not answer be down."""
        gone = {each.system for each in self.observed.sources if each.failing_since is not None}
        return Course(Way.IS_DOWN) if system in gone else WELL

    def _series(self) -> Mapping[str, Series]:
        return self._read()[0]

    def _watches(self) -> Mapping[str, Watch]:
        return self._read()[1]

    def _read(self) -> tuple[Mapping[str, Series], Mapping[str, Watch]]:
        """Give what was read and what it means, worked out once an instant."""
        at = (self.stage.now, id(self.observed))
        if self._read_at != at:
            series = series_at(self.stage.now, silent=self.observed.silent)
            watches = watches_at(series)
            if self.observed.floods:
                watches.update(flooded_watches(self.stage.now))
            self._read_at, self._was_read = at, (series, watches)
        return self._was_read

    def show(self, width: int = 1600, height: int = 1000) -> None:
        """Show the window at a size, and let everything come to rest."""
        self.window.resize(width, height)
        is_first = not self.window.isVisible()
        self.window.show()
        if is_first and self.window.page == "bridge":
            self.bridge.panels.card.setFocus()
        self.settle()
        self.room.show()
        self.settle()

    def settle(self) -> None:
        """Let Qt lay out and paint."""
        for _ in range(4):
            QApplication.processEvents()

    def pass_time(self, seconds: float) -> None:
        """Let time go on, and look again."""
        self.stage.clock.advance(seconds)
        self.observed = replace(
            self.observed,
            sources=tuple(
                replace(each, answered_at=self.stage.now)
                if each.failing_since is None and each.system != EDGE_METRICS
                else each
                for each in self.observed.sources
            ),
        )
        self.room.show()
        self.settle()

    def close(self) -> None:
        """Take the window away, and what was shown beside it."""
        self.bridge.close()
        for leave in self.leaves:
            leave()
        self.window.let_close()
        self.window.deleteLater()


def _one(value: float) -> tuple[tuple[dict[str, str], float], ...]:
    return (({}, value),)


def _nobody_attends(_lease: object, _is_cancelled: object) -> Attended:
    raise AssertionError("nothing is conducted on a stage")

"""A room over a staged night, whose commands are done at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from relconsole.domain.record.file_form import JournalKind
from relconsole.services.arming import Armourer
from relconsole.services.asking import Interviewer
from relconsole.services.falling_back import Retreat
from relconsole.services.patience import Patience
from relconsole.services.restore import RestoreKeeper
from relconsole.services.steps import StepMover
from relconsole_ui.controllers.room import Room, Sight, Tools
from tests.helpers.fakes.evidence import FakeEvidence
from tests.helpers.fakes.plugins import WELL, FakePlugins, World
from tests.helpers.fakes.questions import FakeAsker
from tests.helpers.fakes.signing import FakeRequests
from tests.unit.presenters.night_plan import RELEASE, ZONE
from tests.unit.presenters.scenes import Stage


@dataclass(slots=True)
class TasksAtOnce:
    """Does what is wanted before it returns, but for forecasts, which are made beside the loop."""

    done: list[str] = field(default_factory=list[str])

    def command(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> bool:
        if name != "forecast":
            self.done.append(name)
            asyncio.run(call())
        return True

    def poll(self, name: str, call: Callable[[], Coroutine[None, None, None]]) -> None:
        self.done.append(name)


def tools_of(stage: Stage, plugins: FakePlugins, requests: FakeRequests) -> Tools:
    """Give the services behind the acts of a staged night, over these systems."""
    desk, clock = stage.desk, stage.clock
    mover = StepMover(desk=desk, plugins=plugins, clock=clock, forecaster=stage.forecaster)
    armourer = Armourer(desk=desk, plugins=plugins, clock=clock)
    return Tools(
        desk=desk,
        mover=mover,
        interviewer=Interviewer(desk=desk, clock=clock, mover=mover, asker=FakeAsker()),
        armourer=armourer,
        retreat=Retreat(
            desk=desk,
            plugins=plugins,
            clock=clock,
            evidence=FakeEvidence(),
            armourer=armourer,
            keeper=RestoreKeeper(desk=desk, plugins=plugins),
            patience=Patience(clock, lambda: 0.5),
        ),
        clock=clock,
        requests=requests,
    )


def room_of(stage: Stage) -> Room:
    """Give the room in which a staged night is seen and acted upon."""
    clock = stage.clock
    plugins = FakePlugins(World(time=clock.tick, wall=clock.now, goes=lambda _verb, _at: WELL))
    room = Room(
        tools=tools_of(stage, plugins, FakeRequests({}, clock.now)),
        tasks=TasksAtOnce(),
        sight=Sight(forecaster=stage.forecaster),
        release=RELEASE,
        kind=JournalKind.LIVE,
        zone=ZONE,
    )
    if room.run_id is not None:
        room._forecast = stage.seen().forecast
    return room

"""The rollback in the window: its card, the armed sheet, the way back, and their actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from relconsole.services.dry_runs import DryRuns
from relconsole.services.seconding import Seconding
from relconsole_ui.controllers.relief import ReliefController
from relconsole_ui.controllers.rollback import RollbackController, RollbackTools, RollbackViews
from relconsole_ui.controllers.room import Room
from relconsole_ui.controllers.way_back import WayBackController
from relconsole_ui.design.look import Look
from relconsole_ui.shell.building import Building
from relconsole_ui.views.rollback.armed import ArmedSheet
from relconsole_ui.views.rollback.card import RollbackCard
from relconsole_ui.views.rollback.overlay import SheetOverlay
from relconsole_ui.views.rollback.way_back import WayBackSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the rollback needs of the window: whether it conducts, and how it takes the night up."""

    is_conducting: Callable[[], bool]
    take_up: Callable[[], None]


class RollbackRoom:
    """The rollback of the run on the bridge; ``build`` makes what is on its sheets."""

    def __init__(self, look: Look, room: Room, host: QWidget) -> None:
        self._look = look
        self._room = room
        self._host = host
        self.overlay = SheetOverlay(look, host)

    def build(self, around: Surroundings) -> Building:
        """Build the card, the sheets and what moves them."""
        look, room = self._look, self._room
        tools = room.tools
        self.card = RollbackCard(look, self._host)
        self.card.hide()
        self._armed = ArmedSheet(look, tools.clock.tick)
        self.overlay.add(self._armed)
        yield
        self._way_back = WayBackSheet(look)
        self.overlay.add(self._way_back)
        yield
        back = WayBackController(room, self._way_back, around.is_conducting, around.take_up)
        self.relief = ReliefController(room, around.is_conducting)
        for panel in (self._armed.relief, self._way_back.relief):
            self.relief.serve(panel)
        yield
        self.controller = RollbackController(
            room,
            RollbackViews(card=self.card, sheet=self._armed),
            RollbackTools(
                dry_runs=DryRuns(desk=tools.desk, armourer=tools.armourer, clock=tools.clock),
                seconding=Seconding(desk=tools.desk, requests=tools.requests),
                is_conducting=around.is_conducting,
                take_up=around.take_up,
                show_way_back=back.open,
            ),
        )

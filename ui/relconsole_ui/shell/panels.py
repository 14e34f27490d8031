"""The panels of the bridge with their controllers, each in its place."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from relconsole.domain.kernel.ids import StepId
from relconsole.services.seconding import Seconding
from relconsole_ui.controllers.alerts import AlertsController
from relconsole_ui.controllers.brief import BriefController
from relconsole_ui.controllers.conducting import Conducting
from relconsole_ui.controllers.left_open import LeftOpenController
from relconsole_ui.controllers.line import LineController
from relconsole_ui.controllers.log import LogController
from relconsole_ui.controllers.message import MessageController
from relconsole_ui.controllers.muster import MusterController
from relconsole_ui.controllers.night import NightController
from relconsole_ui.controllers.pictures import PicturesController
from relconsole_ui.controllers.poll import PollController
from relconsole_ui.controllers.problems import ProblemsController
from relconsole_ui.controllers.room import Room
from relconsole_ui.controllers.second_acts import SecondActs
from relconsole_ui.controllers.seconded import SecondedController
from relconsole_ui.controllers.steps import StepsController
from relconsole_ui.design.look import Look
from relconsole_ui.shell.actions import ActionTable
from relconsole_ui.shell.rollback import RollbackRoom, Surroundings
from relconsole_ui.views.bridge.bridge import BridgeView
from relconsole_ui.views.bridge.brief import BriefView
from relconsole_ui.views.bridge.health_strip import HealthStrip
from relconsole_ui.views.bridge.left_open import LeftOpenView
from relconsole_ui.views.bridge.line import LineControl
from relconsole_ui.views.bridge.log import LogView
from relconsole_ui.views.bridge.message import DraftSheet, MessageView
from relconsole_ui.views.bridge.middle import MiddleView
from relconsole_ui.views.bridge.muster import MusterView
from relconsole_ui.views.bridge.poll import PollView
from relconsole_ui.views.bridge.problems import ProblemsView
from relconsole_ui.views.bridge.running import RunningList
from relconsole_ui.views.bridge.step_card import StepCard
from relconsole_ui.views.bridge.timeline_panel import TimelinePanel
from relconsole_ui.views.second.sheet import SecondSheet
from relconsole_ui.views.shell.alert_sheet import AlertSheet
from relconsole_ui.views.shell.alert_strip import AlertStrip


class BridgePanels:
    """Everything that is seen on the bridge of one release.

    ``page`` is the whole; sheets lie over it, or beside it where there is room.
    """

    def __init__(
        self,
        look: Look,
        room: Room,
        table: ActionTable,
        conducting: Conducting,
    ) -> None:
        self.view = BridgeView(look)
        self.page = QWidget()
        beside = QHBoxLayout(self.page)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.view)
        self.card = StepCard(look)
        self.log_view = LogView(look)
        self.line_control = LineControl(look)
        around = Surroundings(is_conducting=lambda: conducting.is_conducting, take_up=self._take_up)
        self.rollback = RollbackRoom(look, room, self.page, table, around)
        running, health = RunningList(look), HealthStrip(look)
        middle = MiddleView(look, TimelinePanel(look))
        problems, poll, left_open = ProblemsView(look), PollView(look), LeftOpenView(look)
        muster, message = MusterView(look), MessageView(look)
        self.strip = AlertStrip(look)
        for name, panel in (
            ("running", running),
            ("step", self.card),
            ("timeline", middle),
            ("left_open", left_open),
            ("message", message),
            ("muster", muster),
            ("decision", problems),
            ("poll", poll),
            ("rollback", self.rollback.card),
            ("health", health),
        ):
            self.view.place(name, panel)
        self.night = NightController(room, conducting, running.standing)
        self.steps = StepsController(room, running, self.card)
        self.pictures = PicturesController(room, middle, health, self.steps.choose)
        self.problems = ProblemsController(room, problems)
        self.poll = PollController(room, poll)
        self.left_open = LeftOpenController(room, left_open)
        self.log = LogController(room, self.log_view)
        self.line = LineController(room, self.line_control)
        brief, draft, alerts = BriefView(look), DraftSheet(look), AlertSheet(look)
        for sheet in (brief, draft, alerts):
            self.rollback.overlay.add(sheet)
        self.brief = BriefController(room, brief)
        self.message = MessageController(room, message, draft)
        self.muster = MusterController(room, muster)
        self.alerts = AlertsController(room, self.strip, alerts)
        self.alerts.on_open = self._open_step
        second = SecondSheet(look)
        self.rollback.overlay.add(second)
        seconding = Seconding(desk=room.tools.desk, requests=room.tools.requests)
        self.seconded = SecondedController(room, second, seconding)
        acts = SecondActs(room, self.seconded)
        self.steps.on_override, self.steps.on_commit = acts.override, acts.commit
        self.line.on_resume = acts.resume(self.line_control.show_failure)
        self.steps.on_roll_back = self.rollback.controller.arm
        self.steps.on_poll = self._go_to_poll

    def _take_up(self) -> None:
        """Take the night up."""
        self.night.begin()

    def _open_step(self, step: str) -> None:
        """Put the step that an alert came in on the card."""
        if step:
            self.steps.choose(step)
            self.card.setFocus()

    def _go_to_poll(self, _step: StepId) -> None:
        """Ask the next station, with the keyboard on the poll."""
        self.ask_next()

    def ask_next(self) -> None:
        """Ask the next station, on the poll in sight."""
        self._bring("poll")
        self.poll.ask_next()

    def open_problem(self) -> None:
        """Ask for a problem with the step on the card, on the panel in sight."""
        self._bring("decision")
        self.problems.open_problem(self.steps.shown)

    def _bring(self, name: str) -> None:
        panel = self.view.panel(name)
        if panel is not None:
            self.view.bring_forward(panel)

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
from relconsole_ui.shell.building import Building
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
    """Everything that is seen on the bridge of one release; ``build`` makes it.

    ``page`` is the whole; sheets lie over it, or beside it where there is room.
    """

    def __init__(
        self,
        look: Look,
        room: Room,
        conducting: Conducting,
    ) -> None:
        self._look = look
        self._room = room
        self._conducting = conducting
        self.view = BridgeView(look)
        self.page = QWidget()
        beside = QHBoxLayout(self.page)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.view)
        self.rollback = RollbackRoom(look, room, self.page)

    def build(self) -> Building:
        """Build every panel in the order in which Tab goes through them, then what moves it."""
        yield from self._build_left()
        yield from self._build_middle()
        yield from self._build_right()
        yield from self._build_health()
        yield from self._build_lines()
        yield from self._build_second()

    def _build_left(self) -> Building:
        """Build what runs, the step on the card, and who is there."""
        look, room = self._look, self._room
        running = RunningList(look)
        self.view.place("running", running)
        yield
        self.card = StepCard(look)
        self.view.place("step", self.card)
        yield
        self.night = NightController(room, self._conducting, running.standing)
        self.steps = StepsController(room, running, self.card)
        yield
        muster = MusterView(look)
        self.view.place("muster", muster)
        yield
        self.muster = MusterController(room, muster)
        yield

    def _build_middle(self) -> Building:
        """Build the pictures of the night, what was left open, the message and the brief."""
        look, room, overlay = self._look, self._room, self.rollback.overlay
        self._middle = MiddleView(look, TimelinePanel(look))
        self.view.place("timeline", self._middle)
        yield
        left_open = LeftOpenView(look)
        self.view.place("left_open", left_open)
        self.left_open = LeftOpenController(room, left_open)
        yield
        message, draft = MessageView(look), DraftSheet(look)
        self.view.place("message", message)
        overlay.add(draft)
        yield
        self.message = MessageController(room, message, draft)
        yield
        brief = BriefView(look)
        overlay.add(brief)
        self.brief = BriefController(room, brief)
        yield

    def _build_right(self) -> Building:
        """Build problems, the poll, and the rollback with its sheets."""
        look, room, conducting = self._look, self._room, self._conducting
        # In the bridge from the first, so that it goes with it also in the turn between.
        problems = ProblemsView(look, self.view)
        problems.hide()
        yield
        self.view.place("decision", problems)
        self.problems = ProblemsController(room, problems)
        yield
        poll = PollView(look)
        self.view.place("poll", poll)
        yield
        self.poll = PollController(room, poll)
        yield
        around = Surroundings(is_conducting=lambda: conducting.is_conducting, take_up=self._take_up)
        yield from self.rollback.build(around)
        self.view.place("rollback", self.rollback.card)
        yield

    def _build_health(self) -> Building:
        """Build the strip of health, and what moves it and the pictures of the night."""
        health = HealthStrip(self._look)
        self.view.place("health", health)
        yield
        self.pictures = PicturesController(self._room, self._middle, health, self.steps.choose)
        yield

    def _build_lines(self) -> Building:
        """Build the log, the line that can be stopped, and the alerts."""
        look, room = self._look, self._room
        # Each goes to a place of its own in the window once the bridge is whole.
        self.log_view = LogView(look, self.page)
        yield
        self.log = LogController(room, self.log_view)
        yield
        self.line_control = LineControl(look, self.page)
        self.line = LineController(room, self.line_control)
        yield
        self.strip, alerts = AlertStrip(look, self.page), AlertSheet(look)
        self.rollback.overlay.add(alerts)
        yield
        self.alerts = AlertsController(room, self.strip, alerts)
        self.alerts.on_open = self._open_step
        yield

    def _build_second(self) -> Building:
        """Build where a second person is asked, and lead every act there that needs one."""
        room = self._room
        second = SecondSheet(self._look)
        self.rollback.overlay.add(second)
        yield
        seconding = Seconding(desk=room.tools.desk, requests=room.tools.requests)
        self.seconded = SecondedController(room, second, seconding)
        acts = SecondActs(room, self.seconded)
        self.steps.on_override, self.steps.on_commit = acts.override, acts.commit
        self.line.on_resume = acts.resume(self.line_control.show_failure)
        self.steps.on_roll_back = self.rollback.controller.arm
        self.steps.on_poll = self._go_to_poll
        yield

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

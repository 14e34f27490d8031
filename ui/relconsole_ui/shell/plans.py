"""The plan beside the bridge, and what is made of a night: amendment, reports, prints."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from relconsole.ports.paper import Paper
from relconsole.services.amending import Amender
from relconsole.services.closing import Closer
from relconsole.services.reporting import Reporter
from relconsole.services.seconding import Seconding
from relconsole_ui.controllers.amend import AmendController, AmendTools
from relconsole_ui.controllers.plan import PlanController
from relconsole_ui.controllers.printing import PrintController
from relconsole_ui.controllers.reports import ReportsController, ReportTools
from relconsole_ui.controllers.room import Room
from relconsole_ui.design.look import Look
from relconsole_ui.shell.building import Building
from relconsole_ui.shell.docks import Docks
from relconsole_ui.shell.focus import give_back
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.parts.print_line import PrintLine
from relconsole_ui.views.plan.amend_form import AmendForm
from relconsole_ui.views.plan.table import PlanTable
from relconsole_ui.views.reports.reports import ReportsView
from relconsole_ui.views.rollback.overlay import SheetOverlay


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTools:
    """The services behind the plan and its papers."""

    amender: Amender
    reporter: Reporter
    closer: Closer
    paper: Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside the bridge: docks at the foot, sheets at the right."""

    docks: Docks
    overlay: SheetOverlay


class PlanRoom:
    """The plan table as a dock, the amendment as a sheet, reports as a page, prints on a line."""

    def __init__(
        self,
        look: Look,
        window: ConsoleWindow,
        room: Room,
        beside: Beside,
        tools: PlanTools,
    ) -> None:
        self._look = look
        self._window = window
        self._room = room
        self._beside = beside
        self._tools = tools
        self._came_from: QWidget | None = None
        self._added = ExitStack()

    def build(self) -> Building:
        """Build the table, the form, the page and the line, one in each turn."""
        look, room, tools, beside = self._look, self._room, self._tools, self._beside
        table = PlanTable(look)
        beside.docks.add("plan", "Plan", table)
        yield
        self.plan = PlanController(room, table)
        yield
        self._form = AmendForm(look)
        beside.overlay.add(self._form)
        yield
        seconding = Seconding(desk=room.tools.desk, requests=room.tools.requests)
        self.amendment = AmendController(
            room, self._form, AmendTools(amender=tools.amender, seconding=seconding)
        )
        self.plan.on_amend = self.amend
        self.amendment.on_close = self._leave_amendment
        yield
        reports = ReportsView(look)
        self._window.add_page("reports", reports)
        self._added.callback(self._window.remove_page, "reports")
        yield
        self.reports = ReportsController(
            room, reports, ReportTools(reporter=tools.reporter, closer=tools.closer)
        )
        yield
        line = PrintLine(look)
        self._window.add_line(line)
        self._added.callback(line.deleteLater)
        self.prints = PrintController(room, line, tools.paper)

    def open_steps_with(self, choose: Callable[[str], None]) -> None:
        """Let a row of the table that is opened put its step on the card."""
        self.plan.on_open = choose

    def amend(self, step: str = "") -> None:
        """Ask for an amendment, about a step where one is named."""
        focus = self._window.focusWidget()
        if focus is not self._form and not self._form.isAncestorOf(focus):
            self._came_from = focus
        self._form.show()
        self._form.raise_()
        self.amendment.open(step)

    def _leave_amendment(self) -> None:
        """Take the sheet away, and give the keyboard back to where it came from."""
        self._form.hide()
        give_back(self._came_from)
        self._came_from = None

    def close(self) -> None:
        """Take away what stands of the page and the line; the docks go with the others."""
        self._added.close()

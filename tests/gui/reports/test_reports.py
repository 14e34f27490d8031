"""The reports in the hands of a person: drafted, read, confirmed, saved, printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from relconsole.domain.console.facts import make_codec
from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.bridge_commands import CloseLeftOpen
from relconsole.domain.night.change_facts import ClosureCode
from relconsole.domain.night.facts import RunOutcome, StepState
from relconsole.domain.night.report import NightReport
from relconsole.domain.night.run_commands import EndRun
from relconsole.services.closing import Closer
from relconsole.services.reporting import Reporter
from relconsole_ui.controllers.reports import ReportsController, ReportTools
from relconsole_ui.controllers.room import Room
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import recorded_text
from relconsole_ui.views.reports.reports import ReportsView
from tests.gui.bot import Bot
from tests.gui.plan.rooms import TasksInALoop, room_of
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import RUN
from tests.unit.presenters.scenes import Stage
from tests.unit.services.test_closing import SteppingClock


@dataclass(slots=True)
class Reports:
    """The reports over a staged night."""

    stage: Stage
    room: Room
    view: ReportsView
    controller: ReportsController
    drafted: list[str] = field(default_factory=list[str])

    def report(self) -> NightReport | None:
        """The report as the controller has it now."""
        return self.controller.report

    @property
    def made(self) -> int:
        """How often a report was made."""
        tasks = self.room._tasks
        assert isinstance(tasks, TasksInALoop)
        return tasks.done.count("make the report")

    @property
    def says(self) -> str:
        """What is said of the closure code."""
        return self.view.side.closure_says.text()


Open = Callable[..., Reports]


@pytest.fixture
def reports(bot: Bot, dressed: Look) -> Open:
    """Opens the reports of a staged night."""

    def opened(stage: Stage, *, shown: bool = True) -> Reports:
        async def deliver(_run: RunId) -> None:
            return

        room, view = room_of(stage), bot.add(ReportsView(dressed))
        tools = ReportTools(
            reporter=Reporter(desk=stage.desk, clock=stage.clock, codec=make_codec()),
            closer=Closer(desk=stage.desk, clock=SteppingClock(stage.now), deliver=deliver),
        )
        made = Reports(stage, room, view, ReportsController(room, view, tools))
        made.controller.on_drafted = made.drafted.append
        if shown:
            bot.show(view, 1528, 900)
        return made

    return opened


def test_that_the_report_of_the_night_on_the_bridge_is_shown(reports: Open) -> None:
    found = reports(scenes.alarm())
    assert found.view.page.rows is not None
    assert found.view.page.rows.big == "Not over yet"
    assert [row.run for row in found.view.nights.rows] == [RUN]
    assert "P1" in found.view.text.toPlainText()
    assert not found.view.side.confirm.isEnabled()


def test_that_a_report_drafts_itself_when_the_night_ends_though_nobody_looks(
    reports: Open,
) -> None:
    stage = scenes.under_way()
    found = reports(stage, shown=False)
    found.room.show()
    assert found.report() is None
    finish(stage)
    found.room.show()
    report = found.report()
    assert report is not None
    assert report.closure == "successful with issues"
    found.room.show()
    assert found.drafted == ["Payments Core 2026.4 cutover"]
    assert found.made == 1


def finish(stage: Stage) -> None:
    """End the night: what was left is not needed, and nothing of it is left open."""
    run = stage.state.runs[RUN]
    for step in run.runbook.steps:
        for check in step.checks:
            stage.read("02:19", step.id, check, 0.58 if check.above is None else 1.0)
    for step in run.runbook.steps:
        if run.steps[step.id].state is StepState.NOT_STARTED:
            stage.end("02:20", step.id, StepState.NOT_NEEDED, "the release is called off")
        elif run.steps[step.id].state is StepState.RUNNING:
            stage.end("02:20", step.id)
    for entry in run.left_open:
        stage.do("02:21", CloseLeftOpen(run=RUN, entry=entry))
    stage.do("02:22", EndRun(run=RUN, outcome=RunOutcome.FINISHED))


def test_that_a_code_is_confirmed_by_a_person_and_then_stands(reports: Open, bot: Bot) -> None:
    found = reports(scenes.finished())
    assert found.says.startswith("Proposed: successful with issues")
    bot.click(found.view.side.confirm)
    closure = found.stage.state.runs[RUN].closure
    assert closure is not None
    assert closure.fact.code is ClosureCode.WITH_ISSUES
    found.room.show()
    assert found.says.startswith("Confirmed: successful with issues")


def test_that_another_code_asks_for_a_reason_at_the_place(reports: Open, bot: Bot) -> None:
    found = reports(scenes.finished())
    side = found.view.side
    assert side.reason.isHidden()
    side.code.setCurrentText("partly implemented")
    assert not side.reason.isHidden()
    bot.click(side.confirm)
    assert "another code needs a reason" in side.failure.text()
    side.reason.setText("half of it is next week")
    bot.key(side.reason, Qt.Key.Key_Return)
    assert found.stage.state.runs[RUN].closure is not None
    assert side.failure.isHidden()


def test_that_the_report_is_copied_saved_and_printed(
    reports: Open, bot: Bot, tmp_path: Path
) -> None:
    found = reports(scenes.finished())
    bot.click(found.view.side.copy)
    assert "NIGHT REPORT" in QGuiApplication.clipboard().text()
    found.controller.save_to(str(tmp_path / "report.html"))
    assert "<h1>Successful, with issues</h1>" in (tmp_path / "report.html").read_text()
    found.controller.print_to(str(tmp_path / "report.pdf"))
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    found.controller.save_to(str(tmp_path / "nowhere" / "report.html"))
    assert "cannot be written" in found.view.side.failure.text()


def test_that_the_page_has_a_twin_in_words(reports: Open, bot: Bot) -> None:
    found = reports(scenes.finished())
    bot.click(found.view.side.turn)
    assert found.view.is_text
    assert found.view.text.hasFocus()
    assert found.view.side.turn.label == "Show as a page"
    bot.click(found.view.side.turn)
    assert not found.view.is_text


def test_that_asking_where_to_save_stops_nothing(reports: Open, bot: Bot) -> None:
    found = reports(scenes.finished())
    for ask in (found.controller.save, found.controller.print):
        ask()
        (dialog,) = found.view.findChildren(QFileDialog)
        assert dialog.isVisible()
        assert QGuiApplication.modalWindow() is None
        dialog.close()
        dialog.deleteLater()
        bot.settle()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_that_all_text_is_large_enough_and_the_page_says_what_it_is(reports: Open) -> None:
    found = reports(scenes.finished())
    with recorded_text() as painted:
        found.view.grab()
    assert min(each.pixels for each in painted) >= 12
    assert found.view.page.accessibleName().startswith("Night report · Payments Core")

"""The reports: drafted when a night ends, shown for any night, confirmed, saved and printed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QPainter, QPdfWriter

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.change_facts import ClosureCode
from relconsole.domain.night.report import NightReport
from relconsole.domain.night.report_text import render_report
from relconsole.services.closing import Closer
from relconsole.services.reporting import Reporter
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.controllers.saving import write_file
from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import ThemeName
from relconsole_ui.presenters.report import ReportRows, present_report
from relconsole_ui.presenters.report_html import report_html
from relconsole_ui.presenters.report_side import present_nights, present_report_side
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.parts.save_file import ask_where
from relconsole_ui.views.reports.page import WIDTH, page_height, paint_page
from relconsole_ui.views.reports.reports import ReportsView

RENEW_SECONDS = 10.0
"""How old the report of a night that goes on may be while somebody looks at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTools:
    """What reports need beside the room."""

    reporter: Reporter
    closer: Closer


class ReportsController:
    """Feeds the reports; ``on_drafted`` hears the title of a report that drafted itself.

    One that cannot be made is tried again after a while.
    """

    def __init__(self, room: Room, view: ReportsView, tools: ReportTools) -> None:
        """Take the room, the view, what makes reports and what confirms closure codes."""
        self._room = room
        self._view = view
        self._tools = tools
        self._run: RunId | None = None
        self._report: NightReport | None = None
        self._made_at_size = -1
        self._made_at: datetime | None = None
        self._is_making = False
        self._ended: set[RunId] = set()
        self._drafted: set[RunId] = set()
        self.on_drafted: Callable[[str], None] | None = None
        view.chosen.connect(self.choose)
        view.looked_at.connect(self._look)
        view.side.asked.connect(self._do)
        view.side.confirmed.connect(self.confirm)
        room.follow(self._show)

    @property
    def report(self) -> NightReport | None:
        """Give the report that is shown."""
        return self._report

    def choose(self, run: str) -> None:
        """Show the report of a night."""
        if run != self._run:
            self._run, self._report, self._made_at_size = RunId(run), None, -1
            self._view.side.show_failure("")
            self._show(self._room.seen())

    def confirm(self, code: str, reason: str) -> None:
        """Confirm the closure code of the change."""
        report, run = self._report, self._run
        if report is None or run is None or not report.closure:
            return
        chosen, proposed = ClosureCode(code), ClosureCode(report.closure)

        def answered(answer: Answer) -> None:
            why = words_of(answer)
            self._view.side.show_failure(f"Not confirmed. {why}" if why else "")
            if not why:
                self._view.side.forget_reason()

        self._room.command(
            "confirm the closure code",
            lambda: self._tools.closer.confirm(run, chosen, proposed, reason),
            answered,
        )

    def copy(self) -> None:
        """Put the whole report on the clipboard as text."""
        if self._report is not None:
            QGuiApplication.clipboard().setText(render_report(self._report))

    def save(self) -> None:
        """Ask where the report goes as one HTML file, and write it there."""
        if self._report is not None:
            name = f"{self._report.release}-night-report.html"
            ask_where(self._view, "Save the report", name, "HTML (*.html)", self.save_to)

    def save_to(self, path: str) -> None:
        """Write the report as one HTML file, beside the loop."""
        rows = self._view.page.rows
        if self._report is None or rows is None:
            return
        text = report_html(rows, render_report(self._report))
        self._write("save the report", path, text.encode())

    def print(self) -> None:
        """Ask where the page goes as a PDF, and write it there."""
        if self._report is not None:
            name = f"{self._report.release}-night-report.pdf"
            ask_where(self._view, "Print the report", name, "PDF (*.pdf)", self.print_to)

    def print_to(self, path: str) -> None:
        """Write the page as a PDF."""
        rows = self._view.page.rows
        if rows is not None:
            self._write("print the report", path, page_pdf(rows))

    def _write(self, name: str, path: str, content: bytes) -> None:
        def answered(answer: Answer) -> None:
            self._view.side.show_failure(words_of(answer))

        self._room.command(
            name, lambda: asyncio.to_thread(write_file, Path(path), content), answered
        )

    def _do(self, wish: str) -> None:
        acts: dict[str, Callable[[], None]] = {
            "print": self.print,
            "save": self.save,
            "copy": self.copy,
            "turn": self._view.turn,
        }
        acts[wish]()

    def _look(self, is_seen: bool) -> None:
        if is_seen:
            self._show(self._room.seen())

    def _show(self, seen: Seen) -> None:
        """Show the nights; make the report of the chosen one where it is lacking or old."""
        ended = self._just_ended(seen)
        if ended is not None:
            self._run, self._made_at_size = ended, -1
        if not self._view.isVisible() and ended is None:
            return
        nights = present_nights(seen)
        known = [row.run for row in nights]
        if self._run not in known:
            self._run = self._room.run_id or (known[0] if known else None)
        self._view.show_nights(nights, self._run or "")
        self._show_report(seen)
        if self._run is not None and self._is_old(seen):
            self._make(self._run, seen)

    def _just_ended(self, seen: Seen) -> RunId | None:
        """Give the run on the bridge once it is over, the first time that is seen."""
        run = seen.run
        if run is None or not run.is_over or run.id in self._ended or self._is_making:
            return None
        self._ended.add(run.id)
        return run.id

    def _is_old(self, seen: Seen) -> bool:
        if self._made_at_size < 0 or self._made_at is None:
            return True
        is_due = (seen.now - self._made_at).total_seconds() >= RENEW_SECONDS
        if self._report is None or self._report.run != self._run:
            return is_due
        if self._made_at_size == seen.state.size:
            return False
        return self._report.outcome is not None or is_due

    def _make(self, run: RunId, seen: Seen) -> None:
        if self._is_making:
            return
        self._is_making = True
        size, now = seen.state.size, seen.now

        def made(answer: Answer) -> None:
            self._is_making = False
            self._made_at_size, self._made_at = size, now
            if not isinstance(answer, NightReport):
                self._view.side.show_failure(words_of(answer))
                return
            if run == self._run:
                self._report = answer
                self._show_report(self._room.seen())
            self._tell_drafted(answer)

        self._room.command("make the report", lambda: self._tools.reporter.report(run), made)

    def _tell_drafted(self, report: NightReport) -> None:
        if report.outcome is None or report.run in self._drafted:
            return
        self._drafted.add(report.run)
        if self.on_drafted is not None:
            self.on_drafted(report.title)

    def _show_report(self, seen: Seen) -> None:
        report = self._report
        if report is None or report.run != self._run:
            self._view.show_report(None, "")
            return
        self._view.show_report(present_report(report, seen.name), render_report(report))
        self._view.side.show_side(present_report_side(report, seen, seen.name))


def page_pdf(rows: ReportRows) -> bytes:
    """Give the page as a PDF on A4, in the light theme whatever the screen has."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(rows.title)
    writer.setCreator("relconsole")
    size, across = QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Landscape
    writer.setPageLayout(QPageLayout(size, across, QMarginsF(8, 8, 8, 8)))
    painter = QPainter(writer)
    height = page_height(rows, WIDTH)
    # A page that is high for its width becomes wider, so that the paper is filled.
    width = max(WIDTH, height * writer.width() / writer.height())
    scale = min(writer.width() / width, writer.height() / height)
    painter.scale(scale, scale)
    paint_page(painter, Look(ThemeName.LIGHT), QRectF(0, 0, width, height), rows)
    painter.end()
    return bytes(buffer.data().data())

"""Everything that leaves the console over a night of planted texts, read back."""

from __future__ import annotations

import io
import json
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout

from relconsole.adapters.formats.paper.compose import compose_sheet
from relconsole.adapters.formats.paper.draw import draw_sheet
from relconsole.adapters.formats.paper.paper_night import PaperNight
from relconsole.adapters.formats.spreadsheet.write import xlsx_bytes
from relconsole.cli.words import answer
from relconsole.domain.console.taking_in.giving_out import give_out
from relconsole.domain.kernel.json import Json, as_object
from relconsole.domain.night.mailto import mailto
from relconsole.domain.night.plain_json import to_json
from relconsole.domain.night.report import NightReport
from relconsole.domain.night.report_text import render_report
from relconsole_ui.controllers.reports import page_pdf
from relconsole_ui.presenters.log import log_csv, log_text
from relconsole_ui.presenters.plan_order import as_csv, as_text
from relconsole_ui.presenters.plan_table import present_plan_table
from relconsole_ui.presenters.report import present_report
from relconsole_ui.presenters.report_html import report_html
from tests.gui.screens.console import ConsoleOnStage
from tests.promises.text_files import look_at_csv, look_at_html, look_at_pdf, look_at_xlsx
from tests.promises.text_screens import clipboard_text, hides
from tests.unit.presenters.intakes import MAPPING

Look = Callable[[], Iterable[str]]


def leaving(console: ConsoleOnStage, texts: Sequence[str]) -> Iterator[tuple[str, Look]]:
    """Give each way out with its name, and what finds out what is wrong with what leaves."""
    seen, panels = console.room.seen(), console.bridge.panels
    report = console.bridge.plans.reports.report
    assert report is not None
    rows, detail = present_report(report, seen.name), render_report(report)
    book, plan = panels.log._book, present_plan_table(seen).rows
    keys = [line.seq for line in book.lines]
    yield "log", lambda: look_at_csv(log_csv(seen, book, keys))
    yield "log as text", lambda: _text(log_text(seen, book, keys))
    yield "plan", lambda: look_at_csv(as_csv(plan))
    yield "plan as text", lambda: _pasted(as_text(plan))
    whole = give_out(seen.release, seen.state.workspace, MAPPING)
    yield "workbook", lambda: look_at_xlsx(xlsx_bytes(whole))
    yield "report as text", lambda: _text(detail)
    yield "brief as text", lambda: _text(_brief(console))
    yield "report", lambda: look_at_html(report_html(rows, detail))
    yield "report on paper", lambda: look_at_pdf(page_pdf(rows))
    yield "runbook on paper", lambda: look_at_pdf(_paper(console))
    yield "report as JSON", lambda: _document(report, detail)
    yield "terminal", lambda: _terminal(texts)
    yield "mail", lambda: _mail(texts)
    yield "clipboard", lambda: _copied(console)


def _paper(console: ConsoleOnStage) -> bytes:
    seen = console.room.seen()
    assert seen.run is not None
    night = PaperNight(
        release=seen.release,
        estate=seen.state.workspace.estate,
        plan=seen.run.plan,
        made_at=seen.now,
        run=seen.run,
        forecast=seen.forecast,
    )
    return draw_sheet(compose_sheet(night))


def _text(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if hides(line):
            yield f"a line hides something: {line[:60]!a}"


def _pasted(table: str) -> Iterator[str]:
    yield from _text(table.replace("\t", " "))
    yield from look_at_csv(table, "\t")


def _brief(console: ConsoleOnStage) -> str:
    brief = console.bridge.panels.brief
    brief.open_brief()
    text = brief._view.text.toPlainText()
    brief._view.hide()
    return text


def _said(document: Json, lines: str, *, as_json: bool) -> str:
    with redirect_stdout(io.StringIO()) as out:
        answer(as_object(document), lines, as_json=as_json)
    return out.getvalue()


def _document(report: NightReport, detail: str) -> Iterator[str]:
    whole = to_json(report)
    if json.loads(_said(whole, detail, as_json=True)) != whole:
        yield "a document does not read back as what it was"


def _terminal(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        said = _said({}, text, as_json=False)
        if hides(said.replace("\t", " "), keeps_lines=True):
            yield f"a terminal is told {said[:60]!a}"


def _mail(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        url = urllib.parse.urlsplit(mailto((text, "ops@example.org"), text, text))
        fields = urllib.parse.parse_qsl(url.query, strict_parsing=True, keep_blank_values=True)
        if url.fragment or [name for name, _ in fields] != ["subject", "body"]:
            yield f"a mail has fields of its own: {text[:60]!a}"
        if not url.geturl().isascii() or not url.geturl().isprintable():
            yield f"a mail's address holds what none may: {text[:60]!a}"
        if dict(fields)["subject"] != text:
            yield f"a mail's subject is not {text[:60]!a}"


def _copied(console: ConsoleOnStage) -> Iterator[str]:
    console.bridge.plans.reports.copy()
    if hides(clipboard_text(), keeps_lines=True):
        yield "what is copied hides something"

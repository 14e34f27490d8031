"""Every view of the window over a night of planted texts, and how each is come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QWidget

from relconsole.domain.night.step_commands import Said
from relconsole.domain.plan.taking_in.cells import Cell, CellKind, Sheet, Workbook
from relconsole.ports.plugins import Standing
from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.importing import present_import
from relconsole_ui.views.importing.page import ImportPage
from relconsole_ui.views.parts.avatar import Avatar
from relconsole_ui.views.parts.chip import Chip
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.words import Words
from tests.gui.bot import Bot
from tests.gui.screens.console import ConsoleOnStage, none_answers
from tests.gui.settings.kit import Kit
from tests.promises.text_night import poisoned
from tests.unit.presenters.intakes import MAPPING, intake
from tests.unit.presenters.night_plan import RUN, SHIFT, at
from tests.unit.presenters.whole_night import CI
from tools.make_modest import HEADER, modest_workbook

WIDE, TALL = 240, 22
View = tuple[str, Callable[[], object]]


def views(console: ConsoleOnStage, look: Look, texts: Sequence[str]) -> Iterator[View]:
    """Give each view with its name; it is to be looked at before the next one is asked for."""
    console.window.add_page("parts", _parts(look, texts))
    yield "parts", partial(console.window.open_page, "parts")
    console.window.open_page("bridge")
    yield from _bridge(console, texts)
    yield from _sheets(console, texts)
    yield from _pages(console, texts)
    yield from _beside(console, look, texts)
    yield "network cut", partial(_cut_off, console)


def _parts(look: Look, texts: Sequence[str]) -> QWidget:
    """Give a page with each text in each part of which the views are made."""
    page = QWidget()
    for row, text in enumerate(texts):
        parts = (
            Words(look, TextRole.BODY, text, parent=page, elides=True),
            Words(look, TextRole.ROW, text, parent=page, wraps=True),
            Chip(look, text, parent=page),
            Panel(look, text, page),
            Avatar(look, text[:2], text, page),
        )
        for column, part in enumerate(parts):
            part.setGeometry(column * WIDE, row * TALL, WIDE, TALL)
    return page


def _bridge(console: ConsoleOnStage, texts: Sequence[str]) -> Iterator[View]:
    bridge, panels = console.bridge, console.bridge.panels
    yield "bridge", console.settle
    yield "timeline as a table", panels.pictures.turn
    panels.pictures.turn()
    yield "alerts", panels.alerts.open_alert
    yield "brief", panels.brief.open_brief
    yield "message", panels.message.open_draft
    yield "amendment", bridge.plans.amend
    for dock in ("log", "plan"):
        for shown in bridge.docks.shown:
            bridge.docks.hide(shown)
        yield dock, partial(bridge.docks.show, dock)
    bridge.docks.hide("plan")
    yield "problem form", panels.open_problem
    yield "poll", panels.ask_next
    yield "palette", lambda: _find(console, texts[0])
    yield "keys", bridge.keys.toggle
    yield "notice", lambda: console.window.notice.say(texts[1 % len(texts)])


def _find(console: ConsoleOnStage, text: str) -> None:
    palette = console.bridge.palette
    palette.open()
    palette.line.setText(text)
    palette.line.textEdited.emit(text)
    palette.line.setText("")
    palette.line.textEdited.emit("")


def _sheets(console: ConsoleOnStage, texts: Sequence[str]) -> Iterator[View]:
    panels = console.bridge.panels
    yield "armed", panels.rollback.controller.arm
    for sheet in panels.rollback.overlay._sheets:
        sheet.hide()
    yield "bridge again", console.settle
    yield "override", lambda: _override(console, texts[-1])


def _override(console: ConsoleOnStage, text: str) -> None:
    """Ask a second person to override a failing check, for a planted reason."""
    console.job_is_over("02:17:50", "shift")
    console.reads(p95=1.42, pool=1.0, lag=1.1)
    on_override = console.bridge.panels.steps.on_override
    step = console.stage.state.runs[RUN].find_step(SHIFT)
    assert on_override is not None
    assert step is not None
    on_override(step, Said(note=text), lambda _answer: None)
    console.pass_time(20)


def _pages(console: ConsoleOnStage, texts: Sequence[str]) -> Iterator[View]:
    window = console.window
    yield "rollbacks", lambda: window.open_page("rollbacks")
    yield "reports", lambda: window.open_page("reports")
    for text in texts[:3]:
        console.start.show_choice(text)
        yield "start", lambda: window.open_page("start")
        console.start.show_loading(text, text)
        yield "loading", console.settle


def _beside(console: ConsoleOnStage, look: Look, texts: Sequence[str]) -> Iterator[View]:
    """Give what is shown over other things than a night: a spreadsheet, the settings."""
    window = console.window
    workbook = _planted(modest_workbook(), texts)
    page = ImportPage(look)
    page.show_rows(present_import(workbook, MAPPING, intake(workbook), is_kept=True))
    window.add_page("import", page)
    yield "import", lambda: window.open_page("import")
    bot = Bot()
    console.leaves.append(bot.close_all)
    stage = poisoned(texts)
    kit = Kit(look, bot, stage)
    kit.standing = (Standing(system=CI, failing_since=stage.now, why=texts[0]),)
    window.add_page("settings", kit.parts.page)
    for section in ("people", "connections", "keyboard", "look"):
        window.open_page("settings")
        yield f"settings, {section}", partial(kit.parts.open, section)


def _planted(workbook: Workbook, texts: Sequence[str]) -> Workbook:
    """Give a spreadsheet in which every third text below the headings is a planted one."""
    plan, *others = workbook.sheets
    return replace(workbook, sheets=(_planted_sheet(plan, texts), *others))


def _planted_sheet(sheet: Sheet, texts: Sequence[str]) -> Sheet:
    def cell(place: int, row: int, was: Cell) -> Cell:
        is_text = was.kind is CellKind.TEXT and row > HEADER and place % 3 == 0
        return replace(was, text=texts[place // 3 % len(texts)]) if is_text else was

    return replace(
        sheet,
        cells={
            key: cell(place, key[0], was) for place, (key, was) in enumerate(sheet.cells.items())
        },
    )


def _cut_off(console: ConsoleOnStage) -> None:
    console.window.open_page("bridge")
    console.observed = none_answers(at("02:14:52"))
    console.room.show()

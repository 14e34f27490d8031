"""One release in the window: its bridge, docks and pages, and the actions they answer to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from relconsole.domain.kernel.ids import ReleaseId
from relconsole.services.dry_runs import DryRuns
from relconsole_ui.controllers.conducting import Conducting
from relconsole_ui.controllers.rollbacks import RollbacksController
from relconsole_ui.controllers.room import Room
from relconsole_ui.controllers.undo import UndoController
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.palette import Entry, EntryKind, present_entries
from relconsole_ui.presenters.possible import present_possible
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.top_bar import present_figures, present_top_bar
from relconsole_ui.shell.actions import ActionTable, key_words
from relconsole_ui.shell.building import Building
from relconsole_ui.shell.docks import Docks
from relconsole_ui.shell.focus import first_within, focus_in, give_back
from relconsole_ui.shell.key_sheet import KeySheet
from relconsole_ui.shell.layouts import KeptLayouts, Layouts
from relconsole_ui.shell.palette import Palette
from relconsole_ui.shell.panels import BridgePanels
from relconsole_ui.shell.plans import Beside, PlanRoom, PlanTools
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.rollback.prepared import RollbacksView

SECOND_MS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a person is in the window: the page, the step on the card, the docks in sight."""

    page: str
    step: str
    docks: str


class BridgeRoom:
    """The release on the bridge of a window, which nothing leads to before ``build`` is at its end.

    ``close`` takes away whatever stands by then.
    """

    def __init__(
        self,
        look: Look,
        window: ConsoleWindow,
        room: Room,
        conducting: Conducting,
        plan_tools: PlanTools,
    ) -> None:
        self._look = look
        self._window = window
        self._room = room
        self._conducting = conducting
        self.on_release: Callable[[ReleaseId], None] | None = None
        self._added = ExitStack()
        self._added.callback(room.unfollow)
        self.panels = BridgePanels(look, room, conducting)
        self._added.callback(self.panels.page.deleteLater)
        self.docks = Docks(look, window)
        self._added.callback(self.docks.close)
        beside = Beside(docks=self.docks, overlay=self.panels.rollback.overlay)
        self.plans = PlanRoom(look, window, room, beside, plan_tools)
        self._added.callback(self.plans.close)

    def build(self) -> Building:
        """Build everything out of sight, then lead to it: with bars, the rail, keys and pages."""
        look, window = self._look, self._window
        came_from = window.page
        self._add_page("bridge", self.panels.page)
        # So that each panel goes to its place in the turn in which it is made.
        self.panels.view.lay_out_for(window.pages.size())
        yield
        yield from self.panels.build()
        self.panels.night.on_begin = self.panels.card.setFocus
        self.panels.poll.on_decided = self.panels.card.setFocus
        self.undo = UndoController(self._room, window.notice.say)
        self.docks.add("log", "Bridge log", self.panels.log_view)
        yield
        yield from self._build_rollbacks()
        yield from self.plans.build()
        self.plans.open_steps_with(self._open_step)
        self.palette = Palette(look, window, self._entries)
        self.keys = KeySheet(look, window, window.actions_)
        for part in (self.palette, self.keys):
            self._added.callback(part.deleteLater)
            self._added.callback(part.hide)
        yield
        self._lead_here()
        yield
        if window.page == came_from:
            window.open_page("bridge")
            self.panels.card.setFocus()

    def _lead_here(self) -> None:
        """Put lines and bars in their places, and let the rail and keys lead to the bridge."""
        window, room = self._window, self._room
        window.top_bar.set_line(self.panels.line_control)
        self._added.callback(window.top_bar.set_line, None)
        window.set_strip(self.panels.strip)
        self._added.callback(window.set_strip, None)
        self._bind()
        room.follow(self._show)
        _frame(window, self._added)
        self._second = _each_second(window, room.show)
        self._added.callback(self._second.deleteLater)
        self._added.callback(self._second.stop)

    def _add_page(self, name: str, page: QWidget) -> None:
        """Add a page, which goes with the bridge."""
        self._window.add_page(name, page)
        self._added.callback(self._window.remove_page, name)

    def keep_layouts(self, kept: KeptLayouts) -> None:
        """Let layouts of the docks be named, and found again."""
        layouts = Layouts(self._look, self._window, self.docks, kept)
        self._added.callback(layouts.close)
        self._bind_deeds((("layout-keep", layouts.ask_name), ("layout-next", layouts.next)))

    def _bind_deeds(self, deeds: Iterable[tuple[str, Callable[[], None]]]) -> None:
        """Let actions do something for as long as the bridge stands."""
        for deed, act in deeds:
            self._window.actions_.bind(deed, act)
            self._added.callback(self._window.actions_.let_go, deed)

    def begin(self) -> None:
        """Open the night, or take it up."""
        self.stand_at_card()
        self.panels.night.begin()

    def stand_at_card(self) -> None:
        """Come to the bridge, with the keyboard on the step card."""
        self._window.open_page("bridge")
        self.panels.card.setFocus()

    def place(self) -> Place:
        """Give where the person is."""
        chosen = self.panels.steps.chosen
        return Place(page=self._window.page, step=chosen or "", docks=self.docks.state())

    def stand_where(self, *, page: str, step: str, docks: str) -> None:
        """Go where the person was; what is not there any more is left out."""
        self.docks.restore(docks)
        if step:
            self.panels.steps.choose(step)
        # Whoever went elsewhere while the bridge was built stays there.
        if self._window.page == "bridge" and self._window.has_page(page) and page != "start":
            self._window.open_page(page)
        if self._window.page == "bridge":
            self.panels.card.setFocus()

    def leave(self) -> None:
        """Give up the night in order, if it is conducted here."""
        self._conducting.leave()

    def close(self) -> None:
        """Take out of the window what stands of this bridge."""
        self._added.close()

    def _build_rollbacks(self) -> Building:
        """Build the page of the prepared rollbacks."""
        tools, controller = self._room.tools, self.panels.rollback.controller
        view = self._rollbacks_view = RollbacksView(self._look)
        self.panels.rollback.relief.serve(view.relief)
        self._add_page("rollbacks", view)
        yield
        dry_runs = DryRuns(desk=tools.desk, armourer=tools.armourer, clock=tools.clock)
        self.rollbacks = RollbacksController(
            self._room, view, dry_runs, lambda: controller.dry_run.dry, self._arm
        )
        yield

    def _arm(self) -> None:
        """Arm the rollback on the bridge, from wherever one is."""
        self._window.open_page("bridge")
        self.panels.rollback.controller.arm()

    def _show(self, seen: Seen) -> None:
        self._window.top_bar.show_rows(present_top_bar(seen))
        self._window.figures.show_figures(present_figures(seen))
        possible = present_possible(seen, is_conducting=self._conducting.is_busy)
        for deed, why in possible.items():
            self._window.actions_.set_possible(deed, not why, why)
        self._window.actions_.tell("undo", self.undo.text or self.undo.why_not)

    def _bind(self) -> None:
        panels = self.panels
        deeds: tuple[tuple[str, Callable[[], None]], ...] = (
            ("palette", self.palette.open),
            ("keys", self.keys.toggle),
            ("view-bridge", lambda: self._window.open_page("bridge")),
            ("view-rollbacks", lambda: self._window.open_page("rollbacks")),
            ("arm", self._arm),
            ("disarm", panels.rollback.controller.disarm),
            ("open-night", self.begin),
            ("leave-night", panels.night.leave),
            ("hold", panels.night.hold),
            ("resume", panels.night.end_hold),
            ("table", panels.pictures.turn),
            ("problem", panels.open_problem),
            ("ask-next", panels.ask_next),
            ("acknowledge", panels.alerts.acknowledge),
            ("open-alert", self._open_alert),
            ("shelve", panels.alerts.shelve_alert),
            ("recall", panels.alerts.recall),
            ("retry", panels.alerts.retry),
            ("message", panels.message.open_draft),
            ("handover", panels.brief.open_brief),
            ("log", lambda: self.docks.toggle("log")),
            ("plan", lambda: self.docks.toggle("plan")),
            ("amend", self._amend),
            ("print", self.plans.prints.print_now),
            ("view-reports", lambda: self._window.open_page("reports")),
            ("note", self._note),
            ("brief", panels.brief.open_brief),
            ("stop", panels.line.stop),
            ("resume-line", panels.line.resume_now),
            ("undo", self.undo.undo),
            ("lock-docks", lambda: self.docks.lock(not self.docks.is_locked)),
            ("next-pane", lambda: self._next_pane(1)),
            ("previous-pane", lambda: self._next_pane(-1)),
        )
        self._bind_deeds(deeds)
        self._window.top_bar.palette_wanted.connect(self.palette.open)
        self.palette.chosen.connect(self._jump)

    def _open_alert(self) -> None:
        """Open the highest alert, on the bridge."""
        self._window.open_page("bridge")
        self.panels.alerts.open_alert()

    def _amend(self) -> None:
        """Amend the plan, about the step on the card."""
        self._window.open_page("bridge")
        self.plans.amend(self.panels.steps.shown or "")

    def _open_step(self, step: str) -> None:
        """Put a step on the card, with the keyboard on it."""
        self._window.open_page("bridge")
        self.panels.steps.choose(step)
        self.panels.card.setFocus()

    def _note(self) -> None:
        """Write a note in the log, which comes into sight for it."""
        if "log" not in self.docks.shown:
            self.docks.toggle("log")
        self.panels.log.open_note()

    def _next_pane(self, step: int) -> None:
        """Give the focus to the next panel of the bridge that can take it, else to the page."""
        view, focus = self.panels.view, focus_in(self._window)
        panes = view.panes if self._window.page == "bridge" else self._window.open_pages
        held = [at for at, pane in enumerate(panes) if _holds(pane, focus)]
        at = held[0] if held else (-1 if step > 0 else 0)
        for turn in range(1, len(panes) + 1):
            pane = panes[(at + step * turn) % len(panes)]
            view.bring_forward(pane)
            target = first_within(pane)
            if target is not None:
                give_back(target)
                return

    def _entries(self) -> tuple[Entry, ...]:
        return (*_actions(self._window.actions_), *present_entries(self._room.seen()))

    def _jump(self, entry: Entry) -> None:
        match entry.kind:
            case EntryKind.ACTION:
                action = self._window.actions_.find(entry.id)
                if action is not None:
                    action.trigger()
            case EntryKind.STEP:
                self._open_step(entry.id)
            case EntryKind.ROLLBACK:
                # Looking at it arms nothing: that is asked for by its own key.
                self._window.open_page("rollbacks")
                give_back(first_within(self._rollbacks_view))
            case EntryKind.RELEASE:
                if self.on_release is not None:
                    self.on_release(ReleaseId(entry.id))
            case EntryKind.SERVICE | EntryKind.PERSON:
                self._window.notice.say(
                    ". ".join(part for part in (entry.text, entry.says) if part)
                )


def _actions(table: ActionTable) -> tuple[Entry, ...]:
    """Give what can be done, and why not now, for the palette."""
    return tuple(
        Entry(
            kind=EntryKind.ACTION,
            id=deed.id,
            text=deed.text,
            says=action.whatsThis() or deed.says,
            key=key_words(deed),
            why_not="" if action.isEnabled() else action.statusTip() or "not now",
        )
        for deed, action in table.bound()
        if deed.id != "palette"
    )


def _frame(window: ConsoleWindow, added: ExitStack) -> None:
    """Show the bars, and lead to the pages of the bridge by the rail, until all is taken away."""
    window.frame(rail=True, bars=True)
    added.callback(window.frame, rail=True, bars=False)
    for name in ("bridge", "rollbacks", "reports"):
        window.rail.add(name)
        added.callback(window.rail.remove, name)


def _each_second(window: ConsoleWindow, show: Callable[[], None]) -> QTimer:
    """Give a timer of a window that shows something each second."""
    timer = QTimer(window)
    timer.setInterval(SECOND_MS)
    timer.timeout.connect(show)
    timer.start()
    return timer


def _holds(pane: QWidget, focus: QWidget | None) -> bool:
    """Tell whether the focus is in a pane."""
    return focus is not None and (pane is focus or pane.isAncestorOf(focus))

"""The bridge in the window: its views, their controllers, and the actions they answer to."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from relconsole.domain.kernel.ids import StepId
from relconsole_ui.controllers.conducting import Conducting
from relconsole_ui.controllers.pictures import PicturesController
from relconsole_ui.controllers.poll import PollController
from relconsole_ui.controllers.problems import ProblemsController
from relconsole_ui.controllers.room import Answer, NotDone, Room, words_of
from relconsole_ui.controllers.steps import StepsController
from relconsole_ui.design.look import Look
from relconsole_ui.presenters.palette import Entry, EntryKind, present_entries
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.top_bar import present_figures, present_top_bar
from relconsole_ui.shell.actions import key_words
from relconsole_ui.shell.key_sheet import KeySheet
from relconsole_ui.shell.palette import Palette
from relconsole_ui.shell.rollback import RollbackRoom, Surroundings
from relconsole_ui.shell.window import ConsoleWindow
from relconsole_ui.views.bridge.bridge import BridgeView
from relconsole_ui.views.bridge.health_strip import HealthStrip
from relconsole_ui.views.bridge.poll import PollView
from relconsole_ui.views.bridge.problems import ProblemsView
from relconsole_ui.views.bridge.running import RunningList
from relconsole_ui.views.bridge.step_card import StepCard
from relconsole_ui.views.bridge.timeline_panel import TimelinePanel

SECOND_MS = 1_000


class BridgeRoom:
    """One release on the bridge of a window."""

    def __init__(
        self, look: Look, window: ConsoleWindow, room: Room, conducting: Conducting
    ) -> None:
        self._look = look
        self._window = window
        self._room = room
        self._conducting = conducting
        self.view = BridgeView(look)
        # A sheet may lie over the page, or beside it where there is room.
        self._host = QWidget()
        beside = QHBoxLayout(self._host)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.view)
        self.running = RunningList(look)
        self.card = StepCard(look)
        self.timeline = TimelinePanel(look)
        self.health = HealthStrip(look)
        self.problems = ProblemsView(look)
        self.poll = PollView(look)
        around = Surroundings(
            is_conducting=lambda: conducting.is_conducting,
            take_up=lambda: self.begin(rehearsal=room.seen().is_rehearsal),
        )
        self.rollback = RollbackRoom(look, room, self._host, window.actions_, around)
        for name, panel in (
            ("running", self.running),
            ("step", self.card),
            ("timeline", self.timeline),
            ("decision", self.problems),
            ("poll", self.poll),
            ("health", self.health),
            ("rollback", self.rollback.card),
        ):
            self.view.place(name, panel)
        window.add_page("bridge", self._host)
        window.rail.add("bridge", "Bridge", "broadcast", "Ctrl 1")
        window.open_page("bridge")
        self.steps = StepsController(room, self.running, self.card)
        self.pictures = PicturesController(room, self.timeline, self.health, self.steps.choose)
        self.problem = ProblemsController(room, self.problems)
        self.gate = PollController(room, self.poll)
        self.steps.on_roll_back = self.rollback.controller.arm
        self.steps.on_poll = self._go_to_poll
        self.palette = Palette(look, window, self._entries)
        self.keys = KeySheet(look, window, window.actions_)
        self._bind()
        room.follow(self._show)
        self._second = QTimer(window)
        self._second.setInterval(SECOND_MS)
        self._second.timeout.connect(room.show)
        self._second.start()

    def begin(self, *, rehearsal: bool) -> None:
        """Open the night, or take it up."""
        self._conducting.begin(rehearsal=rehearsal, answered=self._begun, ended=self._ended)
        self.card.setFocus()

    def leave(self) -> None:
        """Give up the night in order, if it is conducted here."""
        self._conducting.leave()

    def close(self) -> None:
        """Take everything of this bridge out of the window."""
        self._second.stop()
        self._room.unfollow()
        self._window.rail.clear()
        self._window.remove_page("bridge")
        for part in (self.palette, self.keys):
            part.hide()
            part.deleteLater()

    def _begun(self, answer: Answer) -> None:
        why = words_of(answer)
        if why:
            self._window.notice.say(f"The night is not opened. {why}")

    def _ended(self, ending: object) -> None:
        if isinstance(ending, NotDone):
            self._window.notice.say(ending.says)

    def _show(self, seen: Seen) -> None:
        self._window.top_bar.show_rows(present_top_bar(seen))
        self._window.figures.show_figures(present_figures(seen))

    def _bind(self) -> None:
        table = self._window.actions_
        table.bind("palette", self.palette.open)
        table.bind("keys", self.keys.toggle)
        table.bind("view-bridge", lambda: self._window.open_page("bridge"))
        table.bind("table", self.pictures.turn)
        table.bind("problem", self._open_problem)
        table.bind("ask-next", self.gate.ask_next)
        table.bind("quit", self._window.closing.emit)
        table.bind("next-pane", lambda: self._next_pane(1))
        table.bind("previous-pane", lambda: self._next_pane(-1))
        self._window.top_bar.palette_wanted.connect(self.palette.open)
        self.palette.chosen.connect(self._jump)

    def _go_to_poll(self, _step: StepId) -> None:
        """Ask the next station, with the keyboard on the poll."""
        self.gate.ask_next()

    def _open_problem(self) -> None:
        """Ask for a problem about the step on the card."""
        self.problem.open_problem(self.steps.shown)

    def _next_pane(self, step: int) -> None:
        """Give the focus to the next panel of the bridge."""
        panes = self.view.panes
        focus = self._window.focusWidget()
        at = next((i for i, pane in enumerate(panes) if _holds(pane, focus)), -1)
        target = panes[(at + step) % len(panes)]
        if target.focusPolicy() is Qt.FocusPolicy.NoFocus:
            inner = [each for each in target.findChildren(QWidget) if _takes_focus(each)]
            target = inner[0] if inner else target
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _entries(self) -> tuple[Entry, ...]:
        actions = tuple(
            Entry(
                kind=EntryKind.ACTION,
                id=deed.id,
                text=deed.text,
                says=deed.says,
                key=key_words(deed),
                why_not="" if action.isEnabled() else action.statusTip() or "not now",
            )
            for deed, action in self._window.actions_.bound()
            if deed.id != "palette"
        )
        return (*actions, *present_entries(self._room.seen()))

    def _jump(self, entry: Entry) -> None:
        if entry.kind is EntryKind.ACTION:
            action = self._window.actions_.find(entry.id)
            if action is not None:
                action.trigger()
        elif entry.kind is EntryKind.STEP:
            self.steps.choose(entry.id)
            self.card.setFocus()


def _holds(pane: QWidget, focus: QWidget) -> bool:
    """Tell whether the focus is in a pane."""
    return pane is focus or pane.isAncestorOf(focus)


def _takes_focus(widget: QWidget) -> bool:
    """Tell whether a widget can have the keyboard now."""
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes and widget.isVisible() and widget.isEnabled()

"""The brief for whoever joins, and the hand-over of the command."""

from __future__ import annotations

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.bridge_commands import AcceptHandover, OfferHandover
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.brief import present_brief
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.bridge.brief import BriefView


class BriefController:
    """The sheet with the brief; what it shows is what an offer is bound to."""

    def __init__(self, room: Room, view: BriefView) -> None:
        """Take the room and the sheet."""
        self._room = room
        self._view = view
        self._reader: PersonId | None = None
        self._shown = present_brief(room.seen())
        view.reader_chosen.connect(self.read_for)
        view.offered.connect(self.offer)
        view.accepted.connect(self.accept)
        view.left.connect(view.hide)
        room.follow(self._show)

    def open_brief(self) -> None:
        """Show the brief as of now."""
        self._reader = None
        self._show_brief()
        self._view.show()
        self._view.take_keyboard()

    def read_for(self, person: str) -> None:
        """Show the brief that somebody would read who takes over."""
        self._reader = PersonId(person) if person else None
        self._show_brief()

    def offer(self, person: str) -> None:
        """Offer the command over the brief as of now, which is shown."""
        run = self._room.run_id
        self.read_for(person)
        digest = self._shown.digest
        if run is None or digest is None or not person:
            return
        command = OfferHandover(run=run, to=PersonId(person), brief=digest)
        self._room.command(
            "offer the command", lambda: self._room.tools.desk.submit(command), self._taken
        )

    def accept(self) -> None:
        """Accept the command over the brief with which it was offered."""
        run = self._room.seen().run
        if run is None or run.handover is None:
            return
        command = AcceptHandover(run=run.id, brief=run.handover.brief)
        self._room.command(
            "accept the command", lambda: self._room.tools.desk.submit(command), self._taken
        )

    def _taken(self, answer: Answer) -> None:
        self._view.show_failure(words_of(answer))

    def _show_brief(self) -> None:
        self._shown = present_brief(self._room.seen(), self._reader)
        self._view.show_rows(self._shown)

    def _show(self, seen: Seen) -> None:
        if self._view.isVisible():
            self._view.show_standing(present_brief(seen, self._reader))

"""The muster: who was called, is here, or is gone."""

from __future__ import annotations

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.muster import Muster
from relconsole.domain.night.muster_commands import AnswerMuster, CallPerson, MusterCommand
from relconsole.domain.night.step_commands import Said
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.alerts import muster_of_seen
from relconsole_ui.presenters.muster import present_muster
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.bridge.muster import MusterView

BY_VOICE = "voice"
RENEW_SECONDS = 5
"""How old the list of who is needed may be while nothing is recorded."""


class MusterController:
    """The panel of the people over the record; it can be answered before the night is opened."""

    def __init__(self, room: Room, view: MusterView) -> None:
        """Take the room and the panel."""
        self._room = room
        self._view = view
        self._spreads = False
        self._muster: tuple[tuple[int, int], Muster] | None = None
        view.called.connect(self.call)
        view.answered.connect(self.answer)
        view.spread_wanted.connect(self.spread)
        room.follow(self._show)

    def call(self, person: str) -> None:
        """Record that a person was called, by the first way to reach them."""
        self._submit(CallPerson(release=self._room.release, person=PersonId(person)))

    def answer(self, person: str, is_here: bool) -> None:
        """Record that a person is here, or is gone."""
        said = Said(heard=BY_VOICE)
        name = PersonId(person)
        self._submit(AnswerMuster(release=self._room.release, person=name, here=is_here, said=said))

    def spread(self) -> None:
        """Show each of those who are here in a row, or all of them in one."""
        self._spreads = not self._spreads
        self._show(self._room.seen())

    def _submit(self, command: MusterCommand) -> None:
        def taken(answer: Answer) -> None:
            self._view.show_failure(words_of(answer))

        name = f"{command.KIND} {command.person}"
        self._room.command(name, lambda: self._room.tools.desk.submit(command), taken)

    def _show(self, seen: Seen) -> None:
        at = (seen.state.size, int(seen.now.timestamp()) // RENEW_SECONDS)
        if self._muster is None or self._muster[0] != at:
            self._muster = (at, muster_of_seen(seen))
        self._view.show_rows(present_muster(seen, self._muster[1], spreads=self._spreads))

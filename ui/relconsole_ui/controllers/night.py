"""The night as a whole: opening it, taking it up, holding it, letting it go on, leaving it."""

from __future__ import annotations

from collections.abc import Callable

from relconsole.domain.night.bridge_commands import BeginHold, EndHold
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.services.crew import Ending
from relconsole_ui.controllers.conducting import Conducting
from relconsole_ui.controllers.room import Answer, NotDone, Room, words_of
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.standing import StandingAct, StandingRows, present_standing
from relconsole_ui.views.bridge.standing import StandingLine


class NightController:
    """Feeds the line over the bridge, and does what lets the night go on."""

    def __init__(self, room: Room, conducting: Conducting, view: StandingLine) -> None:
        """Take the room, what conducts, and the line."""
        self._room = room
        self._conducting = conducting
        self._view = view
        self.on_begin: Callable[[], None] | None = None
        view.wanted.connect(self.act)
        room.follow(self._show)

    def act(self) -> None:
        """Do what the line offers."""
        match self._rows(self._room.seen()).act:
            case StandingAct.OPEN | StandingAct.TAKE_UP:
                self.begin()
            case StandingAct.END_HOLD:
                self.end_hold()
            case StandingAct.NONE:
                pass

    def begin(self) -> None:
        """Open the night, or take it up."""
        self._view.show_failure("")
        if self.on_begin is not None:
            self.on_begin()
        self._conducting.begin(
            rehearsal=self._room.seen().is_rehearsal, answered=self._tell, ended=self._ended
        )

    def leave(self) -> None:
        """Give the night up in order; it can be taken up again."""
        self._conducting.leave()

    def hold(self) -> None:
        """Hold the night at once: nothing forward starts until somebody ends it."""
        run = self._room.run_id
        if run is None:
            return
        by = self._room.tools.desk.person
        says = f"{self._room.seen().name(by)} holds the night" if by else "held from the bridge"
        command = BeginHold(run=run, cause=HoldCause.PERSON, thing="bridge", reasons=(says,))
        self._room.command("hold", lambda: self._room.tools.desk.submit(command), self._tell)

    def end_hold(self) -> None:
        """End the hold that stands longest, where its cause is dealt with."""
        run = self._room.seen().run
        if run is None or not run.holds:
            return
        first = run.holds[0]
        command = EndHold(run=run.id, cause=first.cause, thing=first.thing)
        self._room.command(
            "end the hold", lambda: self._room.tools.desk.submit(command), self._tell
        )

    def _tell(self, answer: Answer) -> None:
        self._view.show_failure(words_of(answer))

    def _ended(self, ending: Ending | NotDone) -> None:
        self._view.show_failure(ending.says if isinstance(ending, NotDone) else "")

    def _rows(self, seen: Seen) -> StandingRows:
        return present_standing(
            seen,
            is_conducting=self._conducting.is_conducting,
            waits_for=self._conducting.waits_for,
        )

    def _show(self, seen: Seen) -> None:
        self._view.show_rows(self._rows(seen))

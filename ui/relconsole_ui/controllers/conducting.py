"""Conducting the night on the bridge from this window: opening it, taking it up, leaving it.

Nothing is taken up by itself after a start: a person says so, and what is open is read back first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.ports.journal import Lease
from relconsole.services.attend import Attendance
from relconsole.services.crew import Ending
from relconsole.services.opening import Opener, TakenUp
from relconsole.services.watch import Watcher
from relconsole_ui.controllers.room import Answer, NotDone, Room, answer_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """A run under the lease of this window: what conducts it, and what watches its health."""

    attendance: Attendance
    watcher: Watcher


Attend = Callable[[Lease, Callable[[], bool]], Attended]
"""Gives what conducts the run of a lease until a person leaves."""


class Conducting:
    """Whether this window conducts the night, and what it waits for while it does."""

    def __init__(self, room: Room, opener: Opener, attend: Attend) -> None:
        """Take the room, what opens runs, and what conducts them."""
        self._room = room
        self._opener = opener
        self._attend = attend
        self._attended: Attended | None = None
        self._is_opening = False
        self._wants_to_leave = False

    @property
    def is_conducting(self) -> bool:
        """Tell whether the run is under this window's lease."""
        return self._attended is not None

    @property
    def is_busy(self) -> bool:
        """Tell whether the run is under this window's lease, or is just being opened."""
        return self.is_conducting or self._is_opening

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Give why nothing moves, empty while something does or nobody conducts."""
        return () if self._attended is None else self._attended.attendance.waits_for

    def begin(
        self,
        *,
        rehearsal: bool,
        answered: Callable[[Answer], None],
        ended: Callable[[Ending | NotDone], None],
    ) -> None:
        """Open the night of the release, or take it up, and conduct it until it is over.

        ``answered`` gets a refusal, or what was taken up; ``ended`` how conducting ended.
        """
        if self.is_busy:
            return
        release: ReleaseId = self._room.release
        self._is_opening = True
        self._wants_to_leave = False

        async def take() -> TakenUp | Refusal:
            try:
                taken = await self._opener.open_or_take_up(release, rehearsal=rehearsal)
                if isinstance(taken, TakenUp):
                    self._conduct(taken, ended)
            finally:
                self._is_opening = False
            return taken

        self._room.command("open the night", take, answered)

    def _conduct(self, taken: TakenUp, ended: Callable[[Ending | NotDone], None]) -> None:
        """Conduct what was taken up, beside everything else."""
        attended = self._attend(taken.lease, lambda: self._wants_to_leave)
        self._attended = attended
        self._room.sight.watches = lambda: attended.watcher.watches

        async def conduct() -> None:
            try:
                ending = await answer_of(attended.attendance.conduct)
            finally:
                # Also after a defect of ours: whoever sees that nobody conducts can take it up.
                self._attended = None
            if isinstance(ending, Ending | NotDone):
                ended(ending)
            self._room.show()

        if not self._room.run("conduct the night", conduct):
            self._attended = None

    def leave(self) -> None:
        """Give the run up in order; what is on its way is recorded first."""
        self._wants_to_leave = True

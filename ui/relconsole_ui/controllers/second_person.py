"""The second person of a rollback: asked, waited for, or signing at this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.night.rollback_answer import shown_to_second
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.record.request import Answer as Signed
from relconsole.ports.credentials import Secret
from relconsole.services.seconding import Seconding
from relconsole_ui.controllers.room import Room
from relconsole_ui.controllers.signature import Signature
from relconsole_ui.presenters.rollback_sight import RollbackSight
from relconsole_ui.presenters.signature import Wanted


class SecondPerson:
    """Asks for the signature under one armed rollback, and keeps what came of it."""

    def __init__(self, room: Room, seconding: Seconding, changed: Callable[[], None]) -> None:
        """Take the room, what asks for signatures, and whom to tell of a change."""
        self._room = room
        self._signature = Signature(room, seconding, changed)

    @property
    def answer(self) -> Signed | None:
        """Give the answer that came last, None while there is none."""
        return self._signature.answer

    def sight(self, sight: RollbackSight) -> RollbackSight:
        """Give a sight with what is known of the second person."""
        run = self._room.run_id
        known = self._signature.sight(Wanted(act=TwoPersonAct.ROLLBACK, thing=run or ""))
        return replace(
            sight,
            asked=known.asked,
            place=known.place,
            answer=known.answer,
            second=known.second,
            may=known.may,
            is_signing=known.is_signing,
            notice=sight.notice or known.notice,
        )

    def forget(self) -> None:
        """Forget what was asked and answered: it was about a rollback that is armed no more."""
        self._signature.forget()

    def ask(self, run: RunId) -> None:
        """Ask whoever was chosen, the first who may sign where nobody was."""
        wanted = Wanted(act=TwoPersonAct.ROLLBACK, thing=run)
        self._signature.ask(wanted, lambda: self._shows(run))

    def ask_other(self) -> None:
        """Ask the next of those who may sign."""
        self._signature.ask_other()

    def sign(self, passphrase: Secret) -> None:
        """Let the second person sign at this machine, in a process of their own."""
        self._signature.sign(passphrase)

    def _shows(self, run: RunId) -> JsonObject:
        """Give what helps to judge the rollback that is armed now."""
        return shown_to_second(self._room.tools.desk.run(run))

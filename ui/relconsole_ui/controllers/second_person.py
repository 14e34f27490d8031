"""The second person of a rollback: asked, waited for, or signing at this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from relconsole.domain.kernel.ids import PersonId, RunId
from relconsole.domain.night.eligible import Eligible
from relconsole.domain.night.rollback_answer import shown_to_second
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.record.request import Answer as Signed
from relconsole.ports.credentials import Secret
from relconsole.services.seconding import AskedSignature, Seconding
from relconsole_ui.controllers.room import Answer, Room, answer_of, words_of
from relconsole_ui.presenters.rollback_sight import RollbackSight, eligible, here_first
from relconsole_ui.presenters.two_people import chosen_second, next_second, unsigned_reasons

LOOK_SECONDS: Final = 0.5
"""How often it is looked whether an answer lies beside the request."""


class SecondPerson:
    """Asks for the signature under one armed rollback, and keeps what came of it."""

    def __init__(self, room: Room, seconding: Seconding, changed: Callable[[], None]) -> None:
        """Take the room, what asks for signatures, and whom to tell of a change."""
        self._room = room
        self._seconding = seconding
        self._changed = changed
        self._asked: AskedSignature | None = None
        self._answer: Signed | None = None
        self._second: PersonId | None = None
        self._is_signing = False
        self._notice = ""
        self._may: tuple[Eligible, ...] = ()
        self._may_of: tuple[object, ...] = ()

    @property
    def answer(self) -> Signed | None:
        """Give the answer that came last, None while there is none."""
        return self._answer

    def sight(self, sight: RollbackSight) -> RollbackSight:
        """Give a sight with what is known of the second person."""
        asked = self._asked
        return replace(
            sight,
            asked=None if asked is None else asked.digest,
            place="" if asked is None else asked.place,
            answer=self._answer,
            second=self._second,
            may=self._who_may(),
            is_signing=self._is_signing,
            notice=sight.notice or self._notice,
        )

    def _who_may(self) -> tuple[Eligible, ...]:
        """Give who may sign, worked out again only where people, keys or the commander changed."""
        seen = self._room.seen()
        run = seen.run
        if run is None:
            return ()
        basis = (seen.state.workspace, seen.state.keys, seen.person, run.id, run.commander)
        if len(basis) != len(self._may_of) or any(
            new is not old for new, old in zip(basis, self._may_of, strict=True)
        ):
            self._may, self._may_of = eligible(seen, run), basis
        return self._may

    def forget(self) -> None:
        """Forget what was asked and answered: it was about a rollback that is armed no more."""
        self._asked, self._answer, self._second = None, None, None
        self._is_signing, self._notice = False, ""

    def ask(self, run: RunId) -> None:
        """Ask whoever was chosen, the first who may sign where nobody was."""
        seen = self._room.seen()
        found = seen.run
        if found is None:
            return
        self._second = chosen_second(here_first(seen, self._who_may()), self.sight(RollbackSight()))
        self._answer, self._notice = None, ""
        shows = shown_to_second(found)

        def asked(answer: Answer) -> None:
            self._notice = words_of(answer)
            if isinstance(answer, AskedSignature):
                self._asked = answer
                self._wait_for(answer)

        self._room.command(
            "ask for a second signature",
            lambda: self._seconding.ask(
                run, TwoPersonAct.ROLLBACK, run, shows=shows, person_asked=self._second
            ),
            asked,
        )

    def ask_other(self, run: RunId) -> None:
        """Ask the next of those who may sign."""
        seen = self._room.seen()
        if seen.run is not None:
            self._second = next_second(
                here_first(seen, self._who_may()), self.sight(RollbackSight())
            )
            self.ask(run)

    def sign(self, passphrase: Secret) -> None:
        """Let the second person sign at this machine, in a process of their own."""
        asked, second = self._asked, self._second
        if asked is None or second is None or self._is_signing:
            return
        self._is_signing, self._notice = True, ""

        def signed(answer: Answer) -> None:
            self._is_signing = False
            if self._asked is not asked:
                return
            self._notice = words_of(answer)
            if isinstance(answer, Signed):
                self._answer = answer

        self._room.command(
            "sign here", lambda: self._seconding.sign_here(asked, second, passphrase), signed
        )

    def _wait_for(self, asked: AskedSignature) -> None:
        """Look for the answer until one counts, or something else is asked."""

        async def look() -> None:
            while self._asked is asked and not self._counts():
                found = await answer_of(lambda: self._seconding.answer_to(asked))
                if self._asked is asked and not self._is_signing:
                    self._take(found)
                await self._room.tools.clock.sleep(LOOK_SECONDS)

        self._room.poll("answer to the request", look)

    def _take(self, found: Answer) -> None:
        wrong = words_of(found)
        if isinstance(found, Signed) and found != self._answer:
            self._answer, self._notice = found, ""
            self._changed()
        elif wrong and wrong != self._notice:
            self._notice = wrong
            self._changed()

    def _counts(self) -> bool:
        seen = self._room.seen()
        sight = self.sight(RollbackSight())
        return seen.run is not None and not unsigned_reasons(seen, seen.run, sight)

"""A second signature: asked for, waited for, or given at this machine by its own person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.night.eligible import Eligible
from relconsole.domain.record.request import Answer as Signed
from relconsole.ports.credentials import Secret
from relconsole.services.seconding import AskedSignature, Seconding
from relconsole_ui.controllers.room import Answer, Room, answer_of, words_of
from relconsole_ui.presenters.signature import (
    SignatureSight,
    Wanted,
    chosen_second,
    eligible_for,
    here_first,
    lacking,
    next_second,
)

LOOK_SECONDS: Final = 0.5
"""How often it is looked whether an answer lies beside the request."""


class Signature:
    """Asks for the signature under one act at a time, and keeps what came of it."""

    def __init__(self, room: Room, seconding: Seconding, changed: Callable[[], None]) -> None:
        """Take the room, what asks for signatures, and whom to tell of a change."""
        self._room = room
        self._seconding = seconding
        self._changed = changed
        self._wanted: Wanted | None = None
        self._shows: Callable[[], JsonObject] = dict
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

    def sight(self, wanted: Wanted) -> SignatureSight:
        """Give what is known of the signature under an act."""
        asked = self._asked
        return SignatureSight(
            asked=None if asked is None else asked.digest,
            place="" if asked is None else asked.place,
            answer=self._answer,
            second=self._second,
            may=self._who_may(wanted),
            is_signing=self._is_signing,
            notice=self._notice,
        )

    def forget(self) -> None:
        """Forget what was asked and answered: it was about an act that nobody wants any more."""
        self._wanted, self._asked, self._answer, self._second = None, None, None, None
        self._is_signing, self._notice = False, ""

    def ask(self, wanted: Wanted, shows: Callable[[], JsonObject]) -> None:
        """Ask whoever was chosen, the first who may sign where nobody was."""
        seen = self._room.seen()
        run = seen.run
        if run is None:
            return
        found = here_first(seen, self._who_may(wanted))
        self._wanted, self._shows = wanted, shows
        self._second = chosen_second(found, self.sight(wanted))
        self._asked, self._answer, self._notice = None, None, ""
        self._is_signing = False

        def asked(answer: Answer) -> None:
            if self._wanted is not wanted:
                return
            self._notice = words_of(answer)
            if isinstance(answer, AskedSignature):
                self._asked = answer
                self._wait_for(wanted, answer)

        self._room.command(
            "ask for a second signature",
            lambda: self._seconding.ask(
                run.id, wanted.act, wanted.thing, shows=shows(), person_asked=self._second
            ),
            asked,
        )

    def ask_other(self) -> None:
        """Ask the next of those who may sign."""
        seen, wanted = self._room.seen(), self._wanted
        if seen.run is None or wanted is None:
            return
        found = here_first(seen, self._who_may(wanted))
        self._second = next_second(found, self.sight(wanted))
        self.ask(wanted, self._shows)

    def sign(self, passphrase: Secret) -> None:
        """Let the second person sign at this machine, in a process of their own."""
        asked, second = self._asked, self._second
        if asked is None or second is None or self._is_signing:
            return
        self._is_signing, self._notice = True, ""

        def signed(answer: Answer) -> None:
            if self._asked is not asked:
                return
            self._is_signing = False
            self._notice = words_of(answer)
            if isinstance(answer, Signed):
                self._answer = answer

        self._room.command(
            "sign here", lambda: self._seconding.sign_here(asked, second, passphrase), signed
        )

    def _who_may(self, wanted: Wanted) -> tuple[Eligible, ...]:
        """Give who may sign, worked out again only where it can have changed."""
        seen = self._room.seen()
        run = seen.run
        if run is None:
            return ()
        step = run.steps.get(StepId(wanted.thing))
        workspace, keys = seen.state.workspace, seen.state.keys
        things = (workspace, keys, seen.person, run.id, run.commander, run.runbook, step)
        basis = (*things, wanted.act, wanted.thing)
        if len(basis) != len(self._may_of) or any(
            new is not old for new, old in zip(basis, self._may_of, strict=True)
        ):
            self._may, self._may_of = eligible_for(seen, run, wanted), basis
        return self._may

    def _wait_for(self, wanted: Wanted, asked: AskedSignature) -> None:
        """Look for the answer until one counts, or something else is asked."""

        async def look() -> None:
            while self._asked is asked and not self._counts(wanted):
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

    def _counts(self, wanted: Wanted) -> bool:
        seen = self._room.seen()
        run = seen.run
        return run is not None and not lacking(seen, run, wanted, self.sight(wanted))

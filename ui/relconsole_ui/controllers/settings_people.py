"""The keys of all people: told from the record, confirmed by somebody else, revoked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.readiness.keys import KeyEnrolled, KeyFact, KeyRegistered, KeyRevoked
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.request import Answer as Signed
from relconsole.ports.credentials import Secret
from relconsole.services.keeping_keys import AskedConfirmation, KeyKeeper
from relconsole_ui.controllers.room import Answer, answer_of, words_of
from relconsole_ui.controllers.settings_room import SettingsRoom
from relconsole_ui.presenters.keys_of_people import present_confirmation, present_keys
from relconsole_ui.presenters.settings_seen import SettingsSeen
from relconsole_ui.views.settings.people import PeopleView

LOOK_SECONDS: Final = 1.0
"""How often it is looked whether an answer lies beside the request."""

BY_FILE: Final = "answered by a request file"


class PeopleController:
    """Feeds the section of people and keys, and does what is wanted of a key."""

    def __init__(
        self,
        room: SettingsRoom,
        keeper: KeyKeeper,
        view: PeopleView,
        *,
        copy: Callable[[str], None],
    ) -> None:
        """Take the room, what keeps keys, the view, and what puts a text on the clipboard."""
        self._room = room
        self._keeper = keeper
        self._view = view
        self._facts: tuple[KeyFact, ...] = ()
        self._is_read = False
        self._about = ""
        self._asked: AskedConfirmation | None = None
        form = view.form
        view.key.confirm_wanted.connect(self.ask)
        view.key.revoked.connect(self._revoke)
        form.confirmed.connect(self._confirm)
        form.signed.connect(self._sign)
        form.filed.connect(self._file)
        form.copied.connect(copy)
        form.left.connect(self.leave)
        room.follow_facts(self._take_fact)
        room.follow(self._show)

    def open(self) -> None:
        """Read what the record says of keys, the first time."""
        if self._is_read:
            return
        self._is_read = True

        def read(answer: Answer) -> None:
            if isinstance(answer, tuple):
                self._facts = answer
            else:
                self._is_read = False
                self._view.key.refuse(words_of(answer))

        self._room.command("read the keys", self._keeper.history, read)

    def ask(self, fingerprint: str) -> None:
        """Ask for the comparison of a key."""
        rows = present_confirmation(self._room.seen(), fingerprint)
        if rows is not None:
            self._about, self._asked = fingerprint, None
            self._view.form.ask(rows)

    def leave(self) -> None:
        """Leave the comparison."""
        self._about, self._asked = "", None
        self._view.form.dismiss()
        self._view.rows.setFocus()

    def _confirm(self, means: str) -> None:
        seen, about = self._room.seen(), Fingerprint(self._about)
        person = seen.state.keys.owners.get(about)
        if person is not None:
            self._room.command(
                "confirm a key",
                lambda: self._keeper.confirm(person, about, means),
                self._confirmed,
            )

    def _sign(self, by: str, passphrase: str, means: str) -> None:
        secret = Secret(passphrase)

        async def sign() -> object:
            asked = await self._ask_for(PersonId(by))
            answer = await self._keeper.sign_here(asked, PersonId(by), secret)
            return await self._keeper.take_answer(asked, answer, means)

        self._room.command("sign here", sign, self._confirmed)

    def _file(self, by: str) -> None:
        def laid_down(answer: Answer) -> None:
            self._view.form.refuse(words_of(answer))
            if isinstance(answer, AskedConfirmation):
                self._asked = answer
                self._view.form.show_place(answer.place)
                self._wait_for(answer)

        self._room.command(
            "ask for a confirmation", lambda: self._ask_for(PersonId(by) if by else None), laid_down
        )

    async def _ask_for(self, by: PersonId | None) -> AskedConfirmation:
        about = Fingerprint(self._about)
        return await self._keeper.ask(self._room.desk.state.keys.owners[about], about, by)

    def _wait_for(self, asked: AskedConfirmation) -> None:
        """Look for the answer while the comparison is open."""

        async def look() -> None:
            while self._asked is asked:
                found = await answer_of(lambda: self._keeper.answer_to(asked))
                if self._asked is asked and found is not None:
                    self._take(asked, found)
                await self._room.clock.sleep(LOOK_SECONDS)

        self._room.poll("answer to the request", look)

    def _take(self, asked: AskedConfirmation, found: Answer) -> None:
        if isinstance(found, Signed):
            self._asked = None
            means = self._view.form.typed_means or BY_FILE
            self._room.command(
                "take an answer",
                lambda: self._keeper.take_answer(asked, found, means),
                self._confirmed,
            )
        else:
            self._view.form.refuse(words_of(found))

    def _revoke(self, fingerprint: str, reason: str) -> None:
        self._room.command(
            "revoke a key",
            lambda: self._keeper.revoke(Fingerprint(fingerprint), reason),
            lambda answer: self._view.key.refuse(words_of(answer)),
        )

    def _confirmed(self, answer: Answer) -> None:
        wrong = words_of(answer)
        self._view.form.refuse(wrong)
        if wrong:
            return
        about = Fingerprint(self._about)
        keys = self._room.desk.state.keys
        if about in keys.effective.values():
            self.leave()
            return
        name = self._room.seen().name(keys.owners.get(about))
        self._view.form.refuse(f"Recorded. Now {name} confirms the key that is open here.")

    def _take_fact(self, recorded: Recorded[ConsoleFact], _state: ConsoleState) -> None:
        fact = recorded.fact
        if self._is_read and isinstance(fact, KeyRegistered | KeyEnrolled | KeyRevoked):
            self._facts = (*self._facts, fact)

    def _show(self, seen: SettingsSeen) -> None:
        self._view.show_rows(present_keys(seen, self._facts))
        rows = present_confirmation(seen, self._about) if self._about else None
        if rows is not None:
            self._view.form.show_rows(rows)

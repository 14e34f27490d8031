"""Opening, making and closing one's own key, from whatever page is open."""

from __future__ import annotations

from collections.abc import Callable

from relconsole.domain.kernel.ids import PersonId
from relconsole.ports.credentials import Secret
from relconsole.services.keeping_keys import KeyKeeper, OpenedKey
from relconsole_ui.controllers.room import Answer, words_of
from relconsole_ui.controllers.settings_room import SettingsRoom
from relconsole_ui.presenters.own_key import present_key_form, present_own_key, strength_of
from relconsole_ui.presenters.settings_seen import SettingsSeen
from relconsole_ui.views.settings.key_form import KeyForm
from relconsole_ui.views.settings.people import OwnKeyPanel


class KeyController:
    """Feeds the form and the panel of one's own key.

    ``last`` gives who opened a key here last and ``remember`` keeps it; ``changed`` is told that
    somebody else's word counts from now on. ``show_person`` takes the name, empty for nobody's.
    """

    def __init__(
        self,
        room: SettingsRoom,
        keeper: KeyKeeper,
        form: KeyForm,
        panel: OwnKeyPanel,
        *,
        last: Callable[[], str],
        remember: Callable[[str], None],
        changed: Callable[[], None],
        show_person: Callable[[str], None],
    ) -> None:
        """Take the room, what keeps keys, the two views, and what else is to be told."""
        self._room = room
        self._keeper = keeper
        self._form = form
        self._panel = panel
        self._last = last
        self._remember = remember
        self._changed = changed
        self._show_person = show_person
        panel.open_wanted.connect(self.ask)
        panel.make_wanted.connect(self.ask_new)
        panel.close_wanted.connect(self.close)
        form.closed.connect(self.close)
        form.chosen.connect(self._look_for)
        form.typed.connect(self._judge)
        form.opened.connect(self._open)
        form.made.connect(self._make)
        room.follow(self._show)

    def ask(self) -> None:
        """Ask whose key is to be opened."""
        self._form.ask(present_key_form(self._room.seen(), self._last()))

    def ask_new(self) -> None:
        """Ask whose key is to be made."""
        self._form.ask(present_key_form(self._room.seen(), self._last()), is_making=True)

    def close(self) -> None:
        """Close the key that is open."""
        self._keeper.close()
        self._form.dismiss()
        self._tell()

    def _look_for(self, person: str) -> None:
        """Say whether a key of the chosen person is kept here."""
        if not person:
            self._form.show_kept("", is_kept=False)
            return
        name = self._room.seen().name(person)

        def found(answer: Answer) -> None:
            wrong = words_of(answer)
            says = f"No key of {name} is kept here."
            if wrong:
                self._form.refuse(wrong)
            else:
                self._form.show_kept("" if answer is True else says, is_kept=answer is True)

        self._room.command("look for a key", lambda: self._keeper.is_kept(PersonId(person)), found)

    def _judge(self, passphrase: str) -> None:
        self._form.show_strength(strength_of(passphrase))

    def _open(self, person: str, passphrase: str) -> None:
        secret = Secret(passphrase)
        self._room.command(
            "open a key", lambda: self._keeper.open(PersonId(person), secret), self._opened
        )

    def _make(self, person: str, passphrase: str, replaces: bool) -> None:
        secret = Secret(passphrase)
        self._room.command(
            "make a key",
            lambda: self._keeper.make(PersonId(person), secret, replaces=replaces),
            self._opened,
        )

    def _opened(self, answer: Answer) -> None:
        if isinstance(answer, OpenedKey):
            self._form.dismiss()
            self._remember(answer.person)
            self._tell()
            return
        self._form.refuse(words_of(answer))

    def _tell(self) -> None:
        self._room.show()
        self._changed()

    def _show(self, seen: SettingsSeen) -> None:
        rows = present_own_key(seen, place=self._keeper.place, is_durable=self._keeper.durable)
        self._panel.show_rows(rows)
        self._form.show_own(rows)
        self._show_person(rows.title if rows.is_open else "")

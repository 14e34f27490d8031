"""The keys of the window: searched, and single letters switched on and off."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from relconsole_ui.controllers.tastes import Tastes
from relconsole_ui.presenters.key_rows import KeyEntry, present_key_lines
from relconsole_ui.views.settings.keyboard import KeyboardView


class KeyboardController:
    """Feeds the section of keys; ``set_letters`` lets single letters work or not."""

    def __init__(
        self,
        view: KeyboardView,
        tastes: Tastes,
        *,
        entries: Callable[[], Iterable[KeyEntry]],
        set_letters: Callable[[bool], None],
    ) -> None:
        """Take the view, what is remembered, and what knows and changes the keys."""
        self._view = view
        self._tastes = tastes
        self._entries = entries
        self._set_letters = set_letters
        self._search = ""
        view.searched.connect(self._look_for)
        view.letters_chosen.connect(self._choose_letters)

    def open(self) -> None:
        """Show what can be done now, and by which keys."""
        letters = self._tastes.known.letters
        rows = present_key_lines(self._entries(), self._search, letters=letters)
        self._view.show_rows(rows, letters=letters)

    def _look_for(self, text: str) -> None:
        self._search = text
        self.open()

    def _choose_letters(self, are_on: bool) -> None:
        self._tastes.change(letters=are_on)
        self._set_letters(are_on)
        self.open()

"""Connecting systems: the form follows the plugin, is tried, and is kept as a fact."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from relconsole.domain.kernel.errors import InputRejected, PersonMustAct, Problem
from relconsole.domain.kernel.ids import SystemId
from relconsole.ports.connections import Tried
from relconsole.ports.credentials import Secret
from relconsole.services.connections_edit import ConnectionsEditor, Draft
from relconsole_ui.controllers.room import Answer, words_of
from relconsole_ui.controllers.settings_room import SettingsRoom
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.connection_form import (
    ConnectionFormRows,
    Keeping,
    Offered,
    Typed,
    first_plugin,
    present_connection_form,
)
from relconsole_ui.presenters.connections import present_connections
from relconsole_ui.presenters.settings_seen import SettingsSeen
from relconsole_ui.views.settings.connections import ConnectionsView


class ConnectionsController:
    """Feeds the section of connections; ``ask_all`` asks every system whether it is there."""

    def __init__(
        self,
        room: SettingsRoom,
        editor: ConnectionsEditor,
        view: ConnectionsView,
        *,
        ask_all: Callable[[], Awaitable[object]],
    ) -> None:
        """Take the room, what keeps connections, the view, and what asks all systems."""
        self._room = room
        self._editor = editor
        self._view = view
        self._ask_all = ask_all
        self._offers: Mapping[str, Offered | PersonMustAct] = {}
        self._is_kept = False
        self._defaults: Mapping[str, Mapping[str, str]] = {}
        self._limit: asyncio.Timeout | None = None
        form = view.form
        view.add_wanted.connect(self.add)
        view.edit_wanted.connect(self.edit)
        view.remove_wanted.connect(self._remove)
        view.retried.connect(self._retry)
        form.turned.connect(self._turn)
        form.tried.connect(self._try)
        form.cancelled.connect(self._cancel)
        form.saved.connect(self._save)
        form.left.connect(self.leave)
        room.follow(self._show)

    def open(self) -> None:
        """Look which plugins are here, the first time."""
        if not self._offers:
            self._with_offers(lambda: None)

    def add(self) -> None:
        """Ask for a new connection."""
        self._with_offers(lambda: self._ask(Typed()))

    def edit(self, system: str) -> None:
        """Ask what changes of a connection."""
        found = self._room.desk.state.workspace.systems.get(SystemId(system))
        if found is None:
            return
        typed = Typed(
            id=found.id,
            plugin=found.plugin,
            url=found.url,
            settings=self._editor.texts_of(found),
            known=found.id,
        )

        def ask(answer: Answer) -> None:
            self._view.refuse(words_of(answer))
            self._is_kept = answer is True
            self._with_offers(lambda: self._ask(typed))

        self._room.command("look for a credential", lambda: self._editor.is_kept(found), ask)

    def leave(self) -> None:
        """Leave the form; a test that goes on is stopped."""
        self._cancel()
        self._view.form.dismiss()
        self._view.rows.setFocus()

    def _with_offers(self, go_on: Callable[[], None]) -> None:
        """Go on once it is known which plugins are here."""
        if self._offers:
            go_on()
            return

        async def look() -> None:
            offers = await self._editor.offers()
            self._defaults = {
                name: self._editor.default_texts(each)
                for name, each in offers.items()
                if not isinstance(each, PersonMustAct)
            }
            self._offers = offers

        def found(answer: Answer) -> None:
            self._view.refuse(words_of(answer))
            if self._offers:
                go_on()

        self._room.command("look for plugins", look, found)

    def _ask(self, typed: Typed) -> None:
        if not typed.known:
            self._is_kept = False
        self._view.form.ask(self._rows(typed), typed.known)

    def _turn(self, plugin: str) -> None:
        kept = self._view.form.typed()
        self._ask(replace(kept, plugin=plugin, settings={}))
        self._view.form.plugin.setFocus()

    def _try(self, typed: Typed, credential: str) -> None:
        draft = _draft(typed, credential)
        self._view.form.show_problems(self._rows(typed))
        self._view.form.show_trying(is_trying=True)

        async def ask() -> object:
            try:
                # Not a deadline: it is set to now where a person stops the test.
                async with asyncio.timeout(None) as self._limit:
                    return await self._editor.attempt(draft)
            except TimeoutError:
                return Tried(ok=False, found="The test was stopped.")
            except InputRejected as wrong:
                return wrong

        def tried(answer: Answer) -> None:
            self._limit = None
            self._view.form.show_trying(is_trying=False)
            self._tried(typed, answer)

        self._room.command("test a connection", ask, tried)

    def _tried(self, typed: Typed, answer: Answer) -> None:
        form = self._view.form
        if isinstance(answer, InputRejected):
            form.show_problems(self._rows(typed, answer.problems))
            form.show_trial(Status.WARNING, "It was not asked: the form has problems.")
            form.show_savable(why_not="the form has problems")
        elif isinstance(answer, Tried):
            status = Status.DONE if answer.ok else Status.WARNING
            says = f"It answers: {answer.found}" if answer.ok else answer.found
            form.show_trial(status, says, answer.do)
            changed = "" if form.typed() == typed else "changed since the test"
            form.show_savable(why_not=changed, answered=answer.ok)
        else:
            form.show_trial(Status.WARNING, words_of(answer))
            form.show_savable(why_not="it could not be tested")

    def _cancel(self) -> None:
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time())

    def _save(self, typed: Typed, credential: str) -> None:
        draft = _draft(typed, credential)

        async def save() -> object:
            try:
                return await self._editor.save(draft)
            except InputRejected as wrong:
                return wrong

        def saved(answer: Answer) -> None:
            wrong = words_of(answer)
            if isinstance(answer, InputRejected):
                self._tried(typed, answer)
            elif wrong:
                self._view.form.show_trial(Status.WARNING, wrong)
            else:
                self.leave()
                self._room.show()
                self._view.rows.select(typed.id)
                self._retry()

        self._room.command("keep a connection", save, saved)

    def _remove(self, system: str) -> None:
        self._room.command(
            "remove a connection",
            lambda: self._editor.remove(SystemId(system)),
            lambda answer: self._view.refuse(words_of(answer)),
        )

    def _retry(self) -> None:
        self._room.command(
            "ask all systems", self._ask_all, lambda answer: self._view.refuse(words_of(answer))
        )

    def _rows(self, typed: Typed, problems: tuple[Problem, ...] = ()) -> ConnectionFormRows:
        keeping = Keeping(
            place=self._editor.place, is_durable=self._editor.durable, is_kept=self._is_kept
        )
        chosen = typed.plugin or first_plugin(self._offers)
        return present_connection_form(
            self._offers,
            replace(typed, plugin=chosen),
            keeping,
            self._defaults.get(chosen, {}),
            problems,
        )

    def _show(self, seen: SettingsSeen) -> None:
        titles = {
            name: each.title
            for name, each in self._offers.items()
            if not isinstance(each, PersonMustAct)
        }
        self._view.show_rows(present_connections(seen, titles))


def _draft(typed: Typed, credential: str) -> Draft:
    """Give what was typed as what is tried and kept."""
    return Draft(
        id=typed.id,
        plugin=typed.plugin,
        url=typed.url,
        settings=typed.settings,
        secret=Secret(credential) if credential else None,
        known=SystemId(typed.known) if typed.known else None,
    )

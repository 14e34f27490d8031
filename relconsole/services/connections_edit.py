"""Connecting systems from a window: what was typed is checked, tried, and kept as a fact.

A credential goes to the keyring and nowhere else; no fact, problem or answer holds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.errors import InputRejected, PersonMustAct, Problem
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.json import Json
from relconsole.domain.kernel.refusal import Refusal, refuse
from relconsole.plugin_api.errors import SettingsRejected
from relconsole.plugin_api.manifest import Manifest, SettingType, Use
from relconsole.plugin_api.settings import check_settings
from relconsole.ports.connections import SettingsText, Trials, Tried
from relconsole.ports.credentials import Credentials, Secret
from relconsole.services.desk import Desk, Records

SETTINGS: Final = "settings"
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A connection as it was typed; ``settings`` are texts by name, empty for what is left out.

    ``known`` is the system that it changes, None for a new one. ``secret`` None leaves the
    credential that is kept.
    """

    id: str
    plugin: str
    url: str = ""
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    secret: Secret | None = None
    known: SystemId | None = None


class ConnectionsEditor:
    """Tries, keeps and takes away connections; ``secret_name`` names a system's credential."""

    def __init__(
        self,
        *,
        desk: Desk,
        trials: Trials,
        text: SettingsText,
        credentials: Credentials,
        secret_name: Callable[[SystemId, str], str],
    ) -> None:
        """Take the desk, what tries a system, how settings are typed, and the keyring."""
        self._desk = desk
        self._trials = trials
        self._text = text
        self._credentials = credentials
        self._secret_name = secret_name

    @property
    def place(self) -> str:
        """Give where credentials are kept, in words."""
        return self._credentials.place

    @property
    def durable(self) -> bool:
        """Tell whether they outlive the program."""
        return self._credentials.durable

    async def offers(self) -> Mapping[str, Manifest | PersonMustAct]:
        """Give the plugins that are here, and for one that cannot be used why not."""
        return await self._trials.offers()

    def texts_of(self, system: System) -> Mapping[str, str]:
        """Give the settings of a system as they are typed."""
        return {name: self._text.write(value) for name, value in sorted(system.settings.items())}

    def default_texts(self, manifest: Manifest) -> Mapping[str, str]:
        """Give what counts where nothing is typed, as it would be typed."""
        return {name: self._text.write(each.default) for name, each in manifest.settings.items()}

    async def is_kept(self, system: System) -> bool:
        """Tell whether a credential is kept for a system at the address that it has."""
        return await self._credentials.get(self._secret_name(system.id, system.url)) is not None

    async def attempt(self, draft: Draft) -> Tried:
        """Ask the system as it was typed; InputRejected, by field, for what cannot be asked."""
        system = await self._checked(draft)
        secret = draft.secret or await self._kept_secret(draft)
        return await self._trials.attempt(system, secret)

    async def save(self, draft: Draft) -> Records | Refusal:
        """Keep the connection, its credential first; InputRejected for what cannot be kept."""
        system = await self._checked(draft)
        systems = dict(self._desk.state.workspace.systems)
        former = systems.get(system.id)
        systems[system.id] = system
        name = self._secret_name(system.id, system.url)
        if draft.secret is not None:
            await self._credentials.put(name, draft.secret)
        answer = await self._import(systems)
        before = name if former is None else self._secret_name(former.id, former.url)
        if before != name and not isinstance(answer, Refusal):
            await self._credentials.remove(before)
        return answer

    async def remove(self, system: SystemId) -> Records | Refusal:
        """Take a connection away, and its credential; refused while an open night asks it."""
        systems = dict(self._desk.state.workspace.systems)
        gone = systems.pop(system, None)
        if gone is None:
            return refuse("unknown_system", system, f"no system is called {system}")
        answer = await self._import(systems)
        if not isinstance(answer, Refusal):
            await self._credentials.remove(self._secret_name(gone.id, gone.url))
        return answer

    async def _import(self, systems: Mapping[SystemId, System]) -> Records | Refusal:
        workspace = replace(self._desk.state.workspace, systems=systems)
        return await self._desk.submit(ImportWorkspace(workspace=workspace))

    async def _kept_secret(self, draft: Draft) -> Secret | None:
        """Give the credential that is kept for this address; another address needs it anew."""
        return await self._credentials.get(self._secret_name(SystemId(draft.id), draft.url))

    async def _checked(self, draft: Draft) -> System:
        """Give the system that was typed; InputRejected with every fault, each at its field."""
        manifest = (await self._trials.offers()).get(draft.plugin)
        if manifest is None:
            raise InputRejected((_problem("plugin", f"no plugin is called {draft.plugin}"),))
        if isinstance(manifest, PersonMustAct):
            raise manifest
        problems = [*self._name_problems(draft), *_url_problems(draft, manifest)]
        needs_secret = manifest.secret is Use.REQUIRED and draft.secret is None
        if needs_secret and await self._kept_secret(draft) is None:
            problems.append(_problem("secret", "is missing"))
        settings: dict[str, Json] = {}
        for name, setting in manifest.settings.items():
            typed = draft.settings.get(name, "").strip()
            if typed:
                try:
                    settings[name] = self._typed(setting.type, name, typed)
                except InputRejected as wrong:
                    problems.extend(wrong.problems)
        known_wrong = {each.field for each in problems}
        try:
            check_settings(manifest, settings, file="", place=SETTINGS)
        except SettingsRejected as wrong:
            problems.extend(each for each in wrong.problems if each.field not in known_wrong)
        if problems:
            raise InputRejected(tuple(problems))
        url = "" if manifest.address is Use.NEVER else draft.url
        return System(id=SystemId(draft.id), plugin=draft.plugin, url=url, settings=settings)

    def _typed(self, kind: SettingType, name: str, text: str) -> Json:
        """Give a text as the value that the manifest's own check then types."""
        if kind is SettingType.MAP:
            return self._text.read(text, f"{SETTINGS}.{name}")
        if kind is SettingType.LIST:
            return [line.strip() for line in text.splitlines() if line.strip()]
        return text

    def _name_problems(self, draft: Draft) -> Iterator[Problem]:
        if not _PLAIN_NAME.fullmatch(draft.id):
            says = "is missing" if not draft.id else "has letters, digits, - _ and . only"
            yield _problem("id", says)
        elif draft.known is None and draft.id in self._desk.state.workspace.systems:
            yield _problem("id", "another system has this name already")


def _url_problems(draft: Draft, manifest: Manifest) -> Iterator[Problem]:
    """Give what is wrong with the address; a password in it is never repeated."""
    if not draft.url:
        if manifest.address is Use.REQUIRED:
            yield _problem("url", "is missing")
        return
    try:
        parts = urlsplit(draft.url)
        has_secret = parts.username is not None or parts.password is not None
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        has_secret, is_address = False, False
    if has_secret:
        yield _problem("url", "holds no name or password: these belong to the credential")
    elif not is_address:
        yield _problem("url", "is no address such as https://ci.example.org")


def _problem(name: str, message: str) -> Problem:
    return Problem(file="", line=None, field=name, message=message)

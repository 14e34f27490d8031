"""Trying a connection before it is kept, as a port: the plugins that are here, and one question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.plugin_api.manifest import Manifest
from relconsole.ports.credentials import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Whether a system answered; ``found`` is what, ``do`` what a person may do about it."""

    ok: bool
    found: str
    do: str = ""


class Trials(Protocol):
    """What is needed to try a system that nobody has connected yet."""

    async def offers(self) -> Mapping[str, Manifest | PersonMustAct]:
        """Give the installed plugins by name, and for one that cannot be used why not."""
        ...

    async def attempt(self, system: System, secret: Secret | None) -> Tried:
        """Ask a system in a process of its own, which is ended afterwards, whatever happens."""
        ...


class SettingsText(Protocol):
    """Settings as a person types them."""

    def read(self, text: str, field: str) -> JsonObject:
        """Give what was written by name; InputRejected, with lines, for what is none."""
        ...

    def write(self, value: Json) -> str:
        """Give a value as a person would write it, so that it is read back as the same."""
        ...

"""Plugins that are said to be here, and systems that answer as a test lets them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping

from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.errors import InputRejected, PersonMustAct, Problem
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.plugin_api.manifest import (
    Credential,
    Kind,
    Manifest,
    Setting,
    SettingType,
    Use,
)
from relconsole.ports.connections import Tried
from relconsole.ports.credentials import Secret

LIGHTHOUSE = Manifest(
    id="lighthouse",
    title="Lighthouse",
    kinds=(Kind.CI, Kind.MONITORING),
    secret=Use.REQUIRED,
    credential=Credential.BEARER,
    settings={
        "lamps": Setting(type=SettingType.LIST, required=True, help="the lamps, a line each"),
        "jobs": Setting(type=SettingType.MAP, help="by name: argv"),
        "range": Setting(type=SettingType.NUMBER, default=12),
        "every": Setting(type=SettingType.DURATION, default="30s", help="how often it turns"),
        "fog": Setting(type=SettingType.BOOLEAN, default=False),
        "keeper": Setting(type=SettingType.TEXT),
    },
)
FOLDER = Manifest(id="folder", title="Folder", kinds=(Kind.ITSM,), address=Use.NEVER)
BROKEN = PersonMustAct("The plugin broken has no manifest.", do="Install the plugin again.")


class FakeTrials:
    """Every system answers; `waits` is awaited before one does, `answers` is what it says."""

    def __init__(self) -> None:
        self.asked: list[tuple[System, str | None]] = []
        self.answers = Tried(ok=True, found="Lighthouse 2.1")
        self.waits: Callable[[], Awaitable[object]] | None = None

    async def offers(self) -> Mapping[str, Manifest | PersonMustAct]:
        return {"broken": BROKEN, "folder": FOLDER, "lighthouse": LIGHTHOUSE}

    async def attempt(self, system: System, secret: Secret | None) -> Tried:
        self.asked.append((system, None if secret is None else secret.reveal()))
        if self.waits is not None:
            await self.waits()
        return self.answers


class JsonText:
    """Settings typed as JSON instead of YAML."""

    def read(self, text: str, field: str) -> JsonObject:
        try:
            found: JsonObject = json.loads(text)
        except ValueError as wrong:
            problem = Problem(file="", line=1, field=field, message="is no mapping")
            raise InputRejected((problem,)) from wrong
        return found

    def write(self, value: Json) -> str:
        match value:
            case None:
                return ""
            case str():
                return value
            case list() | tuple():
                return "\n".join(str(item) for item in value)
            case _:
                return json.dumps(value)

"""What a plugin is given when it is made, and what every plugin offers beside its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.http import Http
from relconsole.plugin_api.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The connected system that a plugin serves.

    ``settings`` have been checked against the manifest, with its defaults filled in: a duration is
    seconds, a number a number. ``folder`` is for the plugin's own working files, and outlives it.
    ``now`` gives the wall clock in UTC. ``secret`` is for a library that brings its own client;
    ``http`` already sends it where the manifest says how.
    """

    system: SystemId
    url: str
    settings: Mapping[str, Json]
    folder: str
    secret: Secret | None
    http: Http
    now: Callable[[], datetime]


class Plugin(Protocol):
    """A plugin object: made with a Context, then asked, and closed at the end."""

    async def check(self) -> str:
        """Give in one line what answers, such as a product and its version; raises where none."""
        ...

    async def close(self) -> None:
        """Let go of what the plugin holds."""
        ...


PluginFactory = Callable[[Context], Plugin]
"""What an entry point names: most often the plugin's class."""

"""The settings of a connected Prometheus."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from relconsole.domain.kernel.errors import Problem
from relconsole.domain.kernel.json import JsonObject, as_text
from relconsole.plugin_api.errors import SettingsRejected

_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """``alertmanager`` is an address, empty where there is none."""

    alertmanager: str
    service_label: str
    author: str


def read_config(settings: JsonObject) -> Config:
    """Give the settings; SettingsRejected for a label that no series can have."""
    label = as_text(settings.get("service_label"))
    if not _LABEL.fullmatch(label):
        problem = Problem(
            file="connections.yaml",
            line=None,
            field="settings.service_label",
            message=f"{label!r} is no name of a label",
        )
        raise SettingsRejected((problem,))
    return Config(
        alertmanager=as_text(settings.get("alertmanager")),
        service_label=label,
        author=as_text(settings.get("author")),
    )

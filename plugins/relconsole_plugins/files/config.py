"""Where the records are and which state may follow which; nothing here reads a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from relconsole.domain.kernel.errors import Problem
from relconsole.domain.kernel.json import JsonObject, as_text
from relconsole.plugin_api.errors import SettingsRejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one folder of records; ``transitions`` None allows every one."""

    folder: Path
    transitions: Mapping[str, tuple[str, ...]] | None

    def allows(self, state: str, following: str) -> bool:
        """Tell whether a record may go from one state to the other."""
        return self.transitions is None or following in self.transitions.get(state, ())


def read_config(settings: JsonObject) -> Config:
    """Give the settings; SettingsRejected where they cannot be meant."""
    folder = Path(as_text(settings.get("folder")))
    if not folder.is_absolute():
        raise _rejected("folder", f"{folder} is no absolute path")
    written = settings.get("transitions")
    if written is None:
        return Config(folder=folder, transitions=None)
    try:
        transitions = msgspec.convert(written, dict[str, tuple[str, ...]])
    except msgspec.ValidationError as wrong:
        raise _rejected("transitions", str(wrong)) from wrong
    return Config(folder=folder, transitions=transitions)


def _rejected(name: str, message: str) -> SettingsRejected:
    field = f"settings.{name}"
    return SettingsRejected(
        (Problem(file="connections.yaml", line=None, field=field, message=message),)
    )

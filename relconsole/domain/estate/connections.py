"""Connected systems, as a workspace names them; never a secret among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One connected system: its plugin, its base address, and settings that the plugin checks."""

    id: SystemId
    plugin: str
    url: str = ""
    settings: Mapping[str, Json] = field(default_factory=dict[str, Json])

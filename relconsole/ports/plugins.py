"""Connected systems as the services see them: typed calls, each with a deadline.

Every call raises WorldIsDown where the system or its plugin does not answer in its own form and in
time, and PersonMustAct where a setting or a credential is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.plugin_api.ci import JobDescription
from relconsole.plugin_api.cmdb import ConfigurationItem
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Found,
    NotFound,
    Recognition,
    RemoteState,
    TargetRefused,
)
from relconsole.plugin_api.itsm import ChangeRecord
from relconsole.plugin_api.monitoring import Alert, QueryAnswer, RangeAnswer, Rule, Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a connected system answered last; both instants are None where it was never asked.

    ``failing_since`` is None where it answered last; ``why`` is its last failure.
    """

    system: SystemId
    answered_at: datetime | None = None
    failing_since: datetime | None = None
    why: str = ""


class Plugins(Protocol):
    """The connected systems, by the id that the workspace gives them."""

    async def recognition(self, system: SystemId, kind: str) -> Recognition:
        """Give how the target recognises a repeat of this kind of effect."""
        ...

    async def perform(
        self, system: SystemId, request: EffectRequest
    ) -> Acknowledged | TargetRefused:
        """Perform an effect; when this raises, what became of it is unknown."""
        ...

    async def find(self, system: SystemId, kind: str, effect: EffectId) -> Found | NotFound:
        """Ask whether the target knows an effect."""
        ...

    async def follow(self, system: SystemId, kind: str, remote: str) -> RemoteState:
        """Give where an acknowledged effect stands."""
        ...

    async def cancel(self, system: SystemId, kind: str, remote: str, reason: str) -> bool:
        """Ask the target to stop an effect."""
        ...

    async def describe_job(self, system: SystemId, job: str) -> JobDescription:
        """Give what a job would run now."""
        ...

    async def read_change(self, system: SystemId, change: str) -> ChangeRecord | None:
        """Give a change record."""
        ...

    async def query(self, system: SystemId, query: str) -> QueryAnswer:
        """Give a value now."""
        ...

    async def query_range(
        self, system: SystemId, query: str, start: datetime, end: datetime, step: timedelta
    ) -> RangeAnswer:
        """Give values over a range."""
        ...

    async def rules(self, system: SystemId) -> tuple[Rule, ...]:
        """Give the rules of a monitoring system."""
        ...

    async def alerts(self, system: SystemId) -> tuple[Alert, ...]:
        """Give the alerts that stand."""
        ...

    async def silences(self, system: SystemId) -> tuple[Silence, ...]:
        """Give the silences of a monitoring system."""
        ...

    async def configuration_items(self, system: SystemId) -> tuple[ConfigurationItem, ...]:
        """Give the items of a CMDB."""
        ...

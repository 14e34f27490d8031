"""A dry run: what a rollback would do now, over the fleet as it was read; nothing was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.kernel.ids import RunId, ServiceId
from relconsole.domain.night.rollback_facts import FleetRow
from relconsole.domain.rollback.estimate import RollbackEstimate
from relconsole.domain.rollback.plan import RollbackPlan

DRY_RUN_LIFE: Final = timedelta(minutes=5)
"""How long a dry run may be relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What a rollback would do, made at ``at``; of one service where ``only`` names it.

    ``plan`` and ``estimate`` are None where there is no way back, for the reasons in ``why``;
    ``decayed`` says why no rehearsal backs it.
    """

    run: RunId
    at: datetime
    only: ServiceId | None = None
    plan: RollbackPlan | None = None
    fleet: tuple[FleetRow, ...] = ()
    decayed: tuple[str, ...] = ()
    estimate: RollbackEstimate | None = None
    why: tuple[str, ...] = ()

    @property
    def differing(self) -> tuple[FleetRow, ...]:
        """Give the services whose observed versions are not those that the plan was written for."""
        return tuple(row for row in self.fleet if not row.ok and row.observed)

    @property
    def unseen(self) -> tuple[FleetRow, ...]:
        """Give the services of which nobody knows what runs."""
        return tuple(row for row in self.fleet if not row.ok and not row.observed)

    @property
    def asks_reason(self) -> tuple[str, ...]:
        """Give what a person has to give a reason for before arming: decay and drift."""
        drift = (f"{row.service}@{row.environment}: {row.says}" for row in self.differing)
        return (*self.decayed, *drift)

    @property
    def forbids(self) -> tuple[str, ...]:
        """Give why it cannot be armed by any reason: no way back, or a fleet nobody can see."""
        unseen = (f"{row.service}@{row.environment} is unknown: {row.says}" for row in self.unseen)
        return (*self.why, *unseen)

    def is_stale(self, now: datetime) -> bool:
        """Tell whether it is too old to rely on."""
        return now - self.at > DRY_RUN_LIFE

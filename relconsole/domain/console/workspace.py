"""A workspace: what a team keeps in files, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from relconsole.domain.calendar.entries import Calendar
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.connections import System
from relconsole.domain.estate.policy import Policy
from relconsole.domain.kernel.ids import ReleaseId, SystemId
from relconsole.domain.release.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Estate, calendar, policy, connections and releases, each complete and consistent."""

    estate: Estate = field(default_factory=Estate)
    calendar: Calendar = field(default_factory=Calendar)
    policy: Policy = field(default_factory=Policy)
    systems: Mapping[SystemId, System] = field(default_factory=dict[SystemId, System])
    releases: Mapping[ReleaseId, Release] = field(default_factory=dict[ReleaseId, Release])

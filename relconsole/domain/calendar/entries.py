"""The entries of a calendar, as values; their occurrences are in ``recurrence``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from relconsole.domain.estate.scope import Scope
from relconsole.domain.kernel.ids import EnvironmentId, PersonId, TeamId
from relconsole.domain.kernel.zones import Meant, WallTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """A span that repeats: first start and end as meant, an RFC 5545 rule, and dates left out.

    ``rrule`` empty means once. ``exdates`` are wall times in the zone of ``start``.
    """

    start: Meant
    end: Meant
    rrule: str = ""
    exdates: tuple[WallTime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Inside it, work in its scope conflicts and is blocked."""

    id: str
    when: Recurring
    reason: str = ""
    owner: str = ""
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWindow:
    """Outside it, work in its scope conflicts and is blocked."""

    id: str
    when: Recurring
    owner: str = ""
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeException:
    """Lets one release work inside a freeze until it expires.

    ``approver`` is never the requester; ``criteria`` and ``reason`` are for the audit.
    """

    id: str
    freeze: str
    release: str
    approver: PersonId
    reason: str
    expires: Meant
    criteria: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """An environment booked by a team."""

    id: str
    environment: EnvironmentId
    when: Recurring
    team: TeamId | None = None
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Train:
    """A cadence of departures; each lasts ``duration``, its scope freezes this long before."""

    id: str
    cadence: str
    start: Meant
    duration: timedelta
    scope_freeze_before: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """All entries of a workspace, in the order of its files."""

    freezes: tuple[Freeze, ...] = ()
    maintenance_windows: tuple[MaintenanceWindow, ...] = ()
    exceptions: tuple[FreezeException, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    trains: tuple[Train, ...] = ()

"""The look before the first step: does the real fleet stand as the plan was written for.

Unknown is never ok, and a mixed fleet is named instance by instance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relconsole.domain.kernel.ids import EnvironmentId, ServiceId
from relconsole.domain.kernel.observation import Observation, Unknown
from relconsole.domain.kernel.refusal import Reason

FleetReading = Observation[Mapping[str, str]] | Unknown
"""The version that each instance of a service runs, by the name of the instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedItem:
    """One service that a rollback takes back.

    ``before`` are the versions from which the plan was written, several where a step was under way;
    ``after`` is the version on which it ends, None where no version is known for it.
    """

    service: ServiceId
    environment: EnvironmentId
    before: tuple[str, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightRow:
    """One service compared; ``observed`` are (instance, version), empty where it is unknown.

    ``why`` is empty where the row is ok.
    """

    service: ServiceId
    environment: EnvironmentId
    expected: tuple[str, ...]
    observed: tuple[tuple[str, str], ...]
    ok: bool
    is_unknown: bool = False
    why: str = ""

    @property
    def versions(self) -> tuple[str, ...]:
        """Give the distinct versions observed, sorted."""
        return tuple(sorted({version for _, version in self.observed}))


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedEnd:
    """Where a service will stand after the rollback."""

    service: ServiceId
    environment: EnvironmentId
    version: str


class PreflightVerdict(StrEnum):
    """Whether the rollback may start; drifted and unknown forbid it."""

    READY = "ready"
    DRIFTED = "drifted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """The whole comparison, and where the rollback would end."""

    rows: tuple[PreflightRow, ...]
    predicted: tuple[PredictedEnd, ...]

    @property
    def verdict(self) -> PreflightVerdict:
        """Give drifted where a row is known to differ, else unknown where one is, else ready."""
        if any(not row.ok and not row.is_unknown for row in self.rows):
            return PreflightVerdict.DRIFTED
        if not self.rows or any(row.is_unknown for row in self.rows):
            return PreflightVerdict.UNKNOWN
        return PreflightVerdict.READY

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Give why the rollback may not start, none where it may."""
        if not self.rows:
            return (
                Reason(
                    rule="fleet_unknown",
                    thing="fleet",
                    says="the rollback names no service to look at",
                    lifts="a plan with its services and versions",
                ),
            )
        return tuple(_name_row(row) for row in self.rows if not row.ok)


def compare_fleet(
    items: Sequence[PlannedItem],
    readings: Mapping[tuple[ServiceId, EnvironmentId], FleetReading],
    now: datetime,
) -> Preflight:
    """Give the fleet as it is against the fleet that the plan was written for, an item a row."""
    return Preflight(
        rows=tuple(
            _compare(item, readings.get((item.service, item.environment)), now) for item in items
        ),
        predicted=tuple(
            PredictedEnd(service=item.service, environment=item.environment, version=item.after)
            for item in items
            if item.after is not None
        ),
    )


def read_fleet(reading: FleetReading | None, now: datetime) -> Mapping[str, str] | Unknown:
    """Give the version of each instance, or why it is unknown.

    No instance at all, and one whose version is empty, make the whole reading unknown.
    """
    if reading is None:
        return Unknown(why="nothing observes its version")
    if isinstance(reading, Unknown):
        return reading
    fleet = reading.read(now)
    if isinstance(fleet, Unknown):
        return fleet
    if not fleet:
        return Unknown(why=f"{reading.source} saw no instance", since=reading.observed_at)
    silent = sorted(instance for instance, version in fleet.items() if not version)
    if silent:
        why = f"no version of {', '.join(silent)}"
        return Unknown(why=why, since=reading.observed_at)
    return fleet


def name_strays(fleet: Mapping[str, str], wanted: Sequence[str]) -> str:
    """Give the instances that run something else than wanted, in words, empty without any."""
    strays = sorted(
        (instance, version) for instance, version in fleet.items() if version not in wanted
    )
    return ", ".join(f"{instance} runs {version}" for instance, version in strays)


def _compare(item: PlannedItem, reading: FleetReading | None, now: datetime) -> PreflightRow:
    """Give the row of one item."""
    fleet = read_fleet(reading, now)
    if not isinstance(fleet, Unknown) and not item.before:
        fleet = Unknown(why="the plan does not say from which version it starts")
    if isinstance(fleet, Unknown):
        return PreflightRow(
            service=item.service,
            environment=item.environment,
            expected=item.before,
            observed=(),
            ok=False,
            is_unknown=True,
            why=fleet.why,
        )
    why = name_strays(fleet, item.before)
    return PreflightRow(
        service=item.service,
        environment=item.environment,
        expected=item.before,
        observed=tuple(sorted(fleet.items())),
        ok=not why,
        why=why,
    )


def _name_row(row: PreflightRow) -> Reason:
    """Give the reason that a row is."""
    thing = f"{row.service}@{row.environment}"
    if row.is_unknown:
        return Reason(
            rule="fleet_unknown",
            thing=thing,
            says=f"the version of {row.service} at {row.environment} is unknown: {row.why}",
            lifts="a fresh reading of each instance",
        )
    expected = " or ".join(row.expected)
    return Reason(
        rule="fleet_drifted",
        thing=thing,
        says=f"{row.service} at {row.environment} should run {expected}; {row.why}",
        lifts=f"every instance on {expected}, or a rollback prepared for what is there",
    )

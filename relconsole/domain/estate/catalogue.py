"""The estate as one value: teams, people, environments, services and what needs what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.ids import EnvironmentId, PersonId, ServiceId, SystemId, TeamId


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team and the business unit it belongs to."""

    id: TeamId
    name: str
    business_unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A place to deploy to; ``order`` is its place in promotion.

    ``concurrency`` is how many releases it takes at once, None for any number.
    """

    id: EnvironmentId
    name: str
    order: int = 0
    owner: TeamId | None = None
    concurrency: int | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSource:
    """How the deployed version of a service is observed.

    ``query`` goes to the monitoring system; each returned series is one instance and its label
    ``label`` is the version there. ``{environment}`` in the query is replaced by the environment.
    """

    system: SystemId
    query: str
    label: str = "version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service, data store, queue or third party; ``environments`` empty means all of them.

    ``version`` is what the workspace says stands in production, None where it does not say.
    """

    id: ServiceId
    name: str
    team: TeamId
    tier: int = 3
    kind: str = "service"
    environments: tuple[EnvironmentId, ...] = ()
    channels: tuple[str, ...] = ()
    version: str | None = None
    observed_by: VersionSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """``source`` needs ``target``; ``requires`` is a version constraint, None for any version."""

    source: ServiceId
    target: ServiceId
    kind: str = "calls"
    requires: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """All of it, by id; maps keep no order, so whoever shows or hashes them sorts by id."""

    teams: Mapping[TeamId, Team] = field(default_factory=dict[TeamId, Team])
    people: Mapping[PersonId, Person] = field(default_factory=dict[PersonId, Person])
    environments: Mapping[EnvironmentId, Environment] = field(
        default_factory=dict[EnvironmentId, Environment]
    )
    services: Mapping[ServiceId, Service] = field(default_factory=dict[ServiceId, Service])
    dependencies: tuple[Dependency, ...] = ()

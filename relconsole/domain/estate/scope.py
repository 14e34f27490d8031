"""Scopes: which services, environments, regions and teams a rule is about."""

from __future__ import annotations

from dataclasses import dataclass

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import EnvironmentId, ServiceId, TeamId


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The keys are joined by *and*, the values of one key by *or*; an empty scope is everything."""

    services: tuple[ServiceId, ...] = ()
    environments: tuple[EnvironmentId, ...] = ()
    regions: tuple[str, ...] = ()
    teams: tuple[TeamId, ...] = ()

    def holds(self, service: ServiceId, environment: EnvironmentId, estate: Estate) -> bool:
        """Tell whether a service at an environment lies in the scope."""
        place = estate.environments.get(environment)
        thing = estate.services.get(service)
        return (
            (not self.services or service in self.services)
            and (not self.environments or environment in self.environments)
            and (not self.regions or (place is not None and place.region in self.regions))
            and (not self.teams or (thing is not None and thing.team in self.teams))
        )

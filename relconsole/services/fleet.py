"""Observing which versions really run, through the monitoring that the estate names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from relconsole.domain.estate.catalogue import Estate, VersionSource
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import EnvironmentId, ServiceId
from relconsole.domain.kernel.observation import Observation, Unknown
from relconsole.domain.rollback.preflight import FleetReading
from relconsole.plugin_api.monitoring import Sample
from relconsole.ports.clock import Clock
from relconsole.ports.plugins import Plugins

Place = tuple[ServiceId, EnvironmentId]


async def read_fleet(
    plugins: Plugins,
    clock: Clock,
    estate: Estate,
    places: Iterable[Place],
    time_to_live: timedelta,
) -> Mapping[Place, FleetReading]:
    """Give for each service at an environment what runs there, or why that is unknown."""
    return {
        place: await _read(plugins, clock, estate, place, time_to_live)
        for place in dict.fromkeys(places)
    }


async def _read(
    plugins: Plugins, clock: Clock, estate: Estate, place: Place, time_to_live: timedelta
) -> FleetReading:
    """Give the version of each instance of one service."""
    service, environment = place
    known = estate.services.get(service)
    source = known.observed_by if known else None
    if source is None:
        return Unknown(why=f"the estate does not say how the version of {service} is observed")
    query = source.query.replace("{environment}", environment)
    try:
        answer = await plugins.query(source.system, query)
    except (WorldIsDown, PersonMustAct) as failed:
        return Unknown(why=f"{source.system}: {failed}")
    fleet: dict[str, str] = {}
    for sample in answer.samples:
        name, version = _name(sample, source), sample.labels.get(source.label, "")
        if fleet.setdefault(name, version) != version:
            both = " and ".join(sorted((fleet[name], version)))
            return Unknown(why=f"{source.system} says {both} of {name or 'one instance'}")
    return Observation(
        value=fleet,
        source=source.system,
        # The fleet is as fresh as the instance that was seen longest ago.
        observed_at=min((sample.at for sample in answer.samples), default=clock.now()),
        time_to_live=time_to_live,
    )


def _name(sample: Sample, source: VersionSource) -> str:
    """Give the name of the instance behind a sample: its instance label, else all its labels."""
    if "instance" in sample.labels:
        return sample.labels["instance"]
    rest = {key: value for key, value in sample.labels.items() if key != source.label}
    return ", ".join(f"{key}={value}" for key, value in sorted(rest.items()))

"""The fleet as monitoring shows it: what each instance runs, and unknown where nobody sees it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.estate.catalogue import Estate, VersionSource
from relconsole.domain.kernel.ids import EnvironmentId, ServiceId
from relconsole.domain.kernel.observation import Observation, Unknown
from relconsole.domain.rollback.preflight import FleetReading
from relconsole.plugin_api.monitoring import QueryAnswer, Sample
from relconsole.services.fleet import Place, read_fleet
from tests.helpers.fakes.clock import START
from tests.helpers.fakes.plugins import FakePlugins, Way
from tests.unit.services.rooms import (
    ESTATE,
    METRICS,
    PAY,
    PROD,
    Room,
    furnish,
    played,
    release_of,
)

LEDGER, STAGE = ServiceId("ledger"), EnvironmentId("stage")
FRESH = timedelta(seconds=60)
SHOWN = VersionSource(system=METRICS, query='version{env="{environment}"}')
AT_PROD = 'version{env="prod"}'


def estate(source: VersionSource | None = SHOWN) -> Estate:
    """An estate that says how the version of its one service is observed."""
    return replace(ESTATE, services={PAY: replace(ESTATE.services[PAY], observed_by=source)})


def shows(room: Room, *labels: Mapping[str, str], query: str = AT_PROD) -> None:
    """Let monitoring show a series with each of these labels."""
    room.world.values[query] = lambda: tuple((each, 1.0) for each in labels)


async def read(room: Room, source: VersionSource | None = SHOWN) -> FleetReading:
    place: Place = (PAY, PROD)
    found = await read_fleet(room.plugins, room.clock, estate(source), [place], FRESH)
    return found[place]


@played
async def test_that_each_instance_is_read_with_its_version() -> None:
    room = await furnish(release_of())
    shows(
        room,
        {"instance": "a:80", "version": "2.31.0", "env": "prod"},
        {"instance": "b:80", "version": "2.30.4", "env": "prod"},
    )
    assert await read(room) == Observation(
        value={"a:80": "2.31.0", "b:80": "2.30.4"},
        source="metrics",
        observed_at=START,
        time_to_live=FRESH,
    )


@played
async def test_that_an_instance_without_a_name_is_told_by_its_other_labels() -> None:
    room = await furnish(release_of())
    shows(room, {"zone": "b", "pod": "pay-1", "build": "7"}, {"zone": "a", "pod": "pay-2"})
    found = await read(room, replace(SHOWN, label="build"))
    assert isinstance(found, Observation)
    assert found.value == {"pod=pay-1, zone=b": "7", "pod=pay-2, zone=a": ""}


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ({"instance": "a:80"}, "metrics says 2.30.4 and 2.31.0 of a:80"),
        ({}, "metrics says 2.30.4 and 2.31.0 of one instance"),
    ],
)
@played
async def test_that_an_instance_with_two_versions_leaves_the_fleet_unknown(
    labels: Mapping[str, str], why: str
) -> None:
    room = await furnish(release_of())
    shows(room, {**labels, "version": "2.31.0"}, {**labels, "version": "2.30.4"})
    assert await read(room) == Unknown(why=why)


@played
async def test_that_an_instance_seen_twice_with_one_version_counts_once() -> None:
    room = await furnish(release_of())
    shows(
        room,
        {"instance": "a:80", "job": "x", "version": "2.31.0"},
        {"instance": "a:80", "job": "y", "version": "2.31.0"},
    )
    found = await read(room)
    assert isinstance(found, Observation)
    assert found.value == {"a:80": "2.31.0"}


class _Uneven(FakePlugins):
    """Monitoring that saw one instance a while ago and the other just now."""

    async def query(self, system: str, query: str) -> QueryAnswer:
        del system, query
        ages = {"a:80": timedelta(seconds=45), "b:80": timedelta(0)}
        return QueryAnswer(
            samples=tuple(
                Sample(labels={"instance": name, "version": "1"}, value=1.0, at=START - age)
                for name, age in ages.items()
            )
        )


@played
async def test_that_a_fleet_is_as_old_as_the_instance_seen_longest_ago() -> None:
    room = await furnish(release_of())
    room.plugins = _Uneven(room.world)
    found = await read(room)
    assert isinstance(found, Observation)
    assert found.observed_at == START - timedelta(seconds=45)


@played
async def test_that_a_fleet_in_which_nothing_is_seen_is_empty_as_of_now() -> None:
    room = await furnish(release_of())
    room.clock.advance(5)
    found = await read(room)
    assert isinstance(found, Observation)
    assert (found.value, found.observed_at) == ({}, START + timedelta(seconds=5))


@pytest.mark.parametrize(
    ("way", "why"),
    [
        (Way.IS_DOWN, "metrics: metrics is down."),
        (Way.LACKS_A_SETTING, "metrics: metrics has no credential. Store one."),
    ],
)
@played
async def test_that_silent_monitoring_leaves_the_fleet_unknown(way: Way, why: str) -> None:
    room = await furnish(release_of())
    room.goes("query", way)
    assert await read(room) == Unknown(why=why)


@played
async def test_that_a_service_whose_version_nobody_observes_is_unknown_without_a_question() -> None:
    room = await furnish(release_of())
    why = "the estate does not say how the version of payments-api is observed"
    assert await read(room, None) == Unknown(why=why)
    assert room.world.calls == []


@played
async def test_that_a_service_unknown_to_the_estate_is_unknown() -> None:
    room = await furnish(release_of())
    place: Place = (LEDGER, PROD)
    found = await read_fleet(room.plugins, room.clock, estate(), [place], FRESH)
    why = "the estate does not say how the version of ledger is observed"
    assert found == {place: Unknown(why=why)}


@played
async def test_that_each_place_is_asked_for_once_and_in_its_own_environment() -> None:
    room = await furnish(release_of())
    shows(room, {"instance": "a", "version": "1"})
    shows(room, {"instance": "s", "version": "2"}, query='version{env="stage"}')
    places = [(PAY, PROD), (PAY, STAGE), (PAY, PROD)]
    found = await read_fleet(room.plugins, room.clock, estate(), places, FRESH)
    values = {
        place[1]: reading.value if isinstance(reading, Observation) else reading
        for place, reading in found.items()
    }
    assert values == {"prod": {"a": "1"}, "stage": {"s": "2"}}
    assert room.calls("query") == [AT_PROD, 'version{env="stage"}']

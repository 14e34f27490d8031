from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.estate.catalogue import Environment, Estate, Service
from relconsole.domain.estate.scope import Scope
from relconsole.domain.kernel.ids import EnvironmentId, ServiceId, TeamId

API, DB, LOST = ServiceId("api"), ServiceId("db"), ServiceId("lost")
PROD, TEST, NOWHERE = EnvironmentId("prod"), EnvironmentId("test"), EnvironmentId("nowhere")
PAY, OPS = TeamId("pay"), TeamId("ops")
ESTATE = Estate(
    environments=Map(
        {
            PROD: Environment(id=PROD, name="prod", region="eu"),
            TEST: Environment(id=TEST, name="test"),
        }
    ),
    services=Map(
        {API: Service(id=API, name="api", team=PAY), DB: Service(id=DB, name="db", team=OPS)}
    ),
)


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True).map(tuple)


def test_that_an_empty_scope_is_everything_even_what_the_estate_does_not_know() -> None:
    assert Scope().holds(API, PROD, ESTATE)
    assert Scope().holds(LOST, NOWHERE, ESTATE)


def test_that_a_region_or_team_of_something_unknown_is_in_no_scope() -> None:
    assert not Scope(regions=("eu",)).holds(API, NOWHERE, ESTATE)
    assert not Scope(regions=("eu",)).holds(API, TEST, ESTATE)
    assert not Scope(teams=(PAY,)).holds(LOST, PROD, ESTATE)


@given(
    services=some("api", "db"),
    environments=some("prod", "test"),
    regions=some("eu", "us"),
    teams=some("pay", "ops"),
    service=st.sampled_from([API, DB]),
    environment=st.sampled_from([PROD, TEST]),
)
def test_that_keys_are_joined_by_and_and_the_values_of_one_key_by_or(
    services: tuple[ServiceId, ...],
    environments: tuple[EnvironmentId, ...],
    regions: tuple[str, ...],
    teams: tuple[TeamId, ...],
    service: ServiceId,
    environment: EnvironmentId,
) -> None:
    whole = Scope(services=services, environments=environments, regions=regions, teams=teams)
    by_key = (
        not services
        or any(Scope(services=(one,)).holds(service, environment, ESTATE) for one in services),
        not environments
        or any(
            Scope(environments=(one,)).holds(service, environment, ESTATE) for one in environments
        ),
        not regions
        or any(Scope(regions=(one,)).holds(service, environment, ESTATE) for one in regions),
        not teams or any(Scope(teams=(one,)).holds(service, environment, ESTATE) for one in teams),
    )
    assert whole.holds(service, environment, ESTATE) is all(by_key)


def test_that_each_key_names_what_it_says() -> None:
    assert Scope(services=(API,)).holds(API, PROD, ESTATE)
    assert not Scope(services=(API,)).holds(DB, PROD, ESTATE)
    assert Scope(environments=(TEST,)).holds(API, TEST, ESTATE)
    assert not Scope(environments=(TEST,)).holds(API, PROD, ESTATE)
    assert Scope(regions=("eu",)).holds(API, PROD, ESTATE)
    assert not Scope(regions=("us",)).holds(API, PROD, ESTATE)
    assert Scope(teams=(PAY,)).holds(API, PROD, ESTATE)
    assert not Scope(teams=(PAY,)).holds(DB, PROD, ESTATE)

from __future__ import annotations

from relconsole.domain.estate.catalogue import Dependency, Environment, Estate, Service, Team
from relconsole.domain.kernel.ids import EnvironmentId, ServiceId, TeamId


def test_that_a_service_that_names_no_environment_is_in_all_and_has_an_unknown_version() -> None:
    service = Service(id=ServiceId("api"), name="API", team=TeamId("pay"))
    assert service.environments == ()
    assert service.version is None
    assert (service.tier, service.kind) == (3, "service")


def test_that_an_environment_is_unlimited_unless_it_says_otherwise() -> None:
    place = Environment(id=EnvironmentId("prod"), name="Production")
    assert (place.order, place.concurrency, place.region) == (0, None, None)


def test_that_a_dependency_calls_any_version_unless_it_says_otherwise() -> None:
    need = Dependency(source=ServiceId("web"), target=ServiceId("api"))
    assert (need.kind, need.requires) == ("calls", None)


def test_that_two_empty_estates_are_equal_and_share_nothing_that_changes() -> None:
    one, other = Estate(), Estate()
    assert one == other
    assert not one.teams
    assert Team(id=TeamId("pay"), name="Payments").business_unit == ""

"""What a second import changes, by kind and id."""

from dataclasses import replace

from relconsole.domain.calendar.entries import Calendar
from relconsole.domain.console.difference import (
    Change,
    How,
    WorkspaceDifference,
    count_contents,
    difference,
)
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import Dependency, Estate, Service, Team
from relconsole.domain.estate.policy import Authority, Policy
from relconsole.domain.kernel.ids import ServiceId, TeamId

API, SHOP, DB = ServiceId("api"), ServiceId("shop"), ServiceId("db")
TEAM = Team(id=TeamId("payments"), name="Payments")


def service(name: ServiceId, tier: int = 1) -> Service:
    return Service(id=name, name=name, team=TEAM.id, tier=tier)


def estate(*services: Service, needs: tuple[Dependency, ...] = ()) -> Workspace:
    found = {it.id: it for it in services}
    return Workspace(estate=Estate(teams={TEAM.id: TEAM}, services=found, dependencies=needs))


def test_that_what_came_changed_and_went_is_named_by_kind_and_id() -> None:
    found = difference(
        estate(service(API), service(DB)), estate(service(API, tier=2), service(SHOP))
    )
    assert found.changes == (
        Change(kind="services", id="api", how=How.CHANGED),
        Change(kind="services", id="db", how=How.REMOVED),
        Change(kind="services", id="shop", how=How.ADDED),
    )
    assert found.ids("services", How.ADDED) == ("shop",)
    assert found.ids("releases", How.ADDED) == ()


def test_that_a_workspace_does_not_differ_from_itself_in_another_order() -> None:
    one, two = estate(service(API), service(DB)), estate(service(DB), service(API))
    assert difference(one, two) == WorkspaceDifference()


def test_that_a_need_is_told_apart_by_both_ends_and_its_kind() -> None:
    calls = Dependency(source=SHOP, target=API)
    reads = replace(calls, kind="reads")
    services = (service(API), service(SHOP))
    found = difference(
        estate(*services, needs=(calls,)),
        estate(*services, needs=(reads, replace(calls, requires=">=2"))),
    )
    assert [(it.id, it.how) for it in found.changes] == [
        ("shop -> api (calls)", How.CHANGED),
        ("shop -> api (reads)", How.ADDED),
    ]


def test_that_two_authorities_for_one_act_and_role_are_compared_together() -> None:
    may = Authority(act="accept_conflict", role="manager")
    once, twice = Policy(authorities=(may,)), Policy(authorities=(may, may))
    found = difference(Workspace(policy=once), Workspace(policy=twice))
    assert found.changes == (
        Change(kind="authorities", id="accept_conflict: manager", how=How.CHANGED),
    )


def test_that_a_figure_of_the_policy_is_a_change_of_the_policy() -> None:
    changed = Policy(freshness=Policy().freshness * 2)
    assert difference(Workspace(), Workspace(policy=changed)).changes == (
        Change(kind="policy", id="policy", how=How.CHANGED),
    )


def test_that_contents_are_counted_under_the_keys_of_the_files() -> None:
    counted = count_contents(estate(service(API), service(DB)))
    assert (counted["services"], counted["teams"], counted["releases"]) == (2, 1, 0)
    assert "policy" not in counted
    assert set(counted) >= {
        *Calendar.__dataclass_fields__,
        *Estate.__dataclass_fields__,
        "systems",
        "authorities",
    }

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.estate.catalogue import Dependency, Estate, Service
from relconsole.domain.estate.inventory import (
    Comparison,
    ConfigurationItem,
    Difference,
    DifferenceKind,
    OutwardLink,
    compare_inventory,
)
from relconsole.domain.kernel.ids import ServiceId, TeamId

API, DB, WEB = ServiceId("api"), ServiceId("db"), ServiceId("web")


def estate(*edges: tuple[str, str], **versions: str | None) -> Estate:
    """An estate of services by name and version, each in need of others as the edges say."""
    return Estate(
        services=Map(
            {
                ServiceId(name): Service(
                    id=ServiceId(name), name=name, team=TeamId("t"), version=version
                )
                for name, version in versions.items()
            }
        ),
        dependencies=tuple(
            Dependency(source=ServiceId(source), target=ServiceId(target))
            for source, target in edges
        ),
    )


def item(
    number: str,
    service: str,
    version: str | None = None,
    *needs: str,
    status: str = "in-use",
    in_use: bool | None = True,
) -> ConfigurationItem:
    return ConfigurationItem(
        id=number,
        name=f"{service} item",
        kind="Services",
        status=status,
        service=service,
        version=version,
        in_use=in_use,
        depends_on=needs,
    )


def differences(found: Comparison) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    return [
        (each.service, each.kind, each.here, each.there, each.items) for each in found.differences
    ]


def test_that_two_sides_that_say_the_same_do_not_differ() -> None:
    here = estate(("api", "db"), api="2.4", db="14")
    found = compare_inventory(here, (item("1", "db", "14"), item("2", "api", "2.4", "1")))
    assert found == Comparison(both=2, differences=(), unversioned=(), nameless=(), outward=())


def test_that_a_service_on_one_side_only_is_named_with_its_items() -> None:
    found = compare_inventory(estate(api="2.4"), (item("7", "web", "1"),))
    assert differences(found) == [
        ("api", "only_here", "api", "", ()),
        ("web", "only_there", "", "web item", ("7",)),
    ]
    assert found.both == 0


def test_that_another_version_is_a_difference() -> None:
    found = compare_inventory(estate(api="2.4"), (item("7", "api", "2.3"),))
    assert differences(found) == [("api", "version", "2.4", "2.3", ("7",))]
    assert found.unversioned == ()


def test_that_a_version_which_one_side_does_not_state_is_not_compared_and_said_not_to_be() -> None:
    items = (item("1", "api"), item("2", "db", "14"), item("3", "web", "1"))
    found = compare_inventory(estate(api="2.4", db=None, web="1"), items)
    assert (found.differences, found.unversioned) == ((), (API, DB))


def test_that_a_service_whose_items_are_all_out_of_use_differs_in_its_status() -> None:
    gone = (
        item("1", "api", "2.3", status="recycled", in_use=False),
        item("2", "api", "2.2", status="stolen", in_use=False),
    )
    found = compare_inventory(estate(api="2.4"), gone)
    assert differences(found) == [("api", "status", "in use", "recycled, stolen", ("1", "2"))]
    assert (found.both, found.unversioned) == (0, ())


def test_that_an_item_out_of_use_beside_one_in_use_is_no_difference() -> None:
    items = (
        item("1", "api", "1.0", status="recycled", in_use=False),
        item("2", "api", "2.4"),
        item("3", "old", status="recycled", in_use=False),
    )
    assert compare_inventory(estate(api="2.4"), items).differences == ()


def test_that_an_item_whose_status_does_not_tell_counts_as_in_use() -> None:
    found = compare_inventory(estate(api="2.4"), (item("1", "api", "2.3", in_use=None),))
    assert [each.kind for each in found.differences] == [DifferenceKind.VERSION]


def test_that_several_items_of_one_service_are_told_and_each_is_compared() -> None:
    items = (item("1", "api", "2.4"), item("2", "api", "2.3"))
    assert differences(compare_inventory(estate(api="2.4"), items)) == [
        ("api", "several_items", "", "api item", ("1", "2")),
        ("api", "version", "2.4", "2.3", ("2",)),
    ]


def test_that_a_dependency_stated_on_one_side_only_is_told_of_either() -> None:
    here = estate(("api", "db"), api=None, db=None, web=None)
    items = (item("1", "db"), item("2", "api"), item("3", "web", None, "2"))
    assert differences(compare_inventory(here, items)) == [
        ("api", "dependency_only_here", "db", "", ("2",)),
        ("web", "dependency_only_there", "", "api", ("3",)),
    ]


def test_that_a_dependency_is_compared_only_where_both_ends_stand_on_both_sides() -> None:
    here = estate(
        ("api", "db"), ("web", "api"), ("ghost", "api"), ("api", "ghost"), api=None, db=None
    )
    items = (item("2", "api", None, "4"), item("3", "web", None, "2"), item("4", "new", None, "2"))
    kinds = {each.kind for each in compare_inventory(here, items).differences}
    assert kinds == {DifferenceKind.ONLY_HERE, DifferenceKind.ONLY_THERE}


def test_that_a_dependency_of_one_service_on_itself_is_none_of_the_cmdbs() -> None:
    items = (item("1", "api"), item("2", "api", None, "1"))
    kinds = [each.kind for each in compare_inventory(estate(api=None), items).differences]
    assert kinds == [DifferenceKind.SEVERAL_ITEMS]


def test_that_items_of_no_service_and_dependencies_on_them_are_told() -> None:
    items = (
        item("1", ""),
        item("2", "api", None, "1", "99"),
        item("3", "", in_use=False),
        item("4", "db", None, "5"),
        item("5", "web", status="recycled", in_use=False),
    )
    found = compare_inventory(estate(api=None, db=None), items)
    assert (found.differences, found.nameless) == ((), ("1",))
    assert found.outward == (
        OutwardLink(service=API, item="1"),
        OutwardLink(service=API, item="99"),
        OutwardLink(service=DB, item="5"),
    )


NAMES = st.sampled_from(["api", "db", "web"])
EDGES = st.lists(st.tuples(NAMES, NAMES).filter(lambda it: it[0] != it[1]), max_size=6)


@given(versions=st.dictionaries(NAMES, st.sampled_from(["1", "2"])), edges=EDGES)
def test_that_an_estate_never_differs_from_its_own_image(
    versions: dict[str, str], edges: list[tuple[str, str]]
) -> None:
    here = estate(*edges, **versions)
    image = [
        item(name, name, version, *(target for source, target in edges if source == name))
        for name, version in versions.items()
    ]
    assert compare_inventory(here, image).differences == ()


@given(items=st.lists(st.tuples(NAMES, st.sampled_from(["1", "2"])), max_size=5))
def test_that_the_order_of_the_items_changes_no_difference(items: list[tuple[str, str]]) -> None:
    made = [item(str(number), *each) for number, each in enumerate(items)]

    def said(found: Comparison) -> set[Difference]:
        return set(found.differences)

    here = estate(api="1", db="2")
    one, other = compare_inventory(here, made), compare_inventory(here, made[::-1])
    assert {(it.service, it.kind, it.there, frozenset(it.items)) for it in said(one)} == {
        (it.service, it.kind, it.there, frozenset(it.items)) for it in said(other)
    }

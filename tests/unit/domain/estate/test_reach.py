from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.estate.catalogue import Dependency, Estate, Service
from relconsole.domain.estate.reach import find_cycles, find_reach, find_waves
from relconsole.domain.kernel.ids import ServiceId, TeamId

Edge = tuple[str, str]


def make_estate(services: str, edges: list[Edge]) -> Estate:
    return Estate(
        services=Map(
            {
                ServiceId(each): Service(id=ServiceId(each), name=each, team=TeamId("t"))
                for each in services
            }
        ),
        dependencies=tuple(
            Dependency(source=ServiceId(source), target=ServiceId(target))
            for source, target in edges
        ),
    )


EDGES = st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=12)


def list_paths(edges: list[Edge], start: str, end: str) -> list[tuple[str, ...]]:
    """Every simple path against the arrows, by trying all orders of all middles."""
    others = [each for each in "abcde" if each not in {start, end}]
    return [
        path
        for size in range(len(others) + 1)
        for middle in permutations(others, size)
        for path in ((start, *middle, end),)
        if all((later, earlier) in edges for earlier, later in pairwise(path))
    ]


def test_that_a_change_reaches_what_needs_it_through_others() -> None:
    estate = make_estate("abcd", [("b", "a"), ("c", "b")])
    reach = find_reach(estate, ServiceId("a"))
    assert [(each.id, each.path) for each in reach.affected] == [
        ("b", ("a", "b")),
        ("c", ("a", "b", "c")),
    ]
    assert reach.safe == ("d",)


def test_that_of_two_shortest_paths_the_first_by_id_is_shown() -> None:
    estate = make_estate("abcz", [("c", "a"), ("b", "a"), ("z", "c"), ("z", "b")])
    assert find_reach(estate, ServiceId("a")).affected[-1].path == ("a", "b", "z")


def test_that_a_cycle_does_not_bring_a_service_into_its_own_reach() -> None:
    estate = make_estate("ab", [("a", "b"), ("b", "a"), ("a", "a")])
    reach = find_reach(estate, ServiceId("a"))
    assert [each.id for each in reach.affected] == ["b"]
    assert reach.safe == ()


def test_that_a_dependency_on_something_unknown_reaches_nothing() -> None:
    estate = make_estate("ab", [("x", "a"), ("a", "y")])
    assert find_reach(estate, ServiceId("a")).affected == ()
    assert find_waves(estate) == (("a", "b"),)


def test_that_the_reach_of_an_unknown_service_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown service x"):
        find_reach(make_estate("a", []), ServiceId("x"))


@given(edges=EDGES)
def test_that_reach_agrees_with_trying_every_path(edges: list[Edge]) -> None:
    reach = find_reach(make_estate("abcde", edges), ServiceId("a"))
    found: dict[str, tuple[str, ...]] = {each.id: each.path for each in reach.affected}
    for end in "bcde":
        paths = sorted(list_paths(edges, "a", end), key=lambda path: (len(path), path))
        assert found.get(end) == (paths[0] if paths else None)
    assert sorted([*found, *reach.safe]) == ["b", "c", "d", "e"]


def test_that_a_self_loop_and_a_mutual_need_are_cycles_and_a_chain_is_none() -> None:
    estate = make_estate("abcd", [("a", "a"), ("c", "b"), ("b", "c"), ("d", "a")])
    assert find_cycles(estate) == (("a",), ("b", "c"))
    assert find_cycles(make_estate("abc", [("a", "b"), ("b", "c"), ("a", "c")])) == ()


@given(edges=EDGES)
def test_that_two_services_share_a_cycle_exactly_where_each_reaches_the_other(
    edges: list[Edge],
) -> None:
    estate = make_estate("abcde", edges)
    reached = {
        start: {each.id for each in find_reach(estate, ServiceId(start)).affected}
        for start in "abcde"
    }
    together = {frozenset(cycle) for cycle in find_cycles(estate)}
    for one in "abcde":
        mates = {other for other in reached[one] if one in reached[other]} | {one}
        is_cycle = len(mates) > 1 or (one, one) in edges
        assert (frozenset(mates) in together) is is_cycle


@given(edges=EDGES)
def test_that_a_wave_comes_after_all_it_needs_and_no_later_than_it_must(
    edges: list[Edge],
) -> None:
    estate = make_estate("abcde", edges)
    waves = find_waves(estate)
    assert sorted(each for wave in waves for each in wave) == list("abcde")
    assert all(list(wave) == sorted(wave) for wave in waves)
    wave_of: dict[str, int] = {each: number for number, wave in enumerate(waves) for each in wave}
    mates: dict[str, frozenset[str]] = {each: frozenset({each}) for each in "abcde"}
    for cycle in find_cycles(estate):
        mates.update({each: frozenset(cycle) for each in cycle})
    for group in set(mates.values()):
        needed = [
            wave_of[target] for source, target in edges if source in group and target not in group
        ]
        assert {wave_of[each] for each in group} == {max(needed, default=-1) + 1}


def test_that_a_chain_of_five_thousand_needs_no_recursion() -> None:
    names = [f"s{number:04}" for number in range(5000)]
    services = {
        ServiceId(name): Service(id=ServiceId(name), name=name, team=TeamId("t")) for name in names
    }
    chain = tuple(
        Dependency(source=ServiceId(one), target=ServiceId(other)) for one, other in pairwise(names)
    )
    waves = find_waves(Estate(services=Map(services), dependencies=chain))
    assert len(waves) == 5000
    assert waves[0] == ("s4999",)

"""Steps as a graph."""

import pytest
from hypothesis import given

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.graph import (
    all_followers,
    all_predecessors,
    bridge_over,
    find_cycle,
    order_steps,
)
from relconsole.domain.plan.runbook import Step, followers
from tests.unit.domain.plan.plans import ids, plans, step

DIAMOND = (step("d", 1, "b", "c"), step("b", 1, "a"), step("c", 1, "a"), step("a", 1))


@given(plans())
def test_that_each_step_comes_after_all_it_waits_for(steps: tuple[Step, ...]) -> None:
    ordered = [one.id for one in order_steps(steps)]
    assert sorted(ordered) == sorted(one.id for one in steps)
    for one in steps:
        assert all(ordered.index(before) < ordered.index(one.id) for before in one.after)


def test_that_steps_without_an_order_between_them_keep_that_of_the_plan() -> None:
    assert [one.id for one in order_steps(DIAMOND)] == ["a", "b", "c", "d"]


def test_that_ordering_a_cycle_is_our_own_fault_and_names_it() -> None:
    with pytest.raises(Bug, match="a, b"):
        order_steps((step("a", 1, "b"), step("b", 1, "a"), step("c", 1)))


@given(plans())
def test_that_a_plan_that_can_be_ordered_has_no_cycle(steps: tuple[Step, ...]) -> None:
    assert find_cycle(steps) == ()


def test_that_a_cycle_is_named_step_by_step() -> None:
    looped = (step("x", 1), step("a", 1, "x", "c"), step("b", 1, "a"), step("c", 1, "b"))
    assert find_cycle(looped) == ("a", "c", "b")


def test_that_a_step_that_waits_for_itself_is_a_cycle() -> None:
    assert find_cycle((step("a", 1, "a"),)) == ("a",)


def test_that_a_step_outside_the_plan_closes_no_cycle() -> None:
    assert find_cycle((step("a", 1, "elsewhere"),)) == ()


def test_that_a_part_walked_before_is_not_walked_again() -> None:
    assert find_cycle((*DIAMOND, step("e", 1, "d", "a"))) == ()


def test_what_lies_before_and_behind_a_step() -> None:
    assert all_followers(DIAMOND, ids("b")) == ids("d")
    assert all_followers(DIAMOND, ids("ab")) == ids("bcd")
    assert all_predecessors(DIAMOND, ids("d")) == ids("abc")
    assert all_predecessors(DIAMOND, ids("a")) == frozenset()


@given(plans())
def test_that_followers_and_predecessors_are_the_same_relation(steps: tuple[Step, ...]) -> None:
    for one in steps:
        for behind in all_followers(steps, (one.id,)):
            assert one.id in all_predecessors(steps, (behind,))


def test_that_left_out_steps_are_bridged_over() -> None:
    steps = (step("a", 1), step("b", 1, "a"), step("c", 1, "b", "a"), step("d", 1, "c", "b"))
    edges = {one.id: one.after for one in steps}
    assert bridge_over(ids("ad"), edges) == {"a": (), "d": ("a",)}
    assert bridge_over(ids("acd"), edges) == {"a": (), "c": ("a",), "d": ("c", "a")}


@given(plans())
def test_that_keeping_every_step_leaves_every_edge(steps: tuple[Step, ...]) -> None:
    edges = followers(steps)
    assert bridge_over({one.id for one in steps}, edges) == dict(edges)


def test_that_one_left_out_step_met_twice_bridges_once() -> None:
    edges = {
        StepId("d"): (StepId("b"), StepId("c")),
        StepId("b"): (StepId("x"),),
        StepId("c"): (StepId("x"),),
        StepId("x"): (StepId("a"),),
        StepId("a"): (),
    }
    assert bridge_over(ids("da"), edges)[StepId("d")] == ("a",)

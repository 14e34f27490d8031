"""A plan turned round."""

from dataclasses import replace

import pytest
from hypothesis import given
from immutables import Map

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import PersonId, StepId, SystemId
from relconsole.domain.plan.graph import all_followers, order_steps
from relconsole.domain.plan.runbook import JobRun, Runbook, Step, StepKind, Undo, UndoKind
from relconsole.domain.rollback.reverse import (
    has_way_back,
    reverse_runbook,
    reverse_steps,
    undo_id,
)
from tests.unit.domain.plan.plans import IRREVERSIBLE, lasting, plans, step, undo

FORWARD = JobRun(system=SystemId("ci"), job="deploy", parameters=Map({"version": "2"}))
BACK = JobRun(system=SystemId("ci"), job="deploy", parameters=Map({"version": "1"}))


def edges(steps: tuple[Step, ...]) -> dict[str, set[str]]:
    return {str(one.id): {str(before) for before in one.after} for one in steps}


def test_that_the_last_step_is_undone_first() -> None:
    steps = (step("a", 5, back=undo(3)), step("b", 8, "a", back=undo(2)))
    found = reverse_runbook(Runbook(steps=steps)).steps
    assert [one.id for one in found] == ["undo-b", "undo-a"]
    assert edges(found) == {"undo-b": set(), "undo-a": {"undo-b"}}
    assert found[0].duration == lasting(2)


def test_that_steps_that_need_no_undoing_are_bridged_over() -> None:
    steps = (
        step("a", 5, back=undo(3)),
        step("gate", 1, "a"),
        step("hold", 1, "gate"),
        step("b", 8, "hold", "a", back=undo(2)),
        step("gone", 8, "b", back=IRREVERSIBLE),
        step("c", 8, "gone", back=undo(2)),
    )
    assert edges(reverse_runbook(Runbook(steps=steps)).steps) == {
        "undo-c": set(),
        "undo-b": {"undo-c"},
        "undo-a": {"undo-b"},
    }


def test_that_an_undo_step_belongs_to_the_owner_of_its_step() -> None:
    back = Undo(kind=UndoKind.INVERSE, duration=lasting(3), run=BACK)
    deploy = replace(
        step("a", 5, back=back),
        kind=StepKind.AUTOMATED,
        run=FORWARD,
        owner=PersonId("jo"),
        stream="API",
        changes_data=True,
    )
    [found] = reverse_runbook(Runbook(steps=(deploy,))).steps
    assert (found.owner, found.stream, found.run) == ("jo", "API", BACK)
    assert (found.kind, found.title) == (StepKind.AUTOMATED, "Undo: a")
    assert not found.changes_data


def test_that_an_undo_without_a_job_is_done_by_hand_under_its_own_title() -> None:
    back = Undo(kind=UndoKind.COMPENSATION, duration=lasting(3), title="Refund by hand")
    [found] = reverse_runbook(Runbook(steps=(step("a", 5, back=back),))).steps
    assert (found.kind, found.title) == (StepKind.MANUAL, "Refund by hand")


def test_that_the_id_of_an_undo_is_built_the_same_way_for_a_step_named_undo() -> None:
    assert undo_id(StepId("a")) == "undo-a"
    odd = (step("undo-a", 1, back=undo(1)), step("undo-", 1, back=undo(1)))
    assert [one.id for one in reverse_steps(odd, undo_id)] == ["undo-undo-", "undo-undo-a"]
    assert [one.id for one in reverse_runbook(Runbook(steps=odd)).steps] == ["undo-undo-", "a"]


def test_that_an_undo_without_a_duration_is_our_own_fault() -> None:
    bare = replace(step("a", 1), undo=Undo(kind=UndoKind.INVERSE))
    with pytest.raises(Bug, match="a has no duration"):
        reverse_runbook(Runbook(steps=(bare,)))


@given(plans())
def test_that_the_reverse_plan_of_the_reverse_plan_is_the_plan(steps: tuple[Step, ...]) -> None:
    runbook = Runbook(steps=steps)
    twice = reverse_runbook(reverse_runbook(runbook)).steps
    kept = [one for one in steps if has_way_back(one)]
    assert [one.id for one in twice] == [one.id for one in kept]
    for again, one in zip(twice, kept, strict=True):
        assert (again.title, again.duration, again.run) == (one.title, one.duration, one.run)
        assert (again.undo.kind, again.undo.duration) == (one.undo.kind, one.undo.duration)
    reach = {one.id for one in kept}
    for one in kept:
        assert all_followers(twice, (one.id,)) == all_followers(steps, (one.id,)) & reach


@given(plans(kinds=(UndoKind.INVERSE, UndoKind.COMPENSATION)))
def test_that_where_every_step_has_a_way_back_every_edge_comes_back(
    steps: tuple[Step, ...],
) -> None:
    twice = reverse_runbook(reverse_runbook(Runbook(steps=steps))).steps
    assert edges(twice) == edges(steps)


@given(plans())
def test_that_nothing_is_undone_before_what_followed_it(steps: tuple[Step, ...]) -> None:
    reversed_plan = reverse_runbook(Runbook(steps=steps)).steps
    ordered = [one.id for one in order_steps(reversed_plan)]
    for one in steps:
        for behind in all_followers(steps, (one.id,)):
            pair = {undo_id(one.id), undo_id(behind)}
            if pair <= set(ordered):
                assert ordered.index(undo_id(behind)) < ordered.index(undo_id(one.id))

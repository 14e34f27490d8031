"""Amendments of a running night."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import PersonId, StepId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.plan.amendment import (
    Amendment,
    Insert,
    NotNeeded,
    Reassign,
    Reorder,
    Repeat,
    Retime,
    Skip,
    apply,
    apply_all,
    apply_to_progress,
    named_steps,
)
from relconsole.domain.plan.graph import order_steps
from relconsole.domain.plan.progress import Dropped, Finished, Progress
from relconsole.domain.plan.runbook import Runbook, Step
from tests.unit.domain.plan.plans import at, durations, ids, lasting, plans, step

WHY = "the vendor asked for it"
A, B, C = StepId("a"), StepId("b"), StepId("c")
PLAN = Runbook(steps=(step("a", 10), step("b", 5, "a", not_before=at(30)), step("c", 5, "b")))


def amended(amendment: Amendment, started: str = "") -> dict[StepId, Step]:
    answer = apply(PLAN, amendment, ids(started))
    assert isinstance(answer, Runbook)
    return {one.id: one for one in answer.steps}


def rules(amendment: Amendment, started: str = "") -> list[str]:
    answer = apply(PLAN, amendment, ids(started))
    assert isinstance(answer, Refusal)
    return [reason.rule for reason in answer.reasons]


def test_that_an_inserted_step_stands_between() -> None:
    new = replace(step("new", 3), after=(A,))
    found = amended(Insert(step=new, after=(A, B), before=(C,), reason=WHY), "ab")
    assert list(found) == ["a", "b", "new", "c"]
    assert found[StepId("new")].after == ("a", "b")
    assert found[C].after == ("b", "new")


def test_that_a_step_before_several_is_put_in_once() -> None:
    found = amended(Insert(step=step("new", 3), before=(B, C), reason=WHY))
    assert list(found) == ["a", "new", "b", "c"]
    assert (found[B].after, found[C].after) == (("a", "new"), ("b", "new"))


def test_that_a_step_for_which_nothing_waits_comes_last() -> None:
    assert list(amended(Insert(step=step("new", 3), after=(A,), reason=WHY)))[-1] == "new"


def test_that_a_step_gets_another_owner() -> None:
    found = amended(Reassign(step=B, owner=PersonId("ilka"), reason=WHY))
    assert found[B].owner == "ilka"


def test_that_a_step_waits_for_others_instead() -> None:
    assert amended(Reorder(step=C, after=(A, A), reason=WHY))[C].after == ("a",)
    assert amended(Reorder(step=C, after=(), reason=WHY))[C].after == ()


def test_that_a_step_is_retimed_in_what_is_said_only() -> None:
    moved = amended(Retime(step=B, not_before=at(40), reason=WHY))[B]
    assert (moved.not_before, moved.duration) == (at(40), lasting(5))
    freed = amended(Retime(step=B, unlock=True, reason=WHY))[B]
    assert (freed.not_before, freed.duration) == (None, lasting(5))
    longer = amended(Retime(step=B, duration=lasting(9), reason=WHY))[B]
    assert (longer.not_before, longer.duration) == (at(30), lasting(9))


@pytest.mark.parametrize(
    ("amendment", "started"),
    [
        (Skip(step=B, reason=WHY), "a"),
        (NotNeeded(step=B, reason=WHY), "a"),
        (Repeat(step=A, reason=WHY), "a"),
    ],
)
def test_that_leaving_out_and_repeating_leave_the_plan_as_written(
    amendment: Amendment, started: str
) -> None:
    assert apply(PLAN, amendment, ids(started)) == PLAN


@pytest.mark.parametrize(
    ("amendment", "started", "refused"),
    [
        (Skip(step=B, reason="  "), "", ["amendment_without_reason"]),
        (Insert(step=step("new", 1), reason=""), "", ["amendment_without_reason"]),
        (Skip(step=StepId("x"), reason=WHY), "", ["unknown_step"]),
        (Skip(step=A, reason=WHY), "a", ["step_has_begun"]),
        (NotNeeded(step=A, reason=WHY), "a", ["step_has_begun"]),
        (Repeat(step=B, reason=WHY), "a", ["nothing_to_repeat"]),
        (Repeat(step=StepId("x"), reason=WHY), "a", ["unknown_step"]),
        (Reassign(step=A, owner=PersonId("ilka"), reason=WHY), "ab", ["step_has_begun"]),
        (Reorder(step=A, after=(C,), reason=WHY), "", ["amendment_makes_cycle"]),
        (Reorder(step=C, after=(C,), reason=WHY), "", ["amendment_makes_cycle"]),
        (Reorder(step=C, after=(StepId("x"),), reason=WHY), "", ["unknown_step"]),
        (Retime(step=B, reason=WHY), "", ["retime_unclear"]),
        (Retime(step=B, unlock=True, not_before=at(1), reason=WHY), "", ["retime_unclear"]),
        (Insert(step=step("a", 1), reason=WHY), "", ["step_id_taken"]),
        (Insert(step=step("new", 1, "x"), reason=WHY), "", ["unknown_step"]),
        (Insert(step=step("new", 1), before=(A,), reason=WHY), "a", ["step_has_begun"]),
        (
            Insert(step=step("new", 1), after=(C,), before=(B,), reason=WHY),
            "",
            ["amendment_makes_cycle"],
        ),
        (
            Insert(step=step("a", 1, "y"), before=(A, StepId("x")), reason=""),
            "a",
            [
                "amendment_without_reason",
                "step_id_taken",
                "unknown_step",
                "unknown_step",
                "step_has_begun",
            ],
        ),
    ],
)
def test_that_an_amendment_is_refused_with_every_reason(
    amendment: Amendment, started: str, refused: list[str]
) -> None:
    assert rules(amendment, started) == refused


def test_that_amendments_are_taken_in_turn_and_the_first_refusal_ends_it() -> None:
    first = Insert(step=step("new", 1), after=(A,), reason=WHY)
    second = Reorder(step=C, after=(StepId("new"),), reason=WHY)
    both = apply_all(PLAN, (first, second), ids("a"))
    assert isinstance(both, Runbook)
    assert both.steps[2].after == ("new",)
    assert isinstance(apply_all(PLAN, (second, first), ids("a")), Refusal)
    assert apply_all(PLAN, (), ids("a")) == PLAN


def test_what_an_amendment_does_to_the_progress_a_forecast_starts_from() -> None:
    done = Finished(started=at(0), finished=at(9))
    progress = Progress(now=at(10), steps={A: done})
    skipped = apply_to_progress(progress, Skip(step=B, reason=WHY))
    assert skipped.steps == {A: done, B: Dropped()}
    assert apply_to_progress(progress, NotNeeded(step=B, reason=WHY)).dropped == {B}
    assert apply_to_progress(progress, Repeat(step=A, reason=WHY)).steps == {}
    assert apply_to_progress(progress, Retime(step=B, unlock=True, reason=WHY)) is progress


@st.composite
def amendments(draw: st.DrawFn, steps: tuple[Step, ...]) -> Amendment:
    """Give any amendment, a sensible one or not."""
    some = st.sampled_from([*(one.id for one in steps), StepId("new"), StepId("nowhere")])
    several = st.lists(some, max_size=3).map(tuple)
    drawn: Amendment = draw(
        st.one_of(
            st.builds(
                Insert,
                step=st.builds(
                    Step, id=some, title=st.just("new"), duration=durations(), after=several
                ),
                reason=st.just(WHY),
                after=several,
                before=several,
            ),
            st.builds(Skip, step=some, reason=st.just(WHY)),
            st.builds(NotNeeded, step=some, reason=st.just(WHY)),
            st.builds(Repeat, step=some, reason=st.just(WHY)),
            st.builds(Reassign, step=some, owner=st.just(PersonId("ilka")), reason=st.just(WHY)),
            st.builds(Reorder, step=some, after=several, reason=st.just(WHY)),
            st.builds(
                Retime,
                step=some,
                reason=st.just(WHY),
                not_before=st.none() | st.just(at(77)),
                unlock=st.booleans(),
                duration=st.none() | durations(),
            ),
        )
    )
    return drawn


@given(st.data())
def test_that_an_amendment_changes_nothing_that_it_does_not_name(data: st.DataObject) -> None:
    steps = data.draw(plans())
    runbook = Runbook(steps=steps, deadline=at(200))
    names = [one.id for one in steps]
    started = data.draw(st.frozensets(st.sampled_from(names))) if names else ids("")
    amendment = data.draw(amendments(steps))
    answer = apply(runbook, amendment, started)
    if isinstance(answer, Refusal):
        assert answer.reasons
        return
    named = named_steps(amendment)
    assert replace(answer, steps=()) == replace(runbook, steps=())
    assert [one for one in answer.steps if one.id not in named] == [
        one for one in steps if one.id not in named
    ]
    known = {one.id: one for one in answer.steps}
    assert all(known[one.id] == one for one in steps if one.id in started)
    assert len(known) == len(answer.steps) == len(steps) + isinstance(amendment, Insert)
    order_steps(answer.steps)


def test_that_no_step_is_put_in_under_the_id_of_relief() -> None:
    plan = Runbook(steps=(step("a", 1),), relief=(step("page", 1),))
    refused = apply(plan, Insert(step=step("page", 2), reason="again"), frozenset())
    assert isinstance(refused, Refusal)
    assert [reason.rule for reason in refused.reasons] == ["step_id_taken"]
    amended = apply(plan, Insert(step=step("b", 2), reason="more"), frozenset())
    assert isinstance(amended, Runbook)
    assert amended.relief == plan.relief

"""Digests of steps and plans."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import Digest, PersonId, ServiceId, StepId, SystemId
from relconsole.domain.plan.digest import plain_of, plan_digest, step_digest
from relconsole.domain.plan.runbook import (
    Check,
    JobRun,
    Mode,
    Replay,
    Runbook,
    Step,
    StepKind,
    StepSilence,
)
from tests.unit.domain.plan.plans import NO_UNDO, at, lasting, minutes, plans, step, undo

CALLS = Digest("c" * 64)
FULL = Step(
    id=StepId("deploy"),
    title="Deploy",
    duration=lasting((4, 5, 9)),
    kind=StepKind.AUTOMATED,
    mode=Mode.READ_DO,
    stream="API",
    owner=PersonId("jo"),
    after=(StepId("stop"),),
    run=JobRun(system=SystemId("ci"), job="deploy", parameters=Map({"version": "2", "note": ""})),
    checks=(Check(id="p95", system=SystemId("metrics"), query="p95", below=0.8),),
    undo=undo(3),
    not_before=at(38),
    stations=("payments",),
    quorum=1,
    services=(ServiceId("api"),),
    silence=StepSilence(
        system=SystemId("metrics"), services=(ServiceId("api"),), lasts=minutes(10)
    ),
    changes_data=True,
    replays=Replay(duplicates="keyed", count="rows", amount="sum"),
    note="slowly",
)
OTHER = step("other", 7)


@pytest.mark.parametrize("name", [field.name for field in fields(Step)])
def test_that_every_field_of_a_step_is_bound(name: str) -> None:
    changed = replace(FULL, **{name: getattr(OTHER, name)})
    assert step_digest(changed, CALLS) != step_digest(FULL, CALLS)


def test_that_a_parameter_given_empty_is_not_one_left_out() -> None:
    assert FULL.run is not None
    short = replace(FULL, run=replace(FULL.run, parameters=Map({"version": "2"})))
    assert step_digest(short, CALLS) != step_digest(FULL, CALLS)


def test_that_what_a_step_calls_is_bound_and_unread_is_not_read() -> None:
    seen = {step_digest(FULL, calls) for calls in (CALLS, Digest("d" * 64), None)}
    assert len(seen) == 3


def test_that_a_field_at_its_default_leaves_no_trace() -> None:
    assert plain_of(step("a", 1)) == {
        "id": "a",
        "title": "a",
        "duration": {"best": 60_000_000, "likely": 60_000_000, "worst": 60_000_000},
    }
    assert plain_of(replace(step("a", 1), undo=NO_UNDO)) == plain_of(step("a", 1))


@pytest.mark.parametrize("told", [{}, {"version": "2"}])
def test_that_a_mapping_counts_by_its_content(told: dict[str, str]) -> None:
    """What is read back from a journal is another kind of mapping than what was written."""
    run = JobRun(system=SystemId("ci"), job="deploy", parameters=told)
    kept = JobRun(system=SystemId("ci"), job="deploy", parameters=Map(told))
    assert plain_of(run) == plain_of(kept)


def test_that_instants_durations_and_words_have_one_form() -> None:
    assert plain_of((at(1), timedelta(seconds=1), StepKind.GATE, 0.5, None, True)) == [
        "2026-04-21T01:01:00Z",
        1_000_000,
        "gate",
        0.5,
        None,
        True,
    ]


def test_that_a_value_without_a_form_is_our_own_fault() -> None:
    with pytest.raises(Bug, match="complex"):
        plain_of(1j)
    with pytest.raises(Bug, match="type"):
        plain_of(Step)


@given(plans(), st.data())
def test_that_a_plan_is_bound_to_each_step_and_to_their_order(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    runbook = Runbook(steps=steps)
    known = plan_digest(runbook, {})
    assert plan_digest(replace(runbook, steps=tuple(steps)), {}) == known
    if steps:
        place = data.draw(st.integers(0, len(steps) - 1))
        renamed = replace(steps[place], note="otherwise")
        amended = replace(runbook, steps=(*steps[:place], renamed, *steps[place + 1 :]))
        assert plan_digest(amended, {}) != known
        assert plan_digest(runbook, {steps[place].id: CALLS}) != known
    if len(steps) > 1:
        assert plan_digest(replace(runbook, steps=steps[::-1]), {}) != known


def test_that_a_plan_is_bound_to_its_figures() -> None:
    runbook = Runbook(steps=(FULL,))
    seen = {
        plan_digest(one, {})
        for one in (
            runbook,
            replace(runbook, deadline=at(200)),
            replace(runbook, decision_time=minutes(6)),
            replace(runbook, verification=minutes(6)),
            replace(runbook, unrehearsed_factor=2.0),
        )
    }
    assert len(seen) == 5


def test_that_relief_is_bound_where_there_is_any_and_changes_no_digest_where_there_is_none() -> (
    None
):
    bare = Runbook(steps=(step("a", 1),))
    relieved = replace(bare, relief=(step("page", 1),))
    assert plan_digest(relieved, {}) != plan_digest(bare, {})
    assert plan_digest(relieved, {StepId("page"): CALLS}) != plan_digest(relieved, {})
    assert plan_digest(replace(relieved, relief=()), {}) == plan_digest(bare, {})

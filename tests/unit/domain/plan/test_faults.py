"""What is wrong with an edited plan: the rules are those that a file is read by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import StepId, SystemId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.faults import plan_faults, without_step
from relconsole.domain.plan.runbook import JobRun, Runbook, Step, StepKind, Undo, UndoKind

START = datetime(2026, 4, 20, 23, 30, tzinfo=UTC)
WINDOW = Interval(start=START, end=START + timedelta(hours=3))
FIVE = plain(timedelta(minutes=5))
JOB = JobRun(system=SystemId("jenkins"), job="deploy")
NO_UNDO, BACK = Undo(kind=UndoKind.NONE), Undo(kind=UndoKind.INVERSE, duration=FIVE)


def step(name: str, *after: str, **more: object) -> Step:
    """A step of five minutes."""
    one = Step(
        id=StepId(name),
        title=name,
        duration=FIVE,
        after=tuple(StepId(each) for each in after),
    )
    return replace(one, **more)  # type: ignore[arg-type]


def faults(*steps: Step) -> list[tuple[str, str]]:
    """The fields that are wrong, and why."""
    return [(each.field, each.says) for each in plan_faults(Runbook(steps=steps), WINDOW)]


def test_that_a_plan_in_order_has_no_fault() -> None:
    fixed = step("b", "a", not_before=WINDOW.end, undo=BACK)
    gate = step("g", "b", kind=StepKind.GATE, stations=("API",))
    assert faults(step("a"), fixed, gate, step("j", kind=StepKind.AUTOMATED, run=JOB)) == []


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"title": " "}, "title", "must not be empty"),
        ({"kind": StepKind.AUTOMATED}, "kind", "a step of kind automated needs run"),
        ({"run": JOB}, "kind", "a step of kind manual runs no job"),
        ({"kind": StepKind.GATE}, "kind", "a gate needs stations"),
        ({"stations": ("API",)}, "kind", "a step of kind manual has no stations"),
        ({"quorum": 1}, "kind", "a step of kind manual has no stations"),
        (
            {"kind": StepKind.HOLD, "undo": BACK},
            "undo",
            "a step of kind hold has nothing to undo",
        ),
        (
            {"undo": Undo(kind=UndoKind.COMPENSATION)},
            "undo",
            "an undo of kind compensation needs duration",
        ),
        (
            {"undo": Undo(kind=UndoKind.IRREVERSIBLE, duration=FIVE)},
            "undo",
            "an undo of kind irreversible has no duration",
        ),
        (
            {"undo": Undo(kind=UndoKind.NONE, run=JOB)},
            "undo",
            "an undo of kind none has no duration",
        ),
        ({"after": (StepId("x"),)}, "after", "there is no step x"),
    ],
)
def test_that_each_clash_within_a_step_is_told(
    changes: dict[str, object], field: str, says: str
) -> None:
    assert faults(step("a", **changes)) == [(field, says)]


@pytest.mark.parametrize("minutes", [-1, 181])
def test_that_a_fixed_start_lies_in_the_window(minutes: int) -> None:
    found = faults(step("a", not_before=START + timedelta(minutes=minutes)))
    assert [field for field, _ in found] == ["not_before"]
    assert found[0][1].startswith("lies outside the window, 2026-04-20T23:30")


def test_that_a_cycle_is_told_at_its_smallest_step() -> None:
    found = plan_faults(Runbook(steps=(step("b", "a"), step("a", "b"))), WINDOW)
    assert [(each.step, each.says) for each in found] == [
        ("a", "a cycle: a waits for b waits for a")
    ]


def test_that_what_waited_for_a_step_taken_out_waits_for_what_that_waited_for() -> None:
    plan = Runbook(steps=(step("a"), step("b", "a"), step("c", "b", "a"), step("d")))
    left = {each.id: each.after for each in without_step(plan, StepId("b"))}
    assert left == {"a": (), "c": ("a",), "d": ()}
    assert without_step(plan, StepId("nowhere")) == plan.steps

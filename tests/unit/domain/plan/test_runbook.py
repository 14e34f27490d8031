"""Runbooks, steps and checks."""

import math
from dataclasses import replace

import pytest

from relconsole.domain.kernel.ids import StepId, SystemId
from relconsole.domain.plan.runbook import (
    Check,
    Replay,
    Runbook,
    Step,
    StepKind,
    UndoKind,
    followers,
)
from tests.unit.domain.plan.plans import IRREVERSIBLE, lasting, step, undo


def check(below: float | None = None, above: float | None = None) -> Check:
    return Check(id="p95", system=SystemId("metrics"), query="p95", below=below, above=above)


@pytest.mark.parametrize(
    ("made", "value", "passes"),
    [
        (check(below=0.8), 0.79, True),
        (check(below=0.8), 0.8, False),
        (check(above=3), 3.1, True),
        (check(above=3), 3, False),
        (check(below=5, above=3), 4, True),
        (check(below=5, above=3), 6, False),
        (check(below=5, above=3), 2, False),
        (check(below=5), math.nan, False),
        (check(), math.nan, False),
        (check(), 1, True),
    ],
)
def test_that_a_check_passes_strictly_inside_its_limits(
    made: Check, value: float, passes: bool
) -> None:
    assert made.passes(value) is passes


@pytest.mark.parametrize("kind", StepKind)
def test_that_only_manual_and_automated_steps_change_production(kind: StepKind) -> None:
    made = Step(id=StepId("a"), title="a", duration=lasting(1), kind=kind)
    assert made.changes_production == (kind in {StepKind.MANUAL, StepKind.AUTOMATED})


def test_that_a_step_needs_no_undo_unless_it_says_so() -> None:
    assert step("a", 1).undo.kind is UndoKind.NONE


def test_that_a_step_is_found_by_its_id() -> None:
    runbook = Runbook(steps=(step("a", 1), step("b", 1)))
    assert runbook.find(StepId("b")) == step("b", 1)
    assert runbook.find(StepId("c")) is None


def test_that_followers_stand_in_the_order_of_the_plan() -> None:
    steps = (step("a", 1), step("c", 1, "a"), step("b", 1, "a"))
    assert dict(followers(steps)) == {"a": ("c", "b"), "b": (), "c": ()}


PROVED = Replay(duplicates="the message id is the key", count="rows", amount="sum")


@pytest.mark.parametrize(
    ("replays", "lacks"),
    [
        (PROVED, ()),
        (replace(PROVED, duplicates=" "), ("how duplicates are prevented",)),
        (replace(PROVED, count=""), ("the count that proves it",)),
        (replace(PROVED, amount=""), ("the amount that proves it",)),
    ],
)
def test_that_a_replay_counts_as_irreversible_until_all_of_it_is_stated(
    replays: Replay, lacks: tuple[str, ...]
) -> None:
    made = replace(step("a", 1, back=undo(2)), replays=replays)
    assert replays.lacks == lacks
    assert made.way_back is (UndoKind.IRREVERSIBLE if lacks else UndoKind.INVERSE)
    assert made.why_no_way_back == (
        f"a replays and does not state {lacks[0]}, so it counts as one that cannot be undone:"
        " there is only the way forward"
        if lacks
        else ""
    )


def test_that_what_is_written_as_irreversible_says_only_that() -> None:
    made = replace(step("a", 1, back=IRREVERSIBLE), replays=Replay())
    says = "a cannot be undone: there is only the way forward"
    assert made.why_no_way_back == says
    assert replace(made, replays=None).why_no_way_back == says

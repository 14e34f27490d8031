"""What the same sheet changes when it comes again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.ids import StepId, SystemId
from relconsole.domain.plan.runbook import JobRun, Step, Undo, UndoKind
from relconsole.domain.plan.taking_in.difference import compare_steps, words_of
from tests.unit.domain.plan.taking_in.sheets import minutes


def step(name: str) -> Step:
    return Step(id=StepId(name), title=name, duration=plain(minutes(5)))


def test_that_the_same_steps_differ_in_nothing() -> None:
    found = compare_steps([step("a"), step("b")], [step("a"), step("b")])
    assert found.is_empty


def test_that_steps_are_told_by_their_ids() -> None:
    longer = replace(step("b"), duration=plain(minutes(6)), note="hm")
    found = compare_steps([step("a"), step("b")], [longer, step("c")])
    assert not found.is_empty
    assert (found.added, found.removed) == (("c",), ("a",))
    assert [(it.field, it.before, it.after) for it in found.changed[0].fields] == [
        ("duration", "5m", "6m"),
        ("note", "", "hm"),
    ]


def test_that_another_order_is_a_difference() -> None:
    found = compare_steps([step("a"), step("b")], [step("b"), step("a")])
    assert found.is_reordered
    assert not found.changed
    assert not found.is_empty


def test_that_each_field_has_words() -> None:
    three = ThreePoint(best=minutes(1), likely=minutes(2), worst=minutes(3))
    run = JobRun(system=SystemId("ci"), job="x")
    assert words_of(three) == "1m / 2m / 3m"
    assert words_of(Undo(kind=UndoKind.INVERSE, duration=plain(minutes(1)))) == "inverse, 1m"
    assert words_of(Undo(kind=UndoKind.NONE)) == "none"
    assert words_of(datetime(2026, 4, 21, tzinfo=UTC)) == "2026-04-21T00:00:00Z"
    assert words_of(timedelta(minutes=3)) == "3m"
    assert words_of(("a", "b")) == "a, b"
    assert words_of({"b": "2", "a": True}) == "a=yes, b=2"
    assert words_of(False) == "no"
    assert words_of(None) == ""
    assert "ci" in words_of(run)

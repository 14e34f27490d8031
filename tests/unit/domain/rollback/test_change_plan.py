"""Another plan for a release: what it names must still be there, and its people must be known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.ids import PersonId, StepId, SystemId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.plan.runbook import Runbook, Step, Undo, UndoKind
from relconsole.domain.release.release import (
    Indicator,
    Release,
    RestorePoint,
    RollbackEdits,
    UndoEdit,
)
from relconsole.domain.rollback.change_plan import faults_of_change, with_plan
from tests.unit.presenters.night_plan import release, workspace

PEOPLE = workspace().estate.people
BACK = StepId("undo-shift")
EXTRA = Step(
    id=StepId("call-support"),
    title="Call support",
    duration=plain(timedelta(minutes=1)),
    after=(BACK,),
)


def naming() -> Release:
    """A release that names its steps in every place where it can."""
    metrics = SystemId("metrics")
    return replace(
        release(),
        indicators=(
            Indicator(
                id="p95",
                title="p95",
                system=metrics,
                query="p95",
                suppressed_during=(StepId("shift"),),
            ),
        ),
        rollback=RollbackEdits(
            edits=(UndoEdit(undo=BACK, after=(StepId("call-support"),)), UndoEdit(undo=BACK)),
            extra=(EXTRA,),
            restore_points=(
                RestorePoint(id="ledger", before=StepId("expand"), what="ledger", where="vault"),
            ),
        ),
    )


def says(runbook: Runbook) -> list[tuple[str, str, str]]:
    """What speaks against a plan for it."""
    found = faults_of_change(naming(), runbook, PEOPLE)
    return [(each.step, each.field, each.says) for each in found]


def without(*gone: str) -> Runbook:
    """The plan without some steps and without any waiting."""
    plan = release().runbook
    steps = tuple(replace(each, after=()) for each in plan.steps if each.id not in gone)
    return replace(plan, steps=steps)


def test_that_the_plan_it_has_is_a_plan_it_may_have() -> None:
    assert with_plan(naming(), release().runbook, PEOPLE) == naming()


def test_that_a_step_which_something_names_may_not_go() -> None:
    assert says(without("shift", "expand")) == [
        ("expand", "step", "it may not go: restore point ledger is taken before it"),
        ("shift", "step", "it may not go: indicator p95 is not judged during it"),
        ("shift", "undo", "the prepared rollback names the way back of it"),
    ]


def test_that_a_step_whose_way_back_is_edited_keeps_one() -> None:
    plan = release().runbook
    steps = tuple(
        replace(each, undo=Undo(kind=UndoKind.IRREVERSIBLE)) if each.id == "shift" else each
        for each in plan.steps
    )
    assert [field for _, field, _ in says(replace(plan, steps=steps))] == ["undo"]


def test_that_an_owner_whom_nobody_knows_is_refused_with_the_step_and_the_field() -> None:
    plan = release().runbook
    first = replace(plan.steps[0], owner=PersonId("stranger"))
    refused = with_plan(naming(), replace(plan, steps=(first, *plan.steps[1:])), PEOPLE)
    assert isinstance(refused, Refusal)
    assert [(each.rule, each.thing, each.says) for each in refused.reasons] == [
        ("plan_owner", "open", "owner of open: there is no person stranger")
    ]

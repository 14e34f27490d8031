"""Recording an edited plan: one fact before the night, and refused while it is open."""

from __future__ import annotations

from dataclasses import replace

from relconsole.domain.console.facts import ReleaseImported
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.plan.runbook import Runbook
from relconsole.services.plan_edit import bare_digest, record_plan
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import RELEASE, release

PLAN = release().runbook
BEGAN = bare_digest(PLAN)


def retitled(title: str = "Another title") -> Runbook:
    """The plan with another title for its first step."""
    return replace(PLAN, steps=(replace(PLAN.steps[0], title=title), *PLAN.steps[1:]))


def rules(stage: scenes.Stage, runbook: Runbook, of: ReleaseId = RELEASE) -> list[str]:
    """Why a plan is not recorded."""
    answer = scenes.drive(record_plan(stage.desk, of, runbook, BEGAN))
    assert isinstance(answer, Refusal), answer
    return [reason.rule for reason in answer.reasons]


def test_that_an_edited_plan_is_one_fact_and_changes_nothing_else() -> None:
    stage = scenes.before()
    before = stage.state.workspace
    answer = scenes.drive(record_plan(stage.desk, RELEASE, retitled(), BEGAN))
    assert not isinstance(answer, Refusal)
    assert [type(each.fact) for each in answer] == [ReleaseImported]
    after = stage.state.workspace
    assert after.releases[RELEASE].runbook == retitled()
    assert (after.estate, after.policy, after.calendar) == (
        before.estate,
        before.policy,
        before.calendar,
    )


def test_that_a_plan_is_not_edited_while_its_night_is_open_and_again_once_it_is_over() -> None:
    assert rules(scenes.calm(), retitled()) == ["release_is_running"]
    stage = scenes.finished()
    answer = scenes.drive(record_plan(stage.desk, RELEASE, retitled(), BEGAN))
    assert not isinstance(answer, Refusal)


def test_that_an_edit_of_a_plan_that_has_changed_meanwhile_is_refused() -> None:
    stage = scenes.before()
    scenes.drive(record_plan(stage.desk, RELEASE, retitled(), BEGAN))
    assert rules(stage, retitled("A third title")) == ["plan_changed"]


def test_that_an_edit_that_changes_nothing_or_of_no_release_is_refused() -> None:
    assert rules(scenes.before(), PLAN) == ["plan_same"]
    assert rules(scenes.before(), PLAN, ReleaseId("nowhere")) == ["unknown_release"]


def test_that_a_faulty_plan_is_refused_whole() -> None:
    stage = scenes.before()
    assert rules(stage, retitled(" ")) == ["plan_title"]
    assert stage.state.workspace.releases[RELEASE].runbook == PLAN

"""Editing a plan: nothing typed is lost, everything can be undone, and what is voided is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from immutables import Map

from relconsole.domain.plan.runbook import Runbook
from relconsole_ui.presenters.plan_draft import (
    Draft,
    begin_draft,
    delete_steps,
    insert_step,
    move_step,
    present_draft,
    problem_words,
    type_cell,
)
from relconsole_ui.presenters.plan_table import PlanCell, PlanColumn
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import ASHA, RELEASE, release


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The console before the night."""
    return scenes.before().seen()


def draft() -> Draft:
    """The plan as nobody has edited it."""
    return begin_draft(release().runbook)


def cell(edited: Draft, seen: Seen, step: str, column: PlanColumn) -> PlanCell:
    """A cell of the draft as it is shown."""
    rows = present_draft(edited, seen).rows
    return next(row for row in rows if row.step == step).cell(column)


def test_that_a_plan_nobody_edited_cannot_be_recorded_and_voids_nothing(seen: Seen) -> None:
    rows = present_draft(draft(), seen)
    assert (rows.may_record, rows.why_not, rows.voids) == (False, "Nothing has changed", "")
    assert (rows.may_undo, rows.may_redo, rows.problems) == (False, False, ())
    assert not any(each.is_new for row in rows.rows for each in row.cells)


def test_that_what_is_understood_changes_the_plan_and_is_marked_as_new(seen: Seen) -> None:
    edited = type_cell(draft(), seen, "shift", PlanColumn.OWNER, "Asha Nair")
    found = edited.runbook.find(release().runbook.steps[13].id)
    assert found is not None
    assert found.owner == ASHA
    shown = cell(edited, seen, "shift", PlanColumn.OWNER)
    assert (shown.text, shown.is_new, shown.problem) == ("Asha Nair", True, "")
    assert not cell(edited, seen, "deploy", PlanColumn.OWNER).is_new


def test_that_what_is_not_understood_stays_as_typed_with_row_and_column(seen: Seen) -> None:
    edited = type_cell(draft(), seen, "shift", PlanColumn.DURATION, " 8 minutes")
    assert cell(edited, seen, "shift", PlanColumn.DURATION).text == " 8 minutes"
    rows = present_draft(edited, seen)
    assert (rows.may_record, rows.why_not) == (False, "1 problem to settle first")
    words = problem_words(rows.problems, rows.rows)
    assert words[0].startswith("Row 14, Duration: one duration such as 8m")
    mended = type_cell(edited, seen, "shift", PlanColumn.DURATION, "9m")
    assert present_draft(mended, seen).may_record


def test_that_typing_what_stands_there_already_edits_nothing(seen: Seen) -> None:
    assert type_cell(draft(), seen, "shift", PlanColumn.DURATION, "8m") == draft()
    assert type_cell(draft(), seen, "no-such-step", PlanColumn.DURATION, "8m") == draft()


def test_that_a_step_whose_number_has_moved_is_not_new_for_those_that_wait_for_it(
    seen: Seen,
) -> None:
    edited = move_step(draft(), "deploy", 1)
    shown = cell(edited, seen, "shift", PlanColumn.AFTER)
    assert (shown.text, shown.is_new) == ("13", False)


def test_that_every_edit_is_undone_and_done_again_in_turn(seen: Seen) -> None:
    one = type_cell(draft(), seen, "shift", PlanColumn.TITLE, "One")
    two = type_cell(one, seen, "shift", PlanColumn.TITLE, "Two")
    assert two.undo().runbook == one.runbook
    assert two.undo().undo().runbook == draft().runbook
    assert two.undo().redo().runbook == two.runbook
    assert not two.undo().undo().is_changed
    other = type_cell(two.undo(), seen, "shift", PlanColumn.TITLE, "Other")
    assert other.redo() == other
    assert draft().undo() == draft()
    rows = present_draft(two.undo(), seen)
    assert (rows.may_undo, rows.may_redo) == (True, True)


def test_that_a_new_step_asks_for_its_title_and_its_way_back(seen: Seen) -> None:
    edited, step = insert_step(draft(), "deploy")
    rows = present_draft(edited, seen)
    assert rows.rows[12].step == step
    assert edited.steps[12].step.after == ("deploy",)
    assert {each.column for each in rows.problems} == {PlanColumn.TITLE, PlanColumn.UNDO}
    typed = type_cell(edited, seen, step, PlanColumn.TITLE, "Check the pool")
    typed = type_cell(typed, seen, step, PlanColumn.UNDO, "none")
    assert present_draft(typed, seen).may_record


def test_that_new_steps_never_take_an_id_that_was_used(seen: Seen) -> None:
    one, first = insert_step(draft(), "")
    two, second = insert_step(one, "nowhere")
    assert (first, second) == ("step-1", "step-2")
    assert [each.step.id for each in two.steps[-2:]] == [first, second]
    assert two.steps[-1].step.after == ()
    del seen


def test_that_what_waited_for_a_deleted_step_waits_for_what_that_waited_for(seen: Seen) -> None:
    edited = delete_steps(draft(), ("leave-canary",))
    after = next(each.step.after for each in edited.steps if each.step.id == "shift-all")
    assert after == ("deploy", "verify-25")
    rows = present_draft(edited, seen)
    assert rows.may_record
    assert "1 step taken out." in rows.voids
    assert delete_steps(draft(), ("nowhere",)) == draft()


def test_that_moving_a_step_changes_the_order_and_nothing_else(seen: Seen) -> None:
    edited = move_step(draft(), "shift", -1)
    assert [each.step.id for each in edited.steps[12:14]] == ["shift", "warm"]
    assert set(edited.runbook.steps) == set(draft().runbook.steps)
    assert move_step(draft(), "open", -1) == draft()
    assert move_step(draft(), "nowhere", 1) == draft()
    assert present_draft(edited, seen).may_record


def test_that_recording_tells_before_which_approval_and_rehearsals_it_voids(seen: Seen) -> None:
    edited = type_cell(draft(), seen, "shift", PlanColumn.DURATION, "9m")
    assert present_draft(edited, seen).voids == (
        "Recording this voids the approval of CHG-48213: it is bound to the plan as it was. "
        "Rehearsed times of step 14 no longer count."
    )
    both = type_cell(edited, seen, "deploy", PlanColumn.DURATION, "10m")
    assert "steps 12, 14" in present_draft(both, seen).voids


def test_that_a_release_without_a_change_record_names_no_change(seen: Seen) -> None:
    bare = replace(release(), change=None)
    workspace = replace(seen.state.workspace, releases=Map({RELEASE: bare}))
    other = replace(seen, state=replace(seen.state, workspace=workspace))
    edited = move_step(draft(), "shift", 1)
    assert present_draft(edited, other).voids == (
        "Recording this voids what was approved: it is bound to the plan as it was."
    )


def test_that_a_cycle_is_told_and_the_table_still_shows(seen: Seen) -> None:
    edited = type_cell(draft(), seen, "deploy", PlanColumn.AFTER, "14")
    rows = present_draft(edited, seen)
    assert len(rows.rows) == 27
    assert [each.says for each in rows.problems] == [
        "a cycle: deploy waits for shift waits for deploy"
    ]
    assert cell(edited, seen, "deploy", PlanColumn.AFTER).text == "14"


def test_that_a_rule_of_the_plan_is_told_once_where_the_cell_is_wrong_already(seen: Seen) -> None:
    edited = type_cell(draft(), seen, "shift", PlanColumn.KIND, "gate")
    assert [each.column for each in present_draft(edited, seen).problems] == [
        PlanColumn.KIND,
        PlanColumn.UNDO,
    ]
    wrong = type_cell(edited, seen, "shift", PlanColumn.KIND, "dance")
    assert [each.column for each in present_draft(wrong, seen).problems] == [
        PlanColumn.KIND,
        PlanColumn.UNDO,
    ]


def test_that_an_empty_plan_can_be_begun(seen: Seen) -> None:
    edited, step = insert_step(begin_draft(Runbook()), "")
    assert present_draft(edited, seen).rows[0].step == step
    assert edited.is_changed

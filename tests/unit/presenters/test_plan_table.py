"""The plan table: what each row says before, during and after the night."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from immutables import Map

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.facts import StepState
from relconsole.domain.plan.runbook import Runbook
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.plan_table import (
    COLUMNS,
    PlanColumn,
    PlanRow,
    duration_words,
    present_plan_table,
)
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import JO, RELEASE, release


def row(seen: Seen, step: str) -> PlanRow:
    """The row of a step."""
    return next(each for each in present_plan_table(seen).rows if each.step == step)


def texts(seen: Seen, step: str) -> dict[PlanColumn, str]:
    """What stands in the row of a step, where anything does."""
    cells = zip(COLUMNS, row(seen, step).cells, strict=True)
    return {column: cell.text for column, cell in cells if cell.text}


def test_that_a_plan_is_shown_with_its_times_float_and_order_before_its_night() -> None:
    assert texts(scenes.before().seen(), "shift") == {
        PlanColumn.NUMBER: "14",
        PlanColumn.TITLE: "Shift 25 % traffic to payments-api",
        PlanColumn.STREAM: "payments-api",
        PlanColumn.OWNER: "Jo Reyes",
        PlanColumn.KIND: "manual",
        PlanColumn.STATE: "planned",
        PlanColumn.PLANNED_START: "02:06",
        PlanColumn.PLANNED_END: "02:14",
        PlanColumn.FLOAT: "4\u00a0min",
        PlanColumn.DURATION: "8m",
        PlanColumn.AFTER: "12",
        PlanColumn.UNDO: "inverse 2m",
        PlanColumn.CHECKS: "Canary pool healthy, Ledger lag, Checkout p95",
    }


def test_that_a_plan_can_be_edited_only_while_no_night_is_open() -> None:
    before, during = (
        present_plan_table(stage.seen()) for stage in (scenes.before(), scenes.calm())
    )
    assert (before.why_not, before.amends, before.has_run) == ("", False, False)
    assert during.why_not == "The night is open: its plan is amended, with a reason."
    assert during.amends
    over = present_plan_table(scenes.finished().seen())
    assert (over.why_not, over.amends, over.has_run) == ("", False, True)


def test_that_a_running_step_shows_when_it_began_and_when_it_is_foreseen_to_end() -> None:
    shown = texts(scenes.alarm().seen(), "shift")
    assert shown[PlanColumn.STATE] == "running, late 02:42"
    assert shown[PlanColumn.ACTUAL_START] == "02:07"
    assert shown[PlanColumn.FORECAST_END] == "02:17"
    assert PlanColumn.FORECAST_START not in shown
    assert PlanColumn.ACTUAL_END not in shown
    assert row(scenes.alarm().seen(), "shift").is_now


def test_that_a_step_to_come_shows_when_it_is_foreseen_to_begin() -> None:
    shown = texts(scenes.alarm().seen(), "shift-all")
    assert PlanColumn.FORECAST_START in shown
    assert shown[PlanColumn.CRITICAL] == "critical"
    assert row(scenes.alarm().seen(), "shift-all").is_critical


def test_that_a_step_that_is_over_has_no_forecast_and_no_float() -> None:
    shown = texts(scenes.alarm().seen(), "deploy")
    assert (shown[PlanColumn.ACTUAL_START], shown[PlanColumn.ACTUAL_END]) == ("01:58", "02:07")
    assert shown[PlanColumn.STATE] == "done"
    assert not {PlanColumn.FORECAST_END, PlanColumn.FLOAT} & set(shown)
    assert row(scenes.alarm().seen(), "deploy").is_over


def test_that_the_note_counts_the_steps_that_are_over() -> None:
    assert present_plan_table(scenes.calm().seen()).note == "27 steps, 11 over"
    assert present_plan_table(scenes.before().seen()).note == "27 steps"


def test_that_a_step_that_may_start_is_ready_and_one_that_waits_is_not() -> None:
    seen = scenes.under_way().seen("02:15")
    assert texts(seen, "leave-canary")[PlanColumn.STATE].startswith("ready")
    assert texts(seen, "verify-25")[PlanColumn.STATE].startswith("not started")


def test_that_a_failed_step_sorts_before_a_late_one_and_that_before_what_runs_on_time() -> None:
    stage = scenes.under_way()
    stage.end("02:10", "warm", StepState.FAILED)
    seen = stage.seen("02:17:42")
    ranks = [
        row(seen, step).cell(PlanColumn.STATE).sorts
        for step in ("warm", "shift", "watch-lag", "close", "open")
    ]
    assert ranks == sorted(ranks, key=float)  # type: ignore[arg-type]
    assert len(set(ranks)) == len(ranks)


def test_that_the_steps_of_whose_key_is_open_are_theirs() -> None:
    seen = scenes.calm().seen(person=JO)
    mine = [each.step for each in present_plan_table(seen).rows if each.is_mine]
    assert mine == ["pool", "deploy", "shift", "shift-all"]
    nobody = present_plan_table(scenes.calm().seen(person=None))
    assert not any(each.is_mine for each in nobody.rows)


def test_that_steps_are_theirs_under_another_of_their_names_too() -> None:
    seen = scenes.before().seen(person=PersonId("jo.reyes"))
    assert not any(each.is_mine for each in present_plan_table(seen).rows)
    estate = seen.state.workspace.estate
    jo = replace(estate.people[JO], aliases=("jo.reyes",))
    named = replace(estate, people=Map({**estate.people, JO: jo}))
    workspace = replace(seen.state.workspace, estate=named)
    aliased = replace(seen, state=replace(seen.state, workspace=workspace))
    mine = [each.step for each in present_plan_table(aliased).rows if each.is_mine]
    assert mine == ["pool", "deploy", "shift", "shift-all"]


def test_that_a_night_without_a_forecast_still_shows_plan_and_actual() -> None:
    shown = texts(scenes.calm().seen(forecasts=False), "shift")
    assert (shown[PlanColumn.PLANNED_START], shown[PlanColumn.ACTUAL_START]) == ("02:06", "02:07")
    assert PlanColumn.FORECAST_END not in shown


def test_that_a_range_is_shown_as_best_likely_and_worst() -> None:
    five, eight, twelve = (timedelta(minutes=count) for count in (5, 8, 12))
    assert duration_words(ThreePoint(best=five, likely=eight, worst=twelve)) == "5m / 8m / 12m"


def _with_plan(seen: Seen, runbook: Runbook) -> Seen:
    """The same with another plan."""
    workspace = seen.state.workspace
    changed = replace(workspace, releases=Map({RELEASE: replace(release(), runbook=runbook)}))
    return replace(seen, state=replace(seen.state, workspace=changed))


def test_that_a_plan_without_steps_says_so() -> None:
    empty = present_plan_table(_with_plan(scenes.before().seen(), Runbook()))
    assert (empty.rows, empty.empty) == ((), "The plan has no steps.")


def test_that_a_step_of_nobody_with_a_fixed_start_and_unknown_before_it_is_shown() -> None:
    plan = release().runbook
    first, gate = plan.steps[0], plan.find(plan.steps[15].id)
    assert gate is not None
    alone = replace(plan, steps=(replace(first, owner=None), replace(gate, after=())))
    shown = texts(_with_plan(scenes.before().seen(), alone), "leave-canary")
    assert shown[PlanColumn.NOT_BEFORE] == "02:15"
    assert PlanColumn.OWNER not in texts(_with_plan(scenes.before().seen(), alone), "open")


def test_that_a_row_is_spoken_as_one_sentence() -> None:
    said = row(scenes.alarm().seen(), "shift").sentence
    assert said.startswith("Step 14, Shift 25 % traffic to payments-api, Stream payments-api")
    assert "State running, late 02:42" in said
    assert row(scenes.alarm().seen(), "shift").key == "shift"


def test_that_a_row_bears_the_shape_of_its_state() -> None:
    assert row(scenes.alarm().seen(), "shift").status is Status.CRITICAL
    assert row(scenes.before().seen(), "shift").status is Status.NOT_STARTED

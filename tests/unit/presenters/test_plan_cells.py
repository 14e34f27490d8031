"""What is typed into a cell of the plan: understood as a file would understand it, or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.ids import ServiceId, StepId
from relconsole.domain.plan.runbook import Step, StepKind, StepSilence, UndoKind
from relconsole_ui.presenters.plan_cells import (
    Ground,
    Wrong,
    read_cell,
    read_estimate,
    read_person,
    read_steps,
    read_wall_time,
)
from relconsole_ui.presenters.plan_table import PlanColumn
from tests.unit.presenters.night_plan import ASHA, JO, METRICS, SHIFT, at, release, workspace

MINUTE = timedelta(minutes=1)
PEOPLE = workspace().estate.people


def step() -> Step:
    """The step that is typed into."""
    found = release().runbook.find(SHIFT)
    assert found is not None
    return found


def ground() -> Ground:
    """The release of the pictures."""
    order = tuple(each.id for each in release().runbook.steps)
    return Ground(release=release(), people=PEOPLE, order=order)


def typed(column: PlanColumn, text: str) -> Step:
    """The step with what was typed, which must be understood."""
    found = read_cell(step(), column, text, ground())
    assert isinstance(found, Step), found
    return found


def says(column: PlanColumn, text: str) -> str:
    """Why what was typed is not understood."""
    found = read_cell(step(), column, text, ground())
    assert isinstance(found, Wrong), found
    return found.says


def test_that_title_and_stream_are_taken_as_typed_but_a_title_is_never_empty() -> None:
    assert typed(PlanColumn.TITLE, "  Shift half ").title == "Shift half"
    assert typed(PlanColumn.STREAM, "").stream == ""
    assert says(PlanColumn.TITLE, " ") == "must not be empty"


def test_that_an_owner_is_found_by_id_and_by_name_and_may_be_nobody() -> None:
    assert typed(PlanColumn.OWNER, "asha").owner == ASHA
    assert typed(PlanColumn.OWNER, "asha nair").owner == ASHA
    assert typed(PlanColumn.OWNER, "").owner is None
    assert says(PlanColumn.OWNER, "Nobody Known") == "nobody is called Nobody Known"


def test_that_a_name_which_two_people_bear_is_asked_about() -> None:
    twins = {**PEOPLE, JO: replace(PEOPLE[JO], name="Asha Nair")}
    found = read_person("Asha Nair", twins)
    assert found == Wrong(text="Asha Nair", says="several people are called Asha Nair: asha, jo")


def test_that_a_kind_is_one_of_the_kinds() -> None:
    assert typed(PlanColumn.KIND, "Hold").kind is StepKind.HOLD
    assert says(PlanColumn.KIND, "dance").startswith("dance is none of manual, automated")
    assert says(PlanColumn.KIND, "").startswith("empty is none of")


@pytest.mark.parametrize("text", ["5m / 8m / 12m", "5m 8m 12m", "5m..8m..12m", "5m, 8m, 12m"])
def test_that_three_durations_are_best_likely_and_worst(text: str) -> None:
    expected = ThreePoint(best=5 * MINUTE, likely=8 * MINUTE, worst=12 * MINUTE)
    assert typed(PlanColumn.DURATION, text).duration == expected


@pytest.mark.parametrize("text", ["", "eight", "5m 8m", "12m / 8m / 5m"])
def test_that_what_is_no_duration_is_not_guessed(text: str) -> None:
    assert read_estimate(text) is None
    assert says(PlanColumn.DURATION, text).startswith("one duration such as 8m")


def test_that_a_silence_for_as_long_as_the_step_follows_its_duration_and_another_does_not() -> None:
    for lasts, expected in ((8 * MINUTE, 20 * MINUTE), (3 * MINUTE, 3 * MINUTE)):
        silence = StepSilence(system=METRICS, services=(ServiceId("api"),), lasts=lasts)
        muted = replace(step(), silence=silence)
        found = read_cell(muted, PlanColumn.DURATION, "20m", ground())
        assert isinstance(found, Step)
        assert found.duration == plain(20 * MINUTE)
        assert found.silence is not None
        assert found.silence.lasts == expected


def test_that_a_fixed_start_is_a_wall_time_of_the_window() -> None:
    assert typed(PlanColumn.NOT_BEFORE, "02:38").not_before == at("02:38")
    assert typed(PlanColumn.NOT_BEFORE, "2:38:30").not_before == at("02:38:30")
    assert typed(PlanColumn.NOT_BEFORE, "").not_before is None
    assert says(PlanColumn.NOT_BEFORE, "soon") == "soon is no time of day such as 02:38"
    assert "after the window ends" in says(PlanColumn.NOT_BEFORE, "06:00")


def test_that_a_wall_time_which_exists_twice_is_told_with_both_readings() -> None:
    autumn = at("02:00") + timedelta(days=187)
    window = replace(release().window, start=autumn - 3 * 60 * MINUTE, end=autumn + 5 * 60 * MINUTE)
    found = read_wall_time("02:30", replace(release(), window=window))
    assert isinstance(found, Wrong)
    assert "exists twice" in found.says


def test_that_steps_are_named_by_number_or_id() -> None:
    assert typed(PlanColumn.AFTER, "12, pool,, 12").after == ("deploy", "pool")
    assert typed(PlanColumn.AFTER, "").after == ()
    assert says(PlanColumn.AFTER, "99") == "there is no step 99"
    assert says(PlanColumn.AFTER, "14") == "a step does not wait for itself"
    assert read_steps("0", (StepId("one"),)) == Wrong(text="0", says="there is no step 0")


def test_that_a_way_back_is_a_kind_with_its_time_where_it_takes_any() -> None:
    assert typed(PlanColumn.UNDO, "none").undo.kind is UndoKind.NONE
    assert typed(PlanColumn.UNDO, "Irreversible").undo.duration is None
    assert typed(PlanColumn.UNDO, "compensation 5m").undo.duration == plain(5 * MINUTE)
    assert says(PlanColumn.UNDO, "inverse") == "an undo of kind inverse needs duration: inverse 5m"
    assert says(PlanColumn.UNDO, "none 5m") == "an undo of kind none has no duration"
    assert says(PlanColumn.UNDO, "").startswith("say none, irreversible")


def test_that_what_is_computed_is_not_typed() -> None:
    assert says(PlanColumn.FLOAT, "1m") == "Float is not typed"

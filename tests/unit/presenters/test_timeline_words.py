"""The timeline in words says what the picture shows."""

from dataclasses import replace

from relconsole.domain.night.facts import StepState
from relconsole.domain.night.state import StepRun
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.timeline import present_timeline
from relconsole_ui.presenters.timeline_rows import TimelineRows
from relconsole_ui.presenters.timeline_words import HEADINGS, say_bar, summary_of, twin_rows
from tests.helpers.payments_night import (
    TOOK,
    calm,
    late,
    name,
    run_of,
    runbook,
    seen_at,
    with_steps,
)


def says(rows: TimelineRows, number: int) -> str:
    return next(say_bar(rows, bar) for bar in rows.bars if bar.step == name(number))


def test_that_a_done_step_says_when_it_was_done() -> None:
    assert says(present_timeline(calm()), 4) == (
        "Step 4, Deploy payments-api 2.31 dark, payments-api, Jo Reyes: done, 01:37 to 01:45;"
        " planned 01:37 to 01:45."
    )


def test_that_a_late_step_says_since_when_it_runs_and_by_how_much_it_is_over() -> None:
    assert says(present_timeline(late()), 14) == (
        "Step 14, Shift 25 % traffic, payments-api, Jo Reyes: running since 02:07:00;"
        " 2m 42s over its time; planned 02:07 to 02:15; on the critical path."
    )


def test_that_a_forecast_says_where_it_only_holds_if_resumed() -> None:
    rows = present_timeline(late())
    assert "forecast 02:54 to 03:05" in says(rows, 20)
    assert says(rows, 20).endswith("cannot be undone.")
    held = replace(rows, resumed="a hold stands")
    assert "forecast, if resumed now, 02:54 to 03:05" in says(held, 20)


def test_that_a_step_that_was_skipped_says_so() -> None:
    run = with_steps(run_of(runbook(), TOOK), StepRun(step=name(22), state=StepState.SKIPPED))
    rows = present_timeline(seen_at(41, run))
    assert says(rows, 22).startswith(
        "Step 22, Release the batch chain, Batch jobs, Omar Farouk: skipped; planned"
    )


def test_that_a_bar_that_was_never_planned_says_no_plan() -> None:
    rows = present_timeline(calm())
    assert "planned" not in say_bar(rows, replace(rows.bars[0], planned=None))


def test_that_the_table_says_the_same_as_the_picture_row_by_row() -> None:
    rows = present_timeline(late())
    twin = {row.step: row for row in twin_rows(rows)}
    assert len(twin) == 27
    assert dict(zip(HEADINGS, twin[name(14)].cells, strict=True)) == {
        "No.": "14",
        "Step": "Shift 25 % traffic",
        "Stream": "payments-api",
        "Owner": "Jo Reyes",
        "State": "running, late",
        "Planned": "02:07 to 02:15",
        "Actual": "since 02:07",
        "Forecast": "",
        "Overrun": "2m 42s",
    }
    assert twin[name(14)].is_late
    assert twin[name(14)].status is Status.RUNNING
    assert not twin[name(11)].is_late
    assert twin[name(4)].cells[6] == "01:37 to 01:45"
    assert twin[name(14)].says == says(rows, 14)


def test_that_the_whole_is_said_in_one_breath() -> None:
    assert present_timeline(late()).says == (
        "Now 02:17; 11 of 27 steps over, 3 running, 2 late; Latest safe 02:52; No return 02:54;"
        " forecast to end 03:33."
    )


def test_that_a_held_night_says_that_it_does_not_run() -> None:
    held = replace(present_timeline(late()), resumed="a hold stands")
    assert summary_of(held).endswith("not running, a hold stands: drawn as if resumed now.")


def test_that_a_night_without_a_forecast_says_no_end() -> None:
    rows = present_timeline(calm())
    over = replace(rows, lanes=())
    assert "forecast to end" not in summary_of(over)

"""The list of what runs now, and what comes next."""

from relconsole.domain.night.facts import StepState
from relconsole.domain.night.step_commands import WaitStep
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.running import RunningRow, next_step, present_running
from relconsole_ui.presenters.seen import Seen
from tests.unit.presenters.night_plan import RUN, SHIFT, WARM, at
from tests.unit.presenters.scenes import Stage, alarm, before, calm, finished, lost_job, polling


def row(seen: Seen, number: str) -> RunningRow:
    return next(each for each in present_running(seen).rows if each.number == number)


def words(seen: Seen, number: str) -> tuple[str, str, str]:
    found = row(seen, number)
    return found.right, found.below, found.tone


def test_that_before_and_after_the_night_a_sentence_stands_there() -> None:
    assert present_running(before().seen()).empty == "The night has not been opened."
    assert present_running(finished().seen()).empty == "The night is over."
    assert next_step(before().seen()) is None


def test_that_on_time_steps_say_what_is_left_and_the_next_ones_follow() -> None:
    rows = present_running(calm().seen())
    assert [each.number for each in rows.rows] == ["13", "14", "11", "15", "16"]
    assert rows.note == "3 on time"
    assert words(calm().seen(), "14") == ("03:18 left", "due 02:15", "")
    assert words(calm().seen(), "11") == ("35:18 left", "until 02:47", "")
    assert words(calm().seen(), "15") == ("02:14", "waits for 14", "")
    assert words(calm().seen(), "16") == ("02:15", "next", "")


def test_that_what_fails_comes_before_what_is_late_and_that_before_the_rest() -> None:
    seen = alarm().seen()
    rows = present_running(seen)
    assert [each.number for each in rows.rows[:3]] == ["14", "13", "16"]
    assert rows.note == "2 late, 1 waiting, 2 on time"
    assert words(seen, "14") == ("late 02:42", "due 02:15", "warn")
    assert words(seen, "15") == ("late 03:42", "waits for 14", "warn")
    assert next_step(seen) == SHIFT == row(seen, "14").key
    spoken = "Step 14, Shift 25 % traffic to payments-api, Jo Reyes · payments-api"
    assert row(seen, "14").sentence == f"{spoken}, critical: late 02:42, due 02:15"


def test_that_a_step_that_failed_waits_for_a_decision() -> None:
    stage = calm()
    stage.end("02:12", "warm", StepState.FAILED, "no capacity")
    assert words(stage.seen(), "13") == ("failed", "decide what follows", "warn")
    assert row(stage.seen(), "13").status is Status.FAILED


def test_that_a_job_whose_end_nobody_knows_comes_first_and_asks() -> None:
    stage = lost_job()
    seen = stage.seen()
    assert next_step(seen) == "second"
    assert words(seen, "2") == ("unknown", "say how it ended", "warn")
    assert row(seen, "2").status is Status.UNKNOWN


def test_that_a_step_says_for_what_it_waits() -> None:
    stage = calm()
    stage.do("02:12", WaitStep(run=RUN, step=WARM, reason="the cache", until=at("02:30")))
    assert words(stage.seen(), "13") == ("18:00 left", "waits for the cache", "")


def test_that_a_step_that_can_start_says_so_and_when_it_was_due() -> None:
    ready = Stage()
    ready.open("01:30")
    assert words(ready.seen("01:30"), "1") == ("start now", "due 01:30", "")
    assert words(ready.seen("01:31"), "1") == ("start now", "due 01:30", "warn")
    assert words(ready.seen("01:31", forecasts=False), "1") == ("start now", "ready", "")
    assert words(ready.seen("01:31", forecasts=False), "2") == ("next", "waits for 1", "")
    assert present_running(ready.seen("01:31")).note == "1 late"


def test_that_the_list_is_empty_once_all_is_done_and_the_night_still_open() -> None:
    stage = Stage()
    stage.open("01:30")
    for step in stage.state.runs[RUN].runbook.steps:
        stage.end("01:31", step.id, StepState.NOT_NEEDED, "called off")
    assert present_running(stage.seen()).empty == "Nothing is left to start."
    assert present_running(stage.seen()).note == ""


def test_that_a_gate_that_is_polled_is_counted_as_on_time() -> None:
    assert words(polling().seen(), "16") == ("10:20 left", "due 02:26", "")

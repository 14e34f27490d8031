"""The top bar and the three figures."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.night.bridge_commands import BeginHold, StopLine
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.record.file_form import JournalKind
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.top_bar import (
    Figure,
    is_paused,
    present_figures,
    present_top_bar,
)
from tests.unit.presenters.night_plan import (
    DROP,
    RELEASE,
    RUN,
    SHIFT,
    at,
    release,
    workspace,
)
from tests.unit.presenters.scenes import (
    Stage,
    alarm,
    before,
    boxed_problem,
    calm,
    finished,
    none_live,
    rehearsed,
    under_way,
)


def figure(seen: Seen, name: str) -> Figure:
    return next(each for each in present_figures(seen) if each.name == name)


def shown(seen: Seen, name: str) -> tuple[str, str, str]:
    found = figure(seen, name)
    return found.value.replace("\u00a0", " "), found.why.replace("\u00a0", " "), found.tone


def test_that_the_bar_says_what_where_how_far_and_when() -> None:
    rows = present_top_bar(calm().seen())
    assert (rows.title, rows.environment, rows.mode) == ("Payments Core 2026.4 cutover", "PROD", "")
    assert rows.line == "CHG-48213 · 11 of 27 done · window 01:30 to 05:00"
    assert (rows.clock, rows.zones) == ("02:11:42", "Tue 21 Apr · CEST · 00:11:42 UTC")


def test_that_a_window_of_another_day_is_told_with_its_day() -> None:
    seen = calm().seen()
    early = replace(seen, now=seen.now - timedelta(days=3))
    assert present_top_bar(early).line.endswith("window Tue 21 Apr, 01:30 to 05:00")


def test_that_without_a_change_record_and_a_run_only_the_window_is_told() -> None:
    stage = before()
    bare = replace(release(), change=None)
    stage.do("01:00", ImportWorkspace(workspace=replace(workspace(), releases={RELEASE: bare})))
    assert present_top_bar(stage.seen()).line == "window 01:30 to 05:00"


def test_that_a_demo_and_a_rehearsal_are_marked() -> None:
    assert present_top_bar(Stage(kind=JournalKind.DEMO).seen()).mode == "DEMO"
    assert present_top_bar(rehearsed().seen()).mode == "REHEARSAL"


def test_that_without_a_night_under_way_the_figures_are_unknown() -> None:
    for seen, why in (
        (before().seen(), "no forecast yet"),
        (calm().seen(forecasts=False), "no forecast yet"),
    ):
        assert [(each.value, each.why) for each in present_figures(seen)] == [("unknown", why)] * 3


def test_that_the_figures_of_a_night_that_is_over_say_when_and_how_it_ended() -> None:
    safe, finish, decide = present_figures(finished().seen())
    assert (safe.value, decide.value) == ("none", "none")
    assert finish.why == "finished"
    assert ":" in finish.value


def test_that_on_plan_the_figures_say_how_much_is_left() -> None:
    seen = calm().seen("02:05")
    assert shown(seen, "Latest safe rollback") == ("02:45", "40:00 left", "")
    value, why, tone = shown(seen, "Finish")
    assert value.endswith("% in window")
    assert (why, tone) == ("on plan", "")
    assert shown(seen, "Decide by")[0] == "02:40"
    assert (
        "Latest safe rollback 02:45. The way back" in figure(seen, "Latest safe rollback").sentence
    )


def test_that_what_is_near_is_marked_and_what_passed_says_so() -> None:
    assert shown(calm().seen("02:20"), "Latest safe rollback") == ("02:45", "25:00 left", "warn")
    assert shown(calm().seen("02:47"), "Latest safe rollback")[1] == "passed 2 min ago"
    assert shown(calm().seen("02:47"), "Decide by")[1].startswith("passed 7 min ago")


def test_that_a_late_night_says_by_how_much_and_a_paused_one_that_it_is_if_resumed() -> None:
    assert shown(under_way().seen("02:40"), "Finish")[1].endswith("late")
    assert shown(alarm().seen(), "Finish")[1] == "if resumed now"


def test_that_an_end_beyond_the_window_is_marked() -> None:
    assert shown(under_way().seen("04:30"), "Finish")[2] == "warn"


def test_that_an_open_decision_comes_before_the_way_back() -> None:
    value, why, _tone = shown(alarm().seen(), "Decide by")
    assert (value, why) == ("02:32", "14:18 left; Hold at 25 % or roll back?")
    unasked = under_way()
    unasked.do("02:12", boxed_problem(question="", options=(), what="Edge is late"))
    assert shown(unasked.seen(), "Decide by")[1].endswith("Edge is late")
    later = under_way()
    later.do("02:12", boxed_problem(decide_by=at("02:45")))
    assert shown(later.seen(), "Decide by")[0] == "02:40"


def test_that_a_night_nobody_sees_has_no_known_end() -> None:
    seen = calm().seen("02:17:42", sources=none_live(at("02:14:52")))
    assert shown(seen, "Finish")[0] == "unknown"
    assert shown(seen, "Finish")[1].endswith("at 02:17")
    assert shown(seen, "Latest safe rollback")[1] == "by plan; production not seen since 02:14:52"
    assert shown(calm().seen(sources=()), "Finish")[1] == "on plan"


def test_that_without_a_way_back_there_is_nothing_to_decide_for() -> None:
    stage = Stage()
    stage.open("01:30")
    seen = stage.seen("01:30")
    assert seen.forecast is not None
    gone = replace(seen, forecast=replace(seen.forecast, latest_safe_start=None, decide_by=None))
    assert shown(gone, "Latest safe rollback") == (
        "none",
        "no way back that fits the window",
        "warn",
    )
    assert shown(gone, "Decide by") == ("none", "no way back is left to decide for", "")


def test_that_after_an_irreversible_step_there_is_no_way_back() -> None:
    seen = calm().seen()
    run = seen.state.runs[RUN]
    drop = replace(run.steps[DROP], attempts=run.steps[SHIFT].attempts)
    begun = replace(run, steps=run.steps.set(DROP, drop))
    assert seen.forecast is not None
    gone = replace(
        seen,
        state=replace(seen.state, runs=seen.state.runs.set(RUN, begun)),
        forecast=replace(seen.forecast, latest_safe_start=None, decide_by=None),
    )
    why = "no way back after Drop the old columns"
    assert shown(gone, "Latest safe rollback") == ("none", why, "warn")


@pytest.mark.parametrize("cause", [HoldCause.PERSON, HoldCause.NO_ANSWER])
def test_that_a_hold_pauses_the_night_but_not_one_that_waits_for_an_answer(
    cause: HoldCause,
) -> None:
    stage = calm()
    stage.do("02:12", BeginHold(run=RUN, cause=cause, thing="x", reasons=("because",)), by=None)
    assert is_paused(stage.state.runs[RUN]) is (cause is HoldCause.PERSON)


def test_that_a_stopped_line_pauses_the_night() -> None:
    stage = calm()
    stage.do("02:12", StopLine(run=RUN))
    assert is_paused(stage.state.runs[RUN])

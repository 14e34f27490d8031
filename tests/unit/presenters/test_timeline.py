"""A night as a timeline: what was planned, what happened, and how it goes on from now."""

from dataclasses import replace
from datetime import timedelta

import pytest
from immutables import Map

from relconsole.domain.kernel.ids import Digest, StepId
from relconsole.domain.night.bridge_facts import HoldCause, TriggerStood
from relconsole.domain.night.facts import (
    Followers,
    GateDecided,
    RunOutcome,
    StationAnswered,
    StepState,
)
from relconsole.domain.night.rollback_facts import RollbackArmed, RollbackEnding
from relconsole.domain.night.state import Hold, RollbackRun, RunState, StepRun, Stop
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.readiness.poll import StationAnswer
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.timeline import present_timeline
from relconsole_ui.presenters.timeline_rows import (
    Bar,
    BarState,
    FlagKind,
    Severity,
    Span,
    TimelineRows,
)
from tests.helpers.payments_night import (
    BEGAN,
    PLAN,
    RUN,
    TOOK,
    at,
    calm,
    ended_step,
    late,
    name,
    release,
    run_of,
    runbook,
    running_step,
    seen_at,
    step,
    with_steps,
)

MINUTE = 60.0


def bar(rows: TimelineRows, number: int | str) -> Bar:
    return next(each for each in rows.bars if each.number == str(number))


def span(start: float, end: float) -> Span:
    return Span(start=start * MINUTE, end=end * MINUTE)


def plan_of(*steps: Step) -> Runbook:
    return Runbook(steps=steps)


def night(run: RunState, minute: float, latest_safe: float | None = None) -> TimelineRows:
    return present_timeline(seen_at(minute, run, latest_safe=latest_safe))


def gone_back(run: RunState, *steps: Step, ending: RollbackEnding | None = None) -> RunState:
    """The run with a rollback of these steps, fired at minute 50."""
    armed = RollbackArmed(
        run=RUN, only=None, covered=(), steps=steps, calls=Map(), plan=PLAN, fleet=()
    )
    rollback = RollbackRun(
        armed=armed, armed_by=None, armed_at=at(49), fired_at=at(50), ending=ending
    )
    undone = {each.id: StepRun(step=each.id) for each in steps}
    return replace(run, rollback=rollback, steps=run.steps.update(undone))


def test_that_each_stream_is_a_lane_in_the_order_of_the_plan_with_its_owner() -> None:
    rows = present_timeline(calm())
    assert [(lane.title, lane.owner) for lane in rows.lanes][:3] == [
        ("Command", "Mara Okafor"),
        ("Batch jobs", "Omar Farouk"),
        ("payments-api", "Jo Reyes"),
    ]
    assert all(each.lane == at for at, lane in enumerate(rows.lanes) for each in lane.bars)


def test_that_a_lane_of_several_owners_names_the_first_and_counts_the_rest() -> None:
    steps = [replace(each, stream="All") for each in runbook().steps[:4]]
    nobody = replace(steps[0], owner=None, stream="Nobody")
    rows = night(run_of(plan_of(nobody, *steps[1:])), 0)
    assert [lane.owner for lane in rows.lanes] == ["", "Mara Okafor +2"]


def test_that_steps_without_a_stream_stand_in_a_lane_called_plan() -> None:
    rows = night(run_of(plan_of(step(1, "One", "", 0, 5))), 0)
    assert [lane.title for lane in rows.lanes] == ["Plan"]


def test_that_a_step_that_is_over_has_its_actual_times_and_no_forecast() -> None:
    done = bar(present_timeline(calm()), 3)
    assert (done.planned, done.actual, done.forecast) == (span(5, 11), span(7, 13), None)
    assert (done.state, done.status) == (BarState.DONE, Status.DONE)


def test_that_a_running_step_is_solid_up_to_now_and_hatched_from_now_on() -> None:
    rows = present_timeline(calm())
    running = bar(rows, 14)
    assert running in rows.running
    assert running.actual == span(37, 41.7)
    assert running.forecast == span(41.7, 45)
    assert running.overrun is None
    assert running.body == span(37, 45)


def test_that_a_step_beyond_its_time_has_an_overrun_and_nothing_left_to_hatch() -> None:
    running = bar(present_timeline(late()), 14)
    assert (running.overrun, running.forecast) == (span(45, 47.7), None)
    assert running.body == running.actual


def test_that_a_step_that_took_too_long_keeps_its_overrun() -> None:
    assert bar(present_timeline(calm()), 5).overrun == span(21, 22)
    assert bar(present_timeline(calm()), 4).overrun is None


@pytest.mark.parametrize("minute", [0, 20, 41.7, 47.7, 90, 300])
def test_that_no_forecast_lies_in_the_past_however_old_the_simulation_is(minute: float) -> None:
    seen = replace(late(), now=at(minute) if minute > 47.7 else late().now)
    rows = present_timeline(seen)
    assert all(each.forecast.start >= rows.now for each in rows.bars if each.forecast)


def test_that_what_waits_for_a_late_step_moves_with_it() -> None:
    assert bar(present_timeline(late()), 15).forecast == span(47.7, 55.7)


def test_that_before_a_run_the_plan_is_the_forecast() -> None:
    rows = present_timeline(seen_at(-60, None))
    ahead = bar(rows, 12)
    assert (ahead.planned, ahead.forecast, ahead.actual) == (span(28, 37), span(28, 37), None)
    assert (ahead.state, ahead.status) == (BarState.AHEAD, Status.NOT_STARTED)
    assert rows.resumed == ""


def test_that_a_rehearsal_begins_when_it_is_opened_and_waits_for_no_clock() -> None:
    run = replace(run_of(runbook()), rehearsal=True, opened_at=at(-900))
    rows = present_timeline(seen_at(-900, run, latest_safe=None))
    assert rows.origin == at(-900)
    assert bar(rows, 1).forecast == span(0, 3)
    assert bar(rows, 2).forecast == span(3, 7)


def test_that_a_step_that_was_skipped_or_not_needed_has_no_forecast() -> None:
    run = with_steps(
        run_of(runbook(), TOOK),
        StepRun(step=name(22), state=StepState.SKIPPED, dropped_at=at(40)),
        StepRun(step=name(24), state=StepState.NOT_NEEDED, dropped_at=at(40)),
    )
    rows = night(run, 41)
    for number in (22, 24):
        dropped = bar(rows, number)
        assert (dropped.state, dropped.status) == (BarState.DROPPED, Status.SKIPPED)
        assert (dropped.forecast, dropped.body) == (None, None)


def test_that_a_failed_step_that_nobody_decided_upon_goes_on_as_failed() -> None:
    failed = ended_step(14, 37, 40, StepState.FAILED)
    rows = night(with_steps(run_of(runbook(), TOOK), failed), 47)
    found = bar(rows, 14)
    assert (found.state, found.status) == (BarState.FAILED, Status.FAILED)
    assert found.actual == span(37, 47)
    decided = replace(failed, followers=Followers.GO_ON)
    settled = bar(night(with_steps(run_of(runbook(), TOOK), decided), 47), 14)
    assert settled.actual == span(37, 40)


def test_that_a_waiting_step_is_painted_as_one_that_runs_and_says_that_it_waits() -> None:
    run = with_steps(run_of(runbook(), TOOK), running_step(16, 40, StepState.WAITING))
    waiting = bar(night(run, 41), 16)
    assert (waiting.state, waiting.status) == (BarState.RUNNING, Status.WAITING)


def test_that_steps_that_overlap_within_a_stream_lie_on_two_tracks() -> None:
    one, two = step(1, "One", "A", 0, 10), step(2, "Two", "A", 5, 10)
    three, four = step(3, "Three", "A", 20, 5), step(4, "Four", "A", 6, 2)
    (lane,) = night(run_of(plan_of(one, two, three, four)), 0).lanes
    assert {each.number: each.track for each in lane.bars} == {"1": 0, "2": 1, "3": 0, "4": 2}
    assert lane.tracks == 3
    assert lane.longest == 10 * MINUTE


def test_that_a_real_overlap_moves_a_bar_that_the_plan_kept_apart() -> None:
    plan = plan_of(step(1, "One", "A", 0, 10), step(2, "Two", "A", 10, 10))
    (lane,) = night(run_of(plan), 0).lanes
    assert lane.tracks == 1
    (lane,) = night(run_of(plan, began={1: 0, 2: 10}), 15).lanes
    assert lane.tracks == 2


def test_that_the_critical_path_leads_through_done_steps_by_plan_and_others_by_forecast() -> None:
    rows = present_timeline(late())
    critical = {each.number for each in rows.bars if each.critical}
    assert {"8", "10", "12", "14", "16", "27"} <= critical
    assert critical.isdisjoint({"3", "6", "7", "11", "13", "22"})
    pairs = {(each.before.step, each.after.step) for each in rows.connectors}
    assert (name(12), name(14)) in pairs
    assert (name(14), name(16)) in pairs
    assert (name(11), name(19)) not in pairs


def test_that_a_critical_step_is_not_connected_to_one_that_is_not() -> None:
    plan = plan_of(step(1, "One", "A", 0, 5), step(2, "Two", "B", 30, 5, 1))
    assert night(run_of(plan), 0).connectors == ()


def stopped(run: RunState) -> RunState:
    return replace(run, stop=Stop(fact="f", by=None, at=at(41), note=""))


def triggered(run: RunState) -> RunState:
    stood = TriggerStood(run=RUN, trigger="p95", value=1.4, since=at(40), reasons=())
    return replace(run, triggers=Map({"p95": stood}))


def held(run: RunState) -> RunState:
    hold = Hold(cause=HoldCause.PERSON, thing="mara", reasons=("look",), since=at(40))
    return replace(run, holds=(hold,))


def voted(run: RunState, vote: StationAnswer, gate: int = 16) -> RunState:
    answer = StationAnswered(run=RUN, step=name(gate), station="Payments", vote=vote)
    return replace(run, votes=Map({name(gate): (answer,)}))


def decided(run: RunState, decision: StationAnswer) -> RunState:
    gate = GateDecided(run=RUN, step=name(16), decision=decision, seen=Digest("b" * 64))
    return replace(run, gates=Map({name(16): gate}))


def test_that_the_forecast_is_only_if_resumed_while_something_keeps_the_night() -> None:
    run = run_of(runbook(), TOOK, BEGAN)
    assert night(run, 41).resumed == ""
    assert night(stopped(run), 41).resumed == "the line is stopped"
    assert night(triggered(run), 41).resumed == "a rollback trigger stands"
    assert night(held(run), 41).resumed == "a hold stands"
    assert night(voted(run, StationAnswer.NO_GO), 41).resumed == "a NO-GO stands"
    assert night(voted(run, StationAnswer.HOLD), 41).resumed == "a NO-GO stands"
    assert night(voted(run, StationAnswer.GO), 41).resumed == ""


def test_that_a_decided_gate_counts_by_its_decision() -> None:
    run = voted(run_of(runbook(), TOOK, BEGAN), StationAnswer.NO_GO)
    assert night(decided(run, StationAnswer.GO), 41).resumed == ""
    assert night(decided(run, StationAnswer.NO_GO), 41).resumed == "a NO-GO stands"


def test_that_a_night_that_is_over_has_no_forecast_and_waits_for_nobody() -> None:
    run = replace(held(run_of(runbook(), TOOK)), outcome=RunOutcome.FINISHED)
    rows = night(run, 50, latest_safe=82)
    assert rows.resumed == ""
    assert all(each.forecast is None for each in rows.bars)
    assert [flag.kind for flag in rows.flags] == [FlagKind.NOW]


def test_that_a_fired_rollback_stands_in_lanes_of_its_own_and_ends_the_forecast() -> None:
    undo = replace(step(1, "Traffic back", "payments-api", 0, 4), id=StepId("u1"), not_before=None)
    last = replace(
        step(2, "Writers on", "", 0, 2), id=StepId("u2"), not_before=None, after=(undo.id,)
    )
    run = gone_back(run_of(runbook(), TOOK, BEGAN), undo, last)
    rows = night(run, 52, latest_safe=82)
    assert [(lane.title, lane.is_rollback) for lane in rows.lanes][-2:] == [
        ("Rollback: payments-api", True),
        ("Rollback", True),
    ]
    assert bar(rows, "R1").planned == span(50, 54)
    assert bar(rows, "R1").forecast == span(52, 56)
    assert bar(rows, "R2").forecast == span(56, 58)
    assert bar(rows, 15).forecast is None
    assert [flag.kind for flag in rows.flags] == [FlagKind.NOW]


def test_that_an_armed_rollback_changes_nothing() -> None:
    run = run_of(runbook(), TOOK, BEGAN)
    fired = gone_back(run, replace(step(1, "Back", "A", 0, 4), id=StepId("u1")))
    assert fired.rollback is not None
    armed = replace(fired, rollback=replace(fired.rollback, fired_at=None))
    assert night(armed, 41.7, 82) == present_timeline(calm())


def flags(seen: Seen) -> list[tuple[str, Severity]]:
    return [(flag.says, flag.severity) for flag in present_timeline(seen).flags]


def test_that_the_flags_are_now_the_latest_safe_start_and_the_no_return() -> None:
    assert flags(late()) == [
        ("Now 02:17", Severity.CALM),
        ("Latest safe 02:52", Severity.CALM),
        ("No return 02:54", Severity.CALM),
    ]


def test_that_two_flags_of_one_minute_are_one() -> None:
    assert flags(calm())[1:] == [("Last safe, no return 02:52", Severity.CALM)]
    assert present_timeline(calm()).flags[1].kind is FlagKind.BOTH


def test_that_a_flag_warns_half_an_hour_before() -> None:
    run = run_of(runbook(), TOOK, BEGAN)
    assert flags(seen_at(51.9, run, latest_safe=81))[1] == (
        "Latest safe 02:51",
        Severity.NEAR,
    )
    assert flags(seen_at(50.9, run, latest_safe=81))[1][1] is Severity.CALM


def test_that_a_latest_safe_start_that_has_passed_says_so() -> None:
    run = run_of(runbook(), TOOK, BEGAN)
    assert ("Latest safe passed 02:10", Severity.PASSED) in flags(seen_at(47, run, latest_safe=40))


def test_that_flags_of_one_minute_stay_two_once_one_has_passed() -> None:
    plan = plan_of(step(20, "Drop", "A", 10, 5))
    run = run_of(plan, began={20: 10})
    assert [says for says, _ in flags(seen_at(10.4, run, latest_safe=10.5))] == [
        "Now 01:40",
        "Latest safe 01:40",
        "No return passed 01:40",
    ]


def test_that_the_no_return_stays_where_it_was_passed() -> None:
    run = with_steps(run_of(runbook(), TOOK), running_step(20, 71))
    assert flags(seen_at(75, run, latest_safe=None))[1:] == [
        ("No return passed 02:41", Severity.PASSED)
    ]


def test_that_a_plan_that_can_all_be_undone_has_no_such_flag() -> None:
    run = run_of(plan_of(step(1, "One", "A", 0, 5)))
    assert [each for each, _ in flags(seen_at(0, run, latest_safe=None))] == ["Now 01:30"]
    without = replace(seen_at(0, run), forecast=None)
    assert [each for each, _ in flags(without)] == ["Now 01:30"]


def test_that_a_plan_without_steps_still_shows_now() -> None:
    rows = present_timeline(seen_at(5, None, of=release(plan_of()), latest_safe=None))
    assert rows.bars == ()
    assert rows.span.start < rows.now < rows.span.end


def test_that_the_whole_reaches_from_the_first_to_the_last_with_some_air() -> None:
    rows = present_timeline(calm())
    assert rows.span.start < 0
    assert rows.span.end > 121 * MINUTE
    assert rows.window == span(0, 210)


def test_that_a_strangers_title_can_forge_nothing() -> None:
    plan = plan_of(replace(step(1, "One\u202eevil\n", "A\nB", 0, 5)))
    found = bar(night(run_of(plan), 0), 1)
    assert "\u202e" not in found.title
    assert found.stream == "A B"


def test_that_a_bar_of_no_part_begins_and_ends_at_the_origin() -> None:
    found = bar(present_timeline(calm()), 1)
    bare = replace(found, planned=None, actual=None)
    assert (bare.start, bare.end) == (0.0, 0.0)


def test_that_a_thousand_steps_in_one_lane_are_told_apart() -> None:
    steps = tuple(step(each, "Step", "A", each % 100, 5) for each in range(1, 1_001))
    (lane,) = night(run_of(plan_of(*steps)), 0).lanes
    assert lane.tracks == 50
    assert timedelta(seconds=lane.longest) == timedelta(minutes=5)

"""Whether a step may start without giving up the way back."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.backout import WayBack, draw_backouts
from relconsole.domain.plan.draws import draw_nights
from relconsole.domain.plan.guard import (
    ForwardOnly,
    LeavesNoWayBack,
    Safe,
    Verdict,
    guard,
    judge_start,
    lasting,
    weigh_starts,
)
from relconsole.domain.plan.retreat import latest_safe_start
from relconsole.domain.plan.runbook import Runbook, Step
from tests.unit.domain.plan.plans import WINDOW, at, ids, minutes, plans, step, undo
from tests.unit.domain.plan.test_retreat import CUTOVER, way_back


def walk(*steps: Step, start: datetime) -> list[Verdict]:
    """Give the verdict on each step, each started when the one before it ends."""
    backouts = draw_backouts(way_back(*steps))
    begun: set[StepId] = set()
    now = start
    verdicts: list[Verdict] = []
    for one in steps:
        verdicts.append(guard(backouts, begun, one.id, now))
        begun.add(one.id)
        now += one.duration.worst
    return verdicts


def test_the_worked_example_of_a_cutover() -> None:
    *four, last = walk(*CUTOVER, start=at(0))
    assert four == [
        Safe(latest_after=at(215)),
        Safe(latest_after=at(145)),
        Safe(latest_after=at(120)),
        Safe(latest_after=at(110)),
    ]
    assert isinstance(last, LeavesNoWayBack)
    assert [reason.rule for reason in last.reasons] == ["irreversible_step"]
    assert (last.latest_now, last.latest_after) == (at(110), None)


def test_that_a_late_night_loses_its_way_back_by_the_clock() -> None:
    verdicts = walk(*CUTOVER[:4], start=at(25.5))
    assert [type(verdict) for verdict in verdicts] == [Safe, Safe, Safe, LeavesNoWayBack]
    last = verdicts[-1]
    assert isinstance(last, LeavesNoWayBack)
    assert last.reasons[0].rule == "past_latest_safe_start"
    assert "2026-04-21T02:50:30Z" in last.reasons[0].says
    assert "2026-04-21T02:50:00Z" in last.reasons[0].says


def test_that_a_step_that_ends_at_the_very_latest_start_is_safe() -> None:
    backouts = draw_backouts(way_back(CUTOVER[0]))
    assert isinstance(guard(backouts, ids(""), CUTOVER[0].id, at(210)), Safe)
    assert isinstance(guard(backouts, ids(""), CUTOVER[0].id, at(210.001)), LeavesNoWayBack)


def test_that_behind_an_irreversible_step_nothing_more_is_lost() -> None:
    steps = (*CUTOVER, step("tidy-up", 5, "drop-columns", back=undo(5)))
    backouts = draw_backouts(way_back(*steps))
    begun = {one.id for one in CUTOVER}
    verdict = guard(backouts, begun, StepId("tidy-up"), at(1_000))
    assert verdict == ForwardOnly(given_up_by=(StepId("drop-columns"),))


def test_that_a_duration_with_a_range_counts_by_nine_nights_of_ten() -> None:
    varied = step("a", (10, 15, 35))
    alone = lasting(varied, None, nights=10_000, seed=0)
    assert alone.total_seconds() / 60 == pytest.approx(23.66, abs=0.2)
    draws = draw_nights((varied,), nights=10_000, seed=0)
    assert lasting(varied, draws, nights=10_000, seed=0) == alone
    assert lasting(step("b", 7), None, nights=10_000, seed=0) == minutes(7)


@given(plans(), st.data())
def test_that_weighing_one_step_more_is_measuring_the_larger_set(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    names = [one.id for one in steps]
    begun = data.draw(st.frozensets(st.sampled_from(names))) if names else ids("")
    backouts = draw_backouts(way_back(*steps, nights=50))
    found = weigh_starts(backouts, begun, names)
    assert list(found) == [one.id for one in backouts.ordered]
    for name, figures in found.items():
        assert figures.latest_now == latest_safe_start(backouts, begun)
        assert figures.latest_after == latest_safe_start(backouts, begun | {name})
        assert figures.given_up_by == backouts.irreversible(begun)


@given(plans(), st.integers(0, 20_000))
def test_that_a_safe_step_ends_in_time_to_go_back(steps: tuple[Step, ...], seconds: int) -> None:
    backouts = draw_backouts(way_back(*steps, nights=50))
    now = at(seconds / 60)
    for name, figures in weigh_starts(backouts, ids(""), [one.id for one in steps]).items():
        verdict = judge_start(figures, now)
        assert not isinstance(verdict, ForwardOnly)
        after = latest_safe_start(backouts, {name})
        in_time = after is not None and now + figures.lasts <= after
        assert isinstance(verdict, Safe) == in_time


def test_that_only_steps_asked_for_are_weighed() -> None:
    way = WayBack(runbook=Runbook(steps=CUTOVER), deadline=WINDOW.end)
    assert list(weigh_starts(draw_backouts(way), ids(""), (StepId("deploy"),))) == ["deploy"]
    later = replace(way, deadline=WINDOW.end + minutes(60))
    assert weigh_starts(draw_backouts(later), ids(""), ()) == {}

"""How long going back takes."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.backout import (
    Backouts,
    WayBack,
    add_durations,
    draw_backouts,
    find_passed,
    longest_nights,
    measure_backout,
    undo_duration,
)
from relconsole.domain.plan.runbook import Replay, Runbook, Step, Undo, UndoKind
from tests.unit.domain.plan.plans import (
    IRREVERSIBLE,
    WINDOW,
    ids,
    lasting,
    minutes,
    plans,
    step,
    undo,
)

REVERSIBLE = (UndoKind.INVERSE, UndoKind.COMPENSATION, UndoKind.NONE)


def way_back(*steps: Step, factor: float = 1.0, nights: int = 500) -> WayBack:
    return WayBack(
        runbook=Runbook(steps=steps, unrehearsed_factor=factor),
        deadline=WINDOW.end,
        nights=nights,
    )


def measure(way: WayBack, names: str) -> timedelta | None:
    return measure_backout(draw_backouts(way), ids(names))


BRANCHES = way_back(
    step("a", 1, back=undo(5)),
    step("b", 1, "a", back=undo(20)),
    step("c", 1, "a", back=undo(7)),
    step("d", 1, "b", "c", back=undo(1)),
)


def test_that_branches_are_undone_side_by_side_and_chains_one_by_one() -> None:
    assert measure(BRANCHES, "a") == minutes(5)
    assert measure(BRANCHES, "ac") == minutes(12)
    assert measure(BRANCHES, "abc") == minutes(25)
    assert measure(BRANCHES, "abcd") == minutes(26)
    assert measure(BRANCHES, "") == timedelta(0)


def test_that_a_step_left_out_in_between_takes_no_time_and_breaks_no_chain() -> None:
    assert measure(BRANCHES, "ad") == minutes(6)


def test_that_an_irreversible_step_leaves_no_way_back() -> None:
    way = way_back(step("a", 1, back=undo(5)), step("b", 1, "a", back=IRREVERSIBLE))
    assert measure(way, "a") == minutes(5)
    assert measure(way, "ab") is None


def test_that_the_estimate_of_an_unrehearsed_undo_is_multiplied() -> None:
    way = way_back(step("a", 1, back=undo(10)), step("b", 1, "a"), factor=1.5)
    assert measure(way, "ab") == minutes(15)
    assert way.unrehearsed == ("a",)
    rehearsed = replace(way, rehearsed={StepId("a"): lasting(12)})
    assert measure(rehearsed, "ab") == minutes(12)
    assert rehearsed.unrehearsed == ()


def test_that_bringing_back_a_restore_point_is_part_of_the_way() -> None:
    way = replace(
        way_back(step("a", 1, back=undo(10)), step("b", 1, "a"), factor=1.5),
        restore={StepId("a"): lasting(30), StepId("b"): lasting(4)},
    )
    assert measure(way, "a") == minutes(45)
    assert measure(way, "ab") == minutes(49)


def test_that_sums_of_durations_go_case_by_case() -> None:
    assert add_durations(lasting((1, 2, 3)), lasting((10, 20, 30))) == lasting((11, 22, 33))


def test_that_an_undo_without_a_duration_is_our_own_fault() -> None:
    bare = replace(step("a", 1), undo=Undo(kind=UndoKind.INVERSE))
    with pytest.raises(Bug, match="a has no duration"):
        undo_duration(way_back(bare), bare)


def test_that_a_range_counts_by_nine_nights_of_ten() -> None:
    way = way_back(step("a", 1, back=undo((10, 15, 35))), nights=10_000)
    found = measure(way, "a")
    assert found is not None
    assert found.total_seconds() / 60 == pytest.approx(23.66, abs=0.2)


def test_that_two_ranges_in_a_chain_are_not_both_at_their_worst() -> None:
    steps = (step("a", 1, back=undo((10, 15, 35))), step("b", 1, "a", back=undo((10, 15, 35))))
    both = measure(way_back(*steps, nights=10_000), "ab")
    one = measure(way_back(*steps, nights=10_000), "a")
    assert both is not None
    assert one is not None
    assert one < both < 2 * one


def reversed_chains(backouts: Backouts, begun: frozenset[StepId], undone: Step) -> int:
    """Give the longest chain that starts with undoing a step, walked over the reversed plan."""
    durations = {step: undo.worst if undo else timedelta(0) for step, undo in backouts.undo.items()}
    own = durations[undone.id] if undone.id in begun else timedelta(0)
    behind = [one for one in backouts.ordered if one.id in undone.after]
    rest = [reversed_chains(backouts, begun, one) for one in behind]
    return own // timedelta(microseconds=1) + max(rest, default=0)


@given(plans(kinds=REVERSIBLE), st.data())
def test_that_the_way_back_is_the_longest_chain_of_the_reversed_plan(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    plainly = tuple(
        replace(one, undo=replace(one.undo, duration=_worst(one.undo.duration))) for one in steps
    )
    backouts = draw_backouts(way_back(*plainly))
    begun = (
        data.draw(st.frozensets(st.sampled_from([one.id for one in steps]))) if steps else ids("")
    )
    longest = max((reversed_chains(backouts, begun, one) for one in steps), default=0)
    assert measure_backout(backouts, begun) == timedelta(microseconds=longest)


def _worst(duration: ThreePoint | None) -> ThreePoint | None:
    return duration and ThreePoint(best=duration.worst, likely=duration.worst, worst=duration.worst)


@given(plans(kinds=REVERSIBLE), st.data())
def test_that_drawn_and_plain_chains_agree_where_nothing_varies(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    varied = step("varied", 1, back=undo((1, 2, 9)))
    plainly = tuple(
        replace(one, undo=replace(one.undo, duration=_worst(one.undo.duration))) for one in steps
    )
    backouts = draw_backouts(way_back(*plainly, varied, nights=3))
    names = [one.id for one in steps]
    begun = data.draw(st.frozensets(st.sampled_from(names))) if names else ids("")
    assert backouts.chains.nights is not None
    if find_passed(backouts, begun) is not None:
        drawn = longest_nights(backouts, backouts.chains.nights, begun)
        length = measure_backout(backouts, begun) or timedelta(0)
        assert set(drawn.tolist()) == {length // backouts.tick}


@given(plans(kinds=REVERSIBLE), st.data())
def test_that_chains_made_for_what_was_left_out_change_no_figure(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    way = way_back(*steps, nights=20)
    names = [one.id for one in steps]
    some = st.frozensets(st.sampled_from(names)) if names else st.just(ids(""))
    left_out, begun = data.draw(some), data.draw(some)
    known = draw_backouts(way)
    made = draw_backouts(way, known, left_out)
    assert measure_backout(made, begun) == measure_backout(known, begun)


def test_that_what_is_passed_is_begun_or_left_out_without_a_gap() -> None:
    whole = draw_backouts(BRANCHES)
    assert find_passed(whole, ids("ab")) == ids("ab")
    assert find_passed(whole, ids("bd")) is None
    without = draw_backouts(BRANCHES, whole, ids("b"))
    assert find_passed(without, ids("acd")) == ids("abcd")
    assert find_passed(without, ids("")) == ids("")
    assert find_passed(without, ids("ab")) is None


def test_that_a_chain_takes_the_longest_of_several_predecessors_each_night() -> None:
    way = way_back(
        step("a", 1, back=undo((1, 2, 9))),
        step("b", 1, back=undo((1, 2, 9))),
        step("c", 1, "a", "b"),
    )
    backouts = draw_backouts(way)
    nights = backouts.chains.nights
    assert nights is not None
    row = {name: nights[backouts.rows[StepId(name)]] for name in "abc"}
    assert (row["c"] == np.maximum(row["a"], row["b"])).all()


def test_that_draws_are_kept_while_the_undo_durations_stay() -> None:
    way = way_back(step("a", 1, back=undo((1, 2, 9))), step("b", 1, "a", back=undo(3)))
    known = draw_backouts(way)
    later = replace(way, deadline=WINDOW.end + minutes(30))
    assert draw_backouts(later, known).drawn is known.drawn
    assert draw_backouts(later, known).chains is known.chains
    assert draw_backouts(later, known).way.deadline == later.deadline
    for other in (
        replace(way, seed=1),
        replace(way, nights=7),
        replace(way, rehearsed={StepId("a"): lasting(3)}),
        replace(way, runbook=replace(way.runbook, steps=way.runbook.steps[::-1])),
    ):
        fresh = draw_backouts(other, known)
        assert fresh.undo == draw_backouts(other).undo
        if other.runbook == way.runbook:
            assert fresh.drawn is not known.drawn


@given(plans())
def test_that_a_replay_that_proves_nothing_leaves_no_way_back(steps: tuple[Step, ...]) -> None:
    unproven = tuple(replace(each, replays=Replay()) for each in steps)
    backouts = draw_backouts(WayBack(runbook=Runbook(steps=unproven), deadline=WINDOW.end))
    assert backouts.irreversible(each.id for each in steps) == tuple(
        sorted(each.id for each in steps)
    )

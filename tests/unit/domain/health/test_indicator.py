from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.health.indicator import (
    FalsePositive,
    ReadFailed,
    Reading,
    Watch,
    WatchState,
    is_beyond,
    is_well_inside,
    step_watch,
)
from relconsole.domain.kernel.ids import StepId, SystemId
from relconsole.domain.kernel.observation import Observation, Unknown
from relconsole.domain.release.release import Indicator, Limit, Severity

T0 = datetime(2026, 4, 21, 2, tzinfo=UTC)
DEPLOY = StepId("deploy-api")
P95 = Indicator(
    id="p95",
    title="Checkout p95",
    system=SystemId("metrics"),
    query="checkout_p95_seconds",
    limit=Limit(
        above=0.8,
        lasting=timedelta(seconds=30),
        clearing=timedelta(seconds=20),
        deadband=0.1,
    ),
    severity=Severity.CRITICAL,
    suppressed_during=(DEPLOY,),
)
NEW = Watch(indicator="p95")


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def read(seconds: float, value: float, *, lives: float = 15) -> Observation[float]:
    return Observation(
        value=value,
        source="metrics",
        observed_at=at(seconds),
        time_to_live=timedelta(seconds=lives),
    )


def follow(*readings: tuple[float, float], start: Watch = NEW, indicator: Indicator = P95) -> Watch:
    """The watch after (second, value), each looked at when it was observed."""
    watch = start
    for seconds, value in readings:
        watch = step_watch(watch, indicator, read(seconds, value), at(seconds), ())
    return watch


LEFT = follow((0, 0.9), (10, 0.9), (20, 0.9), (30, 1.2))


def test_that_an_indicator_nobody_has_read_is_unknown() -> None:
    assert NEW.state is WatchState.UNKNOWN
    assert NEW.is_unknown(T0)
    assert not NEW.stands


def test_that_a_value_at_the_limit_is_inside_and_beyond_it_is_leaving() -> None:
    inside = follow((0, 0.8))
    assert (inside.state, inside.since) == (WatchState.INSIDE, at(0))
    leaving = follow((0, 0.8), (10, 0.81))
    assert (leaving.state, leaving.since) == (WatchState.LEAVING, at(10))
    assert not leaving.stands


def test_that_the_moment_of_a_state_is_kept_while_the_state_lasts() -> None:
    assert follow((0, 0.1), (10, 0.2), (20, 0.3)).since == at(0)


def test_that_a_limit_is_left_when_it_was_passed_for_long_enough() -> None:
    assert follow((0, 0.9), (15, 0.9), (29, 0.9)).state is WatchState.LEAVING
    assert (LEFT.state, LEFT.since, LEFT.left_at, LEFT.beyond_since) == (
        WatchState.LEFT,
        at(30),
        at(30),
        at(0),
    )
    assert LEFT.stands
    assert LEFT.excursions == 1


def test_that_a_limit_without_delays_is_left_and_cleared_at_once() -> None:
    swift = replace(P95, limit=Limit(above=0.8))
    assert follow((0, 0.9), indicator=swift).stands
    assert follow((0, 0.9), (1, 0.8), indicator=swift).state is WatchState.INSIDE


def test_that_a_short_excursion_leaves_nothing_behind() -> None:
    watch = follow((0, 0.9), (15, 0.9), (25, 0.5), (35, 0.9))
    assert (watch.state, watch.since, watch.beyond_since) == (WatchState.LEAVING, at(35), at(35))


def test_that_one_value_looked_at_many_times_is_one_value() -> None:
    reading = read(0, 0.9, lives=300)
    watch = step_watch(NEW, P95, reading, at(0), ())
    for seconds in (10, 60, 200):
        assert step_watch(watch, P95, reading, at(seconds), ()) == watch


def test_that_an_older_value_that_comes_late_changes_nothing() -> None:
    watch = follow((0, 0.1), (10, 0.2))
    assert step_watch(watch, P95, read(5, 9.0), at(11), ()) == watch


def test_that_a_stretch_no_reading_covers_starts_the_delay_anew() -> None:
    watch = follow((0, 0.9), (16, 0.9))
    assert (watch.state, watch.since) == (WatchState.LEAVING, at(16))
    assert follow((0, 0.9), (15, 0.9), (30, 0.9)).stands


def test_that_a_limit_clears_only_after_being_well_inside_for_long_enough() -> None:
    clearing = follow((40, 0.7), start=LEFT)
    assert (clearing.state, clearing.since) == (WatchState.CLEARING, at(40))
    assert clearing.stands
    assert follow((40, 0.7), (50, 0.1), (59, 0.1), start=LEFT).stands
    cleared = follow((40, 0.7), (50, 0.1), (60, 0.1), start=LEFT)
    assert (cleared.state, cleared.left_at, cleared.beyond_since) == (WatchState.INSIDE, None, None)


def test_that_inside_the_deadband_a_left_limit_stays_left() -> None:
    watch = follow((40, 0.75), (50, 0.75), (60, 0.75), (70, 0.75), start=LEFT)
    assert (watch.state, watch.since) == (WatchState.LEFT, at(30))
    back = follow((40, 0.1), (50, 0.75), (60, 0.1), start=LEFT)
    assert (back.state, back.since) == (WatchState.CLEARING, at(60))


def test_that_a_stretch_no_reading_covers_starts_the_clearing_anew() -> None:
    watch = follow((40, 0.1), (60, 0.1), start=LEFT)
    assert (watch.state, watch.since) == (WatchState.CLEARING, at(60))


@pytest.mark.parametrize(
    "lost",
    [
        ReadFailed(why="connection refused"),
        Unknown(why="no such series"),
        read(40, math.nan),
        read(0, 0.1),
    ],
)
def test_that_what_is_unknown_neither_leaves_a_limit_nor_clears_one(lost: Reading) -> None:
    standing = step_watch(LEFT, P95, lost, at(50), ())
    assert standing.state is WatchState.UNKNOWN
    assert standing.stands
    assert (standing.left_at, standing.beyond_since) == (at(30), at(0))
    leaving = follow((0, 0.9), (10, 0.9), (20, 0.9))
    gone = step_watch(leaving, P95, lost, at(50), ())
    assert (gone.state, gone.stands, gone.beyond_since) == (WatchState.UNKNOWN, False, None)
    assert gone.why
    assert follow((55, 0.9), start=gone).state is WatchState.LEAVING


def test_that_unknown_says_since_when_and_keeps_it_while_it_lasts() -> None:
    inside = follow((0, 0.1))
    failed = step_watch(inside, P95, ReadFailed(why="refused"), at(20), ())
    assert (failed.since, failed.why) == (at(20), "refused")
    again = step_watch(failed, P95, Unknown(why="gone", since=at(21)), at(30), ())
    assert (again.since, again.why) == (at(20), "gone")
    stale = step_watch(inside, P95, read(0, 0.1), at(60), ())
    assert (stale.since, stale.why) == (at(0), "metrics last answered 60 s ago")
    stated = step_watch(inside, P95, Unknown(why="gone", since=at(7)), at(30), ())
    assert stated.since == at(7)


def test_that_a_left_limit_that_was_unknown_must_clear_from_the_start() -> None:
    clearing = follow((40, 0.1), (50, 0.1), start=LEFT)
    lost = step_watch(clearing, P95, Unknown(why="no such series"), at(52), ())
    back = follow((55, 0.1), start=lost)
    assert (back.state, back.since) == (WatchState.CLEARING, at(55))
    assert follow((65, 0.1), (75, 0.1), start=back).state is WatchState.INSIDE


def test_that_a_failed_read_while_the_last_value_is_fresh_changes_nothing() -> None:
    leaving = follow((0, 0.9), (10, 0.9))
    assert step_watch(leaving, P95, ReadFailed(why="refused"), at(25), ()) == leaving
    lost = step_watch(leaving, P95, ReadFailed(why="refused"), at(26), ())
    assert (lost.state, lost.why) == (WatchState.UNKNOWN, "refused")


def test_that_a_reading_that_is_fresh_again_is_taken_up() -> None:
    reading = read(0, 0.1)
    lost = step_watch(follow((0, 0.1)), P95, Unknown(why="no such series"), at(2), ())
    assert step_watch(lost, P95, reading, at(3), ()).state is WatchState.INSIDE


def test_that_a_known_state_goes_stale_by_time_alone() -> None:
    inside = follow((0, 0.1))
    assert not inside.is_unknown(at(15))
    assert inside.is_unknown(at(16))


def test_that_infinity_is_beyond_and_no_number_is_not() -> None:
    limit = Limit(above=0.8, below=0.1)
    assert is_beyond(limit, math.inf)
    assert is_beyond(limit, -math.inf)
    assert not is_beyond(limit, math.nan)
    assert not is_well_inside(limit, math.nan)
    assert not is_beyond(Limit(), math.inf)


def test_that_an_indicator_without_a_limit_is_inside_whatever_it_reads() -> None:
    assert follow((0, 9e9), indicator=replace(P95, limit=None)).state is WatchState.INSIDE


def test_that_nothing_leaves_while_a_suppressing_step_runs_and_counts_from_its_end() -> None:
    watch = NEW
    for seconds in (0, 10, 20, 30, 40):
        watch = step_watch(watch, P95, read(seconds, 0.9), at(seconds), (DEPLOY,))
    assert (watch.state, watch.since, watch.suppressed_by) == (
        WatchState.LEAVING,
        at(40),
        DEPLOY,
    )
    after = follow((50, 0.9), start=watch)
    assert (after.state, after.since, after.suppressed_by) == (WatchState.LEAVING, at(50), None)
    assert follow((60, 0.9), (70, 0.9), (80, 0.9), start=after).stands


def test_that_a_step_not_listed_suppresses_nothing() -> None:
    watch = step_watch(NEW, P95, read(0, 0.9), at(0), (StepId("other"),))
    assert watch.suppressed_by is None


def test_that_a_suppressed_reading_clears_nothing_either() -> None:
    watch = LEFT
    for seconds in (40, 50, 60, 70):
        watch = step_watch(watch, P95, read(seconds, 0.1), at(seconds), (DEPLOY,))
    assert (watch.state, watch.since) == (WatchState.LEFT, at(30))
    halfway = follow((40, 0.1), (50, 0.1), start=LEFT)
    muted = step_watch(halfway, P95, read(55, 0.1), at(55), (DEPLOY,))
    assert (muted.state, muted.since) == (WatchState.LEFT, at(55))


def test_that_a_reading_suppressed_once_stays_so_when_it_is_seen_again() -> None:
    swift = replace(P95, limit=Limit(above=0.8))
    muted = step_watch(NEW, swift, read(0, 0.9), at(0), (DEPLOY,))
    lost = step_watch(muted, swift, Unknown(why="no such series"), at(1), ())
    again = step_watch(lost, swift, read(0, 0.9), at(2), ())
    assert (again.state, again.suppressed_by) == (WatchState.LEAVING, DEPLOY)
    assert step_watch(again, swift, read(3, 0.9), at(3), ()).stands


def test_that_a_marked_excursion_does_not_stand_and_the_mark_goes_with_it() -> None:
    marked = replace(LEFT, marked=FalsePositive(by="mara", reason="load test", at=at(31)))
    assert marked.is_left
    assert not marked.stands
    assert not follow((40, 0.9), start=marked).stands
    cleared = follow((40, 0.1), (50, 0.1), (60, 0.1), start=marked)
    assert cleared.marked is None
    again = follow((70, 0.9), (80, 0.9), (90, 0.9), (100, 0.9), start=cleared)
    assert again.stands
    assert again.excursions == 2


VALUES = st.lists(
    st.tuples(st.integers(1, 20), st.sampled_from([0.1, 0.7, 0.75, 0.8, 0.9, math.nan, math.inf])),
    max_size=25,
)


@given(gaps=VALUES, looks=st.integers(0, 3))
def test_that_looking_more_often_while_a_value_is_fresh_changes_nothing(
    gaps: list[tuple[int, float]], looks: int
) -> None:
    once = often = NEW
    moment = 0
    for gap, value in gaps:
        moment += gap
        reading = read(moment, value)
        once = step_watch(once, P95, reading, at(moment), ())
        for look in range(looks + 1):
            often = step_watch(often, P95, reading, at(moment + look), ())
    assert once == often


@given(gaps=VALUES)
def test_that_a_limit_is_left_only_by_fresh_values_beyond_it_all_through_the_delay(
    gaps: list[tuple[int, float]],
) -> None:
    watch, moment = NEW, 0
    history: list[tuple[int, float]] = []
    for gap, value in gaps:
        moment += gap
        history.append((moment, value))
        was_left = watch.is_left
        watch = step_watch(watch, P95, read(moment, value), at(moment), ())
        run: list[int] = []
        for second, seen in reversed(history):
            if not is_beyond(Limit(above=0.8), seen) or (run and run[-1] - second > 15):
                break
            run.append(second)
        lasted = run[0] - run[-1] if run else -1
        assert (watch.is_left and not was_left) is (lasted >= 30 and not was_left)


@given(gaps=VALUES, lost=st.integers(1, 10))
def test_that_an_outage_of_monitoring_never_changes_whether_a_limit_is_left(
    gaps: list[tuple[int, float]], lost: int
) -> None:
    watch, moment = NEW, 0
    for gap, value in gaps:
        moment += gap
        watch = step_watch(watch, P95, read(moment, value), at(moment), ())
    for outage in range(lost):
        later = at(moment + 16 + 60 * outage)
        dark = step_watch(watch, P95, ReadFailed(why="down"), later, ())
        assert dark.is_left is watch.is_left
        assert dark.is_unknown(later)
        watch = dark

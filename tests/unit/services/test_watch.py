"""Watching health: what is read becomes triggers and holds, and an outage is only ever a hold."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from relconsole.domain.health.indicator import Watch, WatchState
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.night.bridge_commands import MarkTriggerFalse
from relconsole.domain.night.bridge_facts import HoldCause
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.step_commands import EndStep, Said
from relconsole.domain.release.release import Indicator, Limit, Release, Severity
from relconsole.ports.cache import Cached
from relconsole.services.watch import Watcher
from tests.helpers.fakes.cache import FakeCache
from tests.helpers.fakes.clock import START
from tests.helpers.fakes.plugins import Way
from tests.helpers.fakes.tasks import FakeTasks
from tests.unit.services.rooms import METRICS, Room, manual, open_room, played, release_of

ERRORS = Indicator(
    id="errors",
    title="Error rate",
    system=METRICS,
    query="errors",
    unit="%",
    limit=Limit(above=1.0),
    severity=Severity.CRITICAL,
    time_to_live=timedelta(seconds=10),
)
TRAFFIC = replace(ERRORS, id="traffic", title="Traffic", query="traffic", limit=Limit(below=100.0))
DARK = (HoldCause.MONITORING, "monitoring")
STOOD = (HoldCause.TRIGGER, "errors")


def release(*indicators: Indicator) -> Release:
    """A release of one manual step, with these indicators."""
    return replace(release_of(manual("switch")), indicators=indicators)


def watcher(room: Room, cache: FakeCache | None = None) -> Watcher:
    return Watcher(
        desk=room.desk,
        plugins=room.plugins,
        clock=room.clock,
        tasks=FakeTasks(),
        release=room.release,
        cache=cache,
    )


async def look(room: Room, by: Watcher, *errors: float, after: float = 1.0) -> None:
    """Look once more, a second later, with the error rate at each of these values in turn."""
    for value in errors:
        room.reads("errors", value)
        room.clock.advance(after)
        await by.watch(room.run.id)


async def look_in_vain(room: Room, by: Watcher, *, times: int) -> None:
    """Look every second at monitoring that does not answer."""
    room.goes("query", Way.IS_DOWN)
    for _ in range(times):
        room.clock.advance(1)
        await by.watch(room.run.id)


@played
async def test_that_a_release_without_indicators_reads_nothing() -> None:
    room = await open_room(release())
    by = watcher(room)
    await by.watch(room.run.id)
    assert by.watches == {}
    assert room.calls("query") == []


@played
async def test_that_before_the_first_look_nothing_is_known() -> None:
    room = await open_room(release(ERRORS))
    assert watcher(room).watches == {"errors": Watch(indicator="errors")}


@played
async def test_that_indicators_are_read_once_a_second() -> None:
    room = await open_room(release(ERRORS, TRAFFIC))
    room.reads("errors", 0.5)
    room.reads("traffic", 500.0)
    by = watcher(room)
    for _ in range(10):
        await by.watch(room.run.id)
        room.clock.advance(0.25)
    assert sorted(room.calls("query")) == ["errors"] * 3 + ["traffic"] * 3


@played
async def test_that_whoever_only_looks_on_records_nothing() -> None:
    room = await open_room(release(ERRORS))
    by = watcher(room)
    for _ in range(3):
        room.reads("errors", 5.0)
        room.clock.advance(1.0)
        await by.look()
    assert by.watches["errors"].state is WatchState.LEFT
    assert not room.run.triggers
    assert not room.run.holds


@played
async def test_that_a_walk_through_is_looked_at_and_nothing_of_it_recorded() -> None:
    room = await open_room(release(ERRORS), rehearsal=True)
    by = watcher(room)
    await look(room, by, 5.0, 5.0, 5.0)
    assert by.watches["errors"].state is WatchState.LEFT
    assert not room.run.triggers
    assert not room.run.holds


@played
async def test_that_a_value_inside_its_limit_records_nothing() -> None:
    room = await open_room(release(ERRORS))
    by = watcher(room)
    before = len(room.stored.envelopes)
    await look(room, by, 0.5, 0.6)
    assert by.watches["errors"].state is WatchState.INSIDE
    assert len(room.stored.envelopes) == before


@played
async def test_that_a_critical_indicator_beyond_its_limit_stands_and_holds() -> None:
    room = await open_room(release(ERRORS))
    await look(room, watcher(room), 4.5)
    stood = room.run.triggers["errors"]
    assert (stood.value, stood.since) == (4.5, START + timedelta(seconds=1))
    assert stood.reasons[0].startswith("Error rate is 4.5 %, limit above 1 %")
    assert room.holds() == {STOOD}


@played
async def test_that_a_standing_trigger_is_recorded_once() -> None:
    room = await open_room(release(ERRORS))
    await look(room, watcher(room), 4.5, 4.6, 4.7)
    assert room.facts("trigger_stood") == 1


@played
async def test_that_a_trigger_is_cleared_when_its_value_is_back_and_its_hold_stays() -> None:
    room = await open_room(release(ERRORS))
    await look(room, watcher(room), 4.5, 0.5, 0.5)
    assert not room.run.triggers
    assert room.facts("trigger_cleared") == 1
    assert room.holds() == {STOOD}


@played
async def test_that_a_trigger_whose_value_is_no_longer_seen_still_stands() -> None:
    room = await open_room(release(ERRORS))
    by = watcher(room)
    await look(room, by, 4.5)
    await look_in_vain(room, by, times=12)
    assert "errors" in room.run.triggers
    assert room.holds() == {STOOD, DARK}


@played
async def test_that_a_trigger_of_an_indicator_that_nobody_watches_here_is_left_alone() -> None:
    room = await open_room(release(ERRORS))
    await look(room, watcher(room), 4.5)
    room.reads("traffic", 500.0)
    room.release = release(TRAFFIC)
    await look(room, watcher(room), 0.5)
    assert set(room.run.triggers) == {"errors"}


@played
async def test_that_a_warning_beyond_its_limit_holds_nobody() -> None:
    room = await open_room(release(replace(ERRORS, severity=Severity.WARNING)))
    by = watcher(room)
    await look(room, by, 4.5)
    assert by.watches["errors"].is_left
    assert room.holds() == set()


@played
async def test_that_a_value_is_not_judged_while_a_step_that_suppresses_it_runs() -> None:
    room = await open_room(release(replace(ERRORS, suppressed_during=(StepId("switch"),))))
    by = watcher(room)
    await look(room, by, 0.5)
    await room.starts("switch")
    await look(room, by, 4.5, 4.5)
    assert not room.run.triggers
    await room.does(EndStep(run=room.run.id, step=StepId("switch"), state=StepState.DONE))
    await look(room, by, 4.5)
    assert set(room.run.triggers) == {"errors"}


@played
async def test_that_an_outage_of_monitoring_holds_once_the_last_value_is_stale() -> None:
    room = await open_room(release(ERRORS))
    by = watcher(room)
    await look(room, by, 0.5)
    await look_in_vain(room, by, times=10)
    assert room.holds() == set()
    await look_in_vain(room, by, times=1)
    assert room.holds() == {DARK}
    reason = "Error rate is unknown since 2026-08-08T20:00:01Z: metrics is down."
    assert room.run.holds[0].reasons == (reason,)


@played
async def test_that_an_outage_never_becomes_a_trigger() -> None:
    room = await open_room(release(ERRORS))
    await look_in_vain(room, watcher(room), times=60)
    assert not room.run.triggers
    assert room.facts("hold_began") == 1


@played
async def test_that_the_hold_of_an_outage_goes_when_every_critical_indicator_is_seen_again() -> (
    None
):
    room = await open_room(release(ERRORS, TRAFFIC))
    by = watcher(room)
    await look_in_vain(room, by, times=12)
    room.goes("query", Way.ANSWERS)
    await look(room, by, 0.5)
    assert room.holds() == {DARK}
    room.reads("traffic", 500.0)
    await look(room, by, 0.5)
    assert room.holds() == set()


@played
async def test_that_a_first_reading_that_fails_holds_at_once() -> None:
    room = await open_room(release(ERRORS))
    await look_in_vain(room, watcher(room), times=1)
    assert room.holds() == {DARK}
    assert room.run.holds[0].reasons == ("Error rate is unknown: metrics is down.",)


@played
async def test_that_policy_says_how_long_a_value_is_fresh_where_its_indicator_does_not() -> None:
    room = await open_room(release(replace(ERRORS, time_to_live=None)))
    by = watcher(room)
    await look(room, by, 0.5)
    await look_in_vain(room, by, times=60)
    assert room.holds() == set()
    await look_in_vain(room, by, times=1)
    assert room.holds() == {DARK}


@pytest.mark.parametrize("values", [(), (0.5, 0.6)])
@played
async def test_that_none_and_several_values_are_no_value(values: tuple[float, ...]) -> None:
    room = await open_room(release(ERRORS))
    room.reads("errors", *values)
    by = watcher(room)
    await by.watch(room.run.id)
    watch = by.watches["errors"]
    assert watch.state is WatchState.UNKNOWN
    assert watch.why == f"'errors' has {len(values)} values, not one"


@played
async def test_that_a_missing_credential_leaves_an_indicator_unknown() -> None:
    room = await open_room(release(ERRORS))
    room.goes("query", Way.LACKS_A_SETTING)
    by = watcher(room)
    await by.watch(room.run.id)
    assert by.watches["errors"].why == "metrics has no credential. Store one."


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@played
async def test_that_what_is_no_number_is_unknown_at_once_and_never_a_trigger(value: float) -> None:
    room = await open_room(release(ERRORS, TRAFFIC))
    room.reads("traffic", value)
    by = watcher(room)
    await look(room, by, 0.5, value)
    assert by.watches["errors"].why == "metrics answered no number"
    assert not room.run.triggers
    assert room.holds() == {DARK}


@played
async def test_that_a_reading_is_kept_for_whoever_looks_while_nobody_watches() -> None:
    room = await open_room(release(ERRORS))
    cache = FakeCache()
    await look(room, watcher(room, cache), 0.5)
    assert await cache.get("metrics/query/errors") == Cached(
        key="metrics/query/errors",
        value="0.5",
        source="metrics",
        observed_at=START + timedelta(seconds=1),
        time_to_live=10.0,
    )


@played
async def test_that_an_excursion_called_a_false_positive_does_not_stand_again() -> None:
    room = await open_room(release(ERRORS))
    by = watcher(room)
    await look(room, by, 4.5)
    await call_false(room)
    await look(room, by, 4.6, 4.7)
    assert not room.run.triggers
    assert room.holds() == set()
    marked = by.watches["errors"].marked
    assert marked is not None
    assert marked.by == "mara"


@played
async def test_that_the_next_excursion_after_a_false_positive_stands() -> None:
    room = await open_room(release(ERRORS))
    by = watcher(room)
    await look(room, by, 4.5)
    await call_false(room)
    await look(room, by, 4.6, 0.5, 4.8)
    assert room.run.triggers["errors"].value == 4.8
    assert by.watches["errors"].false_positives == 1


@played
async def test_that_a_false_positive_called_as_the_value_comes_back_says_nothing_of_the_next() -> (
    None
):
    room = await open_room(release(ERRORS))
    by = watcher(room)
    await look(room, by, 4.5)
    await call_false(room)
    await look(room, by, 0.5, 4.8)
    assert room.run.triggers["errors"].value == 4.8


@played
async def test_that_a_console_begun_anew_keeps_the_word_about_an_excursion_that_goes_on() -> None:
    lasting = Limit(above=1.0, lasting=timedelta(seconds=2))
    room = await open_room(release(replace(ERRORS, limit=lasting)))
    await look(room, watcher(room), 4.5, 4.5, 4.5)
    await call_false(room)
    anew = watcher(room)
    await look(room, anew, 4.6, 4.7)
    assert anew.watches["errors"].state is WatchState.LEAVING
    await look(room, anew, 4.7)
    assert anew.watches["errors"].marked is not None
    assert not room.run.triggers


@played
async def test_that_a_console_begun_anew_carries_no_old_word_over_to_a_new_excursion() -> None:
    room = await open_room(release(ERRORS))
    by = watcher(room)
    for _ in range(2):
        await look(room, by, 4.5)
        await call_false(room)
        await look(room, by, 4.5, 0.5)
    anew = watcher(room)
    await look(room, anew, 0.5, 4.8)
    assert room.run.triggers["errors"].value == 4.8


@played
async def test_that_a_word_about_an_indicator_that_nobody_watches_here_is_left_alone() -> None:
    room = await open_room(release(ERRORS))
    await look(room, watcher(room), 4.5)
    await call_false(room)
    room.release = release(TRAFFIC)
    by = watcher(room)
    room.reads("traffic", 500.0)
    await look(room, by, 4.5)
    assert set(by.watches) == {"traffic"}
    assert not room.run.triggers


async def call_false(room: Room) -> None:
    """Let the commander call the standing excursion a false positive."""
    said = Said(note="a probe of our own")
    await room.does(MarkTriggerFalse(run=room.run.id, trigger="errors", said=said))

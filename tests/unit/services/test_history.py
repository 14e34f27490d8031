"""The history of indicators is asked for in the background, and nobody waits for it."""

from dataclasses import replace
from datetime import datetime, timedelta

from relconsole.domain.health.indicator import Watch
from relconsole.domain.health.series import Band
from relconsole.domain.kernel.observation import Observation
from relconsole.domain.release.release import Indicator
from relconsole.plugin_api.monitoring import Sample, Series
from relconsole.services.history import Historian
from tests.helpers.fakes.clock import START
from tests.helpers.fakes.plugins import WELL, Course, Way
from tests.helpers.fakes.tasks import FakeTasks
from tests.unit.services.rooms import METRICS, Room, manual, open_room, played, release_of

ERRORS = Indicator(id="errors", title="Error rate", system=METRICS, query="errors", unit="%")
TRAFFIC = replace(ERRORS, id="traffic", title="Traffic", query="traffic")


async def room_of(*indicators: Indicator) -> tuple[Room, Historian]:
    room = await open_room(replace(release_of(manual("switch")), indicators=indicators))
    by = Historian(plugins=room.plugins, clock=room.clock, tasks=FakeTasks(), release=room.release)
    return room, by


def told(room: Room, query: str, value: float, series: int = 1) -> None:
    """Let a query give this value at the start and at the end of every range."""

    def ranges(start: datetime, end: datetime, _step: timedelta) -> tuple[Series, ...]:
        samples = (Sample(value=value, at=start), Sample(value=value + 1, at=end))
        return (Series(samples=samples),) * series

    room.world.ranges[query] = ranges


@played
async def test_that_before_anything_is_read_nothing_is_known() -> None:
    _, by = await room_of(ERRORS)
    assert by.series["errors"].points == ()
    assert by.series["errors"].no_band == "not read yet"


@played
async def test_that_the_last_half_hour_and_four_weeks_are_asked_for_at_first() -> None:
    room, by = await room_of(ERRORS, TRAFFIC)
    told(room, "errors", 1.0)
    await by.refresh()
    assert sorted(room.calls("query_range")) == ["errors"] * 5 + ["traffic"] * 5
    found = by.series["errors"]
    assert [point.at for point in found.points] == [START - timedelta(minutes=30), START]
    assert found.band == Band(low=1.0, high=2.0, weeks=4)
    assert found.no_band == ""


@played
async def test_that_history_is_read_once_and_the_band_every_ten_minutes() -> None:
    room, by = await room_of(ERRORS)
    told(room, "errors", 1.0)
    await by.refresh()
    room.clock.advance(599)
    await by.refresh()
    assert len(room.calls("query_range")) == 5
    room.clock.advance(1)
    await by.refresh()
    assert len(room.calls("query_range")) == 9
    assert len(by.series["errors"].points) == 2


@played
async def test_that_a_system_without_other_weeks_has_no_band_and_says_so() -> None:
    _, by = await room_of(ERRORS)
    await by.refresh()
    assert by.series["errors"].band is None
    assert by.series["errors"].no_band == "metrics has no values of other weeks"


@played
async def test_that_several_series_are_no_history() -> None:
    room, by = await room_of(ERRORS)
    told(room, "errors", 1.0, series=2)
    await by.refresh()
    assert by.series["errors"].points == ()
    assert by.series["errors"].band is None


@played
async def test_that_a_system_that_is_away_is_asked_again_ever_more_seldom() -> None:
    room, by = await room_of(ERRORS)
    told(room, "errors", 1.0)
    room.goes("query_range", Way.IS_DOWN)
    asked: list[float] = []
    for second in range(1_900):
        before = len(room.calls("query_range"))
        await by.refresh()
        if len(room.calls("query_range")) > before:
            asked.append(second)
        room.clock.advance(1)
    assert asked == [0, 60, 180, 420, 900, 1_500]
    assert "metrics" in by.series["errors"].no_band
    room.courses["query_range"] = Course(WELL.way)
    room.clock.advance(600)
    await by.refresh()
    assert by.series["errors"].band is not None


@played
async def test_that_a_band_that_was_read_stays_while_the_system_is_away() -> None:
    room, by = await room_of(ERRORS)
    told(room, "errors", 1.0)
    await by.refresh()
    room.goes("query_range", Way.LACKS_A_SETTING)
    room.clock.advance(600)
    await by.refresh()
    assert by.series["errors"].band == Band(low=1.0, high=2.0, weeks=4)


@played
async def test_that_readings_are_added_to_the_history_and_push_out_what_is_too_old() -> None:
    room, by = await room_of(ERRORS, TRAFFIC)
    told(room, "errors", 1.0)
    await by.refresh()
    reading = Observation(
        value=7.0,
        source="metrics",
        observed_at=START + timedelta(seconds=5),
        time_to_live=timedelta(seconds=10),
    )
    by.take({"errors": Watch(indicator="errors", last=reading), "traffic": Watch(indicator="t")})
    by.take({"errors": Watch(indicator="errors", last=reading)})
    assert [point.value for point in by.series["errors"].points] == [2.0, 7.0]
    assert by.series["traffic"].points == ()


@played
async def test_that_a_release_without_indicators_asks_nobody() -> None:
    room, by = await room_of()
    await by.refresh()
    assert room.calls("query_range") == []

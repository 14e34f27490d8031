"""The history of a release's indicators: what was before the readings began, and the usual band.

History is a comfort, never a ground for a decision: where a system does not answer, its series
says so and everything else goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final

from relconsole.domain.health.indicator import Watch
from relconsole.domain.health.series import KEPT, Point, Series, find_band, same_hours
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.release.release import Indicator, Release
from relconsole.plugin_api.monitoring import RangeAnswer
from relconsole.ports.clock import Clock
from relconsole.ports.plugins import Plugins
from relconsole.ports.tasks import Tasks

HISTORY_STEP: Final = timedelta(seconds=10)
BAND_STEP: Final = timedelta(minutes=1)
BAND_EVERY_SECONDS: Final = 600.0
"""After so long the hour around now has moved enough to ask for its band again."""
FIRST_WAIT_SECONDS: Final = 60.0
LONGEST_WAIT_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """When an indicator is to be asked about next, and how long to wait after a failure."""

    due: float
    wait: float = FIRST_WAIT_SECONDS
    has_history: bool = False


class Historian:
    """Keeps a series for each indicator of one release."""

    def __init__(self, *, plugins: Plugins, clock: Clock, tasks: Tasks, release: Release) -> None:
        """Take the ports, and the release whose indicators are kept."""
        self._plugins = plugins
        self._clock = clock
        self._tasks = tasks
        self._release = release
        now = clock.tick()
        self._series = {indicator.id: Series() for indicator in release.indicators}
        self._turns = {indicator.id: _Turn(due=now) for indicator in release.indicators}

    @property
    def series(self) -> Mapping[str, Series]:
        """Give the series by indicator."""
        return dict(self._series)

    def take(self, watches: Mapping[str, Watch]) -> None:
        """Add the newest reading of each watch; a reading that was taken before adds nothing."""
        for indicator, series in self._series.items():
            watch = watches.get(indicator)
            if watch is not None and watch.last is not None:
                self._series[indicator] = series.with_reading(watch.last)

    async def refresh(self) -> None:
        """Ask for what is due: the last half hour once, the band every ten minutes."""
        now = self._clock.tick()
        due = [each for each in self._release.indicators if self._turns[each.id].due <= now]
        if due:
            await self._tasks.together([partial(self._read, indicator) for indicator in due])

    async def _read(self, indicator: Indicator) -> None:
        """Read what is lacking of one indicator, and say when to ask again."""
        turn = self._turns[indicator.id]
        try:
            if not turn.has_history:
                await self._read_history(indicator)
                turn = replace(turn, has_history=True)
            await self._read_band(indicator)
        except (WorldIsDown, PersonMustAct) as failed:
            series = self._series[indicator.id]
            if series.band is None:
                self._series[indicator.id] = replace(series, no_band=str(failed))
            self._turns[indicator.id] = replace(
                turn,
                due=self._clock.tick() + turn.wait,
                wait=min(turn.wait * 2, LONGEST_WAIT_SECONDS),
            )
            return
        self._turns[indicator.id] = replace(
            turn, due=self._clock.tick() + BAND_EVERY_SECONDS, wait=FIRST_WAIT_SECONDS
        )

    async def _read_history(self, indicator: Indicator) -> None:
        """Take the last half hour; more than one series is no history."""
        now = self._clock.now()
        answer = await self._range(indicator, Interval(start=now - KEPT, end=now), HISTORY_STEP)
        self._series[indicator.id] = self._series[indicator.id].with_history(_points(answer))

    async def _read_band(self, indicator: Indicator) -> None:
        """Take the same hour of the last weeks into the band."""
        hours = same_hours(self._clock.now(), self._release.zone)
        weeks = [
            [point.value for point in _points(await self._range(indicator, hour, BAND_STEP))]
            for hour in hours
        ]
        band = find_band(weeks)
        series = self._series[indicator.id]
        no_band = "" if band is not None else f"{indicator.system} has no values of other weeks"
        self._series[indicator.id] = replace(series, band=band, no_band=no_band)

    async def _range(self, indicator: Indicator, over: Interval, step: timedelta) -> RangeAnswer:
        return await self._plugins.query_range(
            indicator.system, indicator.query, over.start, over.end, step
        )


def _points(answer: RangeAnswer) -> tuple[Point, ...]:
    """Give the points of an answer of one series; of none or several there is no telling."""
    if len(answer.series) != 1:
        return ()
    return tuple(Point(at=sample.at, value=sample.value) for sample in answer.series[0].samples)

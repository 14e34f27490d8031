"""Watching health: readings become watches, watches become triggers and holds.

A monitoring outage holds a night and never rolls it back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from relconsole.domain.health.indicator import (
    ReadFailed,
    Reading,
    Watch,
    WatchState,
    step_watch,
)
from relconsole.domain.health.trigger import (
    dark_indicators,
    mark_false_positive,
    standing_triggers,
)
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import RunId, StepId
from relconsole.domain.kernel.observation import Observation, Unknown
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import (
    BeginHold,
    ClearTrigger,
    EndHold,
    StandTrigger,
)
from relconsole.domain.night.bridge_facts import HoldCause, TriggerStood
from relconsole.domain.night.readiness_of_steps import underway_steps
from relconsole.domain.night.state import RunState
from relconsole.domain.release.release import Indicator, Release
from relconsole.plugin_api.monitoring import QueryAnswer
from relconsole.ports.cache import Cache, Cached
from relconsole.ports.clock import Clock
from relconsole.ports.plugins import Plugins
from relconsole.ports.tasks import Tasks
from relconsole.services.desk import Desk

READ_EVERY_SECONDS: Final = 1.0


class Watcher:
    """Reads the indicators of one release and keeps their watches."""

    def __init__(
        self,
        *,
        desk: Desk,
        plugins: Plugins,
        clock: Clock,
        tasks: Tasks,
        release: Release,
        cache: Cache | None = None,
    ) -> None:
        """Take the desk, the ports, and the release whose indicators are watched."""
        self._desk = desk
        self._plugins = plugins
        self._clock = clock
        self._tasks = tasks
        self._release = release
        self._cache = cache
        self._watches = {
            indicator.id: Watch(indicator=indicator.id) for indicator in release.indicators
        }
        self._due = clock.tick()

    @property
    def watches(self) -> dict[str, Watch]:
        """Give what is known of each indicator."""
        return dict(self._watches)

    async def watch(self, run: RunId) -> None:
        """Read what is due and record what it means for the run.

        For a rehearsal that only walks through the plan it means nothing: it changes no place.
        """
        if self._desk.run(run).rehearsal and self._release.rehearsal is None:
            await self.look()
            return
        if await self._look(lambda: [step.id for step in underway_steps(self._desk.run(run))]):
            await self._record(run)

    async def look(self) -> None:
        """Read what is due and record nothing, for whoever only looks on."""
        await self._look(tuple)

    async def _look(self, running: Callable[[], Sequence[StepId]]) -> bool:
        """Read what is due, beside the steps that run then; tell whether anything was due."""
        if not self._release.indicators or self._clock.tick() < self._due:
            return False
        self._due = self._clock.tick() + READ_EVERY_SECONDS
        await self._tasks.together(
            [partial(self._read, running, indicator) for indicator in self._release.indicators]
        )
        return True

    async def _read(self, running: Callable[[], Sequence[StepId]], indicator: Indicator) -> None:
        """Take one reading into the watch of its indicator."""
        reading = await self._reading(indicator)
        self._watches[indicator.id] = step_watch(
            self._watches[indicator.id], indicator, reading, self._clock.now(), running()
        )

    async def _reading(self, indicator: Indicator) -> Reading:
        """Give one reading, or why there is none; more than one series is no number."""
        try:
            answer = await self._plugins.query(indicator.system, indicator.query)
        except (WorldIsDown, PersonMustAct) as failed:
            return ReadFailed(why=str(failed))
        if len(answer.samples) != 1:
            return ReadFailed(why=f"{indicator.query!r} has {len(answer.samples)} values, not one")
        fresh = self._release_freshness(indicator)
        sample = answer.samples[0]
        await self._keep(indicator, answer, fresh.total_seconds())
        if not math.isfinite(sample.value):
            # Something divided by nothing is beyond no limit, and no fact can hold it.
            return Unknown(why=f"{indicator.system} answered no number", since=sample.at)
        return Observation(
            value=sample.value,
            source=indicator.system,
            observed_at=sample.at,
            time_to_live=fresh,
        )

    async def _keep(self, indicator: Indicator, answer: QueryAnswer, seconds: float) -> None:
        """Keep a reading in the cache, for whoever looks while nobody watches."""
        if self._cache is None:
            return
        sample = answer.samples[0]
        await self._cache.put(
            [
                Cached(
                    key=f"{indicator.system}/query/{indicator.query}",
                    value=repr(sample.value),
                    source=indicator.system,
                    observed_at=sample.at,
                    time_to_live=seconds,
                )
            ]
        )

    def _release_freshness(self, indicator: Indicator) -> timedelta:
        """Give the time to live of a reading: the indicator's own, else the policy's."""
        return indicator.time_to_live or self._desk.state.workspace.policy.freshness

    async def _record(self, run: RunId) -> None:
        """Record what stands now and did not before, and what no longer stands."""
        now = self._clock.now()
        found = self._desk.run(run)
        self._take_over_marks(found, now)
        standing = standing_triggers(self._watches, self._release.indicators, now)
        for trigger in standing:
            stood = TriggerStood(
                run=run,
                trigger=trigger.indicator,
                value=trigger.value,
                since=trigger.since,
                reasons=(trigger.says,),
            )
            await self._desk.must(StandTrigger(run=run, stood=stood), self._desk.console)
        for trigger_id in found.triggers:
            watch = self._watches.get(trigger_id)
            if watch is not None and not watch.is_left and not watch.is_unknown(now):
                cleared = ClearTrigger(run=run, trigger=trigger_id)
                await self._desk.must(cleared, self._desk.console)
        await self._record_dark(run, now)

    async def _record_dark(self, run: RunId, now: datetime) -> None:
        """Hold the run while a critical indicator is unknown, and let it go when all are seen.

        From the first reading on: one that fails at the start of a night is no more green than one
        that fails in its middle.
        """
        found = self._desk.run(run)
        running = [step.id for step in underway_steps(found)]
        dark = dark_indicators(self._watches, self._release.indicators, now, running)
        held = any(hold.cause is HoldCause.MONITORING for hold in found.holds)
        if dark and not held:
            hold = BeginHold(
                run=run,
                cause=HoldCause.MONITORING,
                thing="monitoring",
                reasons=tuple(each.reason.says for each in dark),
            )
            await self._desk.must(hold, self._desk.console)
        if held and not dark:
            end = EndHold(run=run, cause=HoldCause.MONITORING, thing="monitoring")
            await self._desk.must(end, self._desk.console)

    def _take_over_marks(self, run: RunState, now: datetime) -> None:
        """Mark the watches whose standing excursion a person called a false positive.

        A word about an excursion that is over is not one about the next.
        """
        for indicator, times in run.false_triggers.items():
            watch = self._watches.get(indicator)
            if watch is None or watch.false_positives >= times:
                continue
            marked = mark_false_positive(watch, by=run.commander, reason="recorded", now=now)
            if not isinstance(marked, Refusal):
                self._watches[indicator] = marked
            elif watch.state is WatchState.INSIDE:
                self._watches[indicator] = replace(watch, false_positives=times)

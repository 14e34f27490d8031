"""Six indicators of the payments night, each in a state of its own, for presenters and pictures."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from relconsole.domain.health.indicator import Watch, WatchState
from relconsole.domain.health.series import Band, Point, Series
from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.observation import Observation
from relconsole.domain.release.release import Indicator, Limit, Severity
from relconsole_ui.presenters.seen import Seen
from tests.helpers.payments_night import BEGAN, TOOK, release, run_of, runbook, seen_at

METRICS = SystemId("prometheus")
FRESH = timedelta(seconds=30)


def indicator(
    name: str,
    title: str,
    unit: str = "",
    *,
    above: float | None = None,
    below: float | None = None,
    severity: Severity = Severity.WARNING,
) -> Indicator:
    """An indicator, with a limit where one is given."""
    limit = None if above is None and below is None else Limit(above=above, below=below)
    return Indicator(
        id=name,
        title=title,
        system=METRICS,
        query=name,
        unit=unit,
        limit=limit,
        severity=severity,
        time_to_live=FRESH,
    )


CHECKOUT = indicator("p95", "Checkout p95", "s", above=0.8, severity=Severity.CRITICAL)
ERRORS = indicator("errors", "Error rate", "%", above=0.25)
SUCCESS = indicator("success", "Success rate", "%")
LAG = indicator("lag", "Ledger lag", "s")
QUEUE = indicator("queue", "Fraud queue")
EDGE = indicator("edge", "Edge 5xx", "%")
ALL = (CHECKOUT, ERRORS, SUCCESS, LAG, QUEUE, EDGE)


def read(value: float, at: datetime) -> Observation[float]:
    return Observation(value=value, source=METRICS, observed_at=at, time_to_live=FRESH)


def watch(of: Indicator, value: float, at: datetime, state: WatchState) -> Watch:
    """A watch in a state, with the limit left at its reading where it is left."""
    is_left = state in {WatchState.LEFT, WatchState.CLEARING}
    beyond = at if is_left or state is WatchState.LEAVING else None
    return Watch(
        indicator=of.id,
        state=state,
        since=at,
        why="",
        last=read(value, at),
        beyond_since=beyond,
        left_at=at if is_left else None,
    )


def series(
    of: Indicator, usual: float, spread: float, last: float, end: datetime, rises: float = 0.0
) -> Series:
    """Half an hour around a usual value that rises to the last one at its end."""
    chance = random.Random(of.id)
    points: list[Point] = []
    for number in range(181):
        share = number / 180
        lift = max(0.0, (share - 0.8) / 0.2) * rises
        value = usual + spread * (chance.random() - 0.5) + lift
        points.append(Point(at=end - timedelta(seconds=10 * (180 - number)), value=value))
    points[-1] = Point(at=end, value=last)
    band = Band(low=usual - spread, high=usual + spread, weeks=4)
    return Series(points=tuple(points), band=band, no_band="")


def seen_with(watches: Mapping[str, Watch], kept: Mapping[str, Series], minute: float) -> Seen:
    """The console with these readings."""
    plan = runbook()
    seen = seen_at(minute, run_of(plan, TOOK, BEGAN), of=release(plan, *ALL), watches=watches)
    return replace(seen, series=kept)


def alarm(minute: float = 47.7) -> Seen:
    """Checkout beyond its limit, errors too, and the edge not heard of for 94 seconds."""
    now = seen_at(minute, None).now
    ago = now - timedelta(seconds=94)
    values = {SUCCESS: (98.6, 0.4), LAG: (1.1, 0.3), QUEUE: (212.0, 18.0)}
    watches = {
        CHECKOUT.id: watch(CHECKOUT, 1.42, now, WatchState.LEFT),
        ERRORS.id: watch(ERRORS, 0.31, now, WatchState.LEFT),
        EDGE.id: watch(EDGE, 0.02, ago, WatchState.INSIDE),
        **{of.id: watch(of, value, now, WatchState.INSIDE) for of, (value, _) in values.items()},
    }
    kept = {
        CHECKOUT.id: series(CHECKOUT, 0.55, 0.06, 1.42, now, 0.85),
        ERRORS.id: series(ERRORS, 0.14, 0.04, 0.31, now, 0.17),
        EDGE.id: series(EDGE, 0.02, 0.01, 0.02, ago),
        **{of.id: series(of, at, spread, at, now) for of, (at, spread) in values.items()},
    }
    return seen_with(watches, kept, minute)


def quiet(minute: float = 41.7) -> Seen:
    """Everything inside."""
    now = seen_at(minute, None).now
    values = {
        CHECKOUT: (0.58, 0.06), ERRORS: (0.14, 0.04), SUCCESS: (99.1, 0.4), LAG: (1.1, 0.3),
        QUEUE: (212.0, 18.0), EDGE: (0.02, 0.01),
    }  # fmt: skip
    watches = {of.id: watch(of, at, now, WatchState.INSIDE) for of, (at, _) in values.items()}
    kept = {of.id: series(of, at, spread, at, now) for of, (at, spread) in values.items()}
    return seen_with(watches, kept, minute)

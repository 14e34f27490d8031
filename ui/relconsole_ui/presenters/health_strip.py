"""The health strip: each indicator against its limit and its band, over the last half hour.

Nothing is green here. What is inside is grey; only what is beyond a limit has a tone, and what is
not fresh is never shown as if it were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, assert_never

from relconsole.domain.health.indicator import Watch, WatchState, is_beyond
from relconsole.domain.health.series import KEPT, Series
from relconsole.domain.night.state import RunState
from relconsole.domain.night.wording import one_line, say_duration
from relconsole.domain.plan.runbook import Step
from relconsole.domain.release.release import Indicator, Limit, Severity
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.figures import figure
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock

MOST_TILES: Final = 12
_AIR: Final = 0.08
"""Share of the height that is left free above the highest and below the lowest."""
_FAR: Final = 3.0
"""Heights of the line, a quarter of its value at least, beyond which a limit is left to the words.

Else a far limit would press the line flat.
"""

Place = tuple[float, float]
"""From the left and from the bottom, each from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitLine:
    """A limit at a height from 0 to 1; beyond it is above where ``is_upper``, else below."""

    height: float
    is_upper: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A step that began, ``at`` from the left; ``number`` is its place in the plan."""

    at: float
    number: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One indicator; ``status`` is None while there is nothing to say about it.

    ``tone`` is the colour of what is beyond the limit now: ``crit``, ``warn``, ``t1`` or empty for
    none. ``stale_from`` is from where on, from 0 to 1, nothing is known; None while it is.
    """

    indicator: str
    title: str
    value: str
    status: Status | None
    tone: str
    words: str
    points: tuple[Place, ...]
    dot: Place | None
    band: Place | None
    limits: tuple[LimitLine, ...]
    markers: tuple[Marker, ...]
    stale_from: float | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthStripRows:
    """The tiles in the order of the release, and what the marks in them mean."""

    tiles: tuple[Tile, ...]
    note: str
    marker_note: str
    says: str


def present_health_strip(seen: Seen) -> HealthStripRows:
    """Give the strip of the release on the bridge."""
    indicators = seen.release.indicators
    markers = tuple(_markers(seen))
    tiles = [_tile(seen, indicator, markers) for indicator in indicators]
    shown = _most_telling(tiles)
    has_band = any(tile.band is not None for tile in shown)
    left_out = len(tiles) - len(shown)
    notes = [
        "band: same hour, last 4 weeks" if has_band else "",
        f"{left_out} more in band or inside their limits" if left_out else "",
    ]
    latest = markers[-1] if markers else None
    return HealthStripRows(
        tiles=shown,
        note=" · ".join(note for note in notes if note),
        marker_note="" if latest is None else latest.says,
        says=_summary(tiles),
    )


def thin(points: Sequence[Place], columns: int) -> tuple[Place, ...]:
    """Give at most one point a column, in each the one farthest from the one kept before.

    So no spike gets lost. The first and the last point always stay.
    """
    if len(points) <= max(columns, 2):
        return tuple(points)
    kept = [points[0]]
    best: Place | None = None
    column = 0
    for point in points[1:-1]:
        here = int(point[0] * columns)
        if best is not None and here != column:
            kept.append(best)
            best = None
        column = here
        if best is None or abs(point[1] - kept[-1][1]) > abs(best[1] - kept[-1][1]):
            best = point
    last = int(points[-1][0] * columns)
    if best is not None and column != last:
        kept.append(best)
    return (*kept, points[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Height:
    """What lies at the bottom and at the top of a tile."""

    low: float
    high: float

    def of(self, value: float) -> float:
        """Give the height of a value from 0 to 1."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


def _tile(seen: Seen, indicator: Indicator, markers: tuple[Marker, ...]) -> Tile:
    watch = seen.watches.get(indicator.id, Watch(indicator=indicator.id))
    series = seen.series.get(indicator.id, Series())
    is_unknown = watch.is_unknown(seen.now)
    limit = indicator.limit or Limit()
    height = _height(series, watch, limit)
    status, tone = (_unknown_status(watch), "") if is_unknown else _standing(watch, indicator)
    bare = Tile(
        indicator=indicator.id,
        title=one_line(indicator.title),
        value=_value(watch, indicator),
        status=status,
        tone=tone,
        words=_words(seen.now, watch, indicator, series, is_unknown=is_unknown),
        points=tuple(
            (_across(point.at, seen.now), height.of(point.value))
            for point in series.points
            if point.at >= seen.now - KEPT
        ),
        dot=_dot(watch, seen.now, height),
        band=None
        if series.band is None
        else (height.of(series.band.low), height.of(series.band.high)),
        limits=tuple(_limit_lines(limit, height)),
        markers=markers,
        stale_from=_across(watch.last.observed_at, seen.now)
        if is_unknown and watch.last is not None
        else (0.0 if is_unknown else None),
        says="",
    )
    return replace(bare, says=_sentence(bare, watch, indicator))


def _across(moment: datetime, now: datetime) -> float:
    """Give where an instant lies from the left, 1 for now."""
    return min(max(1 - (now - moment) / KEPT, 0.0), 1.0)


def _dot(watch: Watch, now: datetime, height: _Height) -> Place | None:
    """Give the place of the printed value, None where there is none in sight."""
    last = watch.last
    if last is None or last.observed_at < now - KEPT:
        return None
    return _across(last.observed_at, now), height.of(last.value)


def _height(series: Series, watch: Watch, limit: Limit) -> _Height:
    """Give what the tile reaches from and to; a far limit is not among it."""
    values = [point.value for point in series.points]
    if watch.last is not None:
        values.append(watch.last.value)
    if series.band is not None:
        values += [series.band.low, series.band.high]
    limits = [each for each in (limit.above, limit.below) if each is not None]
    values = values or limits or [0.0]
    low, high = min(values), max(values)
    reach = max(high - low, abs(high) / 4)
    near = [each for each in limits if low - _FAR * reach <= each <= high + _FAR * reach]
    low, high = min([low, *near]), max([high, *near])
    air = max(high - low, abs(high) * _AIR, 1e-9) * _AIR
    return _Height(low=low - air, high=high + air)


def _limit_lines(limit: Limit, height: _Height) -> Iterator[LimitLine]:
    """Give the limits that lie in the tile."""
    for value, is_upper in ((limit.above, True), (limit.below, False)):
        if value is not None and height.low <= value <= height.high:
            yield LimitLine(height=height.of(value), is_upper=is_upper)


def _unknown_status(watch: Watch) -> Status:
    return Status.UNKNOWN if watch.last is None else Status.STALE


def _standing(watch: Watch, indicator: Indicator) -> tuple[Status | None, str]:
    """Give status and tone of a fresh value."""
    match watch.state:
        case WatchState.LEFT | WatchState.CLEARING if watch.marked is None:
            return _left(indicator.severity)
        case WatchState.LEFT | WatchState.CLEARING:
            return Status.ADVISORY, "t1"
        case WatchState.LEAVING:
            return Status.ADVISORY, "t1" if indicator.severity is Severity.INFO else "warn"
        case WatchState.INSIDE | WatchState.UNKNOWN:
            return None, ""
        case _:
            assert_never(watch.state)


def _left(severity: Severity) -> tuple[Status, str]:
    match severity:
        case Severity.CRITICAL:
            return Status.CRITICAL, "crit"
        case Severity.WARNING:
            return Status.WARNING, "warn"
        case Severity.INFO:
            return Status.ADVISORY, "t1"
        case _:
            assert_never(severity)


def _value(watch: Watch, indicator: Indicator) -> str:
    return "?" if watch.last is None else figure(watch.last.value, one_line(indicator.unit))


def _words(
    now: datetime, watch: Watch, indicator: Indicator, series: Series, *, is_unknown: bool
) -> str:
    """Give the line below: how old, which limit, or where in the band."""
    if watch.last is None:
        return one_line(watch.why or "not read yet")
    if is_unknown:
        return f"no data {int((now - watch.last.observed_at).total_seconds())} s"
    if watch.suppressed_by is not None:
        return f"not judged in {one_line(watch.suppressed_by)}"
    limit = _limit_words(indicator, watch.last.value)
    if watch.state is WatchState.LEAVING and watch.beyond_since is not None:
        return f"beyond {limit} for {say_duration(now - watch.beyond_since)}"
    if limit:
        return limit
    if series.band is None:
        return "no band"
    return "in band" if series.band.holds(watch.last.value) else "outside band"


def _limit_words(indicator: Indicator, value: float) -> str:
    """Give the limit that is nearer to the value, empty where there is none."""
    limit = indicator.limit or Limit()
    sides = [each for each in (limit.above, limit.below) if each is not None]
    if not sides:
        return ""
    nearest = min(sides, key=lambda each: abs(each - value))
    return f"limit {figure(nearest, one_line(indicator.unit))}"


def _markers(seen: Seen) -> Iterator[Marker]:
    """Give the steps that changed production and began in the last half hour, oldest first."""
    run = seen.run
    if run is None:
        return
    began = [
        (found, number)
        for number, step in enumerate(run.runbook.steps, 1)
        if step.changes_production
        for found in _starts(run, step)
        if seen.now - KEPT <= found <= seen.now
    ]
    for moment, number in sorted(began):
        yield Marker(
            at=_across(moment, seen.now),
            number=str(number),
            says=f"step {number} started {clock(moment, seen.zone)}",
        )


def _starts(run: RunState, step: Step) -> Iterable[datetime]:
    return (attempt.started for attempt in run.steps[step.id].attempts)


def _most_telling(tiles: Sequence[Tile]) -> tuple[Tile, ...]:
    """Give at most twelve tiles in their order, leaving out first what has nothing to say."""
    order = sorted(range(len(tiles)), key=lambda at: (tiles[at].status is None, at))
    kept = set(order[:MOST_TILES])
    return tuple(tile for at, tile in enumerate(tiles) if at in kept)


def _sentence(tile: Tile, watch: Watch, indicator: Indicator) -> str:
    """Give a tile as one sentence."""
    state = "inside" if tile.status is None else str(tile.status)
    if watch.last is None:
        return f"{tile.title}: unknown, {tile.words}."
    value = f"last known {tile.value}" if tile.stale_from is not None else tile.value
    beyond = (
        ", beyond its limit"
        if indicator.limit is not None and is_beyond(indicator.limit, watch.last.value)
        else ""
    )
    return f"{tile.title}: {value}, {state}{beyond}, {tile.words}."


def _summary(tiles: Sequence[Tile]) -> str:
    """Give the whole strip as one sentence."""
    if not tiles:
        return "No indicator is watched."
    telling = [tile.says for tile in tiles if tile.status is not None]
    quiet = len(tiles) - len(telling)
    head = f"{quiet} of {len(tiles)} indicators inside."
    return " ".join((head, *telling))

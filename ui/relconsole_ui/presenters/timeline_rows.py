"""The rows of the timeline: lanes, bars, connectors, flags, as seconds for painting and as words.

Every time is in seconds after ``origin``; what turns a night into rows is in ``timeline``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from relconsole.domain.kernel.ids import StepId
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.words import clock, clock_seconds


class BarState(StrEnum):
    """What a bar is painted as."""

    AHEAD = "ahead"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


class Severity(StrEnum):
    """How loud a flag is."""

    CALM = "calm"
    NEAR = "near"
    PASSED = "passed"


class FlagKind(StrEnum):
    """What a flag above the axis marks; ``both`` where two fall into one minute."""

    NOW = "now"
    LATEST_SAFE = "latest safe"
    NO_RETURN = "no return"
    BOTH = "latest safe and no return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time; ``end`` is never before ``start``."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """Give the seconds from start to end."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A step on the timeline; ``number`` is its place in the plan, with an R in front for an undo.

    ``actual`` ends now while the step runs, ``forecast`` never begins before now; ``overrun`` is
    the part of ``actual`` beyond the step's own duration. ``lane`` and ``track`` say where it
    stands: what overlaps within a lane is on tracks below one another. ``start`` and ``end`` are
    those of all its parts, 0 where it has none.
    """

    step: StepId
    number: str
    title: str
    lane: int
    track: int
    stream: str
    owner: str
    state: BarState
    status: Status
    critical: bool
    irreversible: bool = False
    planned: Span | None = None
    actual: Span | None = None
    overrun: Span | None = None
    forecast: Span | None = None

    start: float = field(init=False)
    end: float = field(init=False)

    def __post_init__(self) -> None:
        """Keep where the first of its parts begins and the last ends, which is asked for often."""
        starts = [part.start for part in (self.planned, self.actual, self.forecast) if part]
        ends = [part.end for part in (self.planned, self.actual, self.forecast) if part]
        object.__setattr__(self, "start", min(starts) if starts else 0.0)
        object.__setattr__(self, "end", max(ends) if ends else 0.0)

    @property
    def parts(self) -> tuple[Span, ...]:
        """Give planned, actual and forecast, those that there are."""
        return tuple(
            part for part in (self.planned, self.actual, self.forecast) if part is not None
        )

    @property
    def body(self) -> Span | None:
        """Give the solid and hatched part as one, None for a step that is only planned."""
        if self.actual is None or self.forecast is None:
            return self.actual or self.forecast
        return Span(start=self.actual.start, end=self.forecast.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A stream with its bars in the order of their starts; ``tracks`` is how many lie in it.

    ``longest`` is the length of its longest bar: no bar that began earlier than that before an
    instant reaches it.
    """

    title: str
    owner: str
    tracks: int
    longest: float
    bars: tuple[Bar, ...]
    is_rollback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """The critical path goes from the end of one bar to the start of another."""

    before: Bar
    after: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An instant that is flagged above the axis and drawn down through the lanes."""

    kind: FlagKind
    at: float
    says: str
    severity: Severity = Severity.CALM


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRows:
    """The whole timeline; ``span`` is what is shown when all is shown.

    ``resumed`` says why the forecast is only "if resumed now", empty where the night goes on;
    ``running`` are the bars that grow with the clock.
    """

    origin: datetime
    zone: str
    now: float
    span: Span
    window: Span
    lanes: tuple[Lane, ...]
    connectors: tuple[Connector, ...]
    flags: tuple[Flag, ...]
    running: tuple[Bar, ...] = ()
    resumed: str = ""
    says: str = ""

    @property
    def bars(self) -> tuple[Bar, ...]:
        """Give every bar, lane by lane."""
        return tuple(bar for lane in self.lanes for bar in lane.bars)

    def clock(self, seconds: float) -> str:
        """Give the hours and minutes on the wall at so many seconds after the origin."""
        return clock(self.origin + timedelta(seconds=seconds), self.zone)

    def clock_with_seconds(self, seconds: float) -> str:
        """Give hours, minutes and seconds on the wall at so many seconds after the origin."""
        return clock_seconds(self.origin + timedelta(seconds=seconds), self.zone)

"""When a step is to start: a time in a cell, placed into the window of its release."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from relconsole.domain.kernel.instants import Interval, in_utc
from relconsole.domain.kernel.zones import (
    Doubled,
    Meant,
    Missing,
    OutsideWindow,
    WallTime,
    place_bare_wall,
    read_wall,
)
from relconsole.domain.plan.taking_in.cells import Cell, CellKind
from relconsole.domain.plan.taking_in.problem import NOTHING, Option
from relconsole.domain.plan.taking_in.reading import Read, Unclear, read_clock, unclear_fault

DAY: Final = timedelta(days=1)
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DOTTED: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})[, ]+([0-9]{1,2}):([0-9]{2})")


_MIDNIGHT: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - only the time of day after it is taken
NO_START: Final = Option(answer=NOTHING, label="No start of its own")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The window of the release, and the IANA zone of its wall times."""

    window: Interval
    zone: str

    def wall(self, instant: datetime) -> WallTime:
        """Give what the clocks of the zone show at an instant."""
        return instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)


def read_start(cell: Cell, frame: Frame | None, *, is_typed: bool) -> Read[datetime] | Unclear:
    """Give the instant in UTC at which a cell lets a step start.

    A time of day is the first such time in the window; 25:30 is half past one of the day after the
    window opens. ``is_typed`` is False for CSV files and for answers.
    """
    if frame is None:
        return Unclear(question="The window is not known yet, so the day is not.", choice="window")
    match cell.kind:
        case CellKind.SPAN:
            return _place_span(cell.span, frame)
        case CellKind.MOMENT:
            return _place_wall(cell.moment, frame)
        case CellKind.TEXT:
            return _place_text(cell.text, frame, is_typed=is_typed)
        case CellKind.FAULT:
            return unclear_fault(cell)
        case _:
            return _place_number(cell.number, frame)


def read_written_time(text: str) -> datetime | None:
    """Give the time that ``2026-04-21 01:30`` or ``21.4.2026 1:30`` names.

    It is a wall time unless its offset is written behind it.
    """
    dotted = _DOTTED.fullmatch(text)
    try:
        if dotted is not None:
            day, month, year, hour, minute = (int(it) for it in dotted.groups())
            return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - a wall time
        return datetime.fromisoformat(text) if _ISO.fullmatch(text) else None
    except ValueError:
        return None


def _place_text(text: str, frame: Frame, *, is_typed: bool) -> Read[datetime] | Unclear:
    clock = read_clock(text)
    if clock is not None:
        placed = _place_span(clock, frame)
    else:
        written = read_written_time(text)
        if written is None:
            return Unclear(question="Not a time. When does it start?", options=(NO_START,))
        placed = _place_wall(written, frame)
        is_typed = is_typed and written.tzinfo is None
    if isinstance(placed, Unclear) or not is_typed:
        return placed
    shown = frame.wall(placed.value)
    said = f"{shown:%H:%M}" if clock is not None else f"{shown:%Y-%m-%d %H:%M}"
    return Unclear(
        question=f"“{text}” is text, not a time. Read it as {shown:%a %d %b, %H:%M}?",
        proposal=said,
        options=(Option(answer=said, label=f"Read as {shown:%H:%M}"), NO_START),
    )


def _place_number(number: float, frame: Frame) -> Unclear:
    """Give the question about a bare number, with the time it would be as a part of a day."""
    placed = _place_span(timedelta(minutes=round(number * 1440)), frame) if 0 < number < 1 else None
    if not isinstance(placed, Read):
        return Unclear(
            question="A bare number is no time. When does it start?", options=(NO_START,)
        )
    said = f"{frame.wall(placed.value):%H:%M}"
    return Unclear(
        question=f"A bare number is no time. Read it as {said}?",
        proposal=said,
        options=(Option(answer=said, label=f"Read as {said}"), NO_START),
    )


def _place_span(span: timedelta, frame: Frame) -> Read[datetime] | Unclear:
    """Give the instant of a time of day, or of hours that run on past midnight."""
    if span >= DAY:
        midnight = datetime.combine(frame.wall(frame.window.start).date(), time())
        return _place_wall(midnight + span, frame)
    bare = (_MIDNIGHT + span).time()
    reading = place_bare_wall(bare, frame.window, frame.zone)
    if isinstance(reading, OutsideWindow):
        return Unclear(question=f"{reading}. When does it start?", options=(NO_START,))
    if isinstance(reading, Doubled | Missing):
        return _asks_reading(reading)
    again = reading.instant + DAY
    if again <= frame.window.end:
        return _asks_day(reading.instant, again, frame)
    return Read(value=reading.instant)


def _place_wall(wall: datetime, frame: Frame) -> Read[datetime] | Unclear:
    """Give the instant of a wall time with its date, or of one with its offset."""
    reading = wall if wall.tzinfo is not None else read_wall(wall, frame.zone)
    if isinstance(reading, Doubled | Missing):
        return _asks_reading(reading)
    instant = in_utc(reading.instant if isinstance(reading, Meant) else reading)
    if not frame.window.start <= instant <= frame.window.end:
        return Unclear(
            question=f"{wall:%a %d %b, %H:%M} lies outside the window. When does it start?",
            options=(NO_START,),
        )
    return Read(value=instant)


def _asks_day(first: datetime, second: datetime, frame: Frame) -> Unclear:
    walls = [frame.wall(it) for it in (first, second)]
    return Unclear(
        question="The window holds this time twice. On which day?",
        options=tuple(
            Option(answer=f"{it:%Y-%m-%d %H:%M}", label=f"{it:%a %d %b, %H:%M}") for it in walls
        ),
    )


def _asks_reading(reading: Missing | Doubled) -> Unclear:
    """Give the question about a time that a clock change skips or shows twice."""
    zone = ZoneInfo(reading.zone)
    if isinstance(reading, Doubled):
        question = "The clocks show this time twice that night. Which is it?"
        readings = (reading.first, reading.second)
    else:
        question = "The clocks skip this time that night. Which is meant?"
        readings = (reading.after, reading.before)
    local = [it.astimezone(zone) for it in readings]
    return Unclear(
        question=question,
        options=tuple(
            Option(answer=it.isoformat(timespec="minutes"), label=f"{it:%H:%M %Z}") for it in local
        ),
    )

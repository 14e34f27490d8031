"""Kinds of time: zones, moments, bare wall times and three-point durations.

What a wall time means is the kernel's to say; here its answers become problems, and instants become
words again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from relconsole.adapters.formats.workspace.desk import UNREAD, Desk, Frame, Unread
from relconsole.adapters.formats.workspace.kinds import Duration, read_text
from relconsole.adapters.formats.workspace.nodes import MappingNode, Node, Place, shorten
from relconsole.adapters.formats.workspace.records import (
    Key,
    Record,
    Values,
    complain_of_key,
    plainly,
)
from relconsole.adapters.formats.workspace.written import Written, word
from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.zones import (
    Doubled,
    Meant,
    Missing,
    OutsideWindow,
    find_zone,
    place_bare_wall,
    read_wall,
)

YEARS: Final = range(1970, 2200)
_MOMENT: Final = re.compile(
    r"(?P<wall>[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r"(?P<offset>Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?"
)
_BARE: Final = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment as it was written.

    ``wall`` without an offset is local time in a zone that stands elsewhere; with ``offset`` zero
    and ``is_instant`` it was written with ``Z``.
    """

    at: Place
    wall: datetime
    offset: timedelta | None = None
    is_instant: bool = False


def read_moment(node: Node, desk: Desk) -> Moment | Unread:
    """Give the moment that a scalar names, before any zone is asked."""
    text = read_text(node, desk)
    if not isinstance(text, str):
        return text
    found = _MOMENT.fullmatch(text)
    try:
        moment = datetime.fromisoformat(text) if found else None
    except ValueError:
        moment = None
    if moment is None or moment.year not in YEARS:
        return desk.complain(
            node,
            f"{shorten(text)!r} is no time such as 2026-04-21T01:30 or 2026-04-20T23:30Z, "
            f"of the years {YEARS.start} to {YEARS.stop - 1}",
        )
    return Moment(
        at=node.at,
        wall=moment.replace(tzinfo=None),
        offset=moment.utcoffset(),
        is_instant=text.endswith("Z"),
    )


def zone_beside(
    values: Values, times: tuple[str, ...], node: MappingNode, desk: Desk
) -> str | Unread:
    """Give the zone that stands beside these times; it may be missing beside instants alone."""
    if "zone" not in values and not all(values[key].is_instant for key in times):
        return complain_of_key(node, "zone", "a local time needs zone beside it", desk)
    found: str = values.get("zone", "UTC")
    return found


def meant_by(moment: Moment, zone: str, desk: Desk) -> Meant | Unread:
    """Give what a moment means in a zone; a skipped or doubled one is a problem, both read."""
    if moment.is_instant:
        return meant_at(moment.wall.replace(tzinfo=UTC), zone)
    reading = read_wall(moment.wall, zone)
    if isinstance(reading, Missing):
        return desk.complain(moment.at, str(reading))
    if moment.offset is None:
        if isinstance(reading, Doubled):
            return desk.complain(moment.at, str(reading))
        return reading
    instant = (moment.wall - moment.offset).replace(tzinfo=UTC)
    readings = (
        (reading.first, reading.second) if isinstance(reading, Doubled) else (reading.instant,)
    )
    if instant in readings:
        return Meant(instant=instant, wall=moment.wall, zone=zone)
    known = " or ".join(it.astimezone(ZoneInfo(zone)).isoformat() for it in readings)
    return desk.complain(moment.at, f"the offset is not that of {zone}, which would be {known}")


def meant_at(instant: datetime, zone: str) -> Meant:
    """Give an instant with the wall time that a zone's clocks show at it."""
    wall = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    return Meant(instant=instant, wall=wall, zone=zone)


def words_for(meant: Meant) -> str:
    """Give the wall time, with its offset where it exists twice, so that it reads back the same."""
    if isinstance(read_wall(meant.wall, meant.zone), Meant):
        return wall_words(meant.wall)
    return wall_words(meant.instant.astimezone(ZoneInfo(meant.zone)))


def wall_words(moment: datetime) -> str:
    """Give a moment in ISO form, to the minute where it is on one."""
    is_on_minute = not moment.second and not moment.microsecond
    return moment.isoformat(timespec="minutes" if is_on_minute else "auto")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """A moment whose zone stands beside it, read as written and written as meant."""

    def read(self, node: Node, desk: Desk) -> Moment | Unread:
        """Give the moment as written; its record asks the zone."""
        return read_moment(node, desk)

    def write(self, value: Any, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the words for what was meant."""
        return word(words_for(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An IANA zone."""

    def read(self, node: Node, desk: Desk) -> str | Unread:
        """Give the name of a zone that this machine knows."""
        text = read_text(node, desk)
        if not isinstance(text, str):
            return text
        if find_zone(text) is None:
            return desk.complain(node, f"{shorten(text)!r} is no zone such as Europe/Berlin")
        return text

    def write(self, value: str, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the name."""
        return word(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class InWindow:
    """A time of a release: a bare wall time, a local time in the window's zone, or an instant.

    A bare one is the first such time at or after the window's start.
    """

    must_be_inside: bool = True
    is_after_start: bool = False

    def read(self, node: Node, desk: Desk) -> datetime | Unread:
        """Give the instant in UTC; nothing where the window itself could not be read."""
        text = read_text(node, desk)
        if desk.frame is None or not isinstance(text, str):
            return UNREAD
        if _BARE.fullmatch(text):
            found = _place_bare(text, node, desk, desk.frame)
        else:
            moment = read_moment(node, desk)
            if isinstance(moment, Unread):
                return moment
            meant = meant_by(moment, desk.frame.zone, desk)
            found = meant if isinstance(meant, Unread) else meant.instant
        if isinstance(found, Unread):
            return found
        return self._judge(found, node, desk, desk.frame)

    def _judge(self, found: datetime, node: Node, desk: Desk, frame: Frame) -> datetime | Unread:
        start, end = frame.window.start, frame.window.end
        if self.must_be_inside and not start <= found <= end:
            return desk.complain(
                node,
                f"{format_instant(found)} lies outside the window, "
                f"{format_instant(start)} to {format_instant(end)}",
            )
        if self.is_after_start and found <= start:
            return desk.complain(node, f"{format_instant(found)} is not after the window's start")
        return found

    def write(self, value: datetime, frame: Frame | None) -> Written:
        """Give the bare wall time where it reads back the same, else the local time."""
        if frame is None:
            return word(format_instant(value))
        meant = meant_at(value, frame.zone)
        reading = place_bare_wall(meant.wall.time(), frame.window, frame.zone)
        if isinstance(reading, Meant) and reading.instant == value:
            return word(wall_words(meant.wall).partition("T")[2])
        return word(words_for(meant))


def _place_bare(text: str, node: Node, desk: Desk, frame: Frame) -> datetime | Unread:
    """Give the instant of a bare wall time, or a problem with both readings."""
    try:
        wanted = time.fromisoformat(text)
    except ValueError:
        return desk.complain(node, f"{shorten(text)!r} is no time of day such as 02:38")
    reading = place_bare_wall(wanted, frame.window, frame.zone)
    match reading:
        case Meant(instant=instant):
            return instant
        case OutsideWindow(candidate=candidate):
            day_before = meant_at(candidate, frame.zone).wall - timedelta(days=1)
            earlier = read_wall(day_before, frame.zone)
            before = (
                f", and before that at {format_instant(earlier.instant)}, before the window"
                if isinstance(earlier, Meant)
                else ""
            )
            return desk.complain(node, f"{reading}{before}")
        case _:
            return desk.complain(node, str(reading))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """``window_end``, or a time after the window's start."""

    def read(self, node: Node, desk: Desk) -> datetime | Unread | None:
        """Give the instant in UTC, None for the end of the window."""
        text = read_text(node, desk)
        if text == "window_end":
            return None
        return InWindow(must_be_inside=False, is_after_start=True).read(node, desk)

    def write(self, value: datetime | None, frame: Frame | None) -> Written:
        """Give the words from which the same deadline is read."""
        return word("window_end") if value is None else InWindow().write(value, frame)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A start that a recurrence leaves out: a wall time in the entry's zone, or a date."""

    def read(self, node: Node, desk: Desk) -> Moment | date | Unread:
        """Give the moment as written, or the date on which the entry would start."""
        text = read_text(node, desk)
        if not isinstance(text, str) or not _DATE.fullmatch(text):
            return read_moment(node, desk) if isinstance(text, str) else text
        try:
            return date.fromisoformat(text)
        except ValueError:
            return desk.complain(node, f"{shorten(text)} is no date")

    def write(self, value: Any, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the wall time."""
        return word(wall_words(value))


def _three_point(values: Values, node: MappingNode, desk: Desk) -> ThreePoint | Unread:
    """Give the three cases where they are in order."""
    try:
        return plainly(ThreePoint)(values, node, desk)
    except ValueError:
        return desk.complain(node, "best, likely and worst must not get shorter in this order")


_CASES: Final[Record[ThreePoint]] = Record(
    what="duration",
    makes=_three_point,
    keys=(
        Key("best", Duration(), required=True),
        Key("likely", Duration(), required=True),
        Key("worst", Duration(), required=True),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A plain duration, or best, likely and worst."""

    def read(self, node: Node, desk: Desk) -> ThreePoint | Unread:
        """Give the three-point duration; a plain one is all three."""
        if isinstance(node, MappingNode):
            return _CASES.read(node, desk)
        found = Duration().read(node, desk)
        return found if isinstance(found, Unread) else plain(found)

    def write(self, value: ThreePoint, frame: Frame | None) -> Written:
        """Give one duration where the cases agree, else the three."""
        if value.has_range:
            return _CASES.write(value, frame)
        return Duration().write(value.likely, frame)

"""How instants, durations and counts read on a screen: 24 h, one zone said once, tabular."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

NBSP = "\u00a0"
MINUS = "\u2212"
LONG = 100 * 3600
"""Seconds from which a span is counted in days."""

_LEADS: Final = tuple('=+-@\t\r"\u2212\uff1d\uff0b\uff0d\uff20')
"""How a cell begins that a spreadsheet would reckon with, the wide letters among them.

After a quotation mark it would take what is pasted up to the next one for one cell, without it.
"""


def clock(moment: datetime, zone: str) -> str:
    """Give hours and minutes of an instant in a zone."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def clock_seconds(moment: datetime, zone: str) -> str:
    """Give hours, minutes and seconds of an instant in a zone."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def day(moment: datetime, zone: str) -> str:
    """Give weekday, day and month of an instant in a zone."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b}"


def zone_name(moment: datetime, zone: str) -> str:
    """Give the short name that the zone has at an instant, such as CEST."""
    return moment.astimezone(ZoneInfo(zone)).tzname() or zone


def count_down(left: timedelta) -> str:
    """Give a span as mm:ss, from an hour on as h:mm:ss, from 100 hours on in days.

    One that is over has a minus.
    """
    seconds = int(abs(left).total_seconds())
    if seconds >= LONG:
        return f"{MINUS if left < timedelta(0) else ''}{seconds // 86_400}{NBSP}d"
    hours, rest = divmod(seconds, 3600)
    text = f"{rest // 60:02}:{rest % 60:02}"
    if hours:
        text = f"{hours}:{text}"
    return f"{MINUS}{text}" if left < timedelta(0) and seconds else text


def minutes(span: timedelta) -> str:
    """Give a span as a person says it: 40 s, 5 min 42 s, 1 h 28 min."""
    whole, seconds = divmod(int(span.total_seconds()), 60)
    hours, rest = divmod(whole, 60)
    if hours:
        return f"{hours}{NBSP}h" + (f" {rest}{NBSP}min" if rest else "")
    if rest:
        return f"{rest}{NBSP}min" + (f" {seconds}{NBSP}s" if seconds else "")
    return f"{seconds}{NBSP}s"


def counted(count: int, one: str, many: str = "") -> str:
    """Give a number with its noun."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """Give a probability in whole per cent, never 100 or 0 for what is not certain."""
    least, most = int(share > 0), 100 - int(share < 1)
    whole = min(max(round(share * 100), least), most)
    return f"{whole}{NBSP}%"


def short_name(name: str) -> str:
    """Give a name with its first part as an initial, as it is where it has one part only."""
    first, _, rest = name.strip().partition(" ")
    return f"{first[:1]}. {rest.strip()}" if rest.strip() else name


def table_cell(text: str) -> str:
    """Give a text as a cell that no spreadsheet reckons with, also not after blanks."""
    begins = text.startswith(_LEADS) or text.lstrip().startswith(_LEADS)
    return f"'{text}" if begins else text

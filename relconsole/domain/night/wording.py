"""How a night is put into plain words: people, times, durations, and text of strangers on one line.

Every text of a brief, a muster, a log and a report goes through here; no layout lives here.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Final

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.instants import in_utc
from relconsole.domain.kernel.zones import find_zone

CAP: Final = 200
"""Characters of one quoted text; more belongs into the record, not on a line."""
CONSOLE: Final = "the console"
_SHOWN: Final = "\N{REPLACEMENT CHARACTER}"
_BROKEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def one_line(text: str, cap: int = CAP) -> str:
    """Give a stranger's text as one line that can neither hide nor forge anything around it.

    White space becomes single blanks; control, format and direction characters become a visible
    sign; what is longer than ``cap`` ends with an ellipsis.
    """
    clean = " ".join(
        "".join(
            letter if letter.isspace() or unicodedata.category(letter) not in _BROKEN else _SHOWN
            for letter in text[: cap * 4]
        ).split()
    )
    return clean if len(clean) <= cap else clean[: cap - 1] + "…"


def say_person(by: PersonId | None, for_person: PersonId | None = None, heard: str = "") -> str:
    """Give whose act it is, and who recorded it where that was somebody else."""
    if for_person is None or for_person == by:
        return CONSOLE if by is None else one_line(by)
    recorder = CONSOLE if by is None else one_line(by)
    return f"{one_line(for_person)}, recorded by {recorder}" + (
        f" ({one_line(heard)})" if heard else ""
    )


def say_duration(duration: timedelta) -> str:
    """Give ``1h 04m``, ``8m 05s`` or ``12s``, with a minus before a negative one.

    Whole seconds; a part of a second is dropped, but a duration below one keeps a decimal.
    """
    sign, length = ("-", -duration) if duration < timedelta(0) else ("", duration)
    whole = int(length.total_seconds())
    hours, rest = divmod(whole, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{sign}{hours}h {minutes:02d}m"
    if minutes:
        return f"{sign}{minutes}m {seconds:02d}s"
    if not seconds and length:
        return f"{sign}{length.total_seconds():.1f}s"
    return f"{sign}{seconds}s"


def say_lateness(late: timedelta) -> str:
    """Give ``on time``, ``8m 05s late`` or ``8m 05s early``; less than a second is on time."""
    if abs(late) < timedelta(seconds=1):
        return "on time"
    return f"{say_duration(abs(late))} {'late' if late > timedelta(0) else 'early'}"


def say_instant(moment: datetime, zone: str) -> str:
    """Give date and time in UTC, and the wall time of an IANA zone in brackets."""
    return f"{in_utc(moment):%Y-%m-%d %H:%M:%S}Z ({_wall(moment, zone)})"


def say_clock(moment: datetime, zone: str) -> str:
    """Give hours and minutes in UTC, and the wall time of an IANA zone beside it."""
    utc = f"{in_utc(moment):%H:%M}Z"
    found = None if zone == "UTC" else find_zone(zone)
    return utc if found is None else f"{utc} ({moment.astimezone(found):%H:%M})"


def _wall(moment: datetime, zone: str) -> str:
    """Give the wall time with the place of the zone, the offset where a zone is unknown."""
    found = find_zone(zone)
    if found is None:
        return f"zone {one_line(zone)} unknown"
    place = zone.rpartition("/")[2].replace("_", " ")
    return f"{moment.astimezone(found):%H:%M:%S} {place}"

"""How a connected system stands that does not answer, in a person's words; in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.night.wording import one_line, say_duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A system that has not answered since an instant in UTC.

    ``failures`` counts the questions in a row that had no answer, ``says`` is the word about the
    last one, and ``asked_in`` the seconds until it is asked again.
    """

    system: SystemId
    failures: int
    since: datetime
    says: str
    asked_in: float


def say_away(away: Away) -> str:
    """Give the words for a system that does not answer."""
    times = "once" if away.failures == 1 else f"{away.failures} times"
    last = f": {one_line(away.says)}" if away.says else ""
    return (
        f"{away.system} does not answer since {format_instant(away.since)}, asked {times}, "
        f"again in {away.asked_in:.0f} s{last}"
    )


def say_back(away: Away, now: datetime) -> str:
    """Give the words for a system that was away and answers again."""
    lasted = say_duration(max(now - away.since, timedelta(0)))
    return f"{away.system} answers again after {lasted}"

"""What a window knows of a rollback beside the record, and what its screens say alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from immutables import Map

from relconsole.domain.console.decide import around_release
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.kernel.instants import parse_instant
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor, Around
from relconsole.domain.night.dry_run import DryRun
from relconsole.domain.night.eligible import Eligible, eligible_seconds
from relconsole.domain.night.muster_marks import NOTHING, PersonMark, counting
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.state import RunState
from relconsole.domain.record.request import Answer
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, minutes

_DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")
_INSTANT: Final = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_DIGITS: Final = 8

ARMED_FOR: Final = timedelta(minutes=5)
"""How long a rollback stays armed before it is put away by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackSight:
    """What a window knows of a rollback beside the record.

    ``may`` is who may sign, None where it was not worked out beforehand.
    ``asked`` is the request that waits for an answer and ``place`` where it lies; ``second`` whom a
    person chose to ask. ``notice`` is why the last act was not done, empty where it was.
    """

    dry: DryRun | None = None
    is_preparing: bool = False
    is_conducting: bool = False
    is_arming: bool = False
    is_signing: bool = False
    asked: Digest | None = None
    place: str = ""
    answer: Answer | None = None
    second: PersonId | None = None
    may: tuple[Eligible, ...] | None = None
    notice: str = ""


def around(seen: Seen) -> Around | None:
    """Give what decisions about the release on the bridge may know, None where it is not known."""
    found = around_release(
        seen.state, seen.release_id, Actor(person=seen.person), seen.now, journal=""
    )
    return None if isinstance(found, Refusal) else found


def eligible(seen: Seen, run: RunState) -> tuple[Eligible, ...]:
    """Give every enrolled person, those who may sign a rollback of this run first."""
    found = around(seen)
    return () if found is None else eligible_seconds(found, run, TwoPersonAct.ROLLBACK, run.id)


def who_may_sign(seen: Seen, run: RunState, sight: RollbackSight) -> tuple[Eligible, ...]:
    """Give the same, as it was worked out beforehand where it was; who is here comes first."""
    return here_first(seen, eligible(seen, run) if sight.may is None else sight.may)


def here_first(seen: Seen, found: tuple[Eligible, ...]) -> tuple[Eligible, ...]:
    """Give people with those first who may sign and are here."""
    return tuple(sorted(found, key=lambda each: (not each.ok, not is_here(seen, each.person))))


def is_here(seen: Seen, person: PersonId) -> bool:
    """Tell whether a person answered the muster and has not left since."""
    marks = seen.state.musters.get(seen.release_id, Map[PersonId, PersonMark]())
    return counting(marks.get(person, NOTHING), seen.now).here is True


def estimate_words(dry: DryRun | None) -> str:
    """Give how long a rollback takes, empty where nobody knows."""
    if dry is None or dry.estimate is None:
        return ""
    return f"{minutes(dry.estimate.likely)}, P90 {minutes(dry.estimate.nine_of_ten)}"


def readable(says: str, zone: str) -> str:
    """Give a reason with digests cut short and instants as the zone's own times."""
    short = _DIGEST.sub(lambda found: found[0][:_DIGITS], says)
    return _INSTANT.sub(lambda found: _local(found[0], zone), short)


def _local(written: str, zone: str) -> str:
    moment = parse_instant(written)
    return f"{date_words(moment, zone)}, {clock(moment, zone)}"


def date_words(moment: datetime, zone: str) -> str:
    """Give day and month of an instant in a zone: 14 Apr."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b}"


def sentence_of(says: str) -> str:
    """Give a reason as a sentence: a capital at its start, a stop at its end."""
    return f"{says[:1].upper()}{says[1:]}" + ("" if says.endswith(".") else ".")


def initials(name: str) -> str:
    """Give the first letters of the first and the last word of a name."""
    parts = name.split()
    first_and_last = parts if len(parts) < 2 else (parts[0], parts[-1])  # noqa: PLR2004 - a pair
    return "".join(part[0].upper() for part in first_and_last)

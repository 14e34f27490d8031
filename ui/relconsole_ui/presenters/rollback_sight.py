"""What a window knows of a rollback beside the record, and what its screens say alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from relconsole.domain.kernel.instants import parse_instant
from relconsole.domain.night.dry_run import DryRun
from relconsole.domain.night.eligible import Eligible
from relconsole.domain.night.rollback_facts import TwoPersonAct
from relconsole.domain.night.state import RunState
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.signature import SignatureSight, Wanted, eligible_for, who_may
from relconsole_ui.presenters.words import clock, minutes

_DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")
_INSTANT: Final = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_DIGITS: Final = 8

ARMED_FOR: Final = timedelta(minutes=5)
"""How long a rollback stays armed before it is put away by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackSight(SignatureSight):
    """What a window knows of a rollback, and of the signature under it, beside the record."""

    dry: DryRun | None = None
    is_preparing: bool = False
    is_conducting: bool = False
    is_arming: bool = False


def rollback_of(run: RunState) -> Wanted:
    """Give what two people sign to roll a run back."""
    return Wanted(act=TwoPersonAct.ROLLBACK, thing=run.id)


def eligible(seen: Seen, run: RunState) -> tuple[Eligible, ...]:
    """Give every enrolled person, those who may sign a rollback of this run first."""
    return eligible_for(seen, run, rollback_of(run))


def who_may_sign(seen: Seen, run: RunState, sight: RollbackSight) -> tuple[Eligible, ...]:
    """Give the same, as it was worked out beforehand where it was; who is here comes first."""
    return who_may(seen, run, rollback_of(run), sight)


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

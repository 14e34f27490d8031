"""Who was called to a muster and who has answered, as the facts have left it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from relconsole.domain.night.muster_facts import MusterFact, PersonCalled, PersonGone, PersonHere

LASTS: Final = timedelta(hours=12)
"""How long a call and an answer count; later they belong to another night."""


class MusterStanding(StrEnum):
    """Where a person stands; missing is called, and without an answer for too long."""

    HERE = "here"
    CALLED = "called"
    NOT_CALLED = "not_called"
    MISSING = "missing"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMark:
    """The last call to a person and the answer since, in UTC.

    ``here`` is None while there is no answer.
    """

    called_at: datetime | None = None
    way: str = ""
    here: bool | None = None
    answered_at: datetime | None = None
    note: str = ""

    @property
    def last(self) -> datetime | None:
        """Give when anything was last known, None where nothing is."""
        return self.answered_at or self.called_at


NOTHING: Final = PersonMark()
"""A person of whom nothing is known."""


def marked(mark: PersonMark, fact: MusterFact, at: datetime) -> PersonMark:
    """Give the mark after one more fact; a call asks anew whether somebody is there."""
    match fact:
        case PersonCalled(way=way, note=note):
            return PersonMark(called_at=at, way=way, note=note)
        case PersonHere(note=note):
            return replace(mark, here=True, answered_at=at, note=note)
        case PersonGone(note=note):
            return replace(mark, here=False, answered_at=at, note=note)
        case _:
            assert_never(fact)


def counting(mark: PersonMark, now: datetime) -> PersonMark:
    """Give the mark as it counts at an instant: nothing where it is of another night."""
    return NOTHING if mark.last is None or now - mark.last > LASTS else mark


def standing_of(mark: PersonMark, now: datetime, patience: timedelta) -> MusterStanding:
    """Give where a person stands, by a mark that counts."""
    if mark.here is not None:
        return MusterStanding.HERE if mark.here else MusterStanding.GONE
    if mark.called_at is None:
        return MusterStanding.NOT_CALLED
    waited = now - mark.called_at
    return MusterStanding.MISSING if waited > patience else MusterStanding.CALLED

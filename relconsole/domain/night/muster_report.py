"""Who was called and who came, for the night report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.log import LoggedFact
from relconsole.domain.night.log_words import tell_muster
from relconsole.domain.night.muster_facts import PersonCalled, PersonGone, PersonHere
from relconsole.domain.night.wording import one_line, say_clock, say_person
from relconsole.domain.record.recorded import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class MusterRow:
    """A word of the muster: somebody was called, came, or left; ``by`` recorded it."""

    at: datetime
    person: PersonId
    says: str
    by: PersonId | None
    heard: str


def list_muster(facts: Sequence[Recorded[LoggedFact]]) -> tuple[MusterRow, ...]:
    """Give who was called, came and left, in its order."""
    return tuple(
        MusterRow(
            at=each.at,
            person=each.fact.person,
            says=tell_muster(each.fact),
            by=each.by,
            heard="" if isinstance(each.fact, PersonCalled) else each.fact.heard,
        )
        for each in facts
        if isinstance(each.fact, PersonCalled | PersonHere | PersonGone)
    )


def say_muster_row(row: MusterRow, zone: str) -> str:
    """Give a row in words, with the wall time of an IANA zone beside UTC."""
    heard = f" ({one_line(row.heard)})" if row.heard else ""
    return f"{say_clock(row.at, zone)} {one_line(row.says)}, says {say_person(row.by)}{heard}"

"""People, the ways to reach them, and when two names are one person.

Keys and signatures live in ``record``; who may do what is asked in ``readiness``.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from relconsole.domain.kernel.ids import PersonId, TeamId

KEPT_NAMES: Final = 16_384
"""Folded names that are kept: a window asks for all of an estate each second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One way to reach a person; ``way`` is such as phone, chat, pager or mail."""

    way: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyHours:
    """The hours of each day in which a person is on duty, wall time in the person's own zone.

    ``end`` before ``start`` means past midnight; equal ends mean the whole day.
    """

    start: time
    end: time

    def hold(self, local: time) -> bool:
        """Tell whether a wall time lies in the hours, the end excluded."""
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of the estate; ``reach`` in the order in which to try, ``zone`` an IANA name."""

    id: PersonId
    name: str
    team: TeamId | None = None
    roles: tuple[str, ...] = ()
    zone: str = "UTC"
    aliases: tuple[str, ...] = ()
    reach: tuple[Reach, ...] = ()
    on_duty: DutyHours | None = None

    def is_on_duty(self, moment: datetime) -> bool | None:
        """Tell whether the person is on duty at an instant; None where no hours are known."""
        if self.on_duty is None:
            return None
        return self.on_duty.hold(moment.astimezone(ZoneInfo(self.zone)).time())


@functools.lru_cache(maxsize=KEPT_NAMES)
def fold_name(name: str) -> str:
    """Give the form under which look-alike spellings of a name are equal.

    NFKC and case folding, then NFKC again because folding can decompose; all white space, format
    and control characters are dropped, so that ``ANN``, ``Ann `` and full-width letters are one.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    dropped = {"Zs", "Cf", "Cc", "Zl", "Zp"}
    return "".join(letter for letter in folded if unicodedata.category(letter) not in dropped)


def names_of(person: Person) -> frozenset[str]:
    """Give every folded name under which a person acts: id and aliases."""
    return frozenset(fold_name(name) for name in (person.id, *person.aliases))


def find_person(people: Mapping[PersonId, Person], name: str) -> Person | None:
    """Give the person whose id or alias this is, look-alikes included; None where nobody is."""
    folded = fold_name(name)
    return next((person for person in people.values() if _is_called(person, folded)), None)


def _is_called(person: Person, folded: str) -> bool:
    """Tell whether a folded name is one of a person's; asked too often to make a set of them."""
    return fold_name(person.id) == folded or any(
        fold_name(alias) == folded for alias in person.aliases
    )


def are_one_person(people: Mapping[PersonId, Person], one: str, other: str) -> bool:
    """Tell whether two names mean one person: equal when folded, or joined by an alias."""
    first, second = fold_name(one), fold_name(other)
    if first == second:
        return True
    found, foreign = find_person(people, one), find_person(people, other)
    first_names = {first} if found is None else names_of(found) | {first}
    second_names = {second} if foreign is None else names_of(foreign) | {second}
    return not first_names.isdisjoint(second_names)


def is_one_of(people: Mapping[PersonId, Person], name: str, others: Iterable[str]) -> bool:
    """Tell whether a name means one of these people."""
    return any(are_one_person(people, name, other) for other in others)

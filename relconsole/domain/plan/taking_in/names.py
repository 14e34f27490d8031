"""Who is meant by a name as somebody typed it: by id, alias, full name, phone, or a part of it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from immutables import Map

from relconsole.domain.estate.people import Person, fold_name, names_of
from relconsole.domain.kernel.ids import PersonId

SEPARATORS: Final = re.compile(r"\s*(?:[/,;&+\n|]|\band\b|\bund\b)\s*")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/.\-]{4,}[0-9]")
_SAME_DIGITS: Final = 7
_MOST_NEAR: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """One person; ``how`` says by what where it was not the whole name."""

    person: Person
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """Nobody, or several; ``candidates`` are those who may be meant, the likeliest first."""

    name: str
    candidates: tuple[Person, ...] = ()
    is_ambiguous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleBook:
    """The people who may be meant; ``typed`` are folded names that a list of contacts gave them."""

    people: Mapping[PersonId, Person] = field(default_factory=Map[PersonId, Person])
    typed: Mapping[str, PersonId] = field(default_factory=Map[str, PersonId])

    def find(self, name: str) -> Matched | Unmatched:
        """Give who is meant by one name."""
        folded = fold_name(name)
        known = self._whole(folded)
        if len(known) == 1:
            return Matched(person=known[0])
        phone = self._by_phone(name)
        if len(phone) == 1:
            return Matched(person=phone[0], how="by phone number")
        some = known or phone or self._partly(name)
        if len(some) == 1:
            return Matched(person=some[0], how="by a part of the name")
        if some:
            return Unmatched(name=name, candidates=some, is_ambiguous=True)
        return Unmatched(name=name, candidates=self._near(folded))

    def _in_order(self) -> list[Person]:
        return [self.people[id_] for id_ in sorted(self.people)]

    def _whole(self, folded: str) -> tuple[Person, ...]:
        """Give those whose id, alias or whole name this is, in either order of its two parts."""
        if folded in self.typed:
            return (self.people[self.typed[folded]],)
        return tuple(
            person
            for person in self._in_order()
            if folded in names_of(person) or folded in _spellings(person)
        )

    def _by_phone(self, name: str) -> tuple[Person, ...]:
        """Give those who are reached under this number."""
        found = _PHONE.search(name)
        return () if found is None else people_by_phone(self._in_order(), found[0])

    def _partly(self, name: str) -> tuple[Person, ...]:
        """Give those of whom this is a first or last name, initials, or a name with an initial."""
        folded = fold_name(name.replace(".", ""))
        return tuple(person for person in self._in_order() if folded in _parts(person))

    def _near(self, folded: str) -> tuple[Person, ...]:
        """Give those whose name is spelt much like this."""
        spelt = {
            one: person
            for person in reversed(self._in_order())
            for one in (*_spellings(person), *_parts(person), *names_of(person))
        }
        close = difflib.get_close_matches(folded[:100], spelt, n=2 * _MOST_NEAR, cutoff=0.75)
        return tuple({spelt[one].id: spelt[one] for one in close}.values())[:_MOST_NEAR]


def digits_of(phone: str) -> str:
    """Give the last digits of a phone number, by which it is told from others; empty if too few."""
    digits = "".join(letter for letter in phone if letter.isascii() and letter.isdigit())
    return digits[-_SAME_DIGITS:] if len(digits) >= _SAME_DIGITS else ""


def people_by_phone(people: list[Person], phone: str) -> tuple[Person, ...]:
    """Give those who are reached under a number, however it is written."""
    wanted = digits_of(phone)
    return tuple(
        person
        for person in people
        if wanted and any(wanted == digits_of(way.value) for way in person.reach)
    )


def _words(person: Person) -> list[str]:
    return [word for word in (fold_name(part) for part in person.name.split()) if word]


def _spellings(person: Person) -> frozenset[str]:
    """Give the whole name, folded, and the same with the last name first and a comma after it."""
    words = _words(person)
    if not words:
        return frozenset()
    *first, last = words
    return frozenset({"".join(words), f"{last}{''.join(first)}", f"{last},{''.join(first)}"})


def _parts(person: Person) -> frozenset[str]:
    """Give the short forms of a name: each word, the initials, an initial beside the last name."""
    words = _words(person)
    if len(words) < 2:  # noqa: PLR2004 - a first and a last name
        return frozenset()
    first, last = words[0], words[-1]
    initials = "".join(word[0] for word in words)
    return frozenset(
        {*words, initials, f"{first[0]}{last}", f"{last}{first[0]}", f"{first}{last[0]}"}
    )

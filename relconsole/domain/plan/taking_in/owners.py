"""Who owns a step, by the names in its cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from relconsole.domain.estate.people import Person
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.plan.taking_in.names import SEPARATORS, Matched, PeopleBook, Unmatched
from relconsole.domain.plan.taking_in.problem import NOBODY, Option
from relconsole.domain.plan.taking_in.reading import Read, Unclear, read_words
from relconsole.domain.plan.taking_in.rows import Found

_NOBODY: Final = Option(answer=NOBODY, label="Nobody")
_OWNED_BY_NOBODY: Final = frozenset({NOBODY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """The owner of a step, None where nobody is, and those who help."""

    owner: PersonId | None = None
    helpers: tuple[Person, ...] = ()


def read_owners(
    found: Found, book: PeopleBook, *, step: str, needed: bool
) -> Read[Owners] | Unclear:
    """Give who owns the step of this number; the other names of an answered cell become helpers.

    An empty cell is asked about where an owner is ``needed``.
    """
    words = read_words(found.cell)
    if isinstance(words, Unclear):
        return words
    if not words.value:
        if needed and not found.is_answer:
            return Unclear(question=f"Who owns step {step}?", options=(_NOBODY,))
        return Read(value=Owners())
    if found.is_answer and words.value in _OWNED_BY_NOBODY:
        return Read(value=Owners())
    known = book.find(words.value)
    if isinstance(known, Unmatched):
        return _ask(words.value, known, book, step)
    remark = f"read as {known.person.name}, {known.how}" if known.how else ""
    return Read(
        value=Owners(
            owner=known.person.id,
            helpers=_helpers(found, book, known.person) if found.is_answer else (),
        ),
        remark="" if found.is_answer else remark,
    )


def _ask(text: str, unmatched: Unmatched, book: PeopleBook, step: str) -> Unclear:
    names = _names(text)
    if len(names) > 1:
        people = _matched(names, book)
        others = "The other becomes" if len(names) == 2 else "The others become"  # noqa: PLR2004
        ending = "a helper" if len(names) == 2 else "helpers"  # noqa: PLR2004
        count = {2: "Two", 3: "Three"}.get(len(names), str(len(names)))
        return Unclear(
            question=f"{count} names: who owns step {step}? {others} {ending}.",
            options=tuple(_option(person) for person in people),
        )
    if unmatched.is_ambiguous:
        question = f"“{text}” may be several people. Who owns step {step}?"
    else:
        question = f"Nobody known is called “{text}”. Who owns step {step}?"
    some = unmatched.candidates
    is_sure = len(some) == 1
    return Unclear(
        question=question,
        proposal=some[0].id if is_sure else "",
        options=(*(_option(person) for person in some), _NOBODY),
    )


def _names(text: str) -> list[str]:
    return [name for name in SEPARATORS.split(text) if name]


def _matched(names: list[str], book: PeopleBook) -> tuple[Person, ...]:
    """Give the people of these names, each once, those without one person left out."""
    found = (book.find(name) for name in names)
    people = {it.person.id: it.person for it in found if isinstance(it, Matched)}
    return tuple(people.values())


def _helpers(found: Found, book: PeopleBook, owner: Person) -> tuple[Person, ...]:
    """Give the others whom the cell itself names."""
    people = _matched(_names(found.value), book)
    return tuple(person for person in people if person.id != owner.id)


def _option(person: Person) -> Option:
    return Option(answer=person.id, label=person.name)

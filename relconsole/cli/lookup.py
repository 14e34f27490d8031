"""Finding what the words of a command name; what does not exist is answered with what is nearest.

Works on any mapping, so that verbs that read files only load nothing of the store.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from relconsole.domain.estate.people import Person, find_person
from relconsole.domain.kernel.errors import InputRejected, Problem
from relconsole.domain.kernel.ids import PersonId

Key = TypeVar("Key", bound=str)
Value = TypeVar("Value")

_NEAREST: Final = 3
_LONGEST_GUESS: Final = 100
_MOST_CANDIDATES: Final = 5_000


def find_named(things: Mapping[Key, Value], kind: str, name: str, where: str) -> Value:
    """Give the thing of a name; InputRejected, with the nearest names, where there is none.

    ``kind`` is the word of the trade, ``where`` the folder that was searched.
    """
    found = {str(key): value for key, value in things.items()}.get(name)
    if found is None:
        raise unknown(kind, name, things, where)
    return found


def unknown(kind: str, name: str, known: Iterable[str], where: str) -> InputRejected:
    """Give the error for a name that means nothing in a folder."""
    message = f"there is no {kind} {name[:_LONGEST_GUESS]}"
    near = nearest_names(name, known)
    if near:
        message += f"; did you mean {' or '.join(near)}?"
    problem = Problem(file=where, line=None, field=kind.upper(), message=message)
    return InputRejected((problem,))


def nearest_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Give up to three names that are most like one, the nearest first.

    A very long name, and very many, are not compared: it would take minutes.
    """
    some = [str(each) for each in known]
    if len(name) > _LONGEST_GUESS or len(some) > _MOST_CANDIDATES:
        return ()
    return tuple(difflib.get_close_matches(name, some, n=_NEAREST, cutoff=0.5))


def find_person_id(people: Mapping[PersonId, Person], name: str, where: str) -> PersonId:
    """Give the id of the person whom an id or alias means; InputRejected for a stranger."""
    found = find_person(people, name)
    if found is None:
        raise unknown("person", name, people, where)
    return found.id

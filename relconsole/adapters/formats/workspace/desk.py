"""What one reading has found so far: problems, ids that are defined, ids that are named.

References are settled at the end, because a file may name what a later file defines.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from relconsole.adapters.formats.workspace.nodes import Node, Place, shorten
from relconsole.domain.kernel.errors import Problem
from relconsole.domain.kernel.instants import Interval

_LONGEST_GUESS: Final = 100
_MOST_CANDIDATES: Final = 5_000
_MOST_GUESSES: Final = 50


class Unread(Enum):
    """What a reader gives where it has put a problem on the desk instead of a value."""

    UNREAD = "unread"


UNREAD: Final = Unread.UNREAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The window and its IANA zone in which bare wall times of a release are read and written."""

    window: Interval
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An id that is named somewhere, the kinds of thing it may be, and where those are sought."""

    kinds: tuple[str, ...]
    id: str
    at: Place
    home: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The lists that all readers of one workspace share, and the release that is being read.

    ``home`` is where ids that mean nothing outside one release are sought, empty outside releases.
    """

    problems: list[Problem] = field(default_factory=list[Problem])
    defined: dict[tuple[str, str], dict[str, Place]] = field(
        default_factory=dict[tuple[str, str], dict[str, Place]]
    )
    references: list[Reference] = field(default_factory=list[Reference])
    remarks: list[Problem] = field(default_factory=list[Problem])
    """What is no problem and yet another thing than what is written says."""
    home: str = ""
    frame: Frame | None = None

    def within(self, home: str, frame: Frame | None) -> Desk:
        """Give the desk for one release; what is put on it is put on this one."""
        return replace(self, home=home, frame=frame)

    def complain(self, at: Node | Place, message: str, field: str | None = None) -> Unread:
        """Keep a problem at a node; ``field`` is the dotted path where it is not the node's own."""
        place = at if isinstance(at, Place) else at.at
        where = place.field if field is None else field
        self.problems.append(
            Problem(file=place.file, line=place.line, field=where, message=message)
        )
        return UNREAD

    def remark(self, at: Node, message: str, field: str) -> None:
        """Keep a remark at a node, which keeps nobody from reading the workspace."""
        place = at.at
        self.remarks.append(Problem(file=place.file, line=place.line, field=field, message=message))

    def define(self, kind: str, id: str, at: Place, *, is_local: bool) -> None:  # noqa: A002 - the word of the trade
        """Keep that an id is taken; one that is taken already is a problem."""
        taken = self.defined.setdefault((kind, self.home if is_local else ""), {})
        if id in taken:
            first = taken[id]
            where = f"at {first.file}:{first.line}" if first.line else f"in {first.file}"
            self.complain(at, f"the {kind} {shorten(id)} is already defined {where}")
        else:
            taken[id] = at

    def note(self, kind: str, id: str, at: Place) -> None:  # noqa: A002 - as above
        """Keep that a local id exists because another one does; one that stands already stays."""
        self.defined.setdefault((kind, self.home), {}).setdefault(id, at)

    def knows(self, kind: str, id: str) -> bool:  # noqa: A002 - as above
        """Tell whether a local id has been read by now."""
        return id in self.defined.get((kind, self.home), {})

    def refer(self, kinds: tuple[str, ...], id: str, at: Place) -> None:  # noqa: A002 - as above
        """Keep that an id is named, to be settled when everything is read."""
        self.references.append(Reference(kinds=kinds, id=id, at=at, home=self.home))

    def settle(self) -> None:
        """Turn each reference to nothing into a problem that names the nearest known id."""
        guesses = 0
        for reference in self.references:
            known = [
                ids
                for kind in reference.kinds
                for home in {reference.home, ""}
                if (ids := self.defined.get((kind, home))) is not None
            ]
            if any(reference.id in ids for ids in known):
                continue
            candidates = [it for ids in known for it in ids] if guesses < _MOST_GUESSES else []
            guesses += 1
            nearest = nearest_to(reference.id, candidates, cutoff=0.5)
            hint = f"; did you mean {nearest}?" if nearest else ""
            self.complain(
                reference.at, f"there is no {reference.kinds[0]} {shorten(reference.id)}{hint}"
            )


def nearest_to(word: str, candidates: Iterable[str], *, cutoff: float = 0.0) -> str:
    """Give the candidate most like a word, empty where none is like it enough.

    A very long word and very many candidates are not compared: it would take minutes.
    """
    some = list(candidates)
    if len(word) > _LONGEST_GUESS or len(some) > _MOST_CANDIDATES:
        return some[0] if some and cutoff == 0.0 else ""
    found = difflib.get_close_matches(word, some, n=1, cutoff=cutoff)
    return found[0] if found else ""

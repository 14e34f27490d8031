"""The command palette: what a few letters most likely mean, best first."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from relconsole_ui.presenters.seen import Seen

MOST: Final = 12
_AT_START: Final = 100
_AT_WORD: Final = 60
_INSIDE: Final = 30
_SCATTERED: Final = 5


class EntryKind(IntEnum):
    """What an entry is; of equal matches the smaller comes first."""

    ROLLBACK = 0
    ACTION = 1
    STEP = 2
    SERVICE = 3
    PERSON = 4
    RELEASE = 5


KIND_WORDS: Final = {
    EntryKind.ROLLBACK: "Rollback",
    EntryKind.ACTION: "Action",
    EntryKind.STEP: "Step",
    EntryKind.SERVICE: "Service",
    EntryKind.PERSON: "Person",
    EntryKind.RELEASE: "Release",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something to jump to or to run; ``id`` is unique within its kind.

    ``why_not`` tells why it cannot be run now, empty where it can.
    """

    kind: EntryKind
    id: str
    text: str
    says: str = ""
    key: str = ""
    why_not: str = ""

    @property
    def sentence(self) -> str:
        """Give the entry as it is spoken."""
        parts = (f"{KIND_WORDS[self.kind]}: {self.text}", self.says, self.key, self.why_not)
        return ", ".join(part for part in parts if part)


def present_entries(seen: Seen) -> tuple[Entry, ...]:
    """Give people, services, releases, rollbacks and steps to jump to."""
    workspace = seen.state.workspace
    release = seen.release
    steps = () if seen.run is None else seen.run.runbook.steps
    own = tuple(dict.fromkeys(item.service for item in release.items))
    return (
        *(
            Entry(
                kind=EntryKind.ROLLBACK,
                id=service,
                text=f"Roll back {service}",
                says=release.title,
            )
            for service in own
        ),
        *(
            Entry(
                kind=EntryKind.STEP,
                id=step.id,
                text=f"{number}  {step.title}",
                says=" · ".join(part for part in (step.stream, seen.name(step.owner)) if part),
            )
            for number, step in enumerate(steps, 1)
        ),
        *(
            Entry(
                kind=EntryKind.SERVICE,
                id=service.id,
                text=service.name,
                says=f"{service.team}, {service.version}" if service.version else service.team,
            )
            for service in sorted(workspace.estate.services.values(), key=lambda each: each.id)
        ),
        *(
            Entry(
                kind=EntryKind.PERSON,
                id=person.id,
                text=person.name,
                says=", ".join(
                    (*([person.team] if person.team else []), *(way.value for way in person.reach))
                ),
            )
            for person in sorted(workspace.estate.people.values(), key=lambda each: each.id)
        ),
        *(
            Entry(kind=EntryKind.RELEASE, id=each.id, text=each.title, says=each.environment)
            for each in sorted(workspace.releases.values(), key=lambda each: each.id)
        ),
    )


def rank(query: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Give the entries that the letters may mean, best first, at most a dozen.

    Letters match in their order, wherever they stand; at the start of the text or of a word they
    count more. Without letters everything is given in its own order.
    """
    wanted = _folded(query).split()
    scored = [
        (score, -int(entry.kind), entry)
        for entry in entries
        if (score := _score(wanted, entry)) is not None
    ]
    scored.sort(key=lambda each: (-each[0], -each[1], len(each[2].text)))
    return tuple(entry for _, _, entry in scored[:MOST])


def _score(wanted: list[str], entry: Entry) -> int | None:
    """Give how well an entry fits, None where a word does not fit at all."""
    total = 0
    for word in wanted:
        best = max(
            (found for text in (entry.id, entry.text) if (found := _fit(word, _folded(text)))),
            default=0,
        )
        aside = _INSIDE // 2 if word in _folded(entry.says) else 0
        if not best and not aside:
            return None
        total += max(best, aside)
    return total


def _fit(word: str, text: str) -> int:
    """Give how well a word fits a text: at its start, at a word's, inside, or scattered; 0 not."""
    if text.startswith(word):
        return _AT_START
    if any(part.startswith(word) for part in text.replace("-", " ").split()):
        return _AT_WORD
    if word in text:
        return _INSIDE
    letters = iter(text)
    return _SCATTERED if all(letter in letters for letter in word) else 0


def _folded(text: str) -> str:
    """Give a text without case and accents, so that Ines finds Inês."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))

"""The keys of the window as a list to search: what can be done, and by which key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntry:
    """An action with its keys as printed; a single letter can be switched off."""

    id: str
    menu: str
    text: str
    keys: str
    says: str = ""
    is_letter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One line of the list; ``note`` tells that a letter is off."""

    key: str
    menu: str
    text: str
    keys: str
    note: str

    @property
    def sentence(self) -> str:
        """Give the line as it is spoken."""
        parts = (self.text, self.keys or "no key", self.menu, self.note)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLines:
    """The lines that were searched for; ``note`` counts them."""

    rows: tuple[KeyLine, ...]
    note: str
    empty: str


def present_key_lines(entries: Iterable[KeyEntry], text: str, *, letters: bool) -> KeyLines:
    """Give the actions whose words or keys hold every word of ``text``."""
    words = text.casefold().split()
    rows = tuple(
        KeyLine(
            key=each.id,
            menu=each.menu,
            text=each.text,
            keys=each.keys,
            note="off" if each.is_letter and not letters else "",
        )
        for each in entries
        if all(
            word in f"{each.text} {each.keys} {each.menu} {each.says}".casefold() for word in words
        )
    )
    empty = "" if rows else "No action has such words or keys."
    return KeyLines(
        rows=rows, note=f"{len(rows)} actions" if len(rows) != 1 else "1 action", empty=empty
    )

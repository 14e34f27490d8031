"""The whole vocabulary as one table: which files a workspace has, and the keys of each.

A later concept adds its keys to a record, or a document to this table; nothing else changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from relconsole.adapters.formats.workspace.calendar_keys import CALENDAR
from relconsole.adapters.formats.workspace.estate_keys import CONNECTIONS, ESTATE, POLICY
from relconsole.adapters.formats.workspace.records import Key, Record
from relconsole.adapters.formats.workspace.release_keys import RELEASE


class Spread(StrEnum):
    """How a document lies in files: in one, in one or many that are joined, or one a thing."""

    ONE_FILE = "one file"
    JOINED_FILES = "joined files"
    ONE_EACH = "one each"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One kind of file: its name or folder without ending, its keys, and whether it must exist."""

    name: str
    record: Record[Any]
    spread: Spread
    required: bool = False


DOCUMENTS: Final = (
    Document(name="estate", record=ESTATE, spread=Spread.JOINED_FILES, required=True),
    Document(name="calendar", record=CALENDAR, spread=Spread.JOINED_FILES),
    Document(name="policy", record=POLICY, spread=Spread.ONE_FILE),
    Document(name="connections", record=CONNECTIONS, spread=Spread.ONE_FILE),
    Document(name="releases", record=RELEASE, spread=Spread.ONE_EACH),
)
"""In the order in which they are read."""


def known_keys(record: Record[Any], prefix: str = "") -> tuple[str, ...]:
    """Give every key of a record with its dotted path, inner records included."""
    found: list[str] = []
    keys: tuple[Key, ...] = record.keys
    for key in keys:
        path = f"{prefix}{key.name}"
        found.append(path)
        inner: Any = key.kind
        marks = ""
        while (item := getattr(inner, "item", None)) is not None:
            inner, marks = item, f"{marks}[]"
        if isinstance(inner, Record):
            found.extend(known_keys(inner, f"{path}{marks}."))  # pyright: ignore[reportUnknownArgumentType]
    return tuple(found)

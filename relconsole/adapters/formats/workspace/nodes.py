"""The nodes of a composed file: source text, and where each piece of it stands.

Nothing here knows a key or gives a scalar a type.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a node stands: file, line and column from 1, and the dotted path of its field."""

    file: str
    line: int
    column: int
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarNode:
    """A scalar as its source text; ``is_absent`` where nothing at all was written for it."""

    at: Place
    text: str
    is_absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """A list of nodes."""

    at: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One key of a mapping with its node; ``at`` is where the key stands."""

    key: str
    at: Place
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingNode:
    """Keys with their nodes, each key once, in the order of the file."""

    at: Place
    entries: tuple[Entry, ...]

    def find(self, key: str) -> Node | None:
        """Give the node of a key, None where it is not written."""
        return next((entry.node for entry in self.entries if entry.key == key), None)


Node = ScalarNode | ListNode | MappingNode


def items_of(node: Node | None) -> Iterator[Node]:
    """Give the items of a list, none where the node is no list."""
    if isinstance(node, ListNode):
        yield from node.items


def text_at(node: Node | None, key: str) -> str:
    """Give the text under a key of a mapping, empty where there is none."""
    found = node.find(key) if isinstance(node, MappingNode) else None
    return found.text if isinstance(found, ScalarNode) else ""


def shorten(text: str, limit: int = 80) -> str:
    """Give a text on one line and no longer than the limit, for a message."""
    seen = text if text.isprintable() else repr(text)[1:-1]
    return seen if len(seen) <= limit else f"{seen[: limit - 1]}…"


def path_to(mapping: Place, key: str) -> str:
    """Give the dotted path of a key within a mapping."""
    name = shorten(key, 60)
    return f"{mapping.field}.{name}" if mapping.field else name

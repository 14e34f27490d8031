"""Kinds of value: each reads a node into a value and writes the value back as the same words.

A kind is used both ways, so that what is exported is what would be imported. A kind knows no key;
those are in the tables.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar

from relconsole.adapters.formats.workspace.desk import UNREAD, Desk, Frame, Unread, nearest_to
from relconsole.adapters.formats.workspace.nodes import (
    ListNode,
    MappingNode,
    Node,
    ScalarNode,
    shorten,
)
from relconsole.adapters.formats.workspace.written import Written, bare, word
from relconsole.domain.kernel.durations import format_duration, parse_duration
from relconsole.domain.kernel.json import Json

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)

LONGEST_ID: Final = 200
LONGEST_DURATION: Final = timedelta(days=3_660)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_NUMBER: Final = re.compile(
    r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,3})?"
)
_TRUTH: Final = {"yes": True, "true": True, "no": False, "false": False}


class Kind(Protocol[Value]):
    """What a key may hold."""

    def read(self, node: Node, desk: Desk) -> Value | Unread:
        """Give the value, or put the problem on the desk."""
        ...

    def write(self, value: Value, frame: Frame | None) -> Written:
        """Give the words from which the same value is read."""
        ...


def read_text(node: Node, desk: Desk) -> str | Unread:
    """Give the text of a scalar, which may be empty; control characters are a problem."""
    if not isinstance(node, ScalarNode):
        return desk.complain(node, "one value belongs here, not a list or a mapping")
    if _CONTROLS.search(node.text):
        return desk.complain(node, "a control character in the text")
    return node.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Text as it stands."""

    may_be_empty: bool = False

    def read(self, node: Node, desk: Desk) -> str | Unread:
        """Give the text; only white space is a problem unless it may be empty."""
        text = read_text(node, desk)
        if isinstance(text, str) and not self.may_be_empty and not text.strip():
            return desk.complain(node, "must not be empty")
        return text

    def write(self, value: str, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the text."""
        return word(value)


def read_id(node: Node, desk: Desk, what: str) -> str | Unread:
    """Give an id: visible characters, no white space around it, at most 200 of them."""
    text = read_text(node, desk)
    if not isinstance(text, str):
        return text
    if not text or text != text.strip() or not text.isprintable() or len(text) > LONGEST_ID:
        return desk.complain(
            node, f"the id of a {what} is 1 to {LONGEST_ID} visible characters: {shorten(text)!r}"
        )
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """The id of the thing that is being read; a second thing of this id is a problem.

    A local id means nothing outside its release.
    """

    kind: str
    is_local: bool = False

    def read(self, node: Node, desk: Desk) -> str | Unread:
        """Give the id and keep it as taken."""
        text = read_id(node, desk, self.kind)
        if isinstance(text, str):
            desk.define(self.kind, text, node.at, is_local=self.is_local)
        return text

    def write(self, value: str, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the id."""
        return word(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The id of another thing, which must be known once everything is read."""

    kinds: tuple[str, ...]

    def read(self, node: Node, desk: Desk) -> str | Unread:
        """Give the id and keep it as named."""
        text = read_id(node, desk, self.kinds[0])
        if isinstance(text, str):
            desk.refer(self.kinds, text, node.at)
        return text

    def write(self, value: str, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the id."""
        return word(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf(Generic[Choice]):
    """One word of a closed list."""

    choices: type[Choice]

    def read(self, node: Node, desk: Desk) -> Choice | Unread:
        """Give the member of this word; the problem names every word and the nearest."""
        text = read_text(node, desk)
        if not isinstance(text, str):
            return text
        try:
            return self.choices(text)
        except ValueError:
            words = [str(choice) for choice in self.choices]
            return desk.complain(
                node,
                f"{shorten(text)!r} is none of {', '.join(words)}; "
                f"the nearest is {nearest_to(text, words)}",
            )

    def write(self, value: Choice, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the word."""
        return word(str(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """``yes`` or ``no``."""

    def read(self, node: Node, desk: Desk) -> bool | Unread:
        """Give the truth value; ``true`` and ``false`` are read too."""
        text = read_text(node, desk)
        if not isinstance(text, str):
            return text
        if text not in _TRUTH:
            return desk.complain(node, f"{shorten(text)!r} is neither yes nor no")
        return _TRUTH[text]

    def write(self, value: bool, frame: Frame | None) -> Written:  # noqa: ARG002, FBT001 - the port's face
        """Give the word."""
        return bare("yes" if value else "no")


@dataclass(frozen=True, slots=True)
class Never:
    """A key that has no place here, whatever it holds; ``says`` why."""

    says: str

    def read(self, node: Node, desk: Desk) -> Unread:
        """Put the problem on the desk."""
        return desk.complain(node, self.says)

    def write(self, value: Never, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give nothing: there is no such value."""
        return word("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number from ``least`` up to nine digits."""

    least: int = 0

    def read(self, node: Node, desk: Desk) -> int | Unread:
        """Give the number."""
        text = read_text(node, desk)
        if not isinstance(text, str):
            return text
        if not _WHOLE.fullmatch(text) or int(text) < self.least:
            return desk.complain(node, f"{shorten(text)!r} is no whole number from {self.least} up")
        return int(text)

    def write(self, value: int, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the digits."""
        return bare(str(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A finite decimal number, at least ``least``."""

    least: float = -math.inf

    def read(self, node: Node, desk: Desk) -> float | Unread:
        """Give the number."""
        text = read_text(node, desk)
        if not isinstance(text, str):
            return text
        value = float(text) if _NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(value):
            return desk.complain(node, f"{shorten(text)!r} is no number such as 0.8")
        if value < self.least:
            return desk.complain(node, f"{shorten(text)} is less than {self.least:g}")
        return value

    def write(self, value: float, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the shortest digits that read back as the same number."""
        return bare(repr(value).removesuffix(".0"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A duration such as ``90s``, ``8m`` or ``1h30m``, at most ten years."""

    may_be_zero: bool = True

    def read(self, node: Node, desk: Desk) -> timedelta | Unread:
        """Give the duration."""
        text = read_text(node, desk)
        if not isinstance(text, str):
            return text
        try:
            value = parse_duration(text)
        except ValueError:
            return desk.complain(node, f"{shorten(text)!r} is no duration such as 90s, 8m or 1h30m")
        if value > LONGEST_DURATION:
            return desk.complain(node, f"{shorten(text)} is longer than {LONGEST_DURATION.days} d")
        if not value and not self.may_be_zero:
            return desk.complain(node, "must be longer than nothing")
        return value

    def write(self, value: timedelta, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the shortest text that reads back as the same duration."""
        return word(format_duration(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf(Generic[Value]):
    """A list of one kind."""

    item: Kind[Value]
    at_least_one: str = ""
    """The problem with an empty list, empty text where it may be empty."""

    def read(self, node: Node, desk: Desk) -> tuple[Value, ...] | Unread:
        """Give the items, or nothing where one of them could not be read."""
        if isinstance(node, ScalarNode) and node.is_absent:
            node = ListNode(at=node.at, items=())
        if not isinstance(node, ListNode):
            return desk.complain(node, "a list belongs here")
        if self.at_least_one and not node.items:
            return desk.complain(node, self.at_least_one)
        read = [self.item.read(item, desk) for item in node.items]
        found = tuple(item for item in read if not isinstance(item, Unread))
        return found if len(found) == len(read) else UNREAD

    def write(self, value: tuple[Value, ...], frame: Frame | None) -> Written:
        """Give the items in their order."""
        return [self.item.write(item, frame) for item in value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A mapping from words of the team to texts."""

    def read(self, node: Node, desk: Desk) -> Mapping[str, str] | Unread:
        """Give the texts by word, in the order of the file."""
        if isinstance(node, ScalarNode) and node.is_absent:
            return {}
        if not isinstance(node, MappingNode):
            return desk.complain(node, "a mapping belongs here")
        found: dict[str, str] = {}
        for entry in node.entries:
            key = read_text(ScalarNode(at=entry.at, text=entry.key), desk)
            text = read_text(entry.node, desk)
            if isinstance(key, str) and isinstance(text, str):
                found[key] = text
        return found if len(found) == len(node.entries) else UNREAD

    def write(self, value: Mapping[str, str], frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the texts, sorted by word: their order means nothing."""
        return {key: word(value[key]) for key in sorted(value)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of a plugin: mappings, lists and texts, never anything else.

    Every scalar stays text, ``9090`` and ``no`` as well; the plugin's own schema types it.
    """

    def read(self, node: Node, desk: Desk) -> Mapping[str, Json] | Unread:
        """Give the settings as JSON whose only scalars are texts."""
        if isinstance(node, ScalarNode) and node.is_absent:
            return {}
        if not isinstance(node, MappingNode):
            return desk.complain(node, "a mapping belongs here")
        before = len(desk.problems)
        found = {entry.key: _read_json(entry.node, desk) for entry in node.entries}
        return found if len(desk.problems) == before else UNREAD

    def write(self, value: Mapping[str, Json], frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the settings, keys sorted."""
        return {key: _write_json(value[key]) for key in sorted(value)}


def _read_json(node: Node, desk: Desk) -> Json:
    """Give a node as JSON; it is no deeper than any file may be."""
    match node:
        case ScalarNode():
            text = read_text(node, desk)
            return text if isinstance(text, str) else ""
        case ListNode():
            return [_read_json(item, desk) for item in node.items]
        case MappingNode():
            return {entry.key: _read_json(entry.node, desk) for entry in node.entries}


def _write_json(value: Json) -> Written:
    """Give the words of a JSON value whose scalars are texts."""
    match value:
        case Mapping():
            return {key: _write_json(value[key]) for key in sorted(value)}
        case str():
            return word(value)
        case list() | tuple():
            return [_write_json(item) for item in value]
        case _:
            return word(json.dumps(value))  # did not come from a file

"""Records: mappings with known keys, declared once and used for reading and for writing.

The layer knows no key of its own. A record collects every problem that it finds; it gives a value
only where all of its keys could be read.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

from relconsole.adapters.formats.workspace.desk import UNREAD, Desk, Frame, Unread, nearest_to
from relconsole.adapters.formats.workspace.kinds import Kind
from relconsole.adapters.formats.workspace.nodes import (
    MappingNode,
    Node,
    ScalarNode,
    path_to,
    shorten,
)
from relconsole.adapters.formats.workspace.written import Written

Made = TypeVar("Made")
Made_co = TypeVar("Made_co", covariant=True)
Values: TypeAlias = dict[str, Any]
"""What the keys of one mapping gave, by field; a key that was not written is not in it."""

_NOTHING: Final = object()


class Makes(Protocol[Made_co]):
    """What turns the fields of a mapping into a value."""

    def __call__(self, values: Values, node: MappingNode, desk: Desk, /) -> Made_co | Unread:
        """Give the value, or put the problem on the desk."""
        ...


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record; ``into`` is the field that it fills, the key's own name by default.

    A stated key is written even where its value is what reading would assume.
    """

    name: str
    kind: Kind[Any]
    required: bool = False
    into: str = ""
    stated: bool = False

    @property
    def field(self) -> str:
        """Give the field that the key fills."""
        return self.into or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Generic[Made]):
    """A mapping with known keys.

    ``makes`` is asked only when every key could be read. ``parts`` takes a value apart into its
    fields; a part that is None or equals its field's default is not written.
    """

    what: str
    keys: tuple[Key, ...]
    makes: Makes[Made]
    parts: Callable[[Made], Mapping[str, Any]] | None = None
    opens: Callable[[MappingNode, Desk], Desk] | None = None
    """Gives the desk on which the keys are read, where it differs from the one around."""
    frames: Callable[[Made], Frame] | None = None
    """Gives the frame in which the keys are written, where it differs from the one around."""

    def read(self, node: Node, desk: Desk) -> Made | Unread:
        """Give the value; unknown, missing and unreadable keys are problems, all of them."""
        if isinstance(node, ScalarNode) and node.is_absent:
            node = MappingNode(at=node.at, entries=())
        if not isinstance(node, MappingNode):
            return desk.complain(node, f"{self._named} is a mapping of keys")
        if self.opens is not None:
            desk = self.opens(node, desk)
        self._refuse_unknown(node, desk)
        values: Values = {}
        is_whole = True
        for key in self.keys:
            found = node.find(key.name)
            if found is None:
                if key.required:
                    is_whole = False
                    path = path_to(node.at, key.name)
                    desk.complain(node, f"{self._named} needs {key.name}", path)
                continue
            value = key.kind.read(found, desk)
            if isinstance(value, Unread):
                is_whole = False
            else:
                values[key.field] = value
        return self.makes(values, node, desk) if is_whole else UNREAD

    @property
    def _named(self) -> str:
        return f"{'an' if self.what[0] in 'aeiou' else 'a'} {self.what}"

    def _refuse_unknown(self, node: MappingNode, desk: Desk) -> None:
        known = [key.name for key in self.keys]
        for entry in node.entries:
            if entry.key not in known:
                desk.complain(
                    entry.at,
                    f"unknown key {shorten(entry.key)!r}; "
                    f"the nearest known key is {nearest_to(entry.key, known)}",
                )

    def write(self, value: Made, frame: Frame | None) -> Written:
        """Give the keys whose parts say something that reading would not assume."""
        if self.frames is not None:
            frame = self.frames(value)
        parts = attributes_of(value) if self.parts is None else self.parts(value)
        assumed = _defaults_of(type(value))  # type: ignore[arg-type]  # a type is hashable
        if "id" in parts:
            assumed = {"name": parts["id"], "title": parts["id"], **assumed}
        written: dict[str, Written] = {}
        for key in self.keys:
            part = parts.get(key.field)
            says_nothing = part is None or (isinstance(part, Mapping) and not part)
            is_assumed = not key.stated and part == assumed.get(key.field, _NOTHING)
            if key.required or not (says_nothing or is_assumed):
                written[key.name] = key.kind.write(part, frame)
        return written


def complain_of_key(node: MappingNode, key: str, message: str, desk: Desk) -> Unread:
    """Keep a problem with one key of a mapping, at the key's place where it is written."""
    found = node.find(key)
    return desk.complain(found or node, message, path_to(node.at, key))


def attributes_of(value: Any) -> dict[str, Any]:
    """Give the fields of a dataclass by name."""
    return {it.name: getattr(value, it.name) for it in dataclasses.fields(value)}


@functools.cache
def _defaults_of(made: Hashable) -> Mapping[str, Any]:
    """Give what the fields of a dataclass are when nothing is said."""
    found: dict[str, Any] = {}
    for it in dataclasses.fields(made) if dataclasses.is_dataclass(made) else ():
        if it.default is not dataclasses.MISSING:
            found[it.name] = it.default
        elif it.default_factory is not dataclasses.MISSING:
            found[it.name] = it.default_factory()
    return found


def plainly(made: Callable[..., Made], *named: str) -> Makes[Made]:
    """Give what fills a dataclass by field; each field of ``named`` is the id unless written."""

    def make(values: Values, node: MappingNode, desk: Desk) -> Made:  # noqa: ARG001 - the port's face
        for name in named:
            values.setdefault(name, values["id"])
        return made(**values)

    return make

"""What the JSON form of a type holds that a plain JSON reader would let pass.

A shape turns texts into instants and seconds into durations where the type says so, and refuses
unknown fields; everything else is left to msgspec. It is made once a type.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import (
    Annotated,
    Final,
    NewType,
    Protocol,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.instants import parse_written_instant
from relconsole.domain.kernel.json import Json
from relconsole.domain.kernel.zones import WALL_MARK


class Shape(Protocol):
    """Something that prepares a JSON value for one type."""

    def read(self, value: Json, field: str) -> object:
        """Give the value prepared; ValueError, naming the field, where the type forbids it."""
        ...


class _Plain:
    """A value in which nothing needs preparing."""

    def read(self, value: Json, field: str) -> object:  # noqa: ARG002 - the port's face
        """Give it as it is."""
        return value


class _Instant:
    """Text that names an instant, spelt as we write it."""

    def read(self, value: Json, field: str) -> object:
        """Give the instant in UTC."""
        if not isinstance(value, str):
            return value
        try:
            return parse_written_instant(value)
        except ValueError as wrong:
            raise ValueError(f"{field}: {wrong}") from wrong


class _WallTime:
    """Text that names a local time without a zone, spelt as we write it."""

    def read(self, value: Json, field: str) -> object:
        """Give the naive time."""
        if not isinstance(value, str):
            return value
        try:
            wall = datetime.fromisoformat(value)
        except ValueError as wrong:
            raise ValueError(f"{field}: {wrong}") from wrong
        if wall.tzinfo is not None or wall.isoformat() != value:
            raise ValueError(f"{field}: {value} is no local time as it is written here")
        return wall


class _Duration:
    """A number of seconds."""

    def read(self, value: Json, field: str) -> object:
        """Give the duration."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        try:
            return timedelta(seconds=value)
        except (OverflowError, ValueError) as wrong:
            raise ValueError(f"{field}: {value} is no number of seconds") from wrong


@dataclasses.dataclass(frozen=True, slots=True)
class _Each:
    """A list whose items have a shape."""

    item: Shape

    def read(self, value: Json, field: str) -> object:
        """Give the list of prepared items."""
        if isinstance(value, str) or not isinstance(value, Sequence):
            return value
        return [self.item.read(item, f"{field}[{at}]") for at, item in enumerate(value)]


@dataclasses.dataclass(frozen=True, slots=True)
class _Fixed:
    """A list of fixed length, each place with a shape of its own."""

    items: tuple[Shape, ...]

    def read(self, value: Json, field: str) -> object:
        """Give the list of prepared items; a wrong length is left for msgspec to name."""
        if isinstance(value, str) or not isinstance(value, Sequence):
            return value
        if len(value) != len(self.items):
            raise ValueError(f"{field}: {len(value)} items where {len(self.items)} belong")
        pairs = zip(self.items, value, strict=True)
        return [shape.read(item, f"{field}[{at}]") for at, (shape, item) in enumerate(pairs)]


@dataclasses.dataclass(frozen=True, slots=True)
class _Values:
    """An object with free keys, whose values have a shape."""

    item: Shape

    def read(self, value: Json, field: str) -> object:
        """Give the object with prepared values."""
        if not isinstance(value, Mapping):
            return value
        return {key: self.item.read(item, f"{field}.{key}") for key, item in value.items()}


@dataclasses.dataclass(frozen=True, slots=True)
class _Fields:
    """An object with named fields."""

    known: frozenset[str]
    shaped: tuple[tuple[str, Shape], ...]

    def read(self, value: Json, field: str) -> object:
        """Give the object with prepared fields; ValueError for a field that the type lacks."""
        if not isinstance(value, Mapping):
            return value
        if not value.keys() <= self.known:
            unknown = ", ".join(sorted(value.keys() - self.known))
            raise ValueError(f"{field or 'body'}: no such field: {unknown}")
        if not self.shaped:
            return value
        prepared: dict[str, object] = dict(value)
        for name, shape in self.shaped:
            if name in prepared:
                prepared[name] = shape.read(value[name], f"{field}.{name}" if field else name)
        return prepared


@dataclasses.dataclass(frozen=True, slots=True)
class _OneOf:
    """A value of several types, at most one of which reads each kind of JSON value."""

    members: tuple[Shape, ...]

    def read(self, value: Json, field: str) -> object:
        """Give the value as the first member that changes it prepares it."""
        for member in self.members:
            prepared = member.read(value, field)
            if prepared is not value:
                return prepared
        return value


_PLAIN: Final = _Plain()


def shape_of(found: object, within: tuple[object, ...] = ()) -> Shape:
    """Give the shape of a type; Bug where its JSON form could not be told from another's.

    ``within`` are the types that hold it: one that holds itself is refused.
    """
    if isinstance(found, NewType):
        return shape_of(cast("object", found.__supertype__), within)
    if found is datetime:
        return _Instant()
    if found is timedelta:
        return _Duration()
    if get_origin(found) is Annotated:
        held, *marks = get_args(found)
        return _WallTime() if WALL_MARK in marks else shape_of(held, within)
    if isinstance(found, type) and dataclasses.is_dataclass(found):
        return _fields(found, within)
    origin, arguments = get_origin(found), get_args(found)
    if origin in (Union, types.UnionType):
        return _one_of(arguments, within)
    if origin is tuple and arguments[-1:] != (Ellipsis,):
        shapes = tuple(shape_of(item, within) for item in arguments)
        return _PLAIN if all(shape is _PLAIN for shape in shapes) else _Fixed(shapes)
    if origin in (tuple, list, frozenset, Sequence):
        item = shape_of(arguments[0], within)
        return _PLAIN if item is _PLAIN else _Each(item)
    if origin in (dict, Mapping):
        item = shape_of(arguments[1], within)
        return _PLAIN if item is _PLAIN else _Values(item)
    return _PLAIN


def _fields(found: type, within: tuple[object, ...]) -> Shape:
    """Give the shape of a dataclass."""
    if found in within:
        raise Bug(f"{found.__name__} holds itself, which no fact may")
    hints = cast("dict[str, object]", get_type_hints(found, include_extras=True))
    names = [field.name for field in dataclasses.fields(found)]
    shapes = [(name, shape_of(hints[name], (*within, found))) for name in names]
    shaped = tuple((name, shape) for name, shape in shapes if shape is not _PLAIN)
    return _Fields(known=frozenset(names), shaped=shaped)


def _one_of(arguments: tuple[object, ...], within: tuple[object, ...]) -> Shape:
    """Give the shape of a union; msgspec refuses all that is ambiguous but durations."""
    if timedelta in arguments and (int in arguments or float in arguments):
        raise Bug(f"one of {arguments}: a duration is written as a number, and so is the other")
    shapes = tuple(shape_of(item, within) for item in arguments)
    shaped = tuple(shape for shape in shapes if shape is not _PLAIN)
    return _OneOf(shaped) if shaped else _PLAIN

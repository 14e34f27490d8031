"""What the JSON form of a type holds that a plain JSON reader would let pass.

A shape turns texts into instants and seconds into durations where the type says so, and refuses
unknown fields; everything else is left to msgspec. It is made once a type.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import repeat
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


class Unfit(ValueError):
    """A value that its type forbids; where it stands is told on the way out, from the inside."""

    def __init__(self, says: str, *, field: str = "") -> None:
        """Keep what is wrong, and the field, empty for the value itself."""
        super().__init__(f"{field or 'body'}: {says}")
        self._says: Final = says
        self._field: Final = field

    def within(self, place: str) -> Unfit:
        """Give the same, told from outside: ``place`` is a field's name or ``[index]``."""
        dot = "." if self._field and not self._field.startswith("[") else ""
        return Unfit(self._says, field=f"{place}{dot}{self._field}")


class Shape(Protocol):
    """Something that prepares a JSON value for one type."""

    def read(self, value: Json) -> object:
        """Give the value prepared; Unfit where the type forbids it."""
        ...


class _Plain:
    """A value in which nothing needs preparing."""

    def read(self, value: Json) -> object:
        """Give it as it is."""
        return value


class _Instant:
    """Text that names an instant, spelt as we write it."""

    def read(self, value: Json) -> object:
        """Give the instant in UTC."""
        if not isinstance(value, str):
            return value
        try:
            return parse_written_instant(value)
        except ValueError as wrong:
            raise Unfit(str(wrong)) from wrong


class _WallTime:
    """Text that names a local time without a zone, spelt as we write it."""

    def read(self, value: Json) -> object:
        """Give the naive time."""
        if not isinstance(value, str):
            return value
        try:
            wall = datetime.fromisoformat(value)
        except ValueError as wrong:
            raise Unfit(str(wrong)) from wrong
        if wall.tzinfo is not None or wall.isoformat() != value:
            raise Unfit(f"{value} is no local time as it is written here")
        return wall


class _Duration:
    """A number of seconds."""

    def read(self, value: Json) -> object:
        """Give the duration."""
        if not isinstance(value, _NUMBERS) or isinstance(value, bool):
            return value
        try:
            return timedelta(seconds=value)
        except (OverflowError, ValueError) as wrong:
            raise Unfit(f"{value} is no number of seconds") from wrong


@dataclasses.dataclass(frozen=True, slots=True)
class _Each:
    """A list whose items have a shape."""

    item: Shape

    def read(self, value: Json) -> object:
        """Give the list of prepared items."""
        if not isinstance(value, _LISTS):
            return value
        return _items(repeat(self.item), value)


@dataclasses.dataclass(frozen=True, slots=True)
class _Fixed:
    """A list of fixed length, each place with a shape of its own."""

    items: tuple[Shape, ...]

    def read(self, value: Json) -> object:
        """Give the list of prepared items; Unfit for another length."""
        if not isinstance(value, _LISTS):
            return value
        if len(value) != len(self.items):
            raise Unfit(f"{len(value)} items where {len(self.items)} belong")
        return _items(self.items, value)


def _items(shapes: Iterable[Shape], values: Sequence[Json]) -> list[object]:
    """Give each value prepared by its shape."""
    prepared: list[object] = []
    try:
        for shape, item in zip(shapes, values, strict=False):
            prepared.append(shape.read(item))
    except Unfit as wrong:
        raise wrong.within(f"[{len(prepared)}]") from wrong
    return prepared


@dataclasses.dataclass(frozen=True, slots=True)
class _Values:
    """An object with free keys, whose values have a shape."""

    item: Shape

    def read(self, value: Json) -> object:
        """Give the object with prepared values."""
        if not isinstance(value, _MAPPINGS):
            return value
        return _named(tuple((key, self.item) for key in value), value)


@dataclasses.dataclass(frozen=True, slots=True)
class _Fields:
    """An object with named fields."""

    known: frozenset[str]
    shaped: tuple[tuple[str, Shape], ...]

    def read(self, value: Json) -> object:
        """Give the object with prepared fields; Unfit for a field that the type lacks."""
        if not isinstance(value, _MAPPINGS):
            return value
        if not value.keys() <= self.known:
            raise Unfit(f"no such field: {', '.join(sorted(value.keys() - self.known))}")
        return _named(self.shaped, value)


def _named(shaped: tuple[tuple[str, Shape], ...], values: Mapping[str, Json]) -> object:
    """Give the values with each of these prepared, the same object where none is changed by it."""
    prepared: dict[str, object] | None = None
    name = ""
    try:
        for name, shape in shaped:
            item = values.get(name)
            # Nothing and an empty list are as they are, and most fields hold one of the two.
            if item is None or item == []:
                continue
            read = shape.read(item)
            if read is not item:
                prepared = dict(values) if prepared is None else prepared
                prepared[name] = read
    except Unfit as wrong:
        raise wrong.within(name) from wrong
    return values if prepared is None else prepared


@dataclasses.dataclass(frozen=True, slots=True)
class _OneOf:
    """A value of several types, at most one of which reads each kind of JSON value."""

    members: tuple[Shape, ...]

    def read(self, value: Json) -> object:
        """Give the value as the first member that changes it prepares it."""
        for member in self.members:
            prepared = member.read(value)
            if prepared is not value:
                return prepared
        return value


# Made once: a union written in place is made anew each time, and there are millions of values.
_LISTS: Final = (list, tuple)
_MAPPINGS: Final = (dict, Mapping)
_NUMBERS: Final = (int, float)
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

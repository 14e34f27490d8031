"""Facts to and from their JSON form, strict both ways.

A fact is a frozen dataclass with ``KIND: ClassVar[str]`` and, once its form has changed,
``VERSION: ClassVar[int]`` above 1 with an upcaster from each older version to the next.

Instants are RFC 3339 with ``Z``, durations are seconds. Dataclasses cannot be told apart in JSON,
so a union of two is refused when the codec is made, like other ambiguous unions; facts avoid it
by a kind and optional fields, or by being two facts. The modules that define facts import the
types of their fields at run time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar, cast

import msgspec

from relconsole.domain.kernel.errors import Bug, InputRejected, Problem
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.domain.record.shape import Shape, shape_of

Fact = TypeVar("Fact")
Upcaster = Callable[[JsonObject], JsonObject]
_TIMED: Final = (datetime, timedelta)
_LONGEST: Final = timedelta(days=90_000)
"""Up to here, a double of seconds is exact to the microsecond."""


@dataclass(frozen=True, slots=True)
class _Form(Generic[Fact]):
    """How the facts of one kind are written."""

    type: type[Fact]
    version: int
    shape: Shape


class Codec(Generic[Fact]):
    """The facts that a journal may hold, by kind."""

    def __init__(
        self,
        registry: Mapping[str, type[Fact]],
        upcasters: Mapping[tuple[str, int], Upcaster] | None = None,
    ) -> None:
        """Take the types by kind, and per kind and old version what lifts a body to the next.

        Bug where a type calls itself otherwise, cannot be told apart in JSON, or lacks an upcaster.
        """
        self._upcasters: Final = dict(upcasters or {})
        self._forms: Final = {kind: _form(kind, found) for kind, found in registry.items()}
        for kind, form in self._forms.items():
            lacking = [old for old in range(1, form.version) if (kind, old) not in self._upcasters]
            if lacking:
                raise Bug(f"no upcaster for {kind} from versions {lacking}")

    def encode(self, fact: Fact) -> tuple[str, int, JsonObject]:
        """Give kind, version and body; Bug for a fact of no registered kind.

        ValueError for a number or a duration that JSON would not give back unchanged.
        """
        kind: str = getattr(fact, "KIND", "")
        form = self._forms.get(kind)
        if form is None or form.type is not type(fact):
            raise Bug(f"{type(fact).__name__} is no registered fact")
        built: object = msgspec.to_builtins(
            fact, builtin_types=_TIMED, order="deterministic", enc_hook=_plain_map
        )
        return kind, form.version, cast("JsonObject", _written(built))

    def decode(self, kind: str, version: int, body: JsonObject) -> Fact:
        """Give the fact; InputRejected for an unknown kind, version or field, or a wrong value."""
        form = self._forms.get(kind)
        if form is None:
            raise _rejected(kind, "", "no such kind of fact")
        lifted = body if version == form.version else self._lifted(kind, version, body)
        try:
            return msgspec.convert(form.shape.read(lifted), form.type, builtin_types=_TIMED)
        except (msgspec.ValidationError, ValueError, TypeError) as wrong:
            raise _rejected(kind, "", str(wrong)) from wrong

    def _lifted(self, kind: str, version: int, body: JsonObject) -> JsonObject:
        """Give the body in the present form; InputRejected for a version that is none."""
        newest = self._forms[kind].version
        if not 1 <= version < newest:
            raise _rejected(kind, "", f"version {version} is newer than {newest}, or none")
        for old in range(version, newest):
            body = self._upcasters[kind, old](body)
        return body


def _form(kind: str, found: type[Fact]) -> _Form[Fact]:
    """Give how a type is written, after checking that it can be."""
    if getattr(found, "KIND", None) != kind:
        raise Bug(f"{found.__name__} is registered as {kind}, but does not call itself so")
    try:
        msgspec.json.Decoder(found)
    except TypeError as ambiguous:
        raise Bug(f"{kind} cannot be told apart in JSON: {ambiguous}") from ambiguous
    return _Form(type=found, version=getattr(found, "VERSION", 1), shape=shape_of(found))


def _plain_map(value: object) -> object:
    """Give a mapping that the encoder does not know, such as a persistent one, as a plain one."""
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    raise Bug(f"{type(value).__name__} has no place in a fact")


def _written(value: object) -> Json:
    """Give built-in values with instants as text and durations as seconds."""
    match value:
        case dict():
            items = cast("dict[str, object]", value).items()
            return {key: _written(item) for key, item in items}
        case list() | tuple():
            return [_written(item) for item in cast("Sequence[object]", value)]
        case datetime() if value.tzinfo is None:
            return value.isoformat()
        case datetime():
            return format_instant(value)
        case timedelta():
            if abs(value) > _LONGEST:
                raise ValueError(f"{value} is too long to be kept to the microsecond")
            return value.total_seconds()
        case float() if not math.isfinite(value):
            raise ValueError(f"{value} is no number for a record")
        case _:
            return cast("Json", value)


def _rejected(kind: str, field: str, message: str) -> InputRejected:
    """Give the error for a body that is no fact of this kind."""
    return InputRejected((Problem(file=f"fact {kind}", line=None, field=field, message=message),))

"""The JSON value type, and strict ways to take one apart.

Kept here so that no module passes ``dict[str, object]`` around.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

JsonScalar: TypeAlias = str | int | float | bool | None
Json: TypeAlias = JsonScalar | Sequence["Json"] | Mapping[str, "Json"]
JsonObject: TypeAlias = Mapping[str, Json]


def as_object(value: Json) -> JsonObject:
    """Give the value as an object, an empty one where it is none."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Json) -> Sequence[Json]:
    """Give the value as a list, an empty one where it is none."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def as_text(value: Json) -> str:
    """Give the value where it is text, else empty text."""
    return value if isinstance(value, str) else ""

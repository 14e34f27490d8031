"""The frozen values of a night as plain JSON, for the command line, for files and for digests.

One rule for all of them, so that a value and its JSON cannot drift apart. Nothing reads back here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import Json
from relconsole.domain.kernel.refusal import Reason


def to_json(value: object) -> Json:
    """Give the JSON of a frozen value, its fields being the keys; Bug for a type that has none.

    Instants are RFC 3339 with ``Z``, durations are seconds, mappings keep their order, and a reason
    is its sentence with what would lift it.
    """
    match value:
        case StrEnum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return format_instant(value)
        case timedelta():
            return value.total_seconds()
        case Reason():
            return str(value)
        case tuple():
            return [to_json(item) for item in cast("Sequence[object]", value)]
        case Mapping():
            pairs = cast("Mapping[object, object]", value)
            return {str(key): to_json(item) for key, item in pairs.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
        case _:
            raise Bug(f"{type(value).__name__} has no place in an answer")


def floats_as_text(value: Json) -> Json:
    """Give the same JSON with every number that is not whole by nature written as text.

    Tools write floating-point numbers differently; what two people bind themselves to holds none.
    """
    match value:
        case float():
            return repr(value)
        case None | bool() | int() | str():
            return value
        case Mapping():
            return {key: floats_as_text(item) for key, item in value.items()}
        case _:
            return [floats_as_text(item) for item in value]

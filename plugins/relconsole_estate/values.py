"""JSON values and how to read them by type. No meaning of any document lives here."""

import json
from collections.abc import Mapping
from typing import TypeAlias, cast

from relconsole_estate.errors import MalformedError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def parse_object(text: str | bytes, what: str) -> dict[str, Json]:
    """The JSON object in `text`; `what` names it in the error."""
    try:
        value = cast("Json", json.loads(text))
    except ValueError as error:
        raise MalformedError(f"{what} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise MalformedError(f"{what} is not a JSON object")
    return value


def text_of(value: Mapping[str, Json], key: str) -> str:
    """The text under `key`; another type or none is an error."""
    found = value.get(key)
    if not isinstance(found, str):
        raise MalformedError(f"{key!r} is not a text: {found!r}")
    return found


def whole_of(value: Mapping[str, Json], key: str) -> int:
    """The whole number under `key`; another type or none is an error."""
    found = value.get(key)
    if not isinstance(found, int) or isinstance(found, bool):
        raise MalformedError(f"{key!r} is not a whole number: {found!r}")
    return found


def object_of(value: Mapping[str, Json], key: str) -> dict[str, Json]:
    """The object under `key`; none is an empty one."""
    found = value.get(key, {})
    if not isinstance(found, dict):
        raise MalformedError(f"{key!r} is not an object")
    return found


def list_of(value: Mapping[str, Json], key: str) -> list[Json]:
    """The list under `key`; none is an empty one."""
    found = value.get(key, [])
    if not isinstance(found, list):
        raise MalformedError(f"{key!r} is not a list")
    return found

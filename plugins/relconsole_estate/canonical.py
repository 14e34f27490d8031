"""The canonical bytes of a JSON object, of which digests and signatures are made.

Source: RFC 8785, for objects of texts, whole numbers, truth values, nothing, lists and objects.
Numbers with a fraction are refused, so their spelling never matters.
"""

import json
from typing import cast

from relconsole_estate.errors import MalformedError
from relconsole_estate.values import Json

_LARGEST = (1 << 53) - 1


def canonical_bytes(value: Json) -> bytes:
    """The one spelling of the value; `MalformedError` for what has none here."""
    try:
        return _written(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedError("a text holds half a surrogate pair") from error


def _written(value: Json) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            if abs(value) > _LARGEST:
                raise MalformedError(f"{value} is too large to be the same number everywhere")
            return str(value)
        case float():
            raise MalformedError(f"{value} is not a whole number")
        case list():
            return "[" + ",".join(_written(item) for item in value) + "]"
        case dict():
            # The order is that of UTF-16 code units, which is not that of code points.
            keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
            pairs = (f"{_written(key)}:{_written(value[key])}" for key in keys)
            return "{" + ",".join(pairs) + "}"


def parse_strictly(text: bytes) -> dict[str, Json]:
    """The object in `text`, whose canonical bytes then exist.

    A key twice, a number with a fraction and anything that is not an object are refused: two
    readers could otherwise see two different things under one digest.
    """
    try:
        value = cast(
            "Json",
            json.loads(text, object_pairs_hook=_once, parse_float=_refuse, parse_constant=_refuse),
        )
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise MalformedError("not a JSON object")
    return value


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise MalformedError("a key stands twice in one object")
    return dict(pairs)


def _refuse(text: str) -> Json:
    raise MalformedError(f"{text} is not a whole number")

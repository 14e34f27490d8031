"""One sequence of bytes for one JSON value (RFC 8785), and its digest.

Only these bytes are ever hashed or signed. No file form and no envelope lives here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn, cast

import msgspec
import rfc8785

from relconsole.domain.kernel.ids import Digest
from relconsole.domain.kernel.json import Json

Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"] | None

_FIRST_INEXACT: Final = 2.0**53
_FIRST_WITH_EXPONENT: Final = 1e21
_NEEDS_CARE: Final = re.compile(rb"[\xee-\xff]|(?:^|[:,\[-])[0-9]{16}")
"""Keys that sort otherwise in UTF-16, and integers that may be too long."""


def canonical(value: Json) -> bytes:
    """Give the canonical bytes of a JSON value.

    ValueError for NaN and infinities, an integer of 2^53 or beyond (some readers would round it), a
    float that would be written like one, text that is not Unicode, a key that is not text, and
    nesting beyond any real document.
    """
    plain = _fast(value)
    if plain is not None:
        return plain
    try:
        return rfc8785.dumps(_plain(value))
    except RecursionError as deep:
        raise ValueError("nested too deeply for a canonical form") from deep


def digest_of(value: Json) -> Digest:
    """Give the SHA-256 of the canonical bytes; ValueError as ``canonical``."""
    return Digest(hashlib.sha256(canonical(value)).hexdigest())


def is_canonical(raw: bytes) -> bool:
    """Tell whether these bytes are the canonical ones of the value that they hold.

    As with ``canonical``, most are told by the general serialiser.
    """
    try:
        if _NEEDS_CARE.search(raw) is None:
            return _ENCODER.encode(_WITHOUT_FLOATS.decode(raw)) == raw
    except (_HoldsFloat, msgspec.MsgspecError, ValueError, RecursionError):
        pass
    try:
        return canonical(cast("Json", msgspec.json.decode(raw))) == raw
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False


def _fast(value: Json) -> bytes | None:
    """Give the canonical bytes where a general serialiser writes them, None where it may not.

    Most records hold no float and no rare character; for these it writes, with sorted keys, the
    same bytes as the careful one, many times faster. What it would write of other types than those
    of JSON does not read back as the value.
    """
    try:
        raw = _ENCODER.encode(value)
        if _NEEDS_CARE.search(raw) is None and _WITHOUT_FLOATS.decode(raw) == value:
            return raw
    except (_HoldsFloat, msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        pass
    return None


class _HoldsFloat(Exception):
    """The value holds a float, which serialisers write differently."""


def _refuse_float(_: str) -> NoReturn:
    """Leave the fast way."""
    raise _HoldsFloat


_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_WITHOUT_FLOATS: Final = msgspec.json.Decoder(float_hook=_refuse_float)


def _plain(value: object) -> Plain:
    """Give the value in built-in containers: the serialiser takes no other mapping."""
    match value:
        case float() if _FIRST_INEXACT <= abs(value) < _FIRST_WITH_EXPONENT:
            raise ValueError(f"{value} would read back as an integer beyond 2^53")
        case None | str() | int() | float():
            return value
        case Mapping():
            items = cast("Mapping[str, object]", value).items()
            return {key: _plain(item) for key, item in items}
        case list() | tuple():
            return [_plain(item) for item in cast("Sequence[object]", value)]
        case _:
            raise ValueError(f"a {type(value).__name__} has no form in JSON")

"""The messages between the console and a plugin's process, and how bytes are cut into them.

A frame is four bytes of length, most significant first, and so many bytes of JSON. What the
arguments and answers of a call mean is in ``wire``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from relconsole.domain.kernel.json import Json

LONGEST_FRAME: Final = 1 << 20
"""Bytes of JSON in one frame."""

LONGEST_PART: Final = 128 * 1024
"""Characters of a longer answer in one part: at worst four bytes each, or one escaped as two."""

_LENGTH: Final = struct.Struct(">I")


class FrameError(ValueError):
    """Bytes that are no frame."""


class Hello(msgspec.Struct, tag="hello", frozen=True, kw_only=True):
    """The first frame to a child: which plugin it runs, and for which system."""

    entry: str
    system: str
    url: str
    settings: dict[str, object]
    folder: str
    credential: str
    memory: int
    secret: str | None = None

    def __repr__(self) -> str:
        """Show whose frame it is, never the secret."""
        return f"Hello({self.system})"


class Call(msgspec.Struct, tag="call", frozen=True, kw_only=True):
    """One question; ``deadline`` in seconds, ``cap`` the most bytes that its answer may have."""

    id: int
    verb: str
    arguments: msgspec.Raw
    deadline: float
    cap: int


class Forget(msgspec.Struct, tag="forget", frozen=True, kw_only=True):
    """Nobody waits for the answer of this call any more."""

    id: int


class Close(msgspec.Struct, tag="close", frozen=True, kw_only=True):
    """Nothing more will be asked."""


class Ready(msgspec.Struct, tag="ready", frozen=True, kw_only=True):
    """The plugin stands and may be asked."""

    pid: int


class Answered(msgspec.Struct, tag="answered", frozen=True, kw_only=True):
    """The whole answer of a call."""

    id: int
    value: msgspec.Raw


class Part(msgspec.Struct, tag="part", frozen=True, kw_only=True):
    """One part of a longer answer's JSON text; ``number`` counts from 0."""

    id: int
    number: int
    last: bool
    text: str


class Failed(msgspec.Struct, tag="failed", frozen=True, kw_only=True):
    """A call that ended in an error; ``id`` 0 is the start itself.

    ``whose`` is ``person`` or ``world``, by whose move it is; ``kind`` the name of its class.
    """

    id: int
    whose: str
    what: str
    kind: str = ""
    why: str = ""
    do: str = ""
    retry_after: float | None = None


ToChild = Hello | Call | Forget | Close
FromChild = Ready | Answered | Part | Failed

_TO_CHILD: Final[msgspec.json.Decoder[ToChild]] = msgspec.json.Decoder(ToChild)
_FROM_CHILD: Final[msgspec.json.Decoder[FromChild]] = msgspec.json.Decoder(FromChild)


def plain(value: object) -> object:
    """Give what msgspec does not know by itself in a form that it does."""
    if isinstance(value, Mapping):
        return dict(value.items())  # pyright: ignore[reportUnknownArgumentType,reportUnknownMemberType,reportUnknownVariableType]
    raise TypeError(f"{type(value).__name__} does not travel")


def framed(message: ToChild | FromChild) -> bytes:
    """Give the bytes of one message; FrameError where it is too long for a frame."""
    body = msgspec.json.encode(message, enc_hook=plain)
    if len(body) > LONGEST_FRAME:
        raise FrameError(f"a frame of {len(body)} bytes, more than {LONGEST_FRAME}")
    return _LENGTH.pack(len(body)) + body


def read_to_child(body: bytes) -> ToChild:
    """Give a message to a child; FrameError where the bytes are none."""
    try:
        return _TO_CHILD.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as wrong:
        raise FrameError(str(wrong)) from wrong


def read_from_child(body: bytes) -> FromChild:
    """Give a message of a child; FrameError where the bytes are none."""
    try:
        return _FROM_CHILD.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as wrong:
        raise FrameError(str(wrong)) from wrong


def parts_of(call: int, answer: bytes) -> Iterator[Part]:
    """Give a longer answer as numbered parts, in order."""
    text = answer.decode()
    count = max(1, -(-len(text) // LONGEST_PART))
    for number in range(count):
        piece = text[number * LONGEST_PART : (number + 1) * LONGEST_PART]
        yield Part(id=call, number=number, last=number == count - 1, text=piece)


def builtins_of(value: Mapping[str, Json]) -> dict[str, object]:
    """Give settings or a payload as plain dicts and lists, which is what a frame carries."""
    built: object = msgspec.to_builtins(value, enc_hook=plain)
    return built if isinstance(built, dict) else {}  # pyright: ignore[reportUnknownVariableType]


class FrameCutter:
    """Cuts a stream of bytes into frames; holds at most one unfinished frame."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._kept = bytearray()

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Give the frames that this chunk completes; FrameError for a length beyond the limit."""
        self._kept += chunk
        while len(self._kept) >= _LENGTH.size:
            length = _LENGTH.unpack_from(self._kept)[0]
            if length > LONGEST_FRAME:
                raise FrameError(f"a frame of {length} bytes, more than {LONGEST_FRAME}")
            end = _LENGTH.size + length
            if len(self._kept) < end:
                return
            body = bytes(self._kept[_LENGTH.size : end])
            del self._kept[:end]
            yield body

"""The envelope round every fact, its one-line canonical form, and what a person signs of it.

The line is what is stored, hashed and exported. What the body means is known to the codec alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, cast

import msgspec

from relconsole.domain.kernel.errors import InputRejected, Problem
from relconsole.domain.kernel.ids import FactId, Fingerprint, PersonId
from relconsole.domain.kernel.instants import format_instant, parse_written_instant
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.domain.record.canonical import canonical

ACT_PREFIX: Final = b"relconsole-act/1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActSignature:
    """A person's signature over an act: the key by its fingerprint, the signature in base64url."""

    key: Fingerprint
    signature: str


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """One sealed fact; a struct, as a start of the program makes one of each.

    ``seq`` counts from 1 without gaps within a journal; ``stream`` is what the fact belongs to,
    such as ``release/payments-core-2026.4``; ``at`` is in UTC; ``tick`` is in milliseconds of a
    monotonic clock, comparable only within one session of the writer; ``by`` is None where the
    console itself speaks. Whoever signs is named: an act without ``by`` is refused with ValueError.
    """

    seq: int
    id: FactId
    journal: str
    stream: str
    kind: str
    version: int
    at: datetime
    tick: int
    by: PersonId | None
    body: JsonObject
    act: ActSignature | None = None

    def __post_init__(self) -> None:
        """Refuse a signature of nobody."""
        if self.act is not None and self.by is None:
            raise ValueError(f"fact {self.id} is signed, but by nobody")


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of a signature in a line."""

    key: str
    signature: str


_Text = Annotated[str, msgspec.Meta(min_length=1)]


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of a line."""

    at: str
    body: dict[str, object]
    id: _Text
    journal: _Text
    kind: _Text
    seq: Annotated[int, msgspec.Meta(ge=1)]
    stream: _Text
    tick: int
    v: Annotated[int, msgspec.Meta(ge=1)]
    by: _Text | None = None
    sig: _Signature | None = None


_DECODER: Final = msgspec.json.Decoder(_Line)


def line(envelope: Envelope) -> bytes:
    """Give the canonical line, without newline; ValueError for a body that has no such form."""
    parts: dict[str, Json] = {
        "at": format_instant(envelope.at),
        "body": envelope.body,
        "id": envelope.id,
        "journal": envelope.journal,
        "kind": envelope.kind,
        "seq": envelope.seq,
        "stream": envelope.stream,
        "tick": envelope.tick,
        "v": envelope.version,
    }
    if envelope.by is not None:
        parts["by"] = envelope.by
    if envelope.act is not None:
        parts["sig"] = {"key": envelope.act.key, "signature": envelope.act.signature}
    return canonical(parts)


def parse_line(raw: bytes, *, file: str = "journal", number: int | None = None) -> Envelope:
    """Give the envelope of a line; InputRejected, naming file and line number, where it is none.

    Whether the bytes are the canonical ones is for the verifier to say: ``line`` of the answer
    gives those.
    """
    try:
        found = _DECODER.decode(raw)
        return Envelope(
            seq=found.seq,
            id=FactId(found.id),
            journal=found.journal,
            stream=found.stream,
            kind=found.kind,
            version=found.v,
            at=parse_written_instant(found.at),
            tick=found.tick,
            by=None if found.by is None else PersonId(found.by),
            body=cast("JsonObject", found.body),
            act=None
            if found.sig is None
            else ActSignature(key=Fingerprint(found.sig.key), signature=found.sig.signature),
        )
    except (msgspec.MsgspecError, ValueError, RecursionError) as wrong:
        problem = Problem(file=file, line=number, field="", message=f"no envelope: {wrong}")
        raise InputRejected((problem,)) from wrong


def act_message(
    *,
    id: FactId,  # noqa: A002 - the word of the envelope
    journal: str,
    stream: str,
    kind: str,
    version: int,
    at: datetime,
    by: PersonId,
    body: JsonObject,
) -> bytes:
    """Give what a person's key signs of a fact.

    Id, journal and stream are inside, so that a signature counts for no other fact and no other
    journal; the sequence number is not, because it is not known when a person signs.
    """
    return ACT_PREFIX + canonical(
        {
            "at": format_instant(at),
            "body": body,
            "by": by,
            "id": id,
            "journal": journal,
            "kind": kind,
            "stream": stream,
            "v": version,
        }
    )


def act_message_of(envelope: Envelope) -> bytes | None:
    """Give what the signer of this envelope must have signed, or None where nobody is named."""
    if envelope.by is None:
        return None
    return act_message(
        id=envelope.id,
        journal=envelope.journal,
        stream=envelope.stream,
        kind=envelope.kind,
        version=envelope.version,
        at=envelope.at,
        by=envelope.by,
        body=envelope.body,
    )

"""The exported journal as a file: a signed header, the facts, the checkpoints, one a line.

Every line is canonical and ends with a newline. Whether a file is sound is judged elsewhere; here
it is written and its lines are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec

from relconsole.domain.kernel.errors import InputRejected, Problem
from relconsole.domain.kernel.instants import format_instant, parse_written_instant
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.canonical import canonical
from relconsole.domain.record.checkpoint import Checkpoint, checkpoint_line
from relconsole.domain.record.signature import (
    PublicKey,
    SigningKey,
    is_signed_in_text,
    to_base64url,
)

JOURNAL_FORMAT: Final = "relconsole-journal/1"
JOURNAL_PREFIX: Final = b"relconsole-journal/1\n"


class JournalKind(StrEnum):
    """What a journal is of; the three never share facts or keys."""

    LIVE = "live"
    REHEARSAL = "rehearsal"
    DEMO = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first line of an exported journal.

    ``facts`` and ``checkpoints`` are how many lines of each follow; ``exported_at`` is in UTC; the
    ``signature``, base64url, is by ``key``, the journal's own.
    """

    journal: str
    kind: JournalKind
    key: PublicKey
    exported_at: datetime
    facts: int
    checkpoints: int
    signature: str


class _Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of the key in a header."""

    fingerprint: str
    public_key: str


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of a header."""

    checkpoints: Annotated[int, msgspec.Meta(ge=0)]
    exported_at: str
    facts: Annotated[int, msgspec.Meta(ge=0)]
    format: Literal["relconsole-journal/1"]
    journal: Annotated[str, msgspec.Meta(min_length=1)]
    key: _Key
    kind: JournalKind
    signature: str


def sign_header(
    *,
    journal: str,
    kind: JournalKind,
    exported_at: datetime,
    facts: int,
    checkpoints: int,
    key: SigningKey,
) -> Header:
    """Give the header of an export, signed by the journal's key."""
    parts = _header_parts(
        journal=journal,
        kind=kind,
        key=key.public,
        exported_at=exported_at,
        facts=facts,
        checkpoints=checkpoints,
    )
    return Header(
        journal=journal,
        kind=kind,
        key=key.public,
        exported_at=exported_at,
        facts=facts,
        checkpoints=checkpoints,
        signature=to_base64url(key.sign(JOURNAL_PREFIX + canonical(parts))),
    )


def header_line(header: Header) -> bytes:
    """Give the canonical line, without newline."""
    return canonical({**_parts_of(header), "signature": header.signature})


def is_header_signed(header: Header) -> bool:
    """Tell whether the key that the header names signed exactly this header."""
    message = JOURNAL_PREFIX + canonical(_parts_of(header))
    return is_signed_in_text(header.key, message, header.signature)


def parse_header(raw: bytes, *, file: str = "journal") -> Header:
    """Give the header of a line without newline; InputRejected where it is none."""
    try:
        found = msgspec.json.decode(raw, type=_Line)
        header = Header(
            journal=found.journal,
            kind=found.kind,
            key=PublicKey.from_text(found.key.public_key),
            exported_at=parse_written_instant(found.exported_at),
            facts=found.facts,
            checkpoints=found.checkpoints,
            signature=found.signature,
        )
        form = header_line(header)
    except (msgspec.MsgspecError, ValueError) as wrong:
        raise _rejected(file, f"no journal header: {wrong}") from wrong
    if form != raw:
        raise _rejected(file, "not in canonical form, or the fingerprint is not that of the key")
    return header


def _rejected(file: str, message: str) -> InputRejected:
    """Give the error for a first line that is no header."""
    return InputRejected((Problem(file=file, line=1, field="", message=message),))


def export_lines(
    *,
    journal: str,
    kind: JournalKind,
    exported_at: datetime,
    key: SigningKey,
    facts: Sequence[bytes],
    checkpoints: Iterable[Checkpoint],
) -> Iterator[bytes]:
    """Give the lines of the file, newlines included.

    ``facts`` are the envelope lines as they are stored, without newline, in the order of ``seq``.
    """
    sealed = sorted_checkpoints(checkpoints)
    header = sign_header(
        journal=journal,
        kind=kind,
        exported_at=exported_at,
        facts=len(facts),
        checkpoints=len(sealed),
        key=key,
    )
    yield header_line(header) + b"\n"
    for fact in facts:
        yield fact + b"\n"
    for seal in sealed:
        yield seal + b"\n"


def sorted_checkpoints(checkpoints: Iterable[Checkpoint]) -> list[bytes]:
    """Give the lines in the order of a file: by size, then by their bytes, each once."""
    keyed = {(checkpoint.size, checkpoint_line(checkpoint)) for checkpoint in checkpoints}
    return [seal for _, seal in sorted(keyed)]


def split_lines(raw: bytes) -> list[bytes]:
    """Give the lines of a file, newlines included, as reading it line by line would."""
    lines = [part + b"\n" for part in raw.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _parts_of(header: Header) -> dict[str, Json]:
    """Give the header object without its signature."""
    return _header_parts(
        journal=header.journal,
        kind=header.kind,
        key=header.key,
        exported_at=header.exported_at,
        facts=header.facts,
        checkpoints=header.checkpoints,
    )


def _header_parts(
    *,
    journal: str,
    kind: JournalKind,
    key: PublicKey,
    exported_at: datetime,
    facts: int,
    checkpoints: int,
) -> dict[str, Json]:
    """Give the header object without its signature, from its parts."""
    return {
        "checkpoints": checkpoints,
        "exported_at": format_instant(exported_at),
        "facts": facts,
        "format": JOURNAL_FORMAT,
        "journal": journal,
        "key": {"fingerprint": key.fingerprint, "public_key": key.text},
        "kind": kind,
    }

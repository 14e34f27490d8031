"""Signed heads of the hash tree, and their comparison with a journal.

A checkpoint that was put somewhere outside the journal is an *anchor*: against whoever holds the
journal and its key, only an anchor proves anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from relconsole.domain.kernel.errors import InputRejected, Problem
from relconsole.domain.kernel.ids import Digest, Fingerprint
from relconsole.domain.kernel.instants import format_instant, parse_written_instant
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.canonical import canonical
from relconsole.domain.record.signature import (
    PublicKey,
    SigningKey,
    is_signed_in_text,
    to_base64url,
)
from relconsole.domain.record.tree import root_of

CHECKPOINT_FORMAT: Final = "relconsole-checkpoint/1"
CHECKPOINT_PREFIX: Final = b"relconsole-checkpoint/1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The root of a journal's first ``size`` facts, signed by the journal's key.

    ``at`` is in UTC; ``key`` is the signer's fingerprint; ``signature`` is base64url.
    """

    journal: str
    size: int
    root: Digest
    at: datetime
    key: Fingerprint
    signature: str


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of a line."""

    at: str
    format: Literal["relconsole-checkpoint/1"]
    journal: str
    key: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    root: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    signature: str
    size: Annotated[int, msgspec.Meta(ge=0)]


_DECODER: Final = msgspec.json.Decoder(_Line)


def sign_checkpoint(
    *, journal: str, size: int, root: Digest, at: datetime, key: SigningKey
) -> Checkpoint:
    """Give the signed head of a journal's first ``size`` facts."""
    signer = key.public.fingerprint
    message = checkpoint_message(journal=journal, size=size, root=root, at=at, key=signer)
    return Checkpoint(
        journal=journal,
        size=size,
        root=root,
        at=at,
        key=signer,
        signature=to_base64url(key.sign(message)),
    )


def checkpoint_message(
    *, journal: str, size: int, root: Digest, at: datetime, key: Fingerprint
) -> bytes:
    """Give what the key signs of a checkpoint."""
    parts: dict[str, Json] = {
        "at": format_instant(at),
        "journal": journal,
        "key": key,
        "root": root,
        "size": size,
    }
    return CHECKPOINT_PREFIX + canonical(parts)


def is_checkpoint_signed(checkpoint: Checkpoint, public: PublicKey) -> bool:
    """Tell whether this key signed exactly this checkpoint, and the checkpoint names it."""
    message = checkpoint_message(
        journal=checkpoint.journal,
        size=checkpoint.size,
        root=checkpoint.root,
        at=checkpoint.at,
        key=checkpoint.key,
    )
    return checkpoint.key == public.fingerprint and is_signed_in_text(
        public, message, checkpoint.signature
    )


def checkpoint_line(checkpoint: Checkpoint) -> bytes:
    """Give the canonical line, without newline; it stands alone as an anchor."""
    return canonical(
        {
            "at": format_instant(checkpoint.at),
            "format": CHECKPOINT_FORMAT,
            "journal": checkpoint.journal,
            "key": checkpoint.key,
            "root": checkpoint.root,
            "signature": checkpoint.signature,
            "size": checkpoint.size,
        }
    )


def parse_checkpoint(
    raw: bytes, *, file: str = "checkpoint", number: int | None = None
) -> Checkpoint:
    """Give the checkpoint of a line; InputRejected, naming file and line number, for none.

    Blanks around the line are allowed, as an anchor is kept in places that add them.
    """
    try:
        found = _DECODER.decode(raw)
        return Checkpoint(
            journal=found.journal,
            size=found.size,
            root=Digest(found.root),
            at=parse_written_instant(found.at),
            key=Fingerprint(found.key),
            signature=found.signature,
        )
    except (msgspec.MsgspecError, ValueError) as wrong:
        problem = Problem(file=file, line=number, field="", message=f"no checkpoint: {wrong}")
        raise InputRejected((problem,)) from wrong


def anchor_agrees(anchor: Checkpoint, leaves: Sequence[bytes]) -> bool:
    """Tell whether a journal, by its leaf hashes from the first, still starts as the anchor says.

    Whose anchor it is, and of which journal, is not asked here.
    """
    return anchor.size <= len(leaves) and root_of(leaves[: anchor.size]).hex() == anchor.root

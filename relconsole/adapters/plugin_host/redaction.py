"""Takes a secret out of whatever a child says, in the forms in which it may be written."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

import msgspec

from relconsole.ports.credentials import Secret

_LEAST_INSIDE: Final = 6
"""Bytes; the base64 of fewer stands in other texts by chance."""

SHORTEST: Final = 4
"""Characters; a shorter secret would blank out half of every text, and guards nothing."""

Redaction = Callable[[bytes], bytes]


def redaction_of(secret: Secret | None) -> Redaction:
    """Give what takes this secret out of bytes; without a secret they come back as they are."""
    value = "" if secret is None else secret.reveal()
    if len(value) < SHORTEST:
        return lambda said: said
    raw = value.encode()
    forms = {
        raw,
        raw.hex().encode(),
        raw.hex().upper().encode(),
        base64.b64encode(raw).rstrip(b"="),
        base64.urlsafe_b64encode(raw).rstrip(b"="),
        *_inside_base64(raw),
        quote(value).encode(),
        quote(value, safe="").encode(),
        quote_plus(value).encode(),
        msgspec.json.encode(value)[1:-1],
        json.dumps(value)[1:-1].encode(),
    }
    ordered = sorted(forms, key=len, reverse=True)

    def redact(said: bytes) -> bytes:
        for form in ordered:
            if form in said:
                said = said.replace(form, b"[hidden]")
        return said

    return redact


def _inside_base64(raw: bytes) -> Iterator[bytes]:
    """Give what stands for the secret in the base64 of a longer text, as in ``name:secret``.

    Three bytes are four letters, so it depends on where in the text it begins; its first and last
    letters depend on the neighbours too, and are left out.
    """
    for before in range(3):
        inner = raw[-before % 3 :]
        whole = inner[: len(inner) // 3 * 3]
        if len(whole) >= _LEAST_INSIDE:
            yield base64.b64encode(whole)
            yield base64.urlsafe_b64encode(whole)

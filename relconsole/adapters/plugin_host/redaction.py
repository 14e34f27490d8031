"""Takes a secret out of whatever a child says, in the forms in which it may be written."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, quote_plus

import msgspec

from relconsole.ports.credentials import Secret

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
        base64.b64encode(raw).rstrip(b"="),
        base64.urlsafe_b64encode(raw).rstrip(b"="),
        quote(value, safe="").encode(),
        quote_plus(value).encode(),
        msgspec.json.encode(value)[1:-1],
    }
    ordered = sorted(forms, key=len, reverse=True)

    def redact(said: bytes) -> bytes:
        for form in ordered:
            if form in said:
                said = said.replace(form, b"[hidden]")
        return said

    return redact

"""A mail draft as an address that any mail program opens (RFC 6068)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_PLAIN: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ADDRESS: Final = _PLAIN | frozenset(b"@+")


def mailto(to: Iterable[str], subject: str, body: str) -> str:
    """Give the address of a draft; what is no mail address among the recipients is left out.

    Everything is encoded, so that no text can become a header of its own; line ends are CR LF.
    """
    addresses = ",".join(_encoded(each.strip(), _ADDRESS) for each in to if is_address(each))
    lines = "\r\n".join(body.splitlines())
    return f"mailto:{addresses}?subject={_encoded(subject)}&body={_encoded(lines)}"


def is_address(text: str) -> bool:
    """Tell whether text can be a mail address: one @ with something on both sides, no blanks."""
    local, found, domain = text.strip().partition("@")
    return bool(found and local and domain) and not any(
        letter.isspace() or letter in "@,;<>" for letter in local + domain
    )


def _encoded(text: str, plain: frozenset[int] = _PLAIN) -> str:
    """Give text in percent encoding, all but these bytes of its UTF-8."""
    data = text.encode("utf-8", errors="replace")
    return "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in data)

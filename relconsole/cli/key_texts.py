"""Keys and fingerprints as people hand them over: in a file, pasted, or read out in groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from relconsole.domain.estate.people import Person, are_one_person
from relconsole.domain.kernel.errors import InputRejected, Problem
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.record.signature import PublicKey

_LONGEST: Final = 64 * 1024
_BETWEEN: Final = re.compile(r"[\s:]+")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")


class _Published(msgspec.Struct, frozen=True):
    """What a person publishes; other keys are the writing tool's own."""

    public_key: str
    person: str = ""


def read_fingerprint(text: str) -> Fingerprint:
    """Give the fingerprint; blanks and colons between groups are allowed, and capitals.

    InputRejected for anything else.
    """
    found = _BETWEEN.sub("", text).lower()
    if not _FINGERPRINT.fullmatch(found):
        raise _rejected("FINGERPRINT", "", "a fingerprint has 64 hexadecimal digits")
    return Fingerprint(found)


def read_public_key(given: str, person: PersonId, people: Mapping[PersonId, Person]) -> PublicKey:
    """Give the public key of a file or a text: base64url, or JSON that names person and key.

    InputRejected for what is none, and for JSON that names somebody else.
    """
    file, text = _text_of(given)
    published = _Published(public_key=text, person=person)
    if text.startswith("{"):
        try:
            published = msgspec.json.decode(text, type=_Published)
        except msgspec.MsgspecError as wrong:
            raise _rejected(file, "public_key", f"no public key: {wrong}") from wrong
        if published.person and not are_one_person(people, published.person, person):
            raise _rejected(file, "person", f"this is the key of {published.person}")
    try:
        return PublicKey.from_text(published.public_key)
    except ValueError as wrong:
        raise _rejected(file, "public_key", f"no Ed25519 key in base64url: {wrong}") from wrong


def _text_of(given: str) -> tuple[str, str]:
    """Give what to call it in a problem, and the text: that of the file of this name, if any."""
    path = Path(given)
    try:
        if not path.is_file():
            return "--public", given.strip()
        with path.open("rb") as file:
            return given, file.read(_LONGEST).decode().strip()
    except (OSError, UnicodeDecodeError, ValueError) as wrong:
        raise _rejected(given, "", f"cannot be read: {wrong}") from wrong


def _rejected(file: str, field: str, message: str) -> InputRejected:
    """Give the error for a text that is not what it should be."""
    return InputRejected((Problem(file=file, line=None, field=field, message=message),))

"""A person of the estate: a key of that person's own, and the judgement of a signing request.

Whoever asks is a stranger: nothing that a request says of itself is believed. No file is read
or written here.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relconsole_estate.canonical import canonical_bytes, parse_strictly
from relconsole_estate.errors import MalformedError
from relconsole_estate.values import Json, object_of, text_of

REQUEST_FORMAT = "relconsole-request/1"
ANSWER_FORMAT = "relconsole-answer/1"

_SIGNED_PREFIX = b"relconsole-answer/1\n"
_LONGEST = timedelta(days=1)


class NotForMeError(Exception):
    """The request is addressed to somebody else."""


class DeclinedError(Exception):
    """The person does not sign this; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRequest:
    """What a person is asked to sign, after its digest was found to be that of its content."""

    act: str
    asked_by: str
    what: dict[str, Json]
    digest: str
    expires: datetime
    expires_as_written: str


def encode(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def format_instant(instant: datetime) -> str:
    """RFC 3339 in UTC with `Z`."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_instant(text: str) -> datetime:
    """The instant of an RFC 3339 text that ends in `Z`."""
    if not text.endswith("Z"):
        raise MalformedError(f"not an instant with Z: {text!r}")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedError(f"not an instant: {text!r}") from error


def read_request(text: bytes) -> tuple[str | None, SigningRequest]:
    """Who is asked (`None`: anybody else), and what.

    `MalformedError` when the file is of another shape or its digest is not that of its content.
    """
    found = parse_strictly(text)
    if found.get("format") != REQUEST_FORMAT:
        raise MalformedError(f"not a {REQUEST_FORMAT}: {found.get('format')!r}")
    asked = None if found.get("person_asked", "") is None else text_of(found, "person_asked")
    text_of(found, "journal")
    digest = text_of(found, "digest")
    content = {key: value for key, value in found.items() if key != "digest"}
    actual = hashlib.sha256(canonical_bytes(content)).hexdigest()
    if digest != actual:
        raise MalformedError(f"its digest is {digest}, but that of its content is {actual}")
    request = SigningRequest(
        act=text_of(found, "act"),
        asked_by=text_of(found, "asked_by"),
        what=object_of(found, "what"),
        digest=digest,
        expires=parse_instant(text_of(found, "expires")),
        expires_as_written=text_of(found, "expires"),
    )
    return asked, request


class Person:
    """Somebody with a key that exists in this process's memory and nowhere else."""

    def __init__(self, person: str) -> None:
        self.id = person
        self._key = Ed25519PrivateKey.generate()

    @cached_property
    def _raw(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def fingerprint(self) -> str:
        """SHA-256 of the raw public key, in hexadecimal."""
        return hashlib.sha256(self._raw).hexdigest()

    def public_key(self) -> dict[str, Json]:
        """What others may know of the key."""
        return {
            "person": self.id,
            "algorithm": "ed25519",
            "public_key": encode(self._raw),
            "fingerprint": self.fingerprint(),
        }

    def consider(self, text: bytes, now: datetime) -> SigningRequest:
        """The request in `text`, if this person is willing to sign it.

        `NotForMeError` when somebody else is asked, `DeclinedError` when the request is expired,
        would hold for more than a day, or comes from this very person, and `MalformedError` when
        it is not what it says it is.
        """
        asked, request = read_request(text)
        if asked not in (None, self.id):
            raise NotForMeError
        if request.asked_by.strip().casefold() == self.id.casefold():
            raise DeclinedError("I asked for it myself: somebody else must sign")
        if request.expires <= now:
            raise DeclinedError(f"it expired at {format_instant(request.expires)}")
        if request.expires > now + _LONGEST:
            raise DeclinedError(f"it would hold until {format_instant(request.expires)}")
        return request

    def sign(self, request: SigningRequest, now: datetime) -> dict[str, Json]:
        """The signed answer to a request that was considered."""
        answer: dict[str, Json] = {
            "format": ANSWER_FORMAT,
            "digest": request.digest,
            "signer": self.id,
            "key": self.fingerprint(),
            "signed_at": format_instant(now),
            "expires": request.expires_as_written,
        }
        signature = self._key.sign(_SIGNED_PREFIX + canonical_bytes(answer))
        return {**answer, "signature": encode(signature)}

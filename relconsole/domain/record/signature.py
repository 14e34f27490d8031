"""Ed25519 keys and signatures, and their text form (base64url without padding).

The domain has no randomness: whoever makes a key brings the 32 bytes. Where a key is kept, and
under which passphrase, is not known here. The cryptography library is imported on first use.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

from relconsole.domain.kernel.ids import Fingerprint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64


def to_base64url(raw: bytes) -> str:
    """Give bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Give the bytes of an unpadded base64url text; ValueError for any other spelling of them."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as wrong:
        message = "not base64url"
        raise ValueError(message) from wrong
    if to_base64url(raw) != text:
        message = "not base64url without padding"
        raise ValueError(message)
    return raw


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key by its 32 raw bytes; ValueError for another length."""

    raw: bytes

    def __post_init__(self) -> None:
        """Refuse another length."""
        if len(self.raw) != KEY_BYTES:
            message = f"an Ed25519 public key has {KEY_BYTES} bytes, not {len(self.raw)}"
            raise ValueError(message)

    @property
    def fingerprint(self) -> Fingerprint:
        """Give the SHA-256 of the raw bytes in hexadecimal."""
        return Fingerprint(hashlib.sha256(self.raw).hexdigest())

    @property
    def text(self) -> str:
        """Give the raw bytes as base64url without padding."""
        return to_base64url(self.raw)

    @classmethod
    def from_text(cls, text: str) -> PublicKey:
        """Give the key that the text form names; ValueError where it names none."""
        return cls(from_base64url(text))


class SigningKey:
    """A private Ed25519 key that can sign and does nothing else.

    It shows only its fingerprint, and cannot be copied, pickled or read back; whoever must store a
    key keeps the seed that made it.
    """

    __slots__ = ("_private", "_public")

    _private: Ed25519PrivateKey
    _public: PublicKey

    def __init__(self, seed: bytes) -> None:
        """Make the key of a seed, 32 bytes of true randomness; ValueError for another length."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if len(seed) != KEY_BYTES:
            message = f"an Ed25519 seed has {KEY_BYTES} bytes, not {len(seed)}"
            raise ValueError(message)
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = PublicKey(self._private.public_key().public_bytes_raw())

    @property
    def public(self) -> PublicKey:
        """Give the public half."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Give the signature, 64 bytes, the same for the same message."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        """Give the fingerprint only."""
        return f"SigningKey({self._public.fingerprint})"

    def __copy__(self) -> NoReturn:
        """Refuse: a secret has one holder."""
        self.__reduce__()

    def __deepcopy__(self, memo: dict[int, object]) -> NoReturn:
        """Refuse: a secret has one holder."""
        self.__reduce__()

    def __reduce__(self) -> NoReturn:
        """Refuse: a secret is never written down."""
        message = "a signing key is neither copied nor pickled"
        raise TypeError(message)


def is_signed_by(public: PublicKey, message: bytes, signature: bytes) -> bool:
    """Tell whether this key signed exactly this message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public.raw).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def is_signed_in_text(public: PublicKey, message: bytes, signature: str) -> bool:
    """Tell whether this key signed the message; False too where the text is no signature."""
    try:
        raw = from_base64url(signature)
    except ValueError:
        return False
    return is_signed_by(public, message, raw)

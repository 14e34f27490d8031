"""Private keys as texts that can be kept: a person's, sealed under a passphrase, and a store's.

Where the texts are kept is for the credentials to say. Deriving a key from a passphrase takes a
tenth of a second and 64 MiB on purpose: call it off the loop.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final, Literal, NoReturn

import msgspec

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.canonical import canonical
from relconsole.domain.record.signature import (
    KEY_BYTES,
    PublicKey,
    SigningKey,
    from_base64url,
    to_base64url,
)
from relconsole.ports.credentials import Credentials, Secret
from relconsole.ports.journal import JournalKind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12

# RFC 9106 §4, the second recommended option: for machines without 2 GiB to spare.
MEMORY_KIB: Final = 65_536
PASSES: Final = 3
LANES: Final = 4

SecretBytes = Callable[[int], bytes]
"""Gives so many unpredictable bytes."""


class StoreKeyGone(PersonMustAct):
    """The key that signs an existing journal is not there; the journal can still be read."""

    def __init__(self, journal: str, kind: JournalKind, place: str) -> None:
        """Keep which journal it is."""
        super().__init__(
            f"The key of the {kind} journal {journal} is not in {place}.",
            why="A key that is kept in memory ends with the program that made it.",
            do="The journal can be read and verified; to record anew, set it aside and begin one.",
        )
        self.journal = journal
        self.kind = kind


class _Derivation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the passphrase became a key; the bounds keep a forged text from taking the machine."""

    name: Literal["argon2id"]
    salt: str
    memory_kib: Annotated[int, msgspec.Meta(ge=MEMORY_KIB, le=2_097_152)]
    passes: Annotated[int, msgspec.Meta(ge=1, le=16)]
    lanes: Annotated[int, msgspec.Meta(ge=1, le=16)]


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of the text."""

    format: Literal["relconsole-person-key/1"]
    person: Annotated[str, msgspec.Meta(min_length=1)]
    public: str
    derivation: _Derivation
    cipher: Literal["chacha20-poly1305"]
    nonce: str
    sealed: str


def person_key_name(person: PersonId) -> str:
    """Give the name under which a person's sealed key is kept."""
    return f"person/{person}"


def store_key_name(journal: str) -> str:
    """Give the name under which the key of a journal is kept."""
    return f"store/{journal}"


def make_person_key(
    person: PersonId, passphrase: Secret, secret_bytes: SecretBytes
) -> tuple[Secret, PublicKey]:
    """Give a new key of a person, sealed as a text to be kept, and its public half.

    PersonMustAct for a passphrase of nothing but blanks.
    """
    if not passphrase.reveal().strip():
        raise PersonMustAct("The passphrase is empty.", do="Choose one that only you know.")
    seed = secret_bytes(KEY_BYTES)
    public = SigningKey(seed).public
    derivation = _Derivation(
        name="argon2id",
        salt=to_base64url(secret_bytes(SALT_BYTES)),
        memory_kib=MEMORY_KIB,
        passes=PASSES,
        lanes=LANES,
    )
    nonce = secret_bytes(NONCE_BYTES)
    text = _Sealed(
        format="relconsole-person-key/1",
        person=person,
        public=public.text,
        derivation=derivation,
        cipher="chacha20-poly1305",
        nonce=to_base64url(nonce),
        sealed="",
    )
    sealed = _cipher(passphrase, derivation).encrypt(nonce, seed, _bound(text))
    whole = msgspec.structs.replace(text, sealed=to_base64url(sealed))
    return Secret(msgspec.json.encode(whole).decode()), public


def unlock_person_key(text: Secret, passphrase: Secret, person: PersonId) -> SigningKey:
    """Give the person's key.

    PersonMustAct for a wrong passphrase, and for a text that is damaged or another person's;
    WorldIsDown where there is not enough memory to derive it.
    """
    from cryptography.exceptions import InvalidTag

    try:
        found = msgspec.json.decode(text.reveal(), type=_Sealed)
        public = PublicKey.from_text(found.public)
        nonce, sealed = from_base64url(found.nonce), from_base64url(found.sealed)
        cipher = _cipher(passphrase, found.derivation)
    except (msgspec.MsgspecError, ValueError) as wrong:
        _refuse_text(person, wrong)
    if found.person != person:
        raise PersonMustAct(f"The key kept for {person} is the key of {found.person}.")
    try:
        seed = cipher.decrypt(nonce, sealed, _bound(found))
    except (InvalidTag, ValueError) as wrong:
        raise PersonMustAct(
            f"The passphrase does not open the key of {person}.",
            why="It is wrong, or the kept key was changed.",
            do="Try again; without it a new key must be made and enrolled.",
        ) from wrong
    key = SigningKey(seed)
    if key.public != public:
        raise PersonMustAct(f"The key kept for {person} is not the one it says it is.")
    return key


def public_key_of(text: Secret) -> PublicKey:
    """Give the public half of a sealed key, as the text states it; PersonMustAct for none."""
    try:
        found = msgspec.json.decode(text.reveal(), type=_Sealed)
        return PublicKey.from_text(found.public)
    except (msgspec.MsgspecError, ValueError) as wrong:
        _refuse_text(PersonId("somebody"), wrong)


async def make_store_key(
    credentials: Credentials, journal: str, secret_bytes: SecretBytes
) -> SigningKey:
    """Give the new key of a journal that is about to begin, after it was kept."""
    seed = secret_bytes(KEY_BYTES)
    await credentials.put(store_key_name(journal), Secret(to_base64url(seed)))
    return SigningKey(seed)


async def read_store_key(credentials: Credentials, journal: str, kind: JournalKind) -> SigningKey:
    """Give the key of an existing journal; StoreKeyGone where it is not kept any more."""
    kept = await credentials.get(store_key_name(journal))
    if kept is None:
        raise StoreKeyGone(journal, kind, credentials.place)
    try:
        return SigningKey(from_base64url(kept.reveal()))
    except ValueError as wrong:
        raise PersonMustAct(
            f"What {credentials.place} keeps as the key of journal {journal} is none."
        ) from wrong


def _refuse_text(person: PersonId, wrong: Exception) -> NoReturn:
    """Raise the error for a text that is no sealed key."""
    raise PersonMustAct(
        f"What is kept as the key of {person} is no key of this program.",
        do="Make a new key and have it enrolled.",
    ) from wrong


def _bound(text: _Sealed) -> bytes:
    """Give what the seal binds beside the key: everything that the text states openly."""
    stated: Json = msgspec.to_builtins(msgspec.structs.replace(text, sealed=""))
    return canonical(stated)


def _cipher(passphrase: Secret, derivation: _Derivation) -> ChaCha20Poly1305:
    """Give the cipher under the key that the passphrase derives."""
    from argon2.exceptions import HashingError
    from argon2.low_level import Type, hash_secret_raw
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    salt = from_base64url(derivation.salt)
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt of {len(salt)} bytes")
    # One passphrase has one form, however a keyboard composes its letters.
    typed = unicodedata.normalize("NFC", passphrase.reveal()).encode()
    try:
        key = hash_secret_raw(
            typed,
            salt,
            time_cost=derivation.passes,
            memory_cost=derivation.memory_kib,
            parallelism=derivation.lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )
    except HashingError as wrong:
        raise WorldIsDown(
            f"The key could not be derived from the passphrase ({wrong}).", system="memory"
        ) from wrong
    return ChaCha20Poly1305(key)

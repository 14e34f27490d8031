"""Keys and signatures."""

import copy
import hashlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.record.signature import (
    PublicKey,
    SigningKey,
    from_base64url,
    is_signed_by,
    is_signed_in_text,
    to_base64url,
)

# RFC 8032, section 7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
KEY = SigningKey(SEED)


def test_that_the_vector_of_the_rfc_holds() -> None:
    assert KEY.public.raw == PUBLIC
    assert KEY.sign(b"\x72") == SIGNATURE
    assert is_signed_by(PublicKey(PUBLIC), b"\x72", SIGNATURE)


@given(st.binary(max_size=40), st.integers(min_value=0, max_value=511))
def test_that_a_signature_counts_for_its_message_and_key_only(message: bytes, bit: int) -> None:
    signature = bytearray(KEY.sign(message))
    assert is_signed_by(KEY.public, message, bytes(signature))
    assert not is_signed_by(KEY.public, message + b"x", bytes(signature))
    assert not is_signed_by(SigningKey(bytes(32)).public, message, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not is_signed_by(KEY.public, message, bytes(signature))


@pytest.mark.parametrize("text", ["", "AAAA", "no signature", to_base64url(SIGNATURE) + "="])
def test_that_other_text_is_no_signature(text: str) -> None:
    assert not is_signed_in_text(KEY.public, b"\x72", text)


def test_that_a_signature_in_text_counts() -> None:
    assert is_signed_in_text(KEY.public, b"\x72", to_base64url(SIGNATURE))


def test_that_a_public_key_has_one_text_and_one_fingerprint() -> None:
    assert PublicKey.from_text(KEY.public.text) == KEY.public
    assert len(KEY.public.text) == 43
    assert KEY.public.fingerprint == hashlib.sha256(PUBLIC).hexdigest()


@pytest.mark.parametrize("length", [0, 31, 33])
def test_that_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        PublicKey(bytes(length))
    with pytest.raises(ValueError, match="32 bytes"):
        SigningKey(bytes(length))


@given(st.binary(max_size=70))
def test_that_base64url_reads_back(raw: bytes) -> None:
    assert from_base64url(to_base64url(raw)) == raw


@pytest.mark.parametrize("text", ["A", "AB", "AA==", "A A", "A+//", "é", "AAA\n"])
def test_that_bytes_have_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match="not base64url"):
        from_base64url(text)


def test_that_a_key_shows_its_fingerprint_and_nothing_else() -> None:
    assert repr(KEY) == f"SigningKey({KEY.public.fingerprint})"
    assert SEED.hex() not in repr(KEY)
    assert not hasattr(KEY, "__dict__")


@pytest.mark.parametrize("take", [copy.copy, copy.deepcopy, pickle.dumps])
def test_that_a_key_is_neither_copied_nor_pickled(take: object) -> None:
    assert callable(take)
    with pytest.raises(TypeError, match="neither copied nor pickled"):
        take(KEY)

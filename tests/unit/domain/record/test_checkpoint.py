"""Signed heads, and anchors."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.ids import Digest, Fingerprint
from relconsole.domain.record.checkpoint import (
    Checkpoint,
    anchor_agrees,
    checkpoint_line,
    is_checkpoint_signed,
    parse_checkpoint,
    sign_checkpoint,
)
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.record.tree import Frontier, leaf_hash

KEY = SigningKey(bytes(range(32)))
LEAVES = [leaf_hash(bytes([number])) for number in range(12)]
NIGHT = datetime(2026, 8, 8, 22, tzinfo=UTC)


def head(size: int) -> Checkpoint:
    root = Frontier().extend(LEAVES[:size]).digest
    return sign_checkpoint(journal="live-1", size=size, root=root, at=NIGHT, key=KEY)


@given(st.integers(min_value=0, max_value=12))
def test_that_a_checkpoint_reads_back_and_is_signed(size: int) -> None:
    again = parse_checkpoint(b"  " + checkpoint_line(head(size)) + b"\r\n")
    assert again == head(size)
    assert is_checkpoint_signed(again, KEY.public)


@pytest.mark.parametrize(
    "changed",
    [
        replace(head(5), size=4),
        replace(head(5), root=head(4).root),
        replace(head(5), journal="live-2"),
        replace(head(5), at=datetime(2026, 8, 8, 21, tzinfo=UTC)),
        replace(head(5), key=Fingerprint("0" * 64)),
        replace(head(5), signature=head(4).signature),
    ],
)
def test_that_a_changed_checkpoint_is_not_signed(changed: Checkpoint) -> None:
    assert not is_checkpoint_signed(changed, KEY.public)


def test_that_another_key_did_not_sign_it() -> None:
    assert not is_checkpoint_signed(head(5), SigningKey(bytes(32)).public)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"checkpoint/1", b"checkpoint/2"),
        (b'"size":5', b'"size":-1'),
        (b'"size":5', b'"size":"5"'),
        (b'"root":"', b'"root":"XX'),
        (b"22:00:00Z", b"22:00:00+00:00"),
        (b"}", b',"more":1}'),
        (b"}", b""),
    ],
)
def test_that_anything_else_is_no_checkpoint(old: bytes, new: bytes) -> None:
    raw = checkpoint_line(head(5))
    assert old in raw
    with pytest.raises(InputRejected, match="no checkpoint"):
        parse_checkpoint(raw.replace(old, new))


@given(st.integers(min_value=0, max_value=12), st.integers(min_value=0, max_value=12))
def test_that_an_anchor_agrees_with_every_journal_that_holds_its_facts(
    anchored: int, held: int
) -> None:
    assert anchor_agrees(head(anchored), LEAVES[:held]) == (anchored <= held)


def test_that_an_anchor_disagrees_with_changed_facts() -> None:
    changed = [*LEAVES[:3], leaf_hash(b"forged"), *LEAVES[4:]]
    assert anchor_agrees(head(3), changed)
    assert not anchor_agrees(head(4), changed)
    assert not anchor_agrees(replace(head(3), root=Digest("0" * 64)), LEAVES)

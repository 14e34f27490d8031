"""The hash tree of RFC 9162, against the definition, known vectors and an independent library."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from relconsole.domain.record.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The eight entries and roots that the certificate-transparency projects test with.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LOGS = st.lists(st.binary(max_size=8).map(leaf_hash), min_size=1, max_size=40)


def root_by_definition(leaves: list[bytes]) -> bytes:
    """Give MTH of RFC 9162 §2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(root_by_definition(leaves[:split]), root_by_definition(leaves[split:]))


def flipped(raw: bytes) -> bytes:
    return bytes([raw[0] ^ 1]) + raw[1:]


@pytest.mark.parametrize("size", range(1, 9))
def test_that_the_known_logs_have_their_known_roots(size: int) -> None:
    assert root_of(map(leaf_hash, ENTRIES[:size])).hex() == ROOTS[size - 1]


def test_that_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert root_of([]) == Frontier().root == EMPTY_ROOT
    assert Frontier().digest == hashlib.sha256(b"").hexdigest()


@given(st.lists(st.binary(max_size=8).map(leaf_hash), max_size=40))
def test_that_appending_gives_the_root_of_the_definition(leaves: list[bytes]) -> None:
    tree = Frontier()
    for leaf in leaves:
        tree = tree.append(leaf)
    assert tree == Frontier().extend(leaves)
    assert (tree.size, tree.root) == (len(leaves), root_by_definition(leaves))


@given(LOGS, st.binary(max_size=8))
def test_that_appending_leaves_the_older_tree_as_it_is(leaves: list[bytes], entry: bytes) -> None:
    tree = Frontier().extend(leaves)
    before = (tree.size, tree.root)
    tree.append(leaf_hash(entry))
    assert (tree.size, tree.root) == before


@given(LOGS, st.data())
def test_that_a_leaf_is_proved_in_its_place_only(leaves: list[bytes], data: st.DataObject) -> None:
    size, root = len(leaves), root_of(leaves)
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    proof = inclusion_proof(leaves, index)
    assert verify_inclusion(leaves[index], index, size, proof, root)
    assert not verify_inclusion(flipped(leaves[index]), index, size, proof, root)
    assert not verify_inclusion(leaves[index], index, size, proof, flipped(root))
    assert not verify_inclusion(leaves[index], index, size, (*proof, root), root)
    assert not verify_inclusion(leaves[index], index, size, proof[:-1], root) or not proof
    assert not verify_inclusion(leaves[index], size, size, proof, root)
    assert not verify_inclusion(leaves[index], -1, size, proof, root)


@given(LOGS, st.data())
def test_that_a_grown_log_is_proved_to_start_with_the_older(
    leaves: list[bytes], data: st.DataObject
) -> None:
    size = len(leaves)
    first = data.draw(st.integers(min_value=1, max_value=size))
    old, new = root_of(leaves[:first]), root_of(leaves)
    proof = consistency_proof(leaves, first)
    assert verify_consistency(first, size, old, new, proof)
    assert not verify_consistency(first, size, flipped(old), new, proof)
    assert not verify_consistency(first, size, old, flipped(new), proof)
    assert not verify_consistency(first, size, old, new, (*proof, old))
    assert not verify_consistency(first, size, old, new, proof[:-1]) or not proof
    assert not verify_consistency(size + 1, size, old, new, proof)
    assert not verify_consistency(0, size, old, new, proof)


def test_that_growth_from_other_than_a_power_of_two_needs_a_proof() -> None:
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    assert not verify_consistency(3, 8, root_of(leaves[:3]), root_of(leaves), ())


@pytest.mark.parametrize("index", [-1, 8])
def test_that_only_a_leaf_of_the_log_can_be_proved(index: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof([leaf_hash(entry) for entry in ENTRIES], index)


@pytest.mark.parametrize("first", [0, 9])
def test_that_only_a_start_of_the_log_can_be_proved(first: int) -> None:
    with pytest.raises(IndexError):
        consistency_proof([leaf_hash(entry) for entry in ENTRIES], first)


@given(st.lists(st.binary(min_size=1, max_size=8), min_size=1, max_size=30), st.data())
def test_that_an_independent_library_agrees(entries: list[bytes], data: st.DataObject) -> None:
    theirs: Any = InmemoryTree(algorithm="sha256")
    for entry in entries:
        theirs.append_entry(entry)
    leaves = [leaf_hash(entry) for entry in entries]
    first = data.draw(st.integers(min_value=1, max_value=len(entries)))
    assert theirs.get_root(first) == root_of(leaves[:first])

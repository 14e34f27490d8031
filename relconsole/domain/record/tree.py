"""The hash tree of RFC 9162 §2.1 over SHA-256: roots, inclusion proofs, consistency proofs.

A leaf here is always a leaf hash, 32 bytes, as ``leaf_hash`` makes it of an entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from relconsole.domain.kernel.ids import Digest

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Give SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: all that is needed to append and to give the root.

    ``peaks`` are the roots of the perfect subtrees from left to right, one for each bit that is set
    in ``size``.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """Give the tree with one more leaf; this one stays as it is."""
        peaks = list(self.peaks)
        _push(peaks, self.size, leaf)
        return Frontier(self.size + 1, tuple(peaks))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Give the tree with these leaves more, faster than one by one."""
        peaks, size = list(self.peaks), self.size
        for leaf in leaves:
            _push(peaks, size, leaf)
            size += 1
        return Frontier(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """Give the root, 32 bytes; SHA-256 of nothing for the empty tree."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    @property
    def digest(self) -> Digest:
        """Give the root in hexadecimal."""
        return Digest(self.root.hex())


def _push(peaks: list[bytes], size: int, leaf: bytes) -> None:
    """Add a leaf to the peaks of a tree of this size: each trailing set bit is one merge."""
    sha256 = hashlib.sha256
    while size & 1:
        leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
        size >>= 1
    peaks.append(leaf)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Give the root over all leaves."""
    return Frontier().extend(leaves).root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Give the proof that the leaf at ``index``, from 0, is in the tree; IndexError for none."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of {len(leaves)}")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_proof(leaves[:split], index), root_of(leaves[split:]))
    return (*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split]))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether the proof shows this leaf at ``index``, from 0, in the tree of this root."""
    if not 0 <= index < size:
        return False
    position, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            found = node_hash(step, found)
            position, last = _up_past_right_edge(position, last)
        else:
            found = node_hash(found, step)
        position, last = position >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(leaves: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """Give the proof that the tree of all leaves grew from that of the first ``first`` ones.

    IndexError unless ``first`` is from 1 to their number.
    """
    if not 0 < first <= len(leaves):
        raise IndexError(f"the first {first} of {len(leaves)} leaves")
    return _subproof(leaves, first, whole=True)


def _subproof(leaves: Sequence[bytes], first: int, *, whole: bool) -> tuple[bytes, ...]:
    """Give SUBPROOF of RFC 9162 §2.1.4.1; ``whole`` while the old tree is a subtree of its own."""
    if first == len(leaves):
        return () if whole else (root_of(leaves),)
    split = _split(len(leaves))
    if first <= split:
        inner = _subproof(leaves[:split], first, whole=whole)
        return (*inner, root_of(leaves[split:]))
    return (*_subproof(leaves[split:], first - split, whole=False), root_of(leaves[:split]))


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether the proof shows that the second tree starts with the whole first one."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    steps = list(proof)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    if not steps:
        return False
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(step, old), node_hash(step, new)
            position, last = _up_past_right_edge(position, last)
        else:
            new = node_hash(new, step)
        position, last = position >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _up_past_right_edge(position: int, last: int) -> tuple[int, int]:
    """Climb while the node is the lone last one of its level, which has no sibling to hash."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _split(size: int) -> int:
    """Give the largest power of two below ``size``, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)

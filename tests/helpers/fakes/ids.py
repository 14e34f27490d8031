"""Ids and random bytes that are the same in every run."""

from __future__ import annotations

import hashlib


class FakeIds:
    """Ids that count, and bytes drawn from a seed."""

    def __init__(self, seed: str = "ids") -> None:
        self._seed = seed
        self._given = 0
        self._drawn = 0

    def fresh(self) -> str:
        self._given += 1
        return f"{self._given:032x}"

    def secret_bytes(self, count: int) -> bytes:
        self._drawn += 1
        return hashlib.shake_256(f"{self._seed}/{self._drawn}".encode()).digest(count)

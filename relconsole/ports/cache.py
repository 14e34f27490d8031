"""The cache of observations: may be thrown away at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from relconsole.domain.kernel.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached:
    """One cached observation; ``key`` is such as ``metrics/query/<text>``.

    ``time_to_live`` is in seconds.
    """

    key: str
    value: Json
    source: str
    observed_at: datetime
    time_to_live: float


class Cache(Protocol):
    """Last known values of other systems."""

    async def put(self, entries: Sequence[Cached]) -> int:
        """Keep the newest value of each key; gives how many rows really changed."""
        ...

    async def get(self, key: str) -> Cached | None:
        """Give the last known value."""
        ...

    async def under(self, prefix: str) -> Sequence[Cached]:
        """Give the values whose key begins so, ordered by key."""
        ...

"""A cache of observations in a dict."""

from __future__ import annotations

from collections.abc import Sequence

from relconsole.ports.cache import Cached


class FakeCache:
    """Keeps the newest observation of each key."""

    def __init__(self) -> None:
        self.kept: dict[str, Cached] = {}

    async def put(self, entries: Sequence[Cached]) -> int:
        changed = 0
        for entry in entries:
            known = self.kept.get(entry.key)
            if known is None or known.observed_at < entry.observed_at:
                self.kept[entry.key] = entry
                changed += 1
        return changed

    async def get(self, key: str) -> Cached | None:
        return self.kept.get(key)

    async def under(self, prefix: str) -> Sequence[Cached]:
        return tuple(entry for key, entry in sorted(self.kept.items()) if key.startswith(prefix))

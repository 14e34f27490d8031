"""Doing several things at once, as a port, so that nothing but the runtime creates tasks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Protocol


class Tasks(Protocol):
    """Runs calls side by side."""

    async def together(self, calls: Sequence[Callable[[], Coroutine[None, None, None]]]) -> None:
        """Run every call to its end; the first error of ours is raised after all have ended."""
        ...

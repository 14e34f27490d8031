"""Where a fake stops to let others run, or to let a test end the program there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Point = Callable[[str], Awaitable[None]]
"""Called with the name of a point, such as ``append:before``; may wait, and may raise."""


async def pass_by(_name: str) -> None:
    """Go on at once."""

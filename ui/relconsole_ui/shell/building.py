"""What is built over many turns of the loop, so that no turn keeps the window from answering.

A building is a generator that yields between short acts. Whoever lets it end early takes away what
stands by then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator

Building = Generator[None, None, None]


def build_at_once(building: Building) -> None:
    """Build everything in this turn."""
    for _ in building:
        pass


async def build_in_turns(building: Building, is_wanted: Callable[[], bool]) -> bool:
    """Give each act a turn of its own; False where it was not wanted any more before the end."""
    for _ in building:
        await asyncio.sleep(0)
        if not is_wanted():
            building.close()
            return False
    return True

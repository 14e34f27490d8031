"""Doing several things at once, on the loop that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence


class FakeTasks:
    """Runs calls side by side; a single one runs in place."""

    async def together(self, calls: Sequence[Callable[[], Coroutine[None, None, None]]]) -> None:
        if len(calls) == 1:
            await calls[0]()
            return
        if not calls:
            return
        answers = await asyncio.gather(*(call() for call in calls), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer

"""The only place of the console that creates tasks; each has a name and a guard inside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence

Call = Callable[[], Coroutine[None, None, None]]


class AsyncioTasks:
    """Runs calls side by side on the loop."""

    async def together(self, calls: Sequence[Call]) -> None:
        """Run every call to its end, also when one fails; then raise the first error there was."""
        if len(calls) == 1:
            await calls[0]()
            return
        failures: list[Exception] = []

        async def guarded(call: Call) -> None:
            # Without the guard one failure would cancel the siblings in the middle of their call.
            try:
                await call()
            except Exception as failure:  # noqa: BLE001 - the task guard; raised below
                failures.append(failure)

        async with asyncio.TaskGroup() as group:
            for number, call in enumerate(calls):
                group.create_task(guarded(call), name=f"together {number}")
        if failures:
            raise failures[0]

"""An inbox in memory, with somebody at the other end who answers or does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from relconsole.ports.inbox import Order, Reply


class FakeInbox:
    """Keeps orders until they are taken; `writer` is what the writer does when one is posted."""

    def __init__(self) -> None:
        self.waiting: list[Order] = []
        self.replies: dict[str, Reply] = {}
        self.writer: Callable[[], Awaitable[None]] | None = None

    async def take(self) -> Sequence[Order]:
        taken, self.waiting = tuple(self.waiting), []
        return taken

    async def reply(self, reply: Reply) -> None:
        self.replies[reply.order] = reply

    async def post(self, order: Order, seconds: float) -> Reply | None:
        self.waiting.append(order)
        if self.writer is not None:
            await self.writer()
        found = self.replies.get(order.id)
        if found is None:
            self.waiting.remove(order)
        return found

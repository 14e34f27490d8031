"""An inbox in memory, with somebody at the other end who answers or does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from relconsole.ports.inbox import Order, Reply


class FakeInbox:
    """Keeps orders until they are answered; `writer` is what the writer does when one is posted."""

    def __init__(self) -> None:
        self.waiting: list[Order] = []
        self.replies: dict[str, Reply] = {}
        self.writer: Callable[[], Awaitable[None]] | None = None

    async def take(self) -> Sequence[Order]:
        return tuple(order for order in self.waiting if not order.stands)

    async def take_standing(self, journal: str) -> Sequence[Order]:
        return tuple(order for order in self.waiting if order.stands and order.journal == journal)

    def has_standing(self, journal: str) -> bool:
        return any(order.stands and order.journal == journal for order in self.waiting)

    async def reply(self, reply: Reply) -> None:
        self.replies[reply.order] = reply
        self.waiting = [order for order in self.waiting if order.id != reply.order]

    async def post(self, order: Order, seconds: float) -> Reply | None:
        self.waiting.append(order)
        if self.writer is not None:
            await self.writer()
        if not order.stands:
            self.waiting = [each for each in self.waiting if each.id != order.id]
        return self.replies.get(order.id)

"""A night that one program conducts, and others that post to it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import Note
from relconsole.domain.night.step_commands import Said
from relconsole.ports.inbox import Order, Reply
from relconsole.services.desk import Records, Signer, load_state
from relconsole.services.orders import OrderTaker, PostingDesk, make_order_codec
from tests.helpers.fakes.clock import FakeClock
from tests.helpers.fakes.inbox import FakeInbox
from tests.helpers.fakes.tasks import FakeTasks
from tests.unit.services.rooms import CODEC, Room, open_room
from tests.unit.services.rooms_s2 import (
    KEYS,
    deploy,
    night,
    talk,
    versions,
)

ORDERS = make_order_codec()
PLAN = versions(talk("tell"), deploy("pay"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The night that Mara conducts, and the inbox through which others reach it."""

    room: Room
    inbox: FakeInbox
    taker: OrderTaker

    async def desk_of(self, person: PersonId | None, clock: FakeClock | None = None) -> PostingDesk:
        """A desk of a process that may not write, with this person's key open."""
        desk = PostingDesk(
            journal=self.room.journal,
            clock=clock or self.room.clock,
            ids=self.room.ids,
            codec=CODEC,
            state=await load_state(self.room.journal, CODEC),
            signer=None if person is None else Signer(person=person, key=KEYS[person]),
        )
        desk.follow(self.inbox, ORDERS)
        return desk

    async def posts(
        self, person: PersonId | None, command: ConsoleCommand, clock: FakeClock | None = None
    ) -> Records | Refusal:
        """Let somebody post a command and the writer take it."""
        desk = await self.desk_of(person, clock)
        self.inbox.writer = self.taker.take
        return await desk.submit(command)

    async def draft(
        self, person: PersonId | None, command: ConsoleCommand, clock: FakeClock | None = None
    ) -> Order:
        """The order that a command of somebody comes to; nobody takes it."""
        drafts: list[Order] = []

        async def look() -> None:
            drafts.extend(self.inbox.waiting)

        self.inbox.writer = look
        with pytest.raises(WorldIsDown):
            await (await self.desk_of(person, clock)).submit(command)
        (order,) = drafts
        self.inbox.waiting.remove(order) if order.stands else None
        return order

    async def hands_in(self, order: Order) -> Reply:
        """Lay an order into the inbox, and give what the writer replies."""
        self.inbox.waiting.append(order)
        await self.taker.take()
        return self.inbox.replies[order.id]

    async def refuses(self, order: Order) -> tuple[str, ...]:
        """The rules by which the writer refuses an order, of which nothing is recorded."""
        size = len(self.room.stored.envelopes)
        reply = await self.hands_in(order)
        assert reply.recorded == ()
        assert len(self.room.stored.envelopes) == size
        return tuple(rule for rule, _, _, _ in reply.refused)

    def note(self, text: str = "all quiet") -> Note:
        return Note(run=self.room.run.id, said=Said(note=text))


def inbox_of(room: Room) -> Posted:
    inbox = FakeInbox()
    taker = OrderTaker(
        desk=room.desk, inbox=inbox, clock=room.clock, tasks=FakeTasks(), orders=ORDERS
    )
    return Posted(room=room, inbox=inbox, taker=taker)


async def keyed() -> Posted:
    """A night in which everybody's key counts."""
    return inbox_of(await night(PLAN))


async def nameless() -> Posted:
    """A night of people of whom nobody has a key."""
    return inbox_of(await open_room(PLAN))

"""Orders from other processes: people answer, stop and vote while somebody else's console writes.

Whoever posts decides over the same facts, signs what the command comes to, and sends both. The
writer decides again, and records only what comes to the very same facts under a good signature.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias, TypeVar, get_args

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.console.evolve import fold
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.kernel.errors import InputRejected, WorldIsDown
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.night.alert_commands import AcknowledgeAlert, ShelveAlert, UnshelveAlert
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_commands import (
    AcceptHandover,
    CloseLeftOpen,
    CloseProblem,
    EndHold,
    HandOverLeftOpen,
    MarkTriggerFalse,
    Note,
    OfferHandover,
    OpenProblem,
    ResumeLine,
    StopLine,
)
from relconsole.domain.night.change_commands import ConfirmClosure, SettleChange
from relconsole.domain.night.message_commands import MarkSent
from relconsole.domain.night.muster_commands import AnswerMuster, CallPerson
from relconsole.domain.night.rollback_commands import AskSignature
from relconsole.domain.night.step_commands import (
    AnswerStation,
    DecideFollowers,
    DecideGate,
    EndStep,
    RepeatStep,
    StartStep,
    WaitStep,
)
from relconsole.domain.record.codec import Codec
from relconsole.ports.clock import Clock
from relconsole.ports.inbox import Inbox, Order, Reply, SignedAct
from relconsole.ports.journal import StaleFence
from relconsole.ports.tasks import Tasks
from relconsole.services.desk import Desk, Records, open_envelope

PostedCommand: TypeAlias = (
    StartStep
    | EndStep
    | WaitStep
    | RepeatStep
    | DecideFollowers
    | AnswerStation
    | DecideGate
    | StopLine
    | ResumeLine
    | EndHold
    | MarkTriggerFalse
    | OpenProblem
    | CloseProblem
    | CloseLeftOpen
    | HandOverLeftOpen
    | OfferHandover
    | AcceptHandover
    | AskSignature
    | Note
    | SettleChange
    | ConfirmClosure
    | AcknowledgeAlert
    | ShelveAlert
    | UnshelveAlert
    | CallPerson
    | AnswerMuster
    | MarkSent
)
"""What may be posted; everything else needs the store's writer itself."""

_POSTED: Final[tuple[type[PostedCommand], ...]] = get_args(PostedCommand)
OLDEST: Final = timedelta(seconds=60)
RECENT: Final = 2_000
"""How many of the newest facts an order is looked for among: more than `OLDEST` brings."""

STOP_SECONDS: Final = 3.0
"""How long whoever stops the line waits to hear that it is recorded; it holds before that."""

LISTEN_SECONDS: Final = 0.1
"""How often the writer looks for a stop, whatever else it waits for."""

Given = TypeVar("Given")


class StopStands(WorldIsDown):
    """A stop is kept in the store and lets nothing leave, and is not in the record yet."""


ANSWER_SECONDS: Final = 15.0


def make_order_codec() -> Codec[PostedCommand]:
    """Give the codec of the commands that may be posted."""
    return Codec({found.KIND: found for found in _POSTED})


class OrderTaker:
    """The writer's side: takes what waits in the inbox and answers each order."""

    def __init__(
        self,
        *,
        desk: Desk,
        inbox: Inbox,
        clock: Clock,
        tasks: Tasks,
        orders: Codec[PostedCommand],
    ) -> None:
        """Take the desk, the ports, and the codec of the commands that may come."""
        self._desk = desk
        self._inbox = inbox
        self._clock = clock
        self._tasks = tasks
        self._orders = orders
        self._turn = asyncio.Lock()

    async def take(self) -> None:
        """Take every waiting order, stops first; a refused one is answered with its reasons."""
        await self.take_stops()
        async with self._turn:
            await self._answer(await self._inbox.take())

    async def take_stops(self) -> None:
        """Take the stops that stand for this journal."""
        async with self._turn:
            await self._answer(await self._inbox.take_standing(self._desk.journal.id))

    async def beside(self, work: Callable[[], Awaitable[Given]]) -> Given:
        """Give what the work gives, and meanwhile record a stop at once, whatever the work awaits.

        Of all orders only stops come in between: they change nothing but that nothing leaves.
        """
        given: list[Given] = []
        is_over = False

        async def do() -> None:
            nonlocal is_over
            try:
                await self.take_stops()
                given.append(await work())
            finally:
                is_over = True

        async def listen() -> None:
            while not is_over:
                await self._clock.sleep(LISTEN_SECONDS)
                try:
                    await self.take_stops()
                except (StaleFence, WorldIsDown):
                    # The work meets the same with its next fact; until then the stop stands.
                    continue

        await self._tasks.together([do, listen])
        return given[0]

    async def _answer(self, orders: Sequence[Order]) -> None:
        """Record each order, or say why not."""
        for order in orders:
            taken = await self._take(order)
            if isinstance(taken, Refusal):
                reasons = tuple(
                    (each.rule, each.thing, each.says, each.lifts) for each in taken.reasons
                )
                await self._inbox.reply(Reply(order=order.id, refused=reasons))
            else:
                recorded = tuple(each.id for each in taken)
                await self._inbox.reply(Reply(order=order.id, recorded=recorded))

    async def _take(self, order: Order) -> Records | Refusal:
        """Record an order, or give why not."""
        if order.journal != self._desk.journal.id:
            return refuse("another_journal", order.id, "the order is for another journal")
        if not order.stands and abs(self._clock.now() - order.at) > OLDEST:
            return refuse("order_is_old", order.id, "the order was decided too long ago")
        try:
            command = self._orders.decode(order.kind, 1, order.body)
        except InputRejected as wrong:
            return refuse("no_order", order.id, str(wrong))
        if order.stands and not isinstance(command, StopLine):
            return refuse("only_a_stop_stands", order.id, "no order but a stop stands")
        known = await self._known(order)
        return known or await self._desk.adopt(command, order)

    async def _known(self, order: Order) -> Records:
        """Give the facts of an order that is recorded already, none where it is new.

        A writer that ends between recording and answering leaves the order in the inbox.
        """
        return await self._desk.find({act.id for act in order.acts}, RECENT)


class PostingDesk(Desk):
    """A desk of a process that may not write: what it decides is posted to the one that may."""

    def follow(self, inbox: Inbox, orders: Codec[PostedCommand]) -> None:
        """Take the way to the writer."""
        self._inbox = inbox
        self._orders = orders

    async def _keep(
        self,
        command: ConsoleCommand,
        facts: tuple[ConsoleFact, ...],
        actor: Actor,
        decided: datetime,
    ) -> Records | Refusal:
        """Post the command with the signatures of its facts, and read back what was recorded.

        Refused where the writer, whose facts are newer, refuses it.
        """
        if not isinstance(command, _POSTED):
            kind = type(command).__name__
            raise WorldIsDown(f"The store is being written; {kind} has to wait.", system="store")
        sealed = self.seal(facts, actor, decided)
        kind, _, body = self._orders.encode(command)
        order = Order(
            id=sealed[0].id,
            journal=self._journal.id,
            kind=kind,
            body=body,
            by=sealed[0].by,
            key=sealed[0].act.key if sealed[0].act else None,
            at=decided,
            acts=tuple(
                SignedAct(id=each.id, signature=each.act.signature if each.act else "")
                for each in sealed
            ),
            stands=isinstance(command, StopLine),
        )
        reply = await self._inbox.post(order, STOP_SECONDS if order.stands else ANSWER_SECONDS)
        if reply is None:
            return await self._unanswered(order)
        if reply.refused:
            return Refusal(
                reasons=tuple(
                    Reason(rule=rule, thing=thing, says=says, lifts=lifts)
                    for rule, thing, says, lifts in reply.refused
                )
            )
        return await self._read_back(reply)

    async def _unanswered(self, order: Order) -> Records:
        """Give what the record itself says of an order without a reply; else raise that none came.

        The writer may have recorded it and been unable to say so.
        """
        recorded = tuple(act.id for act in order.acts)
        found = await self._read_back(Reply(order=order.id, recorded=recorded))
        if len(found) == len(recorded):
            return found
        if order.stands:
            raise StopStands(
                "The stop is kept in the store and nothing leaves past it, but it is not in the"
                " record yet: the program that writes the store does not answer. Whoever writes"
                " next records it before anything else.",
                system="store",
            )
        raise WorldIsDown("The program that writes the store did not answer.", system="store")

    async def _read_back(self, reply: Reply) -> Records:
        """Fold what the writer has recorded, and give the facts of the order."""
        envelopes = await self._journal.read()
        records = tuple(open_envelope(each, self._codec) for each in envelopes)
        self._state = fold(records)
        wanted = set(reply.recorded)
        return tuple(each for each in records if each.id in wanted)

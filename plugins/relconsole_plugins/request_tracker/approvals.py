"""The approvals of a change: tickets of Type approval on which it depends.

RT holds no gate of its own: a change whose approval is open may go from one active state to
another. So an approval counts only where every one of them is resolved, and certainly so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from relconsole.plugin_api.errors import BadAnswer
from relconsole_plugins.request_tracker import parse
from relconsole_plugins.request_tracker.client import Tracker
from relconsole_plugins.request_tracker.parse import Ticket, Transaction

_MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """The tickets that a change waits for, None for one that the account may not see."""

    tickets: Mapping[int, Ticket | None]

    @property
    def approvals(self) -> tuple[Ticket, ...]:
        """Give those of Type approval, as far as they may be seen."""
        found = (one for one in self.tickets.values() if one is not None)
        return tuple(one for one in found if one.type == parse.APPROVAL)


async def waited_for(tracker: Tracker, change: Ticket) -> Waited:
    """Give what the change depends on; BadAnswer where that is too much to ask for."""
    if len(change.depends_on) > _MOST:
        raise BadAnswer(f"ticket {change.number} depends on more than {_MOST} tickets")
    tickets: dict[int, Ticket | None] = {}
    for number in change.depends_on:
        answer = await tracker.ticket(number)
        tickets[number] = None if answer.status in parse.HIDDEN else parse.read_ticket(answer)
    return Waited(tickets=tickets)


async def decided_on(tracker: Tracker, queue: str, waited: Waited) -> tuple[Transaction, ...]:
    """Give the resolution of each approval in order of time, nothing where one is lacking.

    Nothing either where a ticket on which the change depends may not be seen, or an approval
    stands in another queue: nobody can tell then whether all have been resolved.
    """
    approvals = waited.approvals
    if not approvals or None in waited.tickets.values():
        return ()
    kept = parse.read_queue(await tracker.queue(queue))
    if kept is None or any(one.queue != kept.number for one in approvals):
        return ()
    resolved: list[Transaction] = []
    for ticket in approvals:
        resolution = parse.resolution_of(ticket, await tracker.history(ticket.number))
        if resolution is None:
            return ()
        resolved.append(resolution)
    return tuple(sorted(resolved, key=lambda one: one.number))


def requester_of(change: Ticket, resolution: Transaction | None) -> str:
    """Give who asked for a change: a requestor, or who made it where there is none.

    Of several requestors the one who approved it, if any did: that one must not be hidden.
    """
    asked = change.requestors or (change.creator,)
    if resolution is not None and resolution.creator in asked:
        return resolution.creator
    return asked[0]

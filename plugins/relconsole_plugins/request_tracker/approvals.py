"""The approvals of a change: tickets of Type approval on which it depends.

RT holds no gate of its own: a change whose approval is open may go from one active state to
another. So an approval counts only where every one of them is resolved, and certainly so.
"""

from __future__ import annotations

from typing import Final

from relconsole.plugin_api.errors import BadAnswer
from relconsole_plugins.request_tracker import parse
from relconsole_plugins.request_tracker.client import Tracker
from relconsole_plugins.request_tracker.parse import Ticket, Transaction

_MOST: Final = 50


async def decided_on(tracker: Tracker, queue: str, change: Ticket) -> tuple[Transaction, ...]:
    """Give the resolution of each approval in order of time, nothing where one is lacking.

    Nothing either where a ticket on which the change depends may not be seen, or an approval
    stands in another queue: nobody can tell then whether all have been resolved.
    """
    if len(change.depends_on) > _MOST:
        raise BadAnswer(f"ticket {change.number} depends on more than {_MOST} tickets")
    approvals: list[Ticket] = []
    for number in change.depends_on:
        answer = await tracker.ticket(number)
        ticket = None if answer.status in parse.HIDDEN else parse.read_ticket(answer)
        if ticket is None:
            return ()
        if ticket.type == parse.APPROVAL:
            approvals.append(ticket)
    if not approvals:
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

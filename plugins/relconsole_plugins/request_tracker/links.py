"""The links that stand in a change, with what a ticket or an asset at the other end says of itself.

Approvals are no links: what they are for is read in ``approvals``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from relconsole.plugin_api.errors import BadAnswer
from relconsole.plugin_api.http import Answer
from relconsole.plugin_api.itsm import ChangeLink, LinkKind
from relconsole_plugins.request_tracker import parse
from relconsole_plugins.request_tracker.approvals import Waited
from relconsole_plugins.request_tracker.client import PAGE, Tracker
from relconsole_plugins.request_tracker.parse import Link, Ticket

_KINDS: Final[Mapping[str, LinkKind]] = {
    parse.DEPENDS_ON: LinkKind.DEPENDS_ON,
    "depended-on-by": LinkKind.DEPENDED_ON_BY,
    "refers-to": LinkKind.REFERS_TO,
    "referred-to-by": LinkKind.REFERRED_TO_BY,
    "parent": LinkKind.PARENT,
    "child": LinkKind.CHILD,
}
_ORDER: Final = tuple(LinkKind)
_PAGES: Final[Mapping[str, str]] = {
    parse.TICKET: "/Ticket/Display.html?id=",
    parse.ASSET: "/Asset/Display.html?id=",
    "article": "/Articles/Article/Display.html?id=",
}
"""Where a person reads a record, by its type."""


class _Said(msgspec.Struct, frozen=True):
    """What a ticket or an asset says of itself."""

    number: str | int = msgspec.field(name="id")
    status: str = msgspec.field(name="Status")
    subject: str | None = msgspec.field(name="Subject", default=None)
    name: str | None = msgspec.field(name="Name", default=None)


class _Page(msgspec.Struct, frozen=True):
    items: list[_Said]


_Known = Mapping[tuple[str, int], tuple[str, str]]


async def links_of(
    tracker: Tracker, change: Ticket, waited: Waited, url: str
) -> tuple[ChangeLink, ...]:
    """Give the links of a change by kind and number, without its approvals.

    Title and state are those of the first hundred tickets and of the first hundred assets, as far
    as the account may see them.
    """
    approvals = {one.number for one in waited.approvals}
    linked = [
        one
        for one in change.links
        if one.ref in _KINDS and not (one.ref == parse.DEPENDS_ON and _is_one_of(one, approvals))
    ]
    known = {
        (parse.TICKET, number): ("", "") if ticket is None else (ticket.title, ticket.status)
        for number, ticket in waited.tickets.items()
    }
    for kind, look in ((parse.TICKET, tracker.tickets), (parse.ASSET, tracker.assets)):
        numbers = {parse.number_of(one.id) for one in linked if one.type == kind}
        asked = sorted(number for number in numbers if (kind, number) not in known)[:PAGE]
        if asked:
            known |= _read(await look(asked), kind, asked)
    return tuple(_link(one, known, url) for one in sorted(linked, key=_place))


def _is_one_of(link: Link, numbers: set[int]) -> bool:
    return link.type == parse.TICKET and parse.number_of(link.id) in numbers


def _read(answer: Answer, kind: str, asked: list[int]) -> _Known:
    """Give title and state by number; BadAnswer for a record that was not asked for."""
    found = {
        (kind, parse.number_of(one.number)): (one.subject or one.name or "", one.status)
        for one in answer.require(200).read(_Page).items
    }
    strange = found.keys() - {(kind, number) for number in asked}
    if strange:
        raise BadAnswer(f"{answer.asked}: holds {kind} {min(strange)[1]}, which was not asked for")
    return found


def _place(link: Link) -> tuple[int, str, int, str]:
    """Give the place of a link among the others, which RT gives in any order."""
    number = parse.ticket_number(str(link.id)) or 0
    return _ORDER.index(_KINDS[link.ref]), link.type, number, link.url or ""


def _link(link: Link, known: _Known, url: str) -> ChangeLink:
    """Give a link; a ticket is named by its number, another record by its type and number."""
    kind = _KINDS[link.ref]
    if not link.id:
        address = link.url or ""
        is_web = address.lower().startswith(("https://", "http://"))
        return ChangeLink(kind=kind, id=address, url=address if is_web else "")
    # A user has a name in place of a number.
    number = parse.ticket_number(str(link.id))
    title, state = known.get((link.type, number or 0), ("", ""))
    page = _PAGES.get(link.type)
    return ChangeLink(
        kind=kind,
        id=str(link.id) if link.type == parse.TICKET else f"{link.type}:{link.id}",
        title=title,
        state=state,
        url="" if page is None or number is None else f"{url}{page}{number}",
    )

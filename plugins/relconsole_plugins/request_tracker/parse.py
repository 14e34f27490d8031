"""What Request Tracker answers, in its own form and then in ours.

A comment's subject is given back as ``Data`` of its transaction, folded at 76 signs as mail is.
Times are in UTC, and 1970 stands for never. Illegal moves are answered 200 with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec

from relconsole.domain.kernel.instants import parse_instant
from relconsole.plugin_api.errors import BadAnswer
from relconsole.plugin_api.http import Answer
from relconsole.plugin_api.itsm import CHANGE_COMMENT

APPROVAL: Final = "approval"
ASSET: Final = "asset"
DEPENDS_ON: Final = "depends-on"
HIDDEN: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
RESOLVED: Final = "resolved"
TICKET: Final = "ticket"
EFFECT_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TICKET: Final = re.compile(r"[1-9][0-9]{0,17}")
_NOTE: Final = re.compile(r"relconsole effect (\S+); (?:(comment)|(.+) -> (.+))")
NO_PERSON: Final = frozenset({"RT_System", "Nobody", ""})
_NEVER: Final = 1970
_LONGEST_REASON: Final = 300


class Reference(msgspec.Struct, frozen=True):
    """A user or a queue: a user by its login, a queue by its number."""

    id: str | int


class Link(msgspec.Struct, frozen=True):
    """One of the ways that RT names from a record: to another record, or to any address.

    ``ref`` is what the way is; a record has a ``type`` and an ``id``, an address only its ``url``.
    """

    ref: str
    type: str = ""
    id: str | int = ""
    url: str | None = msgspec.field(name="_url", default=None)


class _CustomField(msgspec.Struct, frozen=True):
    id: str | int
    name: str
    values: list[str] = []


class _Missing(msgspec.Struct, frozen=True):
    message: str


class _Ticket(msgspec.Struct, frozen=True, rename="pascal"):
    number: int | str = msgspec.field(name="id")
    type: str
    status: str
    subject: str | None
    queue: Reference
    creator: Reference
    requestor: list[Reference] = []
    custom_fields: list[_CustomField] = []
    links: list[Link] = msgspec.field(name="_hyperlinks", default=[])


class _Transaction(msgspec.Struct, frozen=True, rename="pascal"):
    number: int | str = msgspec.field(name="id")
    type: str
    creator: Reference
    created: str
    field: str | None = None
    old_value: str | None = None
    new_value: str | None = None
    data: str | None = None
    object_id: str | int | None = None


class _Page(msgspec.Struct, frozen=True):
    items: list[_Transaction]


class _Queue(msgspec.Struct, frozen=True, rename="pascal"):
    number: int | str = msgspec.field(name="id")
    name: str
    lifecycle: str


class _Version(msgspec.Struct, frozen=True, rename="pascal"):
    version: str


class _Refusal(msgspec.Struct, frozen=True):
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The value of a custom field: the field's number, and its text, None where it is empty."""

    field: int
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket; ``queue`` is the queue's number, people are logins, ``etag`` as it came.

    ``depends_on`` are the tickets that it waits for, those too that the account may not see; they
    are among the ``links``.
    """

    number: int
    type: str
    status: str
    title: str
    queue: int
    creator: str
    requestors: tuple[str, ...]
    depends_on: tuple[int, ...]
    etag: str
    fields: tuple[_CustomField, ...]
    links: tuple[Link, ...]

    def digest(self, name: str) -> Digest | None:
        """Give a custom field, None where there is none; BadAnswer where it says two things."""
        found = [one for one in self.fields if one.name == name]
        values = [value.strip() for one in found for value in one.values if value.strip()]
        if len(found) > 1 or len(values) > 1:
            raise BadAnswer(f"ticket {self.number}: {name} has more than one value")
        if not found:
            return None
        return Digest(field=number_of(found[0].id), value=values[0] if values else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One thing that happened; numbers grow over all tickets, ``at`` is in UTC.

    ``subject`` is that of a comment on one line; ``ticket`` 0 where it was not asked for.
    """

    number: int
    type: str
    creator: str
    at: datetime
    field: str
    old: str
    new: str
    subject: str
    ticket: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A comment that bears an effect's id; ``old`` and ``new`` are None but for a transition."""

    number: int
    effect: str
    creator: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue."""

    number: int
    name: str
    lifecycle: str


def ticket_number(change: str) -> int | None:
    """Give the number of a ticket, None for anything that is no such number."""
    return int(change) if _TICKET.fullmatch(change) else None


def subject_of(effect: str, old: str | None = None, new: str | None = None) -> str:
    """Give the subject of an effect's comment; with both states that of a transition."""
    says = "comment" if old is None or new is None else f"{old} -> {new}"
    return f"relconsole effect {effect}; {says}"


def read_ticket(answer: Answer) -> Ticket | None:
    """Give the ticket, None where there is none; BadAnswer for another form or without ETag.

    The target's own 404 is JSON; a proxy's page is none of its answers.
    """
    if answer.status == HTTPStatus.NOT_FOUND:
        answer.read(_Missing)
        return None
    found = answer.require(200).read(_Ticket)
    etag = answer.headers.get("etag", "")
    if not etag:
        raise BadAnswer(f"{answer.asked}: the answer has no ETag")
    linked = (link for link in found.links if link.ref == DEPENDS_ON and link.type == TICKET)
    return Ticket(
        number=number_of(found.number),
        type=found.type,
        status=found.status,
        title=found.subject or "",
        queue=number_of(found.queue.id),
        creator=str(found.creator.id),
        requestors=tuple(str(one.id) for one in found.requestor),
        depends_on=tuple(sorted({number_of(link.id) for link in linked})),
        etag=etag,
        fields=tuple(found.custom_fields),
        links=tuple(found.links),
    )


def read_transactions(answer: Answer) -> tuple[Transaction, ...]:
    """Give a page of transactions."""
    return tuple(_transaction(one) for one in answer.require(200).read(_Page).items)


def read_queue(answer: Answer) -> Queue | None:
    """Give the queue, None where there is none that the account may see: RT tells both alike."""
    if answer.status in HIDDEN:
        return None
    found = answer.require(200).read(_Queue)
    return Queue(number=number_of(found.number), name=found.name, lifecycle=found.lifecycle)


def read_version(answer: Answer) -> str:
    """Give the version of the server."""
    return answer.require(200).read(_Version).version


def read_refusal(answer: Answer) -> str:
    """Give why RT refused, in its words: from an object, or from a list of messages."""
    try:
        said = answer.read(_Refusal).message
    except BadAnswer:
        said = "; ".join(read_messages(answer))
    return " ".join(said.split())[:_LONGEST_REASON] or f"status {answer.status}"


def read_messages(answer: Answer) -> tuple[str, ...]:
    """Give what RT says of an update, nothing where it had nothing to do."""
    return tuple(one for one in answer.read(list[str | None]) if one)


def same_state(one: str, other: str) -> bool:
    """Tell whether two states are one: RT takes them in upper and lower case alike."""
    return one.casefold() == other.casefold()


def note_of(history: Sequence[Transaction], kind: str, effect: str) -> Note | None:
    """Give the first comment that bears an effect's id and is of its kind."""
    of_comment = kind == CHANGE_COMMENT
    for note in _notes(history):
        if note.effect == effect and (note.new is None) is of_comment:
            return note
    return None


def later_note(history: Sequence[Transaction], note: Note) -> Note | None:
    """Give the next comment that asks for a transition after this one."""
    later = (one for one in _notes(history) if one.number > note.number and one.new is not None)
    return next(later, None)


def has_moved(history: Sequence[Transaction], note: Note) -> bool:
    """Tell whether the transition that a comment asks for was made.

    It was where the next change of status is by the same account, from and to what the comment
    says, and no other comment asked for one in between.
    """
    move = next((one for one in _moves(history) if one.number > note.number), None)
    if move is None or note.old is None or note.new is None or move.creator != note.creator:
        return False
    if not (same_state(move.old, note.old) and same_state(move.new, note.new)):
        return False
    later = later_note(history, note)
    return later is None or later.number > move.number


def last_move(history: Sequence[Transaction]) -> Transaction | None:
    """Give the last change of status, None where there was none."""
    return next((one for one in reversed(_moves(history))), None)


def last_edit(history: Sequence[Transaction], field: int) -> int:
    """Give the number of the last transaction that changed a custom field, 0 where none did."""
    edits = (one.number for one in history if one.type == "CustomField" and one.field == str(field))
    return max(edits, default=0)


def resolution_of(ticket: Ticket, history: Sequence[Transaction]) -> Transaction | None:
    """Give who resolved an approval and when, None where that is not certain."""
    move = last_move(history)
    if ticket.status != RESOLVED or move is None or move.new != RESOLVED:
        return None
    return None if move.creator in NO_PERSON or move.at.year == _NEVER else move


def _notes(history: Sequence[Transaction]) -> tuple[Note, ...]:
    found: list[Note] = []
    for one in history:
        said = _NOTE.fullmatch(one.subject) if one.type == "Comment" else None
        if said is not None:
            effect, old, new = said.group(1, 3, 4)
            found.append(
                Note(number=one.number, effect=effect, creator=one.creator, old=old, new=new)
            )
    return tuple(found)


def _moves(history: Sequence[Transaction]) -> tuple[Transaction, ...]:
    return tuple(one for one in history if one.type == "Status" and one.field == "Status")


def _transaction(found: _Transaction) -> Transaction:
    try:
        at = parse_instant(found.created)
    except ValueError as wrong:
        raise BadAnswer(f"{found.created[:40]!r} is no instant with a zone") from wrong
    return Transaction(
        number=number_of(found.number),
        type=found.type,
        creator=str(found.creator.id),
        at=at,
        field=found.field or "",
        old=found.old_value or "",
        new=found.new_value or "",
        subject=" ".join((found.data or "").split()),
        ticket=0 if found.object_id is None else number_of(found.object_id),
    )


def number_of(written: str | int) -> int:
    """Give the number of a thing in RT; BadAnswer where it is none."""
    number = ticket_number(str(written))
    if number is None:
        raise BadAnswer(f"{str(written)[:40]!r} is no number of a thing in RT")
    return number

"""The verbs of the plugin.

A transition is two requests: a comment that bears the effect's id and says from where to where, and
the change of status with If-Match. So whoever dies in between leaves a comment that was followed by
nothing, and never a change that bears no id.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.kernel.json import Json, as_text
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.cmdb import ConfigurationItem
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Ending,
    Found,
    NotFound,
    Recognition,
    RemoteState,
    TargetRefused,
)
from relconsole.plugin_api.errors import (
    BadAnswer,
    Busy,
    CredentialRefused,
    NotSupported,
    QuestionRefused,
)
from relconsole.plugin_api.itsm import CHANGE_COMMENT, CHANGE_TRANSITION, ChangeRecord
from relconsole_plugins.request_tracker import assets as catalogs
from relconsole_plugins.request_tracker import parse
from relconsole_plugins.request_tracker.approvals import decided_on, requester_of, waited_for
from relconsole_plugins.request_tracker.client import Tracker
from relconsole_plugins.request_tracker.config import read_config
from relconsole_plugins.request_tracker.links import links_of
from relconsole_plugins.request_tracker.parse import Note, Queue, Ticket, Transaction

_RECOGNITION: Final = Recognition(
    how=RecognisesRepeat.QUERYABLE,
    settle=timedelta(seconds=30),
    source="REST 2.0, search of transactions: a comment's subject bears the effect's id",
)
_WANTED: Final[Mapping[str, str]] = {CHANGE_COMMENT: "text", CHANGE_TRANSITION: "state"}
_REFUSED: Final = (400, 404, 409)
_CHANGED_MEANWHILE: Final = 412
_LOOKS: Final = 6
_LONGEST_STATE: Final = 64


class Plugin:
    """A connected Request Tracker."""

    def __init__(self, context: Context) -> None:
        """Read the settings; SettingsRejected where they cannot be meant."""
        self._config = read_config(context.settings)
        self._tracker = Tracker(context.http, context.secret, self._config.sign_in)
        self._url = context.url.rstrip("/")

    async def check(self) -> str:
        """Give version, queue and catalog; QuestionRefused where one is not as it was set."""
        version = parse.read_version(await self._tracker.version())
        queue = await self._queue(self._config.queue)
        wanted = self._config.lifecycle
        if wanted and queue.lifecycle != wanted:
            raise QuestionRefused(
                f"The queue {queue.name} has the lifecycle {queue.lifecycle}, not {wanted}.",
                do="Correct the setting lifecycle, or the queue in Request Tracker.",
            )
        await self._queue(self._config.approval_queue)
        said = f"Request Tracker {version}, queue {queue.name}, lifecycle {queue.lifecycle}"
        return f"{said}, catalog {await self._catalog()}" if self._config.catalog else said

    async def close(self) -> None:
        """Connections belong to the client that was given."""

    async def read_change(self, change: str) -> ChangeRecord | None:
        """Give the ticket with its links; an approver only where every approval is resolved.

        Where the digest field was changed after an approval, nothing is said to be approved.
        """
        number = parse.ticket_number(change)
        ticket = None if number is None else await self._ticket(number)
        if ticket is None:
            return None
        waited = await waited_for(self._tracker, ticket)
        decided = await decided_on(self._tracker, self._config.approval_queue, waited)
        field = self._config.digest_field
        digest = ticket.digest(field) if field else None
        if decided and digest is not None:
            edited = parse.last_edit(await self._tracker.history(ticket.number), digest.field)
            decided = () if edited > decided[0].number else decided
        last = decided[-1] if decided else None
        return ChangeRecord(
            id=change,
            title=ticket.title,
            state=ticket.status,
            requester=requester_of(ticket, last),
            approver=None if last is None else last.creator,
            approved_at=None if last is None else last.at,
            approved_digest=None if last is None or digest is None else digest.value,
            url=f"{self._url}/Ticket/Display.html?id={ticket.number}",
            links=await links_of(self._tracker, ticket, waited, self._url),
        )

    async def configuration_items(self) -> tuple[ConfigurationItem, ...]:
        """Give the assets of the catalog; NotSupported where no catalog is named."""
        if not self._config.catalog:
            raise NotSupported(
                "No catalog of Request Tracker is named to be the CMDB.",
                do="Name one in the setting catalog.",
            )
        # A search in a catalog that is not there finds nothing either.
        await self._catalog()
        return await catalogs.items_of(self._tracker, self._config)

    async def recognition(self, kind: str) -> Recognition:
        """Give how a repeat is recognised."""
        _require(kind)
        return _RECOGNITION

    async def perform(self, request: EffectRequest) -> Acknowledged | TargetRefused:
        """Write the comment, or the comment and the new state, unless the ticket bears it."""
        wanted = _require(request.kind)
        change, value = (as_text(request.payload.get(name)) for name in ("change", wanted))
        number = parse.ticket_number(change)
        if number is None or not value.strip() or not parse.EFFECT_ID.fullmatch(request.id):
            return TargetRefused(reason=f"{request.kind} needs a ticket's number and {wanted}")
        if request.kind == CHANGE_COMMENT:
            return await self._comment(request, number, value)
        if " ".join(value.split()) != value or len(value) > _LONGEST_STATE or "->" in value:
            return TargetRefused(reason=f"{value[:_LONGEST_STATE]!r} is no state")
        return await self._transition(request, number, value, as_text(request.payload.get("from")))

    async def find(self, kind: str, effect: EffectId) -> Found | NotFound:
        """Tell whether a ticket of the queue bears the effect's id; an id alone is no transition.

        QuestionRefused where the queue is not there, since a search in it finds nothing either.
        """
        _require(kind)
        if not parse.EFFECT_ID.fullmatch(effect):
            return NotFound()
        # By the id alone: a mail header may be folded wherever it has a space.
        hits = await self._tracker.comments_named(self._config.queue, effect)
        for ticket in sorted({one.ticket for one in hits}):
            history = await self._tracker.history(ticket)
            if _is_done(kind, history, parse.note_of(history, kind, effect)):
                return Found(remote=_remote(ticket, effect))
        await self._queue(self._config.queue)
        return NotFound()

    async def follow(self, kind: str, remote: str) -> RemoteState:
        """Give that it is in the ticket's history; unknown where the history does not show it."""
        _require(kind)
        change, _, effect = remote.rpartition("#")
        number = parse.ticket_number(change)
        history = () if number is None else await self._tracker.history(number)
        if _is_done(kind, history, parse.note_of(history, kind, effect)):
            return RemoteState(ending=Ending.SUCCEEDED, detail=f"in the history of ticket {change}")
        return RemoteState(
            ending=Ending.UNKNOWN, detail=f"the history of ticket {change} does not show it"
        )

    async def cancel(self, kind: str, remote: str, reason: str) -> bool:
        """Tell that what stands in a history stays there."""
        del remote, reason
        _require(kind)
        return False

    async def _comment(
        self, request: EffectRequest, number: int, text: str
    ) -> Acknowledged | TargetRefused:
        seen = await self._look(number)
        if isinstance(seen, TargetRefused):
            return seen
        ticket, history = seen
        remote = _remote(ticket.number, request.id)
        if parse.note_of(history, request.kind, request.id) is not None:
            return Acknowledged(remote=remote)
        refused = await self._write(ticket, parse.subject_of(request.id), _text(request, text))
        return refused or Acknowledged(remote=remote)

    async def _transition(
        self, request: EffectRequest, number: int, state: str, before: str
    ) -> Acknowledged | TargetRefused:
        is_noted = False
        for _ in range(_LOOKS):
            seen = await self._look(number)
            if isinstance(seen, TargetRefused):
                return seen
            ticket, history = seen
            note = parse.note_of(history, request.kind, request.id)
            if note is None:
                refused = _unless_new(ticket, history, state, is_noted=is_noted)
                refused = refused or _unless_elsewhere(ticket, history, before)
                subject = parse.subject_of(request.id, ticket.status, state)
                text = _text(request, f"{ticket.status} -> {state}")
                refused = refused or await self._write(ticket, subject, text)
                is_noted = True
            elif parse.has_moved(history, note):
                return Acknowledged(remote=_remote(ticket.number, request.id))
            else:
                refused = _unless_free(ticket, history, note, state)
                answer = None if refused else await self._move(request, ticket, state)
                if answer is not None:
                    return answer
            if refused is not None:
                return refused
        raise Busy(f"ticket {number} is being changed by somebody else again and again")

    async def _look(self, number: int) -> tuple[Ticket, tuple[Transaction, ...]] | TargetRefused:
        """Give a ticket of the queue and then its history, so that the ETag is the older."""
        ticket = await self._ticket(number)
        if ticket is None:
            return TargetRefused(reason=f"there is no ticket {number}")
        queue = await self._queue(self._config.queue)
        if ticket.queue != queue.number:
            return TargetRefused(reason=f"ticket {number} is not in the queue {queue.name}")
        return ticket, await self._tracker.history(ticket.number)

    async def _write(self, ticket: Ticket, subject: str, text: str) -> TargetRefused | None:
        """Write a comment; gives why not."""
        answer = await self._tracker.comment(ticket.number, subject, text)
        if answer.status in _REFUSED:
            return TargetRefused(reason=parse.read_refusal(answer))
        parse.read_messages(answer.require(201))
        return None

    async def _move(
        self, request: EffectRequest, ticket: Ticket, state: str
    ) -> Acknowledged | TargetRefused | None:
        """Change the status; None where somebody has changed the ticket meanwhile.

        RT's answer is words, in the language of the account: what counts is the history after it.
        """
        answer = await self._tracker.set_status(ticket.number, state, ticket.etag)
        if answer.status == _CHANGED_MEANWHILE:
            return None
        if answer.status in _REFUSED:
            return TargetRefused(reason=parse.read_refusal(answer))
        reason = parse.read_refusal(answer.require(200))
        try:
            after = await self._ticket(ticket.number)
            history = await self._tracker.history(ticket.number)
        except PersonMustAct as wrong:
            # It was sent: nothing here may be taken for a refusal.
            raise BadAnswer(f"ticket {ticket.number} cannot be read after it: {wrong}") from wrong
        note = parse.note_of(history, request.kind, request.id)
        if note is not None and parse.has_moved(history, note):
            return Acknowledged(remote=_remote(ticket.number, request.id))
        if after is None or after.status != ticket.status:
            raise BadAnswer(f"ticket {ticket.number} was changed, and its history does not say how")
        return TargetRefused(reason=reason)

    async def _ticket(self, number: int) -> Ticket | None:
        return parse.read_ticket(await self._tracker.ticket(number))

    async def _queue(self, name: str) -> Queue:
        queue = parse.read_queue(await self._tracker.queue(name))
        if queue is None:
            raise QuestionRefused(
                f"There is no queue {name} that the account may see.",
                do="Correct the settings queue and approval_queue, or grant SeeQueue on it.",
            )
        return queue

    async def _catalog(self) -> str:
        catalog = catalogs.read_catalog(await self._tracker.catalog(self._config.catalog))
        if catalog is None:
            raise QuestionRefused(
                f"There is no catalog {self._config.catalog} that the account may see.",
                do="Correct the setting catalog, or grant ShowCatalog and ShowAsset on it.",
            )
        return catalog


def _unless_new(
    ticket: Ticket, history: tuple[Transaction, ...], state: str, *, is_noted: bool
) -> TargetRefused | None:
    """Give why a transition may not be begun; CredentialRefused where its comment is not shown."""
    if is_noted:
        raise CredentialRefused(
            f"Request Tracker does not show the comments of ticket {ticket.number}.",
            do="Give the account the right ShowTicketComments on the queue.",
        )
    if not parse.same_state(ticket.status, state):
        return None
    said = f"ticket {ticket.number} is {state} already{_by_whom(history)}; nothing was written"
    return TargetRefused(reason=said)


def _unless_elsewhere(
    ticket: Ticket, history: tuple[Transaction, ...], before: str
) -> TargetRefused | None:
    """Give why a transition may not be begun from where the ticket is; any state will do for ''."""
    if not before or parse.same_state(ticket.status, before):
        return None
    said = f"ticket {ticket.number} is {ticket.status}{_by_whom(history)}, not {before}"
    return TargetRefused(reason=f"{said}; it was left so")


def _unless_free(
    ticket: Ticket, history: tuple[Transaction, ...], note: Note, state: str
) -> TargetRefused | None:
    """Give why a transition that was begun may not be ended."""
    if not parse.same_state(note.new or "", state):
        return TargetRefused(reason=f"under this id ticket {ticket.number} was to be {note.new}")
    if not parse.same_state(ticket.status, note.old or ""):
        said = f"ticket {ticket.number} was {note.old} and is {ticket.status}{_by_whom(history)}"
        return TargetRefused(reason=f"{said}; it was left so")
    later = parse.later_note(history, note)
    if later is not None:
        return TargetRefused(reason=f"effect {later.effect} has asked for a transition since")
    return None


def _by_whom(history: tuple[Transaction, ...]) -> str:
    move = parse.last_move(history)
    return "" if move is None else f", by {move.creator} at {format_instant(move.at)}"


def _is_done(kind: str, history: tuple[Transaction, ...], note: Note | None) -> bool:
    if note is None:
        return False
    return kind == CHANGE_COMMENT or parse.has_moved(history, note)


def _remote(ticket: int, effect: str) -> str:
    return f"{ticket}#{effect}"


def _text(request: EffectRequest, text: str) -> str:
    """Give a comment with, at its end, who asked for it; a line for each that is known."""
    known: dict[str, Json] = {
        "effect": request.id,
        "release": request.release,
        "step": request.step,
        "person": request.person,
        "second person": request.second_person,
    }
    lines = [f"{name}: {value}" for name, value in known.items() if value]
    return "\n".join((text, "", "relconsole", *lines))


def _require(kind: str) -> str:
    wanted = _WANTED.get(kind)
    if wanted is None:
        raise NotSupported(f"Request Tracker cannot do {kind}.")
    return wanted

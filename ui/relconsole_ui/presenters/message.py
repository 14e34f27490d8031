"""The message that is due next, and its draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from relconsole.domain.kernel.ids import Digest
from relconsole.domain.night.message_draft import draft_message
from relconsole.domain.night.messages_due import DueMessage, due_messages
from relconsole.domain.release.messages import Channel, MessagePlan, Moment
from relconsole_ui.presenters.problem_form import Choice
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.words import clock, count_down

NEAR: Final = timedelta(minutes=5)
_FORECAST: Final = frozenset({Moment.GATE, Moment.END})
"""Moments whose time is known only once they have come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRows:
    """The panel; ``message`` is empty where none is due, and ``empty`` says so.

    ``tone`` of the time that is left is empty, or ``warn`` where it is near or over.
    """

    title: str
    message: str = ""
    due: str = ""
    left: str = ""
    tone: str = ""
    audience: str = ""
    state: str = ""
    note: str = ""
    empty: str = ""

    @property
    def sentence(self) -> str:
        """Give the panel as it is spoken."""
        parts = (self.title, self.due, self.left, self.audience, self.state, self.empty)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRows:
    """A draft to read, alter, copy and send; ``facts`` bind it to what was known."""

    message: str
    moment: str
    title: str
    to: tuple[str, ...]
    to_words: str
    subject: str
    body: str
    facts: Digest
    is_mail: bool
    choices: tuple[Choice, ...]
    state: str


def present_message(seen: Seen) -> MessageRows:
    """Give the message that is due next."""
    run = seen.run
    title = "Next message due"
    if run is None:
        return MessageRows(title="Next message", empty="The night has not been opened.")
    due = due_messages(run, seen.release, seen.forecast, seen.now)
    if not due:
        planned = bool(seen.release.messages)
        empty = "No message is due any more." if planned else "No message is planned."
        return MessageRows(title="Next message", empty=empty)
    first, more = due[0], len(due) - 1
    left = first.countdown(seen.now)
    return MessageRows(
        title=title,
        message=first.plan.id,
        due=clock(first.due, seen.zone),
        left=_left(first, left),
        tone="warn" if first.overdue or left <= NEAR else "",
        audience=_audience(first.plan, is_rehearsal=run.rehearsal),
        state="Not sent",
        note=f"{more} more" if more else "",
    )


def present_draft(seen: Seen, message: str = "") -> DraftRows | None:
    """Give the draft of a planned message, or of the one due next; None where there is none."""
    run = seen.run
    if run is None:
        return None
    plans = seen.release.messages
    due = due_messages(run, seen.release, seen.forecast, seen.now)
    wanted = message or (due[0].plan.id if due else "")
    plan = next((each for each in plans if each.id == wanted), None)
    if plan is None:
        return None
    draft = draft_message(
        run, seen.release, seen.state.workspace.estate, seen.forecast, plan, seen.now
    )
    last = "" if draft.replaces is None else f"last sent {clock(draft.replaces, seen.zone)}"
    return DraftRows(
        message=plan.id,
        moment=draft.moment,
        title=f"Message to {plan.audience}",
        to=draft.to,
        to_words=", ".join(draft.to) or "nobody named",
        subject=draft.subject,
        body=draft.body,
        facts=draft.facts,
        is_mail=plan.channel is Channel.MAIL,
        choices=tuple(Choice(key=each.id, says=each.audience) for each in plans),
        state=last or "not sent yet",
    )


def _left(due: DueMessage, left: timedelta) -> str:
    if due.overdue:
        return f"overdue {count_down(-left)}"
    about = "about " if due.expected and due.moment.moment in _FORECAST else ""
    return f"{about}in {count_down(max(left, timedelta(0)))}"


def _audience(plan: MessagePlan, *, is_rehearsal: bool) -> str:
    to = plan.rehearsal_to if is_rehearsal else plan.to
    how = plan.channel.value
    return f"{plan.audience}, {len(to)} by {how}" if to else plan.audience

"""Drafts of messages: one set of facts, in the words of each audience."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import Digest
from relconsole.domain.night.messages_due import UPDATE, due_messages, last_sent
from relconsole.domain.night.situation import NightState, Situation, situation_of
from relconsole.domain.night.state import RunState
from relconsole.domain.night.wording import one_line, say_clock
from relconsole.domain.plan.forecast import Forecast
from relconsole.domain.record.canonical import digest_of
from relconsole.domain.release.messages import Channel, Language, MessagePlan
from relconsole.domain.release.release import Release

_NAMES: Final[Mapping[NightState, str]] = {
    NightState.RUNNING: "under way",
    NightState.ON_HOLD: "on hold",
    NightState.STOPPED: "stopped",
    NightState.ROLLING_BACK: "being taken back",
    NightState.ROLLED_BACK: "taken back",
    NightState.FINISHED: "done",
}
_SENTENCES: Final[Mapping[Language, Mapping[NightState, str]]] = {
    Language.TECHNICAL: {
        NightState.RUNNING: "The night goes on.",
        NightState.ON_HOLD: "The night is on hold; nothing forward starts.",
        NightState.STOPPED: "The line is stopped; two people resume it.",
        NightState.ROLLING_BACK: "The rollback was fired and is not over.",
        NightState.ROLLED_BACK: "The rollback is over; the old versions are observed.",
        NightState.FINISHED: "The night is over; every step is dealt with.",
    },
    Language.BUSINESS: {
        NightState.RUNNING: "The change is under way.",
        NightState.ON_HOLD: "The change is paused while a question is looked at.",
        NightState.STOPPED: "The change is stopped while a problem is looked at.",
        NightState.ROLLING_BACK: "The change is being taken back.",
        NightState.ROLLED_BACK: "The change was taken back; everything runs as it did before.",
        NightState.FINISHED: "The change is done.",
    },
    Language.CUSTOMER: {
        NightState.RUNNING: "Planned work is under way.",
        NightState.ON_HOLD: "Planned work takes longer than expected.",
        NightState.STOPPED: "Planned work takes longer than expected.",
        NightState.ROLLING_BACK: "Planned work is being taken back.",
        NightState.ROLLED_BACK: "Planned work is over; the service is as it was before.",
        NightState.FINISHED: "Planned work is over.",
    },
}
REHEARSAL: Final = "This is a rehearsal; nothing changes in production."


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message as it would go out now.

    ``digest`` is over subject and body, ``facts`` over what both say; ``replaces`` is when the
    message before it went out, None where it is the first.
    """

    message: str
    audience: str
    moment: str
    channel: Channel
    language: Language
    to: tuple[str, ...]
    subject: str
    body: str
    digest: Digest
    facts: Digest
    replaces: datetime | None


def draft_message(
    run: RunState,
    release: Release,
    estate: Estate,
    forecast: Forecast | None,
    plan: MessagePlan,
    now: datetime,
) -> Draft:
    """Give the text of a planned message as the night stands now.

    Two drafts of one situation say the same, each in its own words; a later one says which it
    replaces.
    """
    situation = situation_of(run, release, estate, forecast)
    due = next(
        (each for each in due_messages(run, release, forecast, now) if each.plan == plan), None
    )
    before = last_sent(run, plan.id)
    last = None if before is None else before.fact.sent_at
    subject = one_line(f"{situation.title}: {_NAMES[situation.state]}")
    lines = [
        *((REHEARSAL,) if situation.rehearsal else ()),
        _SENTENCES[plan.language][situation.state],
        *_body(situation, plan.language, release.zone),
        *_next(situation, plan, release.zone, now),
        *((f"This replaces the message of {say_clock(last, release.zone)}.",) if last else ()),
    ]
    subject = f"REHEARSAL: {subject}" if situation.rehearsal else subject
    body = "\n".join(lines) + "\n"
    return Draft(
        message=plan.id,
        audience=plan.audience,
        moment=str(due.moment if due else UPDATE),
        channel=plan.channel,
        language=plan.language,
        to=plan.rehearsal_to if situation.rehearsal else plan.to,
        subject=subject,
        body=body,
        digest=text_digest(subject, body),
        facts=situation.digest,
        replaces=last,
    )


def text_digest(subject: str, body: str) -> Digest:
    """Give the digest of a message's text."""
    return digest_of({"subject": subject, "body": body})


def _body(situation: Situation, language: Language, zone: str) -> Iterator[str]:
    """Give what the audience needs of the facts."""
    if situation.services:
        yield f"Services: {', '.join(one_line(each) for each in situation.services)}"
    if language is Language.TECHNICAL:
        yield from _technical(situation, zone)
    if situation.is_over:
        if situation.end is not None:
            yield f"Over since {say_clock(situation.end, zone)}"
        return
    if situation.end is None:
        yield "When it ends is not known."
        return
    late = situation.end > situation.window_end
    limit = f", {'AFTER' if late else 'before'} the window ends at"
    window = f"{limit} {say_clock(situation.window_end, zone)}"
    yield f"Expected end: {say_clock(situation.end, zone)}" + (
        "" if language is Language.CUSTOMER else window
    )


def _technical(situation: Situation, zone: str) -> Iterator[str]:
    """Give what only those need who know the runbook."""
    if situation.change:
        yield f"Change: {one_line(situation.change)}"
    yield f"Steps: {situation.steps_ended} of {situation.steps} ended"
    if situation.under_way:
        yield f"Under way: {'; '.join(one_line(each) for each in situation.under_way)}"
    yield from (f"Because: {one_line(each)}" for each in situation.reasons)
    yield from (f"Problem {one_line(each)}" for each in situation.problems)
    if situation.end_by is not None:
        yield f"Nine of ten nights end by {say_clock(situation.end_by, zone)}"
    if situation.safe_until is not None:
        yield f"Latest safe rollback start: {say_clock(situation.safe_until, zone)}"


def _next(situation: Situation, plan: MessagePlan, zone: str, now: datetime) -> Iterator[str]:
    """Give when the audience hears again."""
    if situation.is_over:
        yield "No further message follows."
    elif plan.every is not None:
        yield f"Next message: by {say_clock(now + plan.every, zone)}"

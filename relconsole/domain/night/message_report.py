"""The messages that went out in a night, for its report and for who looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.night.state import RunState
from relconsole.domain.night.wording import one_line, say_clock, say_person
from relconsole.domain.release.messages import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRow:
    """A message that went out; ``superseded`` once a later one of its plan did."""

    message: str
    moment: str
    sent_at: datetime
    recorded_at: datetime
    by: PersonId | None
    for_person: PersonId | None
    heard: str
    channel: Channel
    to: tuple[str, ...]
    subject: str
    body: str
    digest: Digest
    facts: str
    superseded: bool


def list_sent(run: RunState) -> tuple[SentRow, ...]:
    """Give the messages that went out, the first one first."""
    in_order = sorted(run.sent, key=lambda each: (each.fact.sent_at, each.at))
    newest = {each.fact.message: number for number, each in enumerate(in_order)}
    return tuple(
        SentRow(
            message=each.fact.message,
            moment=each.fact.moment,
            sent_at=each.fact.sent_at,
            recorded_at=each.at,
            by=each.by,
            for_person=each.fact.for_person,
            heard=each.fact.heard,
            channel=each.fact.channel,
            to=each.fact.to,
            subject=each.fact.subject,
            body=each.fact.body,
            digest=each.fact.digest,
            facts=each.fact.facts,
            superseded=newest[each.fact.message] != number,
        )
        for number, each in enumerate(in_order)
    )


def say_sent(row: SentRow, zone: str) -> str:
    """Give a message in words, with the wall time of an IANA zone beside UTC."""
    old = "; superseded" if row.superseded else ""
    to = ", ".join(one_line(each) for each in row.to)
    who = say_person(row.by, row.for_person, row.heard)
    return (
        f"{say_clock(row.sent_at, zone)} {one_line(row.message)} to {to} by {row.channel}, sent by "
        f"{who}: {one_line(row.subject)}{old}"
    )

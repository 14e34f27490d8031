"""What was said to those who are not on the bridge, as facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from relconsole.domain.kernel.ids import Digest, PersonId, RunId
from relconsole.domain.release.messages import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent:
    """A message went out at ``sent_at``, word for word.

    ``moment`` is what it was sent at, as the plan writes it. ``digest`` is over subject and body,
    ``facts`` over what was known when they were drafted, empty where they were written by hand.
    """

    KIND: ClassVar[str] = "message_sent"

    run: RunId
    message: str
    moment: str
    channel: Channel
    to: tuple[str, ...]
    subject: str
    body: str
    digest: Digest
    facts: str
    sent_at: datetime
    for_person: PersonId | None = None
    heard: str = ""
    note: str = ""

"""The messages that a release plans: to whom, in which words, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from relconsole.domain.kernel.ids import StepId


class Channel(StrEnum):
    """How a message reaches its audience."""

    MAIL = "mail"
    CHAT = "chat"
    STATUS = "status"
    PHONE = "phone"


class Language(StrEnum):
    """In whose words a message is written.

    Technical names steps and causes, business what it means for the service and when it ends,
    customer only what somebody outside needs.
    """

    TECHNICAL = "technical"
    BUSINESS = "business"
    CUSTOMER = "customer"


class Moment(StrEnum):
    """At what a message is due."""

    START = "start"
    GATE = "gate"
    END = "end"
    ROLLBACK = "rollback"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageMoment:
    """A moment of a night; ``gate`` names the gate, and is None for any other moment."""

    moment: Moment
    gate: StepId | None = None

    def __str__(self) -> str:
        """Give it as a plan writes it."""
        return self.moment.value if self.gate is None else f"{self.moment}:{self.gate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePlan:
    """A message that is planned.

    ``every`` is how long after one the next is due while the night goes on, None where only the
    moments count. ``rehearsal_to`` is who may hear of a rehearsal, nobody where it is empty.
    """

    id: str
    audience: str
    to: tuple[str, ...] = ()
    channel: Channel = Channel.MAIL
    language: Language = Language.BUSINESS
    at: tuple[MessageMoment, ...] = ()
    every: timedelta | None = None
    rehearsal_to: tuple[str, ...] = ()

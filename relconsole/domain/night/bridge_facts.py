"""What happens on the bridge, as facts: holds, triggers, the line, problems, people, amendments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from relconsole.domain.kernel.ids import Digest, PersonId, RunId, ServiceId, StepId, SystemId
from relconsole.domain.night.facts import Followers
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.record.request import Answer


class HoldCause(StrEnum):
    """Why a run is on hold."""

    TRIGGER = "trigger"
    CHECK = "check"
    STEP = "step"
    GATE = "gate"
    EFFECT = "effect"
    CLOCK = "clock"
    MONITORING = "monitoring"
    NO_ANSWER = "no_answer"
    PERSON = "person"
    DECISION = "decision"
    CHANGE = "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldBegan:
    """Nothing forward starts while a hold stands; ``thing`` tells holds of one cause apart."""

    KIND: ClassVar[str] = "hold_began"

    run: RunId
    cause: HoldCause
    thing: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded:
    """A hold is over, by a person's decision or because its cause is gone."""

    KIND: ClassVar[str] = "hold_ended"

    run: RunId
    cause: HoldCause
    thing: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerStood:
    """A rollback trigger became true, with its reasons."""

    KIND: ClassVar[str] = "trigger_stood"

    run: RunId
    trigger: str
    value: float
    since: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerCleared:
    """A trigger is no longer true."""

    KIND: ClassVar[str] = "trigger_cleared"

    run: RunId
    trigger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerMarkedFalse:
    """A person marked a standing trigger as a false positive."""

    KIND: ClassVar[str] = "trigger_marked_false"

    run: RunId
    trigger: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStopped:
    """Anyone stopped the line: nothing new is intended until two people resume it."""

    KIND: ClassVar[str] = "line_stopped"

    run: RunId
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineResumed:
    """Two people resumed: the one of the envelope, and the signer of ``second``."""

    KIND: ClassVar[str] = "line_resumed"

    run: RunId
    second: Answer
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAmended:
    """The running night's plan was amended; ``changed`` are the steps whose digests are new.

    ``runbook`` is the whole plan after it, so that a reader needs no other fact to know it.
    """

    KIND: ClassVar[str] = "plan_amended"

    run: RunId
    reason: str
    says: tuple[str, ...]
    runbook: Runbook
    plan: Digest
    step_digests: Mapping[StepId, Digest]
    calls: Mapping[StepId, Digest | None]
    changed: tuple[StepId, ...]
    forecast: Digest
    second: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemOpened:
    """A problem with its owner, and a decision box where a choice is needed.

    ``then`` is what happens when nobody has decided by ``decide_by``: hold or the prepared
    rollback, never go.
    """

    KIND: ClassVar[str] = "problem_opened"

    run: RunId
    problem: str
    what: str
    severity: str
    owner: PersonId | None = None
    step: StepId | None = None
    service: ServiceId | None = None
    incident: str = ""
    next_word: datetime | None = None
    question: str = ""
    options: tuple[str, ...] = ()
    decides: PersonId | None = None
    decide_by: datetime | None = None
    then: Followers = Followers.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemClosed:
    """A problem is closed, with what was decided or found."""

    KIND: ClassVar[str] = "problem_closed"

    run: RunId
    problem: str
    decision: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpen:
    """Something the night holds open, with the act that closes it."""

    KIND: ClassVar[str] = "left_open"

    run: RunId
    entry: str
    what: str
    owner: PersonId | None
    closes: str
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpenClosed:
    """An entry of the left-open list is closed."""

    KIND: ClassVar[str] = "left_open_closed"

    run: RunId
    entry: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpenHandedOver:
    """An entry was handed to somebody who accepted it; the night may end with it."""

    KIND: ClassVar[str] = "left_open_handed_over"

    run: RunId
    entry: str
    to: PersonId
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverOffered:
    """The commander offered the command, with the digest of the relief brief."""

    KIND: ClassVar[str] = "handover_offered"

    run: RunId
    to: PersonId
    brief: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverAccepted:
    """The offer was accepted over the same brief; the accepter commands from now on."""

    KIND: ClassVar[str] = "handover_accepted"

    run: RunId
    brief: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJumped:
    """The wall clock moved against the monotonic one by this many seconds; automation froze."""

    KIND: ClassVar[str] = "clock_jumped"

    run: RunId
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A note in the bridge log."""

    KIND: ClassVar[str] = "noted"

    run: RunId
    text: str
    for_person: PersonId | None = None
    heard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringWentDark:
    """A system that limits depend on no longer answers; what depends on it is unknown."""

    KIND: ClassVar[str] = "monitoring_went_dark"

    run: RunId
    system: SystemId
    says: str

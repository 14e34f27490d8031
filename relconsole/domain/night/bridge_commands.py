"""What may be asked on the bridge of a night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, TypeAlias

from relconsole.domain.kernel.ids import Digest, PersonId, RunId, ServiceId, StepId
from relconsole.domain.night.bridge_facts import HoldCause, TriggerStood
from relconsole.domain.night.facts import Followers
from relconsole.domain.night.step_commands import Said
from relconsole.domain.plan.amendment import Amendment
from relconsole.domain.record.request import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginHold:
    """Put the run on hold."""

    run: RunId
    cause: HoldCause
    thing: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndHold:
    """End the hold of this cause and thing."""

    KIND: ClassVar[str] = "end_hold"

    run: RunId
    cause: HoldCause
    thing: str
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandTrigger:
    """A trigger became true."""

    run: RunId
    stood: TriggerStood


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearTrigger:
    """A trigger is no longer true."""

    run: RunId
    trigger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkTriggerFalse:
    """A person calls a standing trigger a false positive."""

    KIND: ClassVar[str] = "mark_trigger_false"

    run: RunId
    trigger: str
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """Stop the line."""

    KIND: ClassVar[str] = "stop_line"

    run: RunId
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeLine:
    """Resume a stopped line."""

    KIND: ClassVar[str] = "resume_line"

    run: RunId
    second: Answer
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """Amend the running plan; the values after it are computed by the caller and checked here."""

    run: RunId
    amendments: tuple[Amendment, ...]
    reason: str
    calls: Mapping[StepId, Digest | None]
    forecast: Digest
    later_by: timedelta
    second: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProblem:
    """Open a problem, with a decision box where ``question`` is not empty."""

    KIND: ClassVar[str] = "open_problem"

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
    latest_decide_by: datetime | None = None
    then: Followers = Followers.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseProblem:
    """Close a problem."""

    KIND: ClassVar[str] = "close_problem"

    run: RunId
    problem: str
    decision: str = ""
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOpen:
    """Enter something on the left-open list."""

    run: RunId
    entry: str
    what: str
    owner: PersonId | None
    closes: str
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseLeftOpen:
    """Close an entry of the left-open list."""

    KIND: ClassVar[str] = "close_left_open"

    run: RunId
    entry: str
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverLeftOpen:
    """Accept an entry of the left-open list from the night."""

    KIND: ClassVar[str] = "hand_over_left_open"

    run: RunId
    entry: str
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferHandover:
    """Offer the command to somebody, with the digest of the brief."""

    KIND: ClassVar[str] = "offer_handover"

    run: RunId
    to: PersonId
    brief: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptHandover:
    """Accept the offered command over the same brief."""

    KIND: ClassVar[str] = "accept_handover"

    run: RunId
    brief: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Write a note into the bridge log."""

    KIND: ClassVar[str] = "note"

    run: RunId
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportClockJump:
    """The wall clock jumped by this many seconds."""

    run: RunId
    seconds: float


BridgeCommand: TypeAlias = (
    BeginHold
    | EndHold
    | StandTrigger
    | ClearTrigger
    | MarkTriggerFalse
    | StopLine
    | ResumeLine
    | Amend
    | OpenProblem
    | CloseProblem
    | LeaveOpen
    | CloseLeftOpen
    | HandOverLeftOpen
    | OfferHandover
    | AcceptHandover
    | Note
    | ReportClockJump
)

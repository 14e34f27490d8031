"""What may be asked of the steps and gates of a night.

Values that only the outside can know come inside the command, with what proves them current.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, TypeAlias

from relconsole.domain.kernel.ids import Digest, PersonId, RunId, StepId
from relconsole.domain.night.facts import CheckRead, Followers, StepState
from relconsole.domain.plan.guard import StartFigures
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.record.request import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How an act came in: for whom it is recorded, how it was heard, and a note."""

    for_person: PersonId | None = None
    heard: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStep:
    """Start a step.

    ``call_now`` is the digest of what its job would run at this moment; ``figures`` are what the
    start would do to the way back, worked out over the forecast of digest ``forecast``.
    """

    KIND: ClassVar[str] = "start_step"

    run: RunId
    step: StepId
    said: Said = field(default_factory=Said)
    call_now: Digest | None = None
    forecast: Digest | None = None
    figures: StartFigures | None = None
    second: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndStep:
    """End a step as done, failed, skipped or not needed; ``second`` overrides failing checks."""

    KIND: ClassVar[str] = "end_step"

    run: RunId
    step: StepId
    state: StepState
    said: Said = field(default_factory=Said)
    second: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStep:
    """A running step waits."""

    KIND: ClassVar[str] = "wait_step"

    run: RunId
    step: StepId
    reason: str
    until: datetime | None = None
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatStep:
    """Do an ended step again, as a new attempt."""

    KIND: ClassVar[str] = "repeat_step"

    run: RunId
    step: StepId
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideFollowers:
    """Say what becomes of those that wait for a failed or skipped step."""

    KIND: ClassVar[str] = "decide_followers"

    run: RunId
    step: StepId
    decision: Followers
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepCheck:
    """Keep what a check of a running step read."""

    run: RunId
    check: CheckRead


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerStation:
    """Answer the roll call of a gate for one of its stations."""

    KIND: ClassVar[str] = "answer_station"

    run: RunId
    step: StepId
    station: str
    vote: StationAnswer
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideGate:
    """Decide a gate after its poll."""

    KIND: ClassVar[str] = "decide_gate"

    run: RunId
    step: StepId
    decision: StationAnswer
    said: Said = field(default_factory=Said)


StepCommand: TypeAlias = (
    StartStep
    | EndStep
    | WaitStep
    | RepeatStep
    | DecideFollowers
    | KeepCheck
    | AnswerStation
    | DecideGate
)

"""The state of a run: what its facts have made of it, and simple questions about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Final

from immutables import Map

from relconsole.domain.kernel.ids import (
    Digest,
    EffectId,
    PersonId,
    ReleaseId,
    RunId,
    StepId,
    SystemId,
)
from relconsole.domain.night.alert_facts import AlertAcknowledged, AlertShelved
from relconsole.domain.night.bridge_facts import (
    HandoverOffered,
    HoldCause,
    LeftOpen,
    PlanAmended,
    ProblemOpened,
    TriggerStood,
)
from relconsole.domain.night.change_facts import ClosureConfirmed
from relconsole.domain.night.effect_facts import WORK, EffectIntended
from relconsole.domain.night.facts import (
    CheckRead,
    Followers,
    GateDecided,
    RunOutcome,
    StationAnswered,
    StepState,
)
from relconsole.domain.night.message_facts import MessageSent
from relconsole.domain.night.rollback_facts import (
    ControlTotalTaken,
    FleetRow,
    ReconcileRow,
    RollbackArmed,
    RollbackEnding,
    SignatureAsked,
    TotalDifferenceClosed,
)
from relconsole.domain.plan.runbook import Runbook, Step
from relconsole.domain.record.effect import OPEN, Effect, is_open
from relconsole.domain.release.release import ChangePhase
from relconsole.domain.rollback.relief import relief_steps

ENDED: Final = frozenset(
    {
        StepState.DONE,
        StepState.DONE_WITH_REMARK,
        StepState.FAILED,
        StepState.SKIPPED,
        StepState.NOT_NEEDED,
    }
)
SETTLED: Final = frozenset({StepState.DONE, StepState.DONE_WITH_REMARK, StepState.NOT_NEEDED})
"""States after which the followers may go without anybody deciding."""

UNDERWAY: Final = frozenset({StepState.RUNNING, StepState.WAITING})


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt at a step; ``by`` is who recorded it, ``for_person`` the owner it was for."""

    number: int
    started: datetime
    by: PersonId | None
    for_person: PersonId | None = None
    heard: str = ""
    ended: datetime | None = None
    ending: StepState | None = None
    ended_by: PersonId | None = None
    ended_for: PersonId | None = None
    note: str = ""
    inputs: Mapping[str, str] = field(default_factory=Map[str, str])
    checks: tuple[CheckRead, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepRun:
    """A step in a run.

    ``dropped_at`` is when it was skipped or found not needed without a running attempt, None where
    that is not so; ``dropped_by`` is who recorded it, ``dropped_for`` the owner it was for.
    """

    step: StepId
    state: StepState = StepState.NOT_STARTED
    attempts: tuple[Attempt, ...] = ()
    waits_for: str = ""
    waits_until: datetime | None = None
    followers: Followers | None = None
    dropped_at: datetime | None = None
    dropped_by: PersonId | None = None
    dropped_for: PersonId | None = None

    @property
    def attempt(self) -> Attempt | None:
        """Give the newest attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def started(self) -> datetime | None:
        """Give when the newest attempt began."""
        return self.attempts[-1].started if self.attempts else None

    @property
    def ended(self) -> datetime | None:
        """Give when the newest attempt ended."""
        return self.attempts[-1].ended if self.attempts else None

    @property
    def was_done(self) -> bool:
        """Tell whether it is done, with or without a remark."""
        return self.state in {StepState.DONE, StepState.DONE_WITH_REMARK}


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRun:
    """An effect with what it was intended for, when, and the last word about it.

    ``seq`` is the place of its intent in the record, which no clock can change; ``renewed_at`` is
    when a person last said that it is still to be done, None where nobody had to.
    """

    effect: Effect
    intent: EffectIntended
    intended_at: datetime
    seq: int
    renewed_at: datetime | None = None
    says: str = ""
    output: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether it can still change."""
        return is_open(self.effect)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A standing hold."""

    cause: HoldCause
    thing: str
    reasons: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The line is stopped; ``fact`` is the id of the stop, which a resume is signed over."""

    fact: str
    by: PersonId | None
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An open or closed problem."""

    opened: ProblemOpened
    at: datetime
    closed: datetime | None = None
    decision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEntry:
    """An entry of the left-open list."""

    entry: LeftOpen
    since: datetime
    handed_to: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMark:
    """What people said of an alert: that it was seen, and that it is put aside; each may be None.

    ``seen_by`` and ``shelved_by`` are whose word it is.
    """

    acknowledged: AlertAcknowledged | None = None
    seen_by: PersonId | None = None
    seen_at: datetime | None = None
    shelved: AlertShelved | None = None
    shelved_by: PersonId | None = None
    shelved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """A message that went out, with who recorded it and when."""

    fact: MessageSent
    at: datetime
    by: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackRun:
    """The armed or fired rollback of a run."""

    armed: RollbackArmed
    armed_by: PersonId | None
    armed_at: datetime
    fired_at: datetime | None = None
    fired_by: PersonId | None = None
    second: PersonId | None = None
    preserved: bool = False
    ending: RollbackEnding | None = None
    ended_at: datetime | None = None
    fleet: tuple[FleetRow, ...] = ()
    reconcile: tuple[ReconcileRow, ...] = ()

    @property
    def is_running(self) -> bool:
        """Tell whether it was fired and is not observed as rolled back.

        Partial and unknown are what it came to so far, never its end: it can be gone on with.
        """
        return self.fired_at is not None and self.ending is not RollbackEnding.ROLLED_BACK


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStanding:
    """How the change record stands beside the run.

    ``state`` is the last known one there, empty before the first; ``accepted`` the one it was in
    when both were last in step. ``unread`` tells why it could not be read since, empty where it
    could. A person left it as it was there for the phase ``kept``, or put it back, at ``settled``.
    """

    system: SystemId
    change: str
    state: str = ""
    accepted: str = ""
    known_at: datetime | None = None
    unread: str = ""
    kept: ChangePhase | None = None
    settled: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedClosure:
    """The closure code of the change, with who confirmed it and when."""

    fact: ClosureConfirmed
    at: datetime
    by: PersonId | None


@dataclass(frozen=True, kw_only=True)
class RunState:
    """One run; without slots, so that the fold can change a field of it quickly.

    Relief steps, and steps of a fired rollback, stand among ``steps`` with the forward ones.
    """

    id: RunId
    release: ReleaseId
    rehearsal: bool
    runbook: Runbook
    plan: Digest
    step_digests: Mapping[StepId, Digest]
    calls: Mapping[StepId, Digest | None]
    commander: PersonId
    opened_at: datetime
    opened_by: PersonId | None
    approval: str
    console: str = ""
    holder: str = ""
    fence: int = 0
    steps: Map[StepId, StepRun] = field(default_factory=Map)
    effects: Map[EffectId, EffectRun] = field(default_factory=Map)
    holds: tuple[Hold, ...] = ()
    stop: Stop | None = None
    triggers: Map[str, TriggerStood] = field(default_factory=Map)
    false_triggers: Map[str, int] = field(default_factory=Map)
    votes: Map[StepId, tuple[StationAnswered, ...]] = field(default_factory=Map)
    voters: Map[StepId, tuple[PersonId | None, ...]] = field(default_factory=Map)
    gates: Map[StepId, GateDecided] = field(default_factory=Map)
    problems: Map[str, Problem] = field(default_factory=Map)
    left_open: Map[str, OpenEntry] = field(default_factory=Map)
    amendments: tuple[PlanAmended, ...] = ()
    handover: HandoverOffered | None = None
    asked: Map[Digest, SignatureAsked] = field(default_factory=Map)
    rollback: RollbackRun | None = None
    restore_points: Map[str, str] = field(default_factory=Map)
    totals: tuple[ControlTotalTaken, ...] = ()
    total_closings: tuple[TotalDifferenceClosed, ...] = ()
    anchored: int = 0
    change: ChangeStanding | None = None
    closure: ConfirmedClosure | None = None
    alert_marks: Map[str, AlertMark] = field(default_factory=Map)
    sent: tuple[SentMessage, ...] = ()
    outcome: RunOutcome | None = None
    ended_at: datetime | None = None
    ended_reasons: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Tell whether the run has ended; one that was only left can be taken up again."""
        return self.outcome in {RunOutcome.FINISHED, RunOutcome.ROLLED_BACK}

    def find_step(self, step: StepId) -> Step | None:
        """Give a step of the plan, relief too, or of the armed rollback."""
        found = self.runbook.find(step)
        if found is not None:
            return found
        armed = self.rollback.armed.steps if self.rollback is not None else ()
        others = (*relief_steps(self.runbook), *armed)
        return next((each for each in others if each.id == step), None)

    def is_relief(self, step: StepId) -> bool:
        """Tell whether a step is a relief step, or turns one off again."""
        return any(each.id == step for each in relief_steps(self.runbook))

    def is_undo(self, step: StepId) -> bool:
        """Tell whether a step belongs to the armed rollback."""
        return self.rollback is not None and any(
            undo.id == step for undo in self.rollback.armed.steps
        )

    def step_effects(self, step: StepId, attempt: int) -> tuple[EffectRun, ...]:
        """Give the effects that do the work of an attempt, oldest first."""
        return tuple(
            found
            for _, found in sorted(self.effects.items())
            if found.effect.step == step
            and found.effect.attempt == attempt
            and found.intent.purpose in WORK
        )

    def open_effects(self) -> tuple[EffectRun, ...]:
        """Give the effects that can still change, oldest first."""
        # Few of many are, and this is asked at every turn of a night.
        open_ = [found for found in self.effects.values() if found.effect.state in OPEN]
        return tuple(sorted(open_, key=attrgetter("seq")))

    def touched(self) -> frozenset[StepId]:
        """Give the forward steps that were started and not found to be without effect.

        A failed attempt counts: what it did is not known to be nothing.
        """
        return frozenset(step.id for step in self.runbook.steps if self.steps[step.id].attempts)

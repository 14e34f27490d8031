"""What happens to a run, its steps and its gates, as facts.

Facts of the bridge are in ``bridge_facts``, of effects in ``effect_facts``, of the way back in
``rollback_facts``. The person of an act stands in the envelope, not in the fact; ``for_person`` is
the owner for whom it was recorded, ``heard`` how (voice, chat, paper), empty where the owner acted
alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from immutables import Map

from relconsole.domain.kernel.ids import Digest, PersonId, ReleaseId, RunId, StepId
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.record.request import Answer


class StepState(StrEnum):
    """Where a step stands; ready is not kept, it follows from the others."""

    NOT_STARTED = "not_started"
    READY = "ready"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    DONE_WITH_REMARK = "done_with_remark"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_NEEDED = "not_needed"


class Followers(StrEnum):
    """What becomes of the steps that wait for a failed or skipped one."""

    GO_ON = "go_on"
    HOLD = "hold"
    NOT_NEEDED = "not_needed"
    ROLL_BACK = "roll_back"


class RunOutcome(StrEnum):
    """How a run ended, or was left."""

    FINISHED = "finished"
    HELD = "held"
    STOPPED = "stopped"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOpened:
    """A run of a plan began.

    ``step_digests`` bind each step together with what it calls, as described then; ``calls`` is the
    digest of what a step's job would run, None where it could not be read; ``approval`` is how the
    change stood approved, in one line.
    """

    KIND: ClassVar[str] = "run_opened"

    run: RunId
    release: ReleaseId
    rehearsal: bool
    runbook: Runbook
    plan: Digest
    step_digests: Mapping[StepId, Digest]
    calls: Mapping[StepId, Digest | None]
    commander: PersonId
    holder: str
    approval: str
    policy: Digest
    console: str
    plugins: Mapping[str, str] = field(default_factory=Map[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTakenUp:
    """A console took the run up, under this fencing token; ``console`` is the program's version.

    Empty where a console recorded it that did not say so yet.
    """

    KIND: ClassVar[str] = "run_taken_up"

    run: RunId
    holder: str
    fence: int
    console: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLeft:
    """The console gave the run up without ending it; another may take it up."""

    KIND: ClassVar[str] = "run_left"

    run: RunId
    outcome: RunOutcome
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The run is over."""

    KIND: ClassVar[str] = "run_ended"

    run: RunId
    outcome: RunOutcome
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """An attempt at a step began.

    ``inputs`` are the parameters of its job. ``commit`` is the second person's signature where the
    step removes the way back or overrides a check, ``request`` the digest it is over.
    """

    KIND: ClassVar[str] = "step_started"

    run: RunId
    step: StepId
    attempt: int
    for_person: PersonId | None = None
    heard: str = ""
    note: str = ""
    inputs: Mapping[str, str] = field(default_factory=Map[str, str])
    commit: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWaits:
    """A running step waits for somebody or something, until a time where one is known."""

    KIND: ClassVar[str] = "step_waits"

    run: RunId
    step: StepId
    reason: str
    until: datetime | None = None
    for_person: PersonId | None = None
    heard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded:
    """An attempt ended, or a step that never started was skipped or found not needed.

    ``second`` is the signature under an override of failing checks.
    """

    KIND: ClassVar[str] = "step_ended"

    run: RunId
    step: StepId
    attempt: int
    state: StepState
    for_person: PersonId | None = None
    heard: str = ""
    note: str = ""
    second: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReopened:
    """A finished or failed step is to be done again as a new attempt."""

    KIND: ClassVar[str] = "step_reopened"

    run: RunId
    step: StepId
    for_person: PersonId | None = None
    heard: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowersDecided:
    """What becomes of those that wait for a failed or skipped step."""

    KIND: ClassVar[str] = "followers_decided"

    run: RunId
    step: StepId
    decision: Followers
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRead:
    """A check of a step was read; ``value`` and ``passed`` are None where it is unknown."""

    KIND: ClassVar[str] = "check_read"

    run: RunId
    step: StepId
    attempt: int
    check: str
    value: float | None
    passed: bool | None
    says: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StationAnswered:
    """A station answered the roll call of a gate."""

    KIND: ClassVar[str] = "station_answered"

    run: RunId
    step: StepId
    station: str
    vote: StationAnswer
    for_person: PersonId | None = None
    heard: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDecided:
    """The commander's decision at a gate, over the digest of what the poll showed."""

    KIND: ClassVar[str] = "gate_decided"

    run: RunId
    step: StepId
    decision: StationAnswer
    seen: Digest
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointAnchored:
    """A signed head was taken to a place outside the journal."""

    KIND: ClassVar[str] = "checkpoint_anchored"

    run: RunId | None
    size: int
    root: Digest
    place: str

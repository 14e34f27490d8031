"""The way back of a night, as facts: asked signatures, arming, firing, totals, the ending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from relconsole.domain.kernel.ids import Digest, EnvironmentId, PersonId, RunId, ServiceId, StepId
from relconsole.domain.plan.runbook import Step
from relconsole.domain.record.request import Answer


class TwoPersonAct(StrEnum):
    """The acts that need a second person's signature."""

    ROLLBACK = "rollback"
    COMMIT = "commit_past_latest_safe_start"
    RESUME = "resume"
    OVERRIDE = "override_check"
    AMEND = "amend"


class RollbackEnding(StrEnum):
    """How a fired rollback ended; rolled back means desired and observed are both the old state."""

    ROLLED_BACK = "rolled_back"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


class TotalMoment(StrEnum):
    """When a control total is taken."""

    BEFORE = "before"
    AFTER = "after"
    AFTER_ROLLBACK = "after_rollback"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureAsked:
    """A second person was asked to sign; ``request`` is the whole request in its canonical text."""

    KIND: ClassVar[str] = "signature_asked"

    run: RunId
    act: TwoPersonAct
    thing: str
    digest: Digest
    request: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRow:
    """What is expected and observed of a service at an environment before a rollback.

    ``observed`` are the versions of its instances, empty where unknown, for the reason in ``says``.
    """

    service: ServiceId
    environment: EnvironmentId
    expected: str
    target: str
    observed: tuple[str, ...]
    ok: bool
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackArmed:
    """A rollback stands ready; nothing changed outside.

    ``steps`` are those that will run, in plan order; ``plan`` is the digest over them, what they
    call, and the versions to go back to; ``decayed`` says why no rehearsal backs it; ``forced``
    where people accepted a differing fleet, and ``reason`` why all the same.
    """

    KIND: ClassVar[str] = "rollback_armed"

    run: RunId
    only: ServiceId | None
    covered: tuple[StepId, ...]
    steps: tuple[Step, ...]
    calls: Mapping[StepId, Digest | None]
    plan: Digest
    fleet: tuple[FleetRow, ...]
    decayed: tuple[str, ...] = ()
    forced: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackDisarmed:
    """The armed rollback was put away."""

    KIND: ClassVar[str] = "rollback_disarmed"

    run: RunId
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackFired:
    """The armed rollback was fired by ``person`` and, but for a rehearsal, the second signer."""

    KIND: ClassVar[str] = "rollback_fired"

    run: RunId
    plan: Digest
    person: PersonId
    second: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePreserved:
    """Logs, metrics, versions and configuration were saved before the first rollback step."""

    KIND: ClassVar[str] = "state_preserved"

    run: RunId
    folder: str
    files: tuple[str, ...]
    digests: tuple[Digest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTotalTaken:
    """A control total; ``value`` is None where it could not be read."""

    KIND: ClassVar[str] = "control_total_taken"

    run: RunId
    total: str
    moment: TotalMoment
    value: float | None
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalDifferenceClosed:
    """A difference of a control total was explained, corrected and closed by a second person."""

    KIND: ClassVar[str] = "total_difference_closed"

    run: RunId
    total: str
    moment: TotalMoment
    cause: str
    correction: str
    owner: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePointKept:
    """A restore point was taken and verified."""

    KIND: ClassVar[str] = "restore_point_kept"

    run: RunId
    point: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileRow:
    """One thing that is not as the rollback wants it."""

    item: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackEnded:
    """The rollback is over, with what is left to reconcile."""

    KIND: ClassVar[str] = "rollback_ended"

    run: RunId
    ending: RollbackEnding
    fleet: tuple[FleetRow, ...]
    reconcile: tuple[ReconcileRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedStep:
    """How long a step, or its undo, took in a rehearsal; ``digest`` is that of step and calls."""

    step: StepId
    digest: Digest
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedTarget:
    """The version that a rehearsed rollback brought a service back to."""

    service: ServiceId
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalCounted:
    """The kept times of a rehearsal, taken from its own journal at this size and root.

    ``rollback_plan`` is None where no rollback was rehearsed to its end.
    """

    KIND: ClassVar[str] = "rehearsal_counted"

    run: RunId
    release: str
    plan: Digest
    rollback_plan: Digest | None
    at: datetime
    journal: str
    size: int
    root: Digest
    forward: tuple[RehearsedStep, ...]
    undo: tuple[RehearsedStep, ...]
    targets: tuple[RehearsedTarget, ...] = ()

"""A release as a workspace states it, with its runbook, its health limits and its way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from immutables import Map

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import (
    EnvironmentId,
    PersonId,
    ReleaseId,
    ServiceId,
    StepId,
    SystemId,
)
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.plan.runbook import JobRun, Runbook, Step
from relconsole.domain.release.messages import MessagePlan


class ReleaseType(StrEnum):
    """The approval path a release takes."""

    STANDARD = "standard"
    NORMAL = "normal"
    EMERGENCY = "emergency"


class ContractChange(StrEnum):
    """What the release does to a published contract, as its team declares it."""

    NONE = "none"
    FIXED = "fixed"
    ADDED = "added"
    DEPRECATED = "deprecated"
    INCOMPATIBLE = "incompatible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One service that goes from one version to another; None where the file does not say."""

    service: ServiceId
    from_version: str | None = None
    to_version: str | None = None
    contract_change: ContractChange = ContractChange.NONE


class ChangePhase(StrEnum):
    """Where a night stands, as far as its change record is concerned."""

    RUNNING = "running"
    FINISHED = "finished"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStates:
    """The states of the change record that go with a night, in the ITSM system's own words.

    ``approved`` is the one in which a night may begin; empty text keeps no state in step.
    """

    approved: str = ""
    running: str = ""
    finished: str = ""
    rolled_back: str = ""

    def of(self, phase: ChangePhase) -> str:
        """Give the state that goes with a phase, empty where none does."""
        match phase:
            case ChangePhase.RUNNING:
                return self.running
            case ChangePhase.FINISHED:
                return self.finished
            case ChangePhase.ROLLED_BACK:
                return self.rolled_back
            case _:
                assert_never(phase)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReference:
    """The change record in the ITSM system, and its states that go with the night."""

    system: SystemId
    id: str
    states: ChangeStates = ChangeStates()


@dataclass(frozen=True, slots=True, kw_only=True)
class DialIn:
    """A dial-in number of a bridge, by country."""

    country: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """The bridge call and its back-up."""

    dial_in: tuple[DialIn, ...] = ()
    link: str = ""
    backup: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorContact:
    """A vendor on call for the night; ``response`` is the contract's reaction time."""

    name: str
    contract: str = ""
    case: str = ""
    phone: str = ""
    hours: str = ""
    response: timedelta | None = None


class Severity(StrEnum):
    """How bad it is when an indicator leaves its limit; only critical stands as a trigger."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit with its damping.

    Beyond it for ``lasting`` (on-delay) it is left; back inside by ``deadband`` (in the unit of the
    value) for ``clearing`` (off-delay) it holds again.
    """

    above: float | None = None
    below: float | None = None
    lasting: timedelta = timedelta(0)
    clearing: timedelta = timedelta(0)
    deadband: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A measured value with its limit, not judged while one of ``suppressed_during`` runs."""

    id: str
    title: str
    system: SystemId
    query: str
    unit: str = ""
    limit: Limit | None = None
    severity: Severity = Severity.WARNING
    time_to_live: timedelta | None = None
    suppressed_during: tuple[StepId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePoint:
    """What is saved, and verified, before a step that changes data.

    ``restore`` is how long bringing it back takes; it counts into the backout time.
    """

    id: str
    before: StepId
    what: str
    where: str
    take: JobRun | None = None
    verify: JobRun | None = None
    restore: ThreePoint | None = None
    kept_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTotal:
    """A count or sum that must agree before the data step, after it, and after a rollback.

    ``tolerance`` is the largest difference that needs no row.
    """

    id: str
    title: str
    system: SystemId
    query: str
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoEdit:
    """What a person changed of a built rollback step; None leaves what was built."""

    undo: StepId
    title: str | None = None
    owner: PersonId | None = None
    after: tuple[StepId, ...] | None = None
    duration: ThreePoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackEdits:
    """The edited part of the prepared rollback; the rest is built in reverse from the runbook."""

    edits: tuple[UndoEdit, ...] = ()
    extra: tuple[Step, ...] = ()
    restore_points: tuple[RestorePoint, ...] = ()
    control_totals: tuple[ControlTotal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalPlace:
    """Where a rehearsal really runs its jobs: parameters that take the place of the plan's own.

    Without one, a rehearsal is a walk-through: no job leaves the console and no time is kept for
    automated steps.
    """

    environment: EnvironmentId
    parameters: Mapping[str, str] = field(default_factory=Map[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release; the window is half-open in UTC and its zone is an IANA name."""

    id: ReleaseId
    title: str
    environment: EnvironmentId
    window: Interval
    zone: str
    commander: PersonId
    requester: PersonId
    type: ReleaseType = ReleaseType.NORMAL
    authors: tuple[PersonId, ...] = ()
    scribe: PersonId | None = None
    change: ChangeReference | None = None
    bridge: Bridge | None = None
    vendors: tuple[VendorContact, ...] = ()
    train: str | None = None
    waits_for: tuple[ReleaseId, ...] = ()
    items: tuple[Item, ...] = ()
    runbook: Runbook = field(default_factory=Runbook)
    indicators: tuple[Indicator, ...] = ()
    rollback: RollbackEdits = field(default_factory=RollbackEdits)
    approved_within: timedelta | None = None
    rehearsal: RehearsalPlace | None = None
    messages: tuple[MessagePlan, ...] = ()

    @property
    def deadline(self) -> datetime:
        """Give the runbook's deadline in UTC: as written, else the end of the window."""
        return self.runbook.deadline or self.window.end

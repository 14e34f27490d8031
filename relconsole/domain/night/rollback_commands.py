"""What may be asked of the way back of a night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from relconsole.domain.kernel.ids import Digest, PersonId, RunId, ServiceId, StepId
from relconsole.domain.night.rollback_facts import (
    FleetRow,
    ReconcileRow,
    RollbackEnding,
    TotalMoment,
    TwoPersonAct,
)
from relconsole.domain.night.step_commands import Said
from relconsole.domain.plan.runbook import Step
from relconsole.domain.record.request import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSignature:
    """Write a signing request for a two-person act.

    ``shows`` is what helps the signer to judge: a JSON object in its canonical text, without
    floating-point numbers.
    """

    KIND: ClassVar[str] = "ask_signature"

    run: RunId
    act: TwoPersonAct
    thing: str
    person_asked: PersonId | None = None
    shows: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRollback:
    """Arm a rollback over the observed fleet; ``decayed`` says why no rehearsal backs it.

    ``reason`` is why it is armed although it decayed, or the fleet differs.
    """

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
class DisarmRollback:
    """Put the armed rollback away."""

    run: RunId
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class FireRollback:
    """Fire the armed rollback; ``fleet`` is what is observed at this moment.

    Only a rehearsal does without ``second``.
    """

    run: RunId
    plan: Digest
    fleet: tuple[FleetRow, ...]
    second: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRollback:
    """End the fired rollback by what is observed."""

    run: RunId
    ending: RollbackEnding
    fleet: tuple[FleetRow, ...]
    reconcile: tuple[ReconcileRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPreserved:
    """Keep what was saved before the first rollback step."""

    run: RunId
    folder: str
    files: tuple[str, ...]
    digests: tuple[Digest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepTotal:
    """Keep a control total."""

    run: RunId
    total: str
    moment: TotalMoment
    value: float | None
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseTotal:
    """Close a difference of a control total."""

    run: RunId
    total: str
    moment: TotalMoment
    cause: str
    correction: str
    owner: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRestorePoint:
    """A restore point was taken and verified."""

    run: RunId
    point: str
    says: str


RollbackCommand: TypeAlias = (
    AskSignature
    | ArmRollback
    | DisarmRollback
    | FireRollback
    | EndRollback
    | KeepPreserved
    | KeepTotal
    | CloseTotal
    | KeepRestorePoint
)

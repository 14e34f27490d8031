"""Runbooks: steps, what each runs, how each is checked, and how each is undone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from immutables import Map

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import PersonId, ServiceId, StepId, SystemId


class StepKind(StrEnum):
    """What kind of step it is; only manual and automated ones change production."""

    MANUAL = "manual"
    AUTOMATED = "automated"
    GATE = "gate"
    HOLD = "hold"
    COMMUNICATION = "communication"
    CHECKPOINT = "checkpoint"


class Mode(StrEnum):
    """How the owner works with the step: read it then do it, or do it then confirm it."""

    READ_DO = "read-do"
    DO_CONFIRM = "do-confirm"


class UndoKind(StrEnum):
    """What the way back of a step is; ``none`` needs nothing, ``irreversible`` has no way back."""

    INVERSE = "inverse"
    COMPENSATION = "compensation"
    NONE = "none"
    IRREVERSIBLE = "irreversible"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """A job of a connected CI system with its parameters."""

    system: SystemId
    job: str
    parameters: Mapping[str, str] = field(default_factory=Map[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A query whose value must stay below or above a limit, or within both, after the step.

    A missing or stale value is unknown, and unknown does not pass.
    """

    id: str
    system: SystemId
    query: str
    below: float | None = None
    above: float | None = None

    def passes(self, value: float) -> bool:
        """Tell whether a value lies strictly inside the limits; NaN never does."""
        return (
            (self.below is None or value < self.below)
            and (self.above is None or value > self.above)
            and not math.isnan(value)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """The way back of a step; ``duration`` is None for none and irreversible."""

    kind: UndoKind
    duration: ThreePoint | None = None
    run: JobRun | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSilence:
    """Alerts of exactly these services are muted while the step runs, no longer than ``lasts``."""

    system: SystemId
    services: tuple[ServiceId, ...]
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a runbook.

    ``not_before`` is an instant in UTC; ``stations`` and ``quorum`` belong to a gate;
    ``changes_data`` demands a verified restore point before it starts.
    """

    id: StepId
    title: str
    duration: ThreePoint
    kind: StepKind = StepKind.MANUAL
    mode: Mode = Mode.DO_CONFIRM
    stream: str = ""
    owner: PersonId | None = None
    after: tuple[StepId, ...] = ()
    run: JobRun | None = None
    checks: tuple[Check, ...] = ()
    undo: Undo = field(default_factory=lambda: Undo(kind=UndoKind.NONE))
    not_before: datetime | None = None
    stations: tuple[str, ...] = ()
    quorum: int | None = None
    services: tuple[ServiceId, ...] = ()
    silence: StepSilence | None = None
    changes_data: bool = False
    note: str = ""

    @property
    def changes_production(self) -> bool:
        """Tell whether the step does something to the environment."""
        return self.kind in {StepKind.MANUAL, StepKind.AUTOMATED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """The steps in the order of the file, and the figures of the way back.

    ``deadline`` None means the end of the window; ``unrehearsed_factor`` multiplies undo durations
    of a step whose digest has no rehearsal.
    """

    steps: tuple[Step, ...] = ()
    deadline: datetime | None = None
    decision_time: timedelta = timedelta(minutes=5)
    verification: timedelta = timedelta(minutes=15)
    unrehearsed_factor: float = 1.5

    def find(self, step: StepId) -> Step | None:
        """Give the step of this id, None where there is none."""
        return next((found for found in self.steps if found.id == step), None)


def followers(steps: tuple[Step, ...]) -> Mapping[StepId, tuple[StepId, ...]]:
    """Give for each step those that wait for it directly, in the order of the plan."""
    found: dict[StepId, list[StepId]] = {step.id: [] for step in steps}
    for step in steps:
        for before in step.after:
            found[before].append(step.id)
    return Map({step: tuple(after) for step, after in found.items()})

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
class Replay:
    """How a step that replays messages, files or jobs keeps each from being done twice.

    ``duplicates`` says how that is prevented; ``count`` and ``amount`` are the control totals that
    prove it. Empty text is what nobody has stated.
    """

    duplicates: str = ""
    count: str = ""
    amount: str = ""

    @property
    def lacks(self) -> tuple[str, ...]:
        """Give what is not stated, none where a repeat is known to do no harm."""
        return tuple(
            says
            for stated, says in (
                (self.duplicates, "how duplicates are prevented"),
                (self.count, "the count that proves it"),
                (self.amount, "the amount that proves it"),
            )
            if not stated.strip()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a runbook.

    ``not_before`` is an instant in UTC; ``stations`` and ``quorum`` belong to a gate;
    ``changes_data`` demands a verified restore point before it starts; ``undo`` is the way back as
    it is written, ``way_back`` what counts.
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
    replays: Replay | None = None
    note: str = ""

    @property
    def way_back(self) -> UndoKind:
        """Give what the way back is: a replay that nothing proves has none, whatever is written."""
        if self.replays is not None and self.replays.lacks:
            return UndoKind.IRREVERSIBLE
        return self.undo.kind

    @property
    def why_no_way_back(self) -> str:
        """Give why the step cannot be undone, in words; empty where it can, or needs none."""
        if self.way_back is not UndoKind.IRREVERSIBLE:
            return ""
        lacks = () if self.replays is None else self.replays.lacks
        if not lacks or self.undo.kind is UndoKind.IRREVERSIBLE:
            return f"{self.id} cannot be undone: there is only the way forward"
        return (
            f"{self.id} replays and does not state {', '.join(lacks)}, so it counts as one that"
            " cannot be undone: there is only the way forward"
        )

    @property
    def changes_production(self) -> bool:
        """Tell whether the step does something to the environment."""
        return self.kind in {StepKind.MANUAL, StepKind.AUTOMATED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """The steps in the order of the file, and the figures of the way back.

    ``relief`` are steps that are safe on their own (a kill switch, a maintenance page): no part of
    the work, in no order, started one by one by a person where they help.
    ``deadline`` None means the end of the window; ``unrehearsed_factor`` multiplies undo durations
    of a step whose digest has no rehearsal.
    """

    steps: tuple[Step, ...] = ()
    relief: tuple[Step, ...] = ()
    deadline: datetime | None = None
    decision_time: timedelta = timedelta(minutes=5)
    verification: timedelta = timedelta(minutes=15)
    unrehearsed_factor: float = 1.5

    def find(self, step: StepId) -> Step | None:
        """Give the step of the work of this id, None where there is none; relief is none of it."""
        return next((found for found in self.steps if found.id == step), None)


def followers(steps: tuple[Step, ...]) -> Mapping[StepId, tuple[StepId, ...]]:
    """Give for each step those that wait for it directly, in the order of the plan."""
    found: dict[StepId, list[StepId]] = {step.id: [] for step in steps}
    for step in steps:
        for before in step.after:
            found[before].append(step.id)
    return Map({step: tuple(after) for step, after in found.items()})

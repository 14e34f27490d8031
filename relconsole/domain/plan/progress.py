"""How far a night has come, as far as a schedule needs to know: when what started and finished.

Who did it, and how it went, belongs to the night.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from immutables import Map

from relconsole.domain.kernel.ids import StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A step that was started, at an instant in UTC, and has not ended."""

    started: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A step that ran between two instants in UTC."""

    started: datetime
    finished: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A step that was skipped or is not needed: it takes no time, and its fixed start binds not."""


StepProgress = Running | Finished | Dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The state of a night at the instant ``now``, in UTC; a step not named has not started.

    A step that failed and is still to be dealt with counts as running: it has begun, its effects
    must be undone, and when it will be over is not known.
    """

    now: datetime
    steps: Mapping[StepId, StepProgress] = field(default_factory=Map[StepId, StepProgress])

    @property
    def begun(self) -> frozenset[StepId]:
        """Give the steps that are running or finished: those a rollback would have to undo."""
        return frozenset(
            step for step, state in self.steps.items() if not isinstance(state, Dropped)
        )

    @property
    def finished(self) -> frozenset[StepId]:
        """Give the steps that ran and ended."""
        return frozenset(step for step, state in self.steps.items() if isinstance(state, Finished))

    @property
    def dropped(self) -> frozenset[StepId]:
        """Give the steps that were skipped or are not needed."""
        return frozenset(step for step, state in self.steps.items() if isinstance(state, Dropped))

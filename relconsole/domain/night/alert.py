"""An alert: what is wrong, since when, from where, and what somebody does about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from relconsole.domain.kernel.ids import StepId, SystemId
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.state import RunState

SEVEREST_FIRST: Final = tuple(AlertLevel)


class AlertKind(StrEnum):
    """What an alert is about; the first part of its key."""

    TRIGGER = "trigger"
    STOP = "stop"
    INDICATOR = "indicator"
    DARK = "dark"
    AWAY = "away"
    CHECK = "check"
    GATE = "gate"
    LATE = "late"
    WAITS = "waits"
    HOLD = "hold"
    EFFECT = "effect"
    CHANGE = "change"
    DECISION = "decision"
    WORD = "word"
    WINDOW = "window"
    WAY_BACK = "way_back"
    MUSTER = "muster"
    MESSAGE = "message"


_KINDS: Final = {kind.value: kind for kind in AlertKind}

OBSERVED: Final = frozenset(
    {
        AlertKind.INDICATOR,
        AlertKind.DARK,
        AlertKind.AWAY,
        AlertKind.WAY_BACK,
        AlertKind.MUSTER,
    }
)
"""Kinds that the run's record alone does not tell: readings, the forecast, who is needed soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing that somebody should know or do something about, as it stands now.

    ``key`` is the same for as long as it is the same thing, ``since`` tells one time that it stood
    from the next. ``what``, ``value`` and ``limit`` are words. ``cause`` is the step that it came
    in, None where none had begun; ``source`` the system that told, None where it was the console.
    ``action`` is what somebody does, ``act_by`` until when, None where no time is set.
    """

    kind: AlertKind
    thing: str
    level: AlertLevel
    what: str
    since: datetime
    action: str
    value: str = ""
    limit: str = ""
    cause: StepId | None = None
    source: SystemId | None = None
    act_by: datetime | None = None

    @property
    def key(self) -> str:
        """Give the name under which it is acknowledged and shelved."""
        return f"{self.kind}:{self.thing}"

    @property
    def says(self) -> str:
        """Give it in one sentence: what, its value, and its limit."""
        value = f": {self.value}" if self.value else ""
        return f"{self.what}{value}" + (f", {self.limit}" if self.limit else "")


def kind_of_key(key: str) -> AlertKind | None:
    """Give what the alert of a key is about, None where nothing can have that key."""
    name, found, thing = key.partition(":")
    return _KINDS.get(name) if found and thing else None


def severity(level: AlertLevel) -> int:
    """Give the rank of a level, 0 for the severest."""
    return SEVEREST_FIRST.index(level)


def step_at(run: RunState, moment: datetime) -> StepId | None:
    """Give the step whose newest start by then was the last, None where none had begun."""
    begun = [
        (attempt.started, name)
        for name, found in run.steps.items()
        for attempt in found.attempts
        if attempt.started <= moment
    ]
    return max(begun)[1] if begun else None

"""What may be asked of the alerts of a night.

An alert is named by its key; ``since``, ``level`` and ``says`` are what the person saw of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, TypeAlias

from relconsole.domain.kernel.ids import RunId, StepId
from relconsole.domain.night.alert_facts import AlertLevel
from relconsole.domain.night.step_commands import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeAlert:
    """Say that an alert was seen."""

    KIND: ClassVar[str] = "acknowledge_alert"

    run: RunId
    alert: str
    since: datetime
    level: AlertLevel
    says: str
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelveAlert:
    """Put an alert aside for a time; the note of ``said`` is the reason.

    ``until`` None means fifteen minutes, or where it names a step, for as long as that is under way
    and an hour at most.
    """

    KIND: ClassVar[str] = "shelve_alert"

    run: RunId
    alert: str
    since: datetime
    level: AlertLevel
    says: str
    until: datetime | None = None
    during: StepId | None = None
    said: Said = field(default_factory=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnshelveAlert:
    """Take a shelved alert back."""

    KIND: ClassVar[str] = "unshelve_alert"

    run: RunId
    alert: str
    said: Said = field(default_factory=Said)


AlertCommand: TypeAlias = AcknowledgeAlert | ShelveAlert | UnshelveAlert

"""What people said of alerts, as facts.

An alert itself is no fact: it is worked out from the record and from what was observed. A fact
names it by its key and holds what the person saw, so that one that returns is told from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from relconsole.domain.kernel.ids import PersonId, RunId, StepId


class AlertLevel(StrEnum):
    """How soon somebody must act: now, when ready, or only to know."""

    CRITICAL = "critical"
    WARNING = "warning"
    ADVISORY = "advisory"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAcknowledged:
    """Somebody has seen an alert; it goes on standing.

    ``since`` is when what was seen began, ``says`` what it said.
    """

    KIND: ClassVar[str] = "alert_acknowledged"

    run: RunId
    alert: str
    since: datetime
    level: AlertLevel
    says: str
    for_person: PersonId | None = None
    heard: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertShelved:
    """An alert is put aside until an instant, or until the step ``during`` is no longer under way.

    Whichever comes first; one that gets worse than ``level`` comes back at once.
    """

    KIND: ClassVar[str] = "alert_shelved"

    run: RunId
    alert: str
    since: datetime
    level: AlertLevel
    says: str
    until: datetime
    reason: str
    during: StepId | None = None
    for_person: PersonId | None = None
    heard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertUnshelved:
    """A shelved alert was taken back before its time."""

    KIND: ClassVar[str] = "alert_unshelved"

    run: RunId
    alert: str
    for_person: PersonId | None = None
    heard: str = ""
    note: str = ""

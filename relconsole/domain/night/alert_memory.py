"""What whoever watches keeps of alerts: the order in which they came, and those that are over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from immutables import Map

from relconsole.domain.night.alert import Alert, severity
from relconsole.domain.night.alert_facts import AlertLevel

FLOOD_COUNT: Final = 10
FLOOD_SPAN: Final = timedelta(minutes=10)
"""More than so many alerts that began within so long are a flood."""

KEPT: Final = 200
"""Alerts that are over and still known; the record has what people said of all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An alert with its place in the order in which alerts were seen first."""

    alert: Alert
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedAlert:
    """An alert that stands no more, seen for the last time before ``cleared``."""

    alert: Alert
    cleared: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMemory:
    """The alerts that stood when last looked, by their keys, and those that are over."""

    standing: Map[str, Sighting] = field(default_factory=Map)
    cleared: tuple[ClearedAlert, ...] = ()
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertGroup:
    """Alerts of one cause: the one that came first on top, the others severest first."""

    cause: str
    first: Alert
    rest: tuple[Alert, ...] = ()

    @property
    def level(self) -> AlertLevel:
        """Give the severest level among them."""
        return min((self.first.level, *(each.level for each in self.rest)), key=severity)


def remember(memory: AlertMemory, standing: Iterable[Alert], now: datetime) -> AlertMemory:
    """Give the memory after one more look: what came has its place, what is gone is kept as over.

    One that began anew under the same key has a new place.
    """
    known, seen = dict(memory.standing), memory.seen
    kept: dict[str, Sighting] = {}
    for alert in standing:
        before = known.pop(alert.key, None)
        if before is None or before.alert.since != alert.since:
            seen += 1
            kept[alert.key] = Sighting(alert=alert, order=seen)
        else:
            kept[alert.key] = Sighting(alert=alert, order=before.order)
    gone = sorted(known.values(), key=lambda each: each.order)
    cleared = tuple(ClearedAlert(alert=each.alert, cleared=now) for each in gone)
    return AlertMemory(standing=Map(kept), cleared=(*memory.cleared, *cleared)[-KEPT:], seen=seen)


def recent_alerts(
    memory: AlertMemory, now: datetime, within: timedelta = timedelta(hours=12)
) -> tuple[ClearedAlert, ...]:
    """Give the alerts that were over within a time, the last one first."""
    return tuple(each for each in reversed(memory.cleared) if now - each.cleared <= within)


def is_flood(alerts: Iterable[Alert], now: datetime) -> bool:
    """Tell whether so many alerts began lately that one by one they would hide their cause."""
    return sum(now - alert.since <= FLOOD_SPAN for alert in alerts) > FLOOD_COUNT


def grouped(alerts: Sequence[Alert], now: datetime) -> tuple[AlertGroup, ...]:
    """Give the alerts as they are shown: in a flood by their cause, else each by itself.

    They come in the order in which they stand; of two that began together the earlier one in it
    counts as first. A group stands where its severest alert would.
    """
    if not is_flood(alerts, now):
        return tuple(AlertGroup(cause=cause_of(alert), first=alert) for alert in alerts)
    groups: dict[str, list[Alert]] = {}
    for alert in alerts:
        groups.setdefault(cause_of(alert), []).append(alert)
    return tuple(_group(cause, found) for cause, found in groups.items())


def cause_of(alert: Alert) -> str:
    """Give by what an alert is grouped: the step it came in, else who told, else itself."""
    return alert.cause or alert.source or alert.key


def _group(cause: str, found: Sequence[Alert]) -> AlertGroup:
    """Give the group of a cause."""
    first = min(found, key=lambda each: each.since)
    rest = tuple(each for each in found if each is not first)
    return AlertGroup(cause=cause, first=first, rest=rest)

"""The monitoring kind: values, ranges, rules, alerts and silences.

Effect kinds: ``silence.create`` with payload ``{"services": [ids], "starts": instant, "ends":
instant, "comment": text}``; ``silence.expire`` with payload ``{"remote": id of the silence}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from immutables import Map

from relconsole.domain.record import effect_kinds
from relconsole.plugin_api.effects import Effects

SILENCE_CREATE = effect_kinds.SILENCE_CREATE
SILENCE_EXPIRE = effect_kinds.SILENCE_EXPIRE


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One value of one series; ``value`` may be NaN or infinite; ``at`` in UTC."""

    labels: Mapping[str, str] = field(default_factory=Map[str, str])
    value: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series over a range, oldest first."""

    labels: Mapping[str, str] = field(default_factory=Map[str, str])
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryAnswer:
    """An instant answer; an empty vector is no value, never zero. ``warnings`` are the target's."""

    samples: tuple[Sample, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeAnswer:
    """A range answer."""

    series: tuple[Series, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An alerting or recording rule of the target; ``state`` in the target's words."""

    name: str
    query: str
    state: str = ""
    health: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert that is pending or firing, with the silences that mute it."""

    name: str
    state: str
    labels: Mapping[str, str] = field(default_factory=Map[str, str])
    since: datetime | None = None
    summary: str = ""
    silenced_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A silence at the target; ``state`` is pending, active or expired."""

    id: str
    state: str
    starts: datetime
    ends: datetime
    services: tuple[str, ...] = ()
    comment: str = ""
    author: str = ""


class Monitoring(Effects, Protocol):
    """A monitoring system."""

    async def query(self, query: str) -> QueryAnswer:
        """Give the value now."""
        ...

    async def query_range(
        self, query: str, start: datetime, end: datetime, step: timedelta
    ) -> RangeAnswer:
        """Give the values over a range."""
        ...

    async def rules(self) -> tuple[Rule, ...]:
        """Give the rules of the target."""
        ...

    async def alerts(self) -> tuple[Alert, ...]:
        """Give the alerts that are pending or firing now; one that vanished is resolved."""
        ...

    async def silences(self) -> tuple[Silence, ...]:
        """Give the silences of the target, expired ones too where it keeps them."""
        ...

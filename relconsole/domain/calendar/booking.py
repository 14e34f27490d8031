"""All that a calendar knows of a release: when, where, who, and how late it may still turn back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relconsole.domain.kernel.ids import EnvironmentId, PersonId, ReleaseId, ServiceId
from relconsole.domain.kernel.instants import Interval

Place = tuple[ServiceId, EnvironmentId]
"""A service at an environment; an empty service stands for the environment as such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A release as the calendar sees it; ``planned`` is half-open, ValueError without any place.

    ``people`` are its commander and the owners of its steps; ``latest_safe_start`` is the last
    instant at which turning back still ends in time, None where there is none or none is known.
    """

    release: ReleaseId
    planned: Interval
    pairs: tuple[Place, ...]
    requester: PersonId
    people: tuple[PersonId, ...] = ()
    waits_for: tuple[ReleaseId, ...] = ()
    latest_safe_start: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a booking that is nowhere: no rule would ever hold for it."""
        if not self.pairs:
            message = f"{self.release} names no service and no environment"
            raise ValueError(message)

"""What another system said: a value with its source, its age and its time to live.

Past its time to live a value reads unknown, and unknown is never green.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """No value that may be relied on; ``why`` is one phrase, ``since`` the last good moment."""

    why: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Generic[Value]):
    """A value as another system gave it; ``observed_at`` in UTC."""

    value: Value
    source: str
    observed_at: datetime
    time_to_live: timedelta

    def read(self, now: datetime) -> Value | Unknown:
        """Give the value while it is fresh, else unknown with its age.

        A value from the future by more than its own time to live is unknown too: one of the two
        clocks is wrong.
        """
        age = now - self.observed_at
        if age > self.time_to_live:
            return Unknown(
                why=f"{self.source} last answered {int(age.total_seconds())} s ago",
                since=self.observed_at,
            )
        if -age > self.time_to_live:
            return Unknown(
                why=f"{self.source} is {int(-age.total_seconds())} s ahead of this clock",
                since=self.observed_at,
            )
        return self.value

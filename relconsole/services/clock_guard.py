"""Noticing that the wall clock jumped, by the monotonic clock beside it."""

from __future__ import annotations

from datetime import timedelta

from relconsole.ports.clock import Clock


class ClockGuard:
    """Compares the wall clock with the monotonic one, and tells when the first one jumped."""

    def __init__(self, clock: Clock) -> None:
        """Begin with both as they are."""
        self._clock = clock
        self._wall = clock.now()
        self._tick = clock.tick()

    def jump(self, limit: timedelta) -> float | None:
        """Give how many seconds the wall clock jumped since the last look, None within limits."""
        drift = self._drift()
        self._wall, self._tick = self._clock.now(), self._clock.tick()
        return drift if abs(drift) > limit.total_seconds() else None

    def has_jumped(self, limit: timedelta) -> bool:
        """Tell whether the wall clock jumped since the last look; this is none."""
        return abs(self._drift()) > limit.total_seconds()

    def _drift(self) -> float:
        """Give by how many seconds the wall clock went further than the monotonic one."""
        wall = (self._clock.now() - self._wall).total_seconds()
        return wall - (self._clock.tick() - self._tick)

"""When a system that failed is asked again: not at once, not all at once, and not never."""

from __future__ import annotations

from typing import Final

from relconsole.domain.kernel.ids import SystemId
from relconsole.ports.clock import Clock

FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0
LONGEST_ASKED_SECONDS: Final = 900.0
"""However long a target asks us to wait, it is asked again after this."""


class Patience:
    """Keeps for each system when it may be asked again; counts by the monotonic clock.

    The pause doubles from half a second to thirty. Jitter is left to the adapters, which know how
    many consoles share a target; here a night must run the same way twice.
    """

    def __init__(self, clock: Clock) -> None:
        """Take the clock."""
        self._clock = clock
        self._pause: dict[SystemId, float] = {}
        self._until: dict[SystemId, float] = {}

    def may_ask(self, system: SystemId) -> bool:
        """Tell whether the system may be asked now."""
        return self._clock.tick() >= self._until.get(system, float("-inf"))

    def failed(self, system: SystemId, retry_after: float | None = None) -> None:
        """Keep that the system failed, and how many seconds it asked us to wait, if it did."""
        before = self._pause.get(system, FIRST_PAUSE_SECONDS / 2)
        pause = min(before * 2, LONGEST_PAUSE_SECONDS)
        self._pause[system] = pause
        asked = 0.0 if retry_after is None else min(max(retry_after, 0.0), LONGEST_ASKED_SECONDS)
        self._until[system] = self._clock.tick() + max(pause, asked)

    def answered(self, system: SystemId) -> None:
        """Keep that the system answered."""
        self._pause.pop(system, None)
        self._until.pop(system, None)

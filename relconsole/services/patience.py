"""When a system that failed is asked again: not at once, not all at once, and not never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from relconsole.domain.kernel.ids import SystemId
from relconsole.domain.night.away import Away
from relconsole.domain.record.effect import Effect
from relconsole.ports.clock import Chance, Clock

FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0
LONGEST_ASKED_SECONDS: Final = 900.0
"""However long a target asks us to wait, it is asked again after this."""

MOST_ADDED: Final = 0.25
"""The part of a pause that chance may add to it at most."""

LONGEST_BETWEEN_SECONDS: Final = 5.0
"""Between two questions about one effect that its target answers."""


@dataclass(slots=True)
class _Failing:
    """A system that failed, and nothing has worked since."""

    pause: float
    until: float
    failures: int
    since: datetime
    says: str


class Patience:
    """Keeps for each system when it may be asked again; counts by the monotonic clock.

    The pause doubles from half a second to thirty, or is as long as the target asks. Chance only
    adds to it, so that nobody asks sooner than the target allows or than every thirty seconds, and
    two consoles that lost a target in the same moment do not come back to it in step.
    """

    def __init__(self, clock: Clock, chance: Chance) -> None:
        """Take the clock, and the chance that keeps two consoles apart."""
        self._clock = clock
        self._chance = chance
        self._failing: dict[SystemId, _Failing] = {}

    def beside(self) -> Patience:
        """Give another that knows of no failure yet, by the same clock and chance."""
        return Patience(self._clock, self._chance)

    def may_ask(self, system: SystemId) -> bool:
        """Tell whether the system may be asked now."""
        found = self._failing.get(system)
        return found is None or self._clock.tick() >= found.until

    def is_failing(self, system: SystemId) -> bool:
        """Tell whether nothing has worked since the system failed last."""
        return system in self._failing

    def failed(self, system: SystemId, says: str = "", retry_after: float | None = None) -> None:
        """Keep that the system failed, its word, and the seconds it asked us to wait, if any."""
        before = self._failing.get(system)
        pause = FIRST_PAUSE_SECONDS
        if before is not None:
            pause = min(before.pause * 2, LONGEST_PAUSE_SECONDS)
        asked = 0.0 if retry_after is None else min(max(retry_after, 0.0), LONGEST_ASKED_SECONDS)
        least = max(pause, asked)
        # Spread over what is left below the cap, so that nobody meets at the cap itself.
        added = self._chance() * min(least * MOST_ADDED, LONGEST_ASKED_SECONDS - least)
        self._failing[system] = _Failing(
            pause=pause,
            until=self._clock.tick() + least + added,
            failures=1 if before is None else before.failures + 1,
            since=self._clock.now() if before is None else before.since,
            says=says,
        )

    def answered(self, system: SystemId) -> None:
        """Keep that the system answered."""
        self._failing.pop(system, None)

    def away(self) -> tuple[Away, ...]:
        """Give the systems that failed and have not answered since, by their names."""
        tick = self._clock.tick()
        return tuple(
            Away(
                system=system,
                failures=found.failures,
                since=found.since,
                says=found.says,
                asked_in=max(0.0, found.until - tick),
            )
            for system, found in sorted(self._failing.items())
        )


class Pace:
    """Keeps when to ask about an effect that its target is at: the more seldom, the longer."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock."""
        self._clock = clock
        self._asked: dict[tuple[str, datetime], tuple[float, float]] = {}

    def is_due(self, effect: Effect) -> bool:
        """Tell whether to ask about this effect now; whoever is told so asks."""
        tick = self._clock.tick()
        began, due = self._asked.get((effect.id, effect.since), (tick, tick))
        if tick < due:
            return False
        pause = min((tick - began) / 10, LONGEST_BETWEEN_SECONDS)
        self._asked[effect.id, effect.since] = (began, tick + pause)
        return True

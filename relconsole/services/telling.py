"""Telling whoever conducts what no fact tells: which system went away, and that it is back.

Once each, not for every question that has no answer; nothing of it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.night.away import Away, say_away, say_back
from relconsole.ports.clock import Clock
from relconsole.services.deliver import Dispatcher

FAILURES: Final = 2
"""A system is away once so many questions in a row had no answer; one may just have been lost."""


class Teller:
    """Compares how systems stand with what was told last."""

    def __init__(
        self, dispatcher: Dispatcher, clock: Clock, say: Callable[[str], None] | None
    ) -> None:
        """Take what delivers, the clock, and how a line is shown; None tells nobody."""
        self._dispatcher = dispatcher
        self._clock = clock
        self._say = say
        self._away: dict[SystemId, Away] = {}
        self._asked: dict[EffectId, str] = {}

    def tell(self) -> None:
        """Tell what has changed since the last time."""
        if self._say is None:
            return
        failing = {away.system: away for away in self._dispatcher.away()}
        for system, away in failing.items():
            if away.failures >= FAILURES and system not in self._away:
                self._away[system] = away
                self._say(say_away(away))
        for system in [each for each in self._away if each not in failing]:
            self._say(say_back(self._away.pop(system), self._clock.now()))
        for effect, why in self._dispatcher.left_to_people.items():
            if self._asked.get(effect) != why:
                self._asked[effect] = why
                self._say(f"of a run that has ended: {why}")

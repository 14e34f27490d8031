"""The last words of a night: what change records are still owed gets a moment to leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from relconsole.domain.kernel.ids import EffectId
from relconsole.domain.night.effect_facts import OF_THE_CHANGE
from relconsole.domain.night.state import RunState
from relconsole.domain.record.effect import EffectState
from relconsole.ports.clock import Clock
from relconsole.services.clock_guard import ClockGuard

PAUSE_SECONDS: Final = 0.2
LONGEST_SECONDS: Final = 5.0


async def tell_the_rest(
    clock: Clock,
    runs: Callable[[], Sequence[RunState]],
    deliver: Callable[[], Awaitable[None]],
    clock_jump: timedelta,
) -> None:
    """Deliver what is owed while it moves on, for a few seconds at most.

    It ends where nothing more is taken, and where the wall clock jumps.
    """
    before, guard = dict[EffectId, EffectState](), ClockGuard(clock)
    until = clock.tick() + LONGEST_SECONDS
    while (
        (owed := _owed(runs())) != before
        and clock.tick() < until
        and not guard.has_jumped(clock_jump)
    ):
        before = owed
        await deliver()
        await clock.sleep(PAUSE_SECONDS)


def _owed(runs: Sequence[RunState]) -> dict[EffectId, EffectState]:
    """Give what is owed, and how far each word has come."""
    return {
        found.effect.id: found.effect.state
        for run in runs
        for found in run.open_effects()
        if found.intent.purpose in OF_THE_CHANGE
    }

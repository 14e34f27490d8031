"""Drawn durations of a whole plan, and the longest chain behind each step, night by night.

Drawing is the expensive part and is done once a plan. An amendment draws again only what it
changed; progress alone draws nothing. What the draws say of the end is asked of the simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.graph import order_steps
from relconsole.domain.plan.progress import Dropped, Finished, Progress, StepProgress
from relconsole.domain.plan.runbook import Step, followers
from relconsole.domain.plan.sampling import NIGHTS, SEED, Purpose, choose_tick, draw_row

if TYPE_CHECKING:
    from relconsole.domain.plan.sampling import Rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draws:
    """A row of nights for each step, in ticks.

    ``tails`` holds the longest sum of durations of steps that follow. It leaves out ``unbound``
    (what has begun although something it waits for is not settled) and counts ``dropped`` as
    taking no time. ``ordered`` are the steps, each after all it waits for.
    """

    steps: tuple[Step, ...]
    ordered: tuple[Step, ...]
    seed: int
    nights: int
    tick: timedelta
    rows: Mapping[StepId, int]
    durations: Rows
    tails: Rows
    dropped: frozenset[StepId] = frozenset()
    unbound: frozenset[StepId] = frozenset()


def draw_nights(
    steps: tuple[Step, ...], *, nights: int = NIGHTS, seed: int = SEED, known: Draws | None = None
) -> Draws:
    """Give the draws for a plan, before anything in it has begun; Bug for a cycle.

    ``known`` are draws of an earlier form of it: steps whose duration stayed are not drawn again,
    which changes no figure. The same arguments give the same draws every time.
    """
    import numpy as np

    tick = choose_tick(step.duration for step in steps)
    if known and (known.tick, known.nights, known.seed) != (tick, nights, seed):
        known = None
    earlier = {step.id: step.duration for step in known.steps} if known else {}
    durations = np.empty((len(steps), nights), dtype=np.int32)
    for row, step in enumerate(steps):
        if known and earlier.get(step.id) == step.duration:
            durations[row] = known.durations[known.rows[step.id]]
        else:
            durations[row] = draw_row(
                step.id,
                step.duration,
                purpose=Purpose.FORWARD,
                tick=tick,
                nights=nights,
                seed=seed,
            )
    return _chain_tails(
        Draws(
            steps=steps,
            ordered=order_steps(steps),
            seed=seed,
            nights=nights,
            tick=tick,
            rows={step.id: row for row, step in enumerate(steps)},
            durations=durations,
            tails=durations,
        )
    )


def fit_draws(
    draws: Draws | None,
    steps: tuple[Step, ...],
    progress: Progress,
    *,
    nights: int = NIGHTS,
    seed: int = SEED,
) -> Draws:
    """Give draws for exactly this plan and progress, made from those at hand as far as they go."""
    if draws is None or (draws.steps, draws.nights, draws.seed) != (steps, nights, seed):
        draws = draw_nights(steps, nights=nights, seed=seed, known=draws)
    begun, dropped = progress.begun, progress.dropped
    settled = find_settled(draws.ordered, progress.steps)
    unbound = frozenset(
        step.id for step in steps if step.id in begun and not settled.issuperset(step.after)
    )
    if (draws.dropped, draws.unbound) == (dropped, unbound):
        return draws
    return _chain_tails(replace(draws, dropped=dropped, unbound=unbound))


def find_settled(
    ordered: tuple[Step, ...], states: Mapping[StepId, StepProgress]
) -> frozenset[StepId]:
    """Give the steps whose end is known: the finished, and the dropped that wait for nothing else.

    ``ordered`` has each step after all it waits for.
    """
    settled: set[StepId] = set()
    for step in ordered:
        match states.get(step.id):
            case Finished():
                settled.add(step.id)
            case Dropped() if settled.issuperset(step.after):
                settled.add(step.id)
            case _:
                pass
    return frozenset(settled)


def _chain_tails(draws: Draws) -> Draws:
    """Give the draws with the chains behind each step, walked from the end."""
    import numpy as np

    tails = np.zeros_like(draws.durations)
    after = followers(draws.steps)
    through = np.empty(draws.nights, dtype=np.int32)
    for step in reversed(draws.ordered):
        tail = tails[draws.rows[step.id]]
        for follower in after[step.id]:
            row = draws.rows[follower]
            if follower in draws.unbound:
                continue
            if follower in draws.dropped:
                np.maximum(tail, tails[row], out=tail)
            else:
                np.add(draws.durations[row], tails[row], out=through)
                np.maximum(tail, through, out=tail)
    return replace(draws, tails=tails)

"""Many nights instead of one: the end of a plan when durations vary, and the odds of the window.

Parallel branches make the end later than the critical path says (merge bias); only drawing shows by
how much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, assert_never

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import Interval, in_utc
from relconsole.domain.plan.draws import Draws, find_settled, fit_draws
from relconsole.domain.plan.progress import Dropped, Finished, Progress, Running
from relconsole.domain.plan.runbook import Step
from relconsole.domain.plan.sampling import NIGHTS, SEED, percentile, ticks_to
from relconsole.domain.plan.schedule import plan_schedule

if TYPE_CHECKING:
    from relconsole.domain.plan.sampling import WideRow

_NEVER: Final = -(2**62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nights:
    """What the simulated nights say of the end, in seconds from the window's start.

    ``in_window`` is the share of nights that end no later than the window does: window and night
    are both half-open, so to end at its very end is to fit. ``count`` is the number of nights
    drawn, 0 where nothing varies and one night stands for all.
    """

    mean: float
    p50: float
    p90: float
    in_window: float
    count: int


def simulate(
    steps: tuple[Step, ...],
    window: Interval,
    progress: Progress | None = None,
    *,
    nights: int = NIGHTS,
    seed: int = SEED,
    draws: Draws | None = None,
) -> Nights:
    """Give the end of the plan over many nights; with progress, from here on. Bug for a cycle.

    ``draws`` may be those of this plan or of an earlier form of it; what fits is used again. Where
    nothing that is still to come varies, no night is drawn.
    """
    night = progress or Progress(now=window.start)
    over = night.finished | night.dropped
    ahead = (step for step in steps if step.id not in over)
    if not any(step.duration.has_range for step in ahead):
        end = plan_schedule(steps, window.start, night).end
        inside = float(end <= window.length.total_seconds())
        return Nights(mean=end, p50=end, p90=end, in_window=inside, count=0)
    fitting = fit_draws(draws, steps, night, nights=nights, seed=seed)
    ends = end_each_night(fitting, window.start, night)
    tick = fitting.tick.total_seconds()
    return Nights(
        mean=float(ends.mean()) * tick,
        p50=percentile(ends, 0.5) * tick,
        p90=percentile(ends, 0.9) * tick,
        in_window=float((ends <= window.length // fitting.tick).mean()),
        count=nights,
    )


def end_each_night(draws: Draws, window_start: datetime, progress: Progress) -> WideRow:
    """Give the end of each night in ticks from the window's start.

    A step starts at the latest of its releases (now, a fixed start, an end that is known), each
    plus a chain of durations. So the end is the latest, over the released steps alone, of release +
    duration + tail: the number that a walk over the whole plan gives, without the walk. ``draws``
    fit the plan and the progress.
    """
    import numpy as np

    known = _Known.read(draws, in_utc(window_start), progress)
    ends = np.full(draws.nights, known.latest, dtype=np.int64)
    through = np.empty(draws.nights, dtype=np.int64)
    for front in _find_fronts(draws, known):
        through.fill(front.release)
        if front.takes_time:
            through += draws.durations[front.row]
        if front.not_before is not None:
            np.maximum(through, front.not_before, out=through)
        through += draws.tails[front.row]
        np.maximum(ends, through, out=ends)
    return ends


@dataclass(frozen=True, slots=True, kw_only=True)
class _Front:
    """A step that is released by something else than a step still to come, in ticks.

    It ends at ``release`` plus its duration, and not before ``not_before``.
    """

    row: int
    release: int
    not_before: int | None = None
    takes_time: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of a night, in ticks: now, and the end of each settled step.

    ``earliest`` is the earliest a step can still start; ``latest`` the latest known end.
    """

    progress: Progress
    origin: datetime
    tick: timedelta
    ends: dict[StepId, int]

    @classmethod
    def read(cls, draws: Draws, origin: datetime, night: Progress) -> _Known:
        """Give what is known."""
        settled = find_settled(draws.ordered, night.steps)
        known = cls(progress=night, origin=origin, tick=draws.tick, ends={})
        for step in draws.ordered:
            if step.id in settled:
                state = night.steps[step.id]
                known.ends[step.id] = (
                    known.ticks_to(state.finished)
                    if isinstance(state, Finished)
                    else max((known.ends[before] for before in step.after), default=0)
                )
        return known

    def ticks_to(self, moment: datetime) -> int:
        """Give the ticks from the window's start to an instant."""
        return ticks_to(moment - self.origin, self.tick)

    @property
    def now(self) -> int:
        """Give the present instant."""
        return self.ticks_to(self.progress.now)

    @property
    def latest(self) -> int:
        """Give the latest known end, an unreachable past where there is none."""
        return max(self.ends.values(), default=_NEVER)


def _find_fronts(draws: Draws, known: _Known) -> Iterator[_Front]:
    """Give the released steps.

    A step that waits only for steps still to come is not among them unless its start is fixed: the
    chain through what it waits for says no less.
    """
    states = known.progress.steps
    now = known.now
    for step in draws.ordered:
        row = draws.rows[step.id]
        ended = [known.ends[before] for before in step.after if before in known.ends]
        state = states.get(step.id)
        match state:
            case Running(started=started):
                yield _Front(row=row, release=known.ticks_to(started), not_before=now)
            case Dropped():
                if ended and step.id not in known.ends:
                    yield _Front(row=row, release=max(ended), takes_time=False)
            case None:
                if step.not_before is not None:
                    ended.append(known.ticks_to(step.not_before))
                if not step.after or any(before in states for before in step.after):
                    ended += (now, 0)
                if ended:
                    yield _Front(row=row, release=max(ended))
            case Finished():
                continue
            case _:
                assert_never(state)

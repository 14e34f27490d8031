"""Whether a step may start without giving up the way back.

Working out the figures may simulate; judging them is a comparison, so that it can be done at the
moment of the act with figures of a moment before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from relconsole.domain.kernel.ids import StepId
from relconsole.domain.kernel.instants import format_instant, in_utc
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.plan.backout import (
    SHARE,
    Backouts,
    find_passed,
    longer_of,
    longest_nights,
    measure_backout,
    ninth_of_ten,
)
from relconsole.domain.plan.draws import Draws
from relconsole.domain.plan.retreat import latest_for
from relconsole.domain.plan.runbook import Step
from relconsole.domain.plan.sampling import (
    Purpose,
    choose_tick,
    draw_row,
    microseconds_of,
    percentile,
)

if TYPE_CHECKING:
    from relconsole.domain.plan.sampling import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFigures:
    """What starting one step would do to the way back.

    ``lasts`` is its duration in nine nights of ten. ``latest_now`` and ``latest_after`` are the
    latest safe rollback starts without and with it, None where something irreversible is among the
    steps; ``given_up_by`` names the irreversible steps that had begun before.
    """

    step: StepId
    lasts: timedelta
    latest_now: datetime | None
    latest_after: datetime | None
    given_up_by: tuple[StepId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Safe:
    """The step can run to its end and there is still time to go back."""

    latest_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavesNoWayBack:
    """The step would leave no way back, or not in time: starting it takes two people."""

    reasons: tuple[Reason, ...]
    latest_now: datetime | None
    latest_after: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardOnly:
    """The way back was given up before, by a step that cannot be undone: nothing more is lost."""

    given_up_by: tuple[StepId, ...]


Verdict = Safe | LeavesNoWayBack | ForwardOnly


def guard(
    backouts: Backouts,
    begun: AbstractSet[StepId],
    step: StepId,
    now: datetime,
    draws: Draws | None = None,
) -> Verdict:
    """Tell whether a step may start now, with these steps started or finished.

    It may when now + its duration (nine nights of ten) is no later than the latest safe rollback
    start that holds once it has begun.
    """
    return judge_start(weigh_starts(backouts, begun, (step,), draws)[step], now)


def judge_start(figures: StartFigures, now: datetime) -> Verdict:
    """Give the verdict on a start at an instant; no figure is worked out here."""
    if figures.given_up_by:
        return ForwardOnly(given_up_by=figures.given_up_by)
    if figures.latest_after is None:
        reason = Reason(
            rule="irreversible_step",
            thing=figures.step,
            says=f"{figures.step} cannot be undone: from its start there is only the way forward",
            lifts="two people commit to it, with a reason",
        )
        return LeavesNoWayBack(reasons=(reason,), latest_now=figures.latest_now, latest_after=None)
    through = in_utc(now) + figures.lasts
    if through <= figures.latest_after:
        return Safe(latest_after=figures.latest_after)
    reason = Reason(
        rule="past_latest_safe_start",
        thing=figures.step,
        says=(
            f"{figures.step} would end at {format_instant(through)}, after "
            f"{format_instant(figures.latest_after)}, the latest start of a rollback in time"
        ),
        lifts="two people commit to it, with a reason; or the deadline moves",
    )
    return LeavesNoWayBack(
        reasons=(reason,), latest_now=figures.latest_now, latest_after=figures.latest_after
    )


def weigh_starts(
    backouts: Backouts,
    begun: AbstractSet[StepId],
    steps: Iterable[StepId],
    draws: Draws | None = None,
) -> Mapping[StepId, StartFigures]:
    """Give what starting each of these steps, it alone, would do, with others already begun.

    ``draws`` of the same plan spare drawing the durations again.
    """
    asked = frozenset(steps)
    if not asked:
        return {}
    given_up_by = backouts.irreversible(begun)
    scale = None if given_up_by else _Scale.set_up(backouts, begun)
    now = latest_for(backouts, scale.now) if scale else None
    return {
        step.id: StartFigures(
            step=step.id,
            lasts=lasting(step, draws, nights=backouts.way.nights, seed=backouts.way.seed),
            latest_now=now,
            latest_after=latest_for(backouts, scale.measure_with(step)) if scale else None,
            given_up_by=given_up_by,
        )
        for step in backouts.ordered
        if step.id in asked
    }


def lasting(step: Step, draws: Draws | None, *, nights: int, seed: int) -> timedelta:
    """Give the time in which a step is through in nine nights of ten, to the microsecond."""
    duration = step.duration
    if not duration.has_range:
        return duration.worst
    if draws is not None:
        row = draws.durations[draws.rows[step.id]]
        tick = draws.tick
    else:
        tick = choose_tick([duration])
        row = draw_row(
            step.id, duration, purpose=Purpose.FORWARD, tick=tick, nights=nights, seed=seed
        )
    return timedelta(microseconds=microseconds_of(percentile(row, SHARE), tick))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scale:
    """What has begun, measured, to which one more step is added without a new walk.

    ``passed`` is None where that cannot be: something before what has begun has not. ``nights`` is
    the longest chain of each night, None where nothing in the plan varies.
    """

    backouts: Backouts
    begun: AbstractSet[StepId]
    passed: frozenset[StepId] | None
    varies: bool
    plainly: timedelta
    nights: Row | None
    now: timedelta | None

    @classmethod
    def set_up(cls, backouts: Backouts, begun: AbstractSet[StepId]) -> _Scale:
        """Measure what has begun."""
        chains = backouts.chains
        longest = None
        if chains.nights is not None:
            longest = longest_nights(backouts, chains.nights, begun)
        return cls(
            backouts=backouts,
            begun=begun,
            passed=find_passed(backouts, begun),
            varies=backouts.varies(begun),
            plainly=max((chains.plainly[step] for step in begun), default=timedelta(0)),
            nights=longest,
            now=measure_backout(backouts, begun),
        )

    def measure_with(self, step: Step) -> timedelta | None:
        """Give the length of the way back with one step more, None where that one has none."""
        backouts = self.backouts
        undo = backouts.undo[step.id]
        if undo is None:
            return None
        if step.id in self.begun:
            return self.now
        is_next = self.passed is not None and self.passed.issuperset(step.after)
        if not is_next or step.id in backouts.left_out:
            return measure_backout(backouts, self.begun | {step.id})
        chains = backouts.chains
        if self.nights is None or chains.nights is None or not (self.varies or undo.has_range):
            return max(self.plainly, chains.plainly[step.id])
        row = chains.nights[backouts.rows[step.id]]
        return ninth_of_ten(backouts, longer_of(self.nights, row))

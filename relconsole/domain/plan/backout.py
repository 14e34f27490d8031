"""How long going back takes, for a set of steps that have begun.

The way back runs over the plan in reverse: a step is undone after everything that followed it. So
the length of the way back of a set is the longest chain of undo durations in it, and as every chain
is one of the forward plan too, g(step) = undo(step) + max g(what it waits for) and the largest g.
What it means for the clock is asked of the retreat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, assert_never

from immutables import Map

from relconsole.domain.kernel.durations import ThreePoint, plain
from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.graph import order_steps
from relconsole.domain.plan.runbook import Runbook, Step, UndoKind
from relconsole.domain.plan.sampling import (
    NIGHTS,
    SEED,
    Purpose,
    choose_tick,
    draw_row,
    microseconds_of,
    percentile,
)

if TYPE_CHECKING:
    from relconsole.domain.plan.sampling import Row, Rows

SHARE: Final = 0.9
"""A duration with a range counts by the time in which nine nights of ten are through."""
_NOTHING: Final = plain(timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """What the way back is reckoned from.

    ``deadline`` in UTC. ``rehearsed`` holds undo durations as rehearsed with the step's present
    digest; a step that is not in it counts ``unrehearsed_factor`` times its estimate. ``restore``
    holds the time to bring back the restore point taken before a step, as it is, without a factor.
    """

    runbook: Runbook
    deadline: datetime
    rehearsed: Mapping[StepId, ThreePoint] = field(default_factory=Map[StepId, ThreePoint])
    restore: Mapping[StepId, ThreePoint] = field(default_factory=Map[StepId, ThreePoint])
    nights: int = NIGHTS
    seed: int = SEED

    @property
    def unrehearsed(self) -> tuple[StepId, ...]:
        """Give the steps whose undo duration is an estimate only, in the order of the plan."""
        return tuple(
            step.id
            for step in self.runbook.steps
            if step.way_back in {UndoKind.INVERSE, UndoKind.COMPENSATION}
            and step.id not in self.rehearsed
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Backouts:
    """The plan's undo durations, ready to be added up.

    ``undo`` holds them by step, in the order of the walk, None for an irreversible step. ``drawn``
    holds a row of nights for each, in ticks, None where no undo duration has a range. ``chains``
    are those of the whole plan without the steps ``left_out``.
    """

    way: WayBack
    ordered: tuple[Step, ...]
    undo: Mapping[StepId, ThreePoint | None]
    tick: timedelta
    rows: Mapping[StepId, int]
    drawn: Rows | None
    left_out: frozenset[StepId]
    chains: Chains

    def irreversible(self, steps: Iterable[StepId]) -> tuple[StepId, ...]:
        """Give those of the steps that have no way back, sorted."""
        return tuple(sorted(step for step in steps if self.undo[step] is None))

    def varies(self, steps: Iterable[StepId]) -> bool:
        """Tell whether an undo duration among the steps has a range."""
        found = (self.undo[step] for step in steps)
        return any(duration.has_range for duration in found if duration)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chains:
    """The longest chain of undo durations that ends at each step.

    ``plainly`` by the worst cases, exact where none has a range; ``nights`` in ticks, a row a step,
    None where nothing in the plan has one.
    """

    plainly: Mapping[StepId, timedelta]
    nights: Rows | None


def draw_backouts(
    way: WayBack, known: Backouts | None = None, left_out: frozenset[StepId] = frozenset()
) -> Backouts:
    """Give the undo durations of a plan, drawn where they have ranges; Bug for a cycle.

    ``left_out`` are the steps that were dropped. What of ``known`` holds for this way back is used
    again, all of it where only the deadline moved; that changes no figure.
    """
    ordered = order_steps(way.runbook.steps)
    undo = {step.id: undo_duration(way, step) for step in ordered}
    if known and _alike(known, undo, way):
        tick, drawn = known.tick, known.drawn
    else:
        known = None
        durations = [duration or _NOTHING for duration in undo.values()]
        tick = choose_tick(durations)
        varies = any(duration.has_range for duration in durations)
        drawn = _draw(way, undo, tick) if varies else None
    if known and (known.ordered, known.left_out) == (ordered, left_out):
        chains = known.chains
    else:
        chains = _link(ordered, undo, drawn, undo.keys() - left_out)
    return Backouts(
        way=way,
        ordered=ordered,
        undo=undo,
        tick=tick,
        rows={step: row for row, step in enumerate(undo)},
        drawn=drawn,
        left_out=left_out,
        chains=chains,
    )


def undo_duration(way: WayBack, step: Step) -> ThreePoint | None:
    """Give how long undoing a step counts, its restore point included; None for irreversible.

    A restore adds case to case: best to best, worst to worst.
    """
    match step.way_back:
        case UndoKind.IRREVERSIBLE:
            return None
        case UndoKind.NONE:
            base = _NOTHING
        case UndoKind.INVERSE | UndoKind.COMPENSATION:
            if step.undo.duration is None:
                raise Bug(f"the undo of {step.id} has no duration")
            base = way.rehearsed.get(step.id) or step.undo.duration.scaled(
                way.runbook.unrehearsed_factor
            )
        case _:
            assert_never(step.way_back)
    restore = way.restore.get(step.id)
    return add_durations(base, restore) if restore else base


def add_durations(one: ThreePoint, other: ThreePoint) -> ThreePoint:
    """Give the sum, case by case: the worst of both together is the worst of the sum."""
    return ThreePoint(
        best=one.best + other.best, likely=one.likely + other.likely, worst=one.worst + other.worst
    )


def measure_backout(backouts: Backouts, begun: AbstractSet[StepId]) -> timedelta | None:
    """Give the length of the way back of these steps, None where one is irreversible.

    The longest chain of undo durations; where one has a range, what nine nights of ten do not
    exceed. A step outside the set that lies between two of it (skipped, not needed) takes no time.
    """
    if backouts.irreversible(begun):
        return None
    chains = backouts.chains
    if find_passed(backouts, begun) is None:
        chains = _link(backouts.ordered, backouts.undo, backouts.drawn, begun)
    if chains.nights is None or not backouts.varies(begun):
        return max((chains.plainly[step] for step in begun), default=timedelta(0))
    return ninth_of_ten(backouts, longest_nights(backouts, chains.nights, begun))


def find_passed(backouts: Backouts, begun: AbstractSet[StepId]) -> frozenset[StepId] | None:
    """Give the begun steps and the left-out ones among them, if nothing else lies before them.

    Then, and not where the answer is None, the plan's chains are those of the set, and of the set
    with a step more that waits for steps of the answer only.
    """
    passed: set[StepId] = set()
    for step in backouts.ordered:
        is_free = passed.issuperset(step.after)
        if step.id in begun and (not is_free or step.id in backouts.left_out):
            return None
        if is_free and (step.id in begun or step.id in backouts.left_out):
            passed.add(step.id)
    return frozenset(passed)


def longest_nights(backouts: Backouts, nights: Rows, begun: AbstractSet[StepId]) -> Row:
    """Give the longest chain of a set in each night, in ticks.

    Only steps that no other one of the set waits behind need a look: a chain never gets shorter.
    """
    import numpy as np

    behind = {one for step in backouts.ordered if step.id in begun for one in step.after}
    longest = np.zeros(backouts.way.nights, dtype=np.int32)
    for step in begun - behind:
        np.maximum(longest, nights[backouts.rows[step]], out=longest)
    return longest


def longer_of(one: Row, other: Row) -> Row:
    """Give the longer of two chains, night by night."""
    import numpy as np

    return np.maximum(one, other)


def ninth_of_ten(backouts: Backouts, longest: Row) -> timedelta:
    """Give the time in which nine nights of ten are through."""
    ticks = percentile(longest, SHARE)
    return timedelta(microseconds=microseconds_of(ticks, backouts.tick))


def _link(
    ordered: tuple[Step, ...],
    undo: Mapping[StepId, ThreePoint | None],
    drawn: Rows | None,
    counting: AbstractSet[StepId],
) -> Chains:
    """Give the chains in which these steps count and the others take no time."""
    plainly: dict[StepId, timedelta] = {}
    for step in ordered:
        before = max((plainly[one] for one in step.after), default=timedelta(0))
        own = undo[step.id] if step.id in counting else None
        plainly[step.id] = before + own.worst if own else before
    return Chains(
        plainly=plainly,
        nights=None if drawn is None else _link_nights(ordered, drawn, counting),
    )


def _link_nights(ordered: tuple[Step, ...], drawn: Rows, counting: AbstractSet[StepId]) -> Rows:
    """Give the chains night by night; rows stand in the order of the walk."""
    import numpy as np

    rows = {step.id: row for row, step in enumerate(ordered)}
    nights = np.zeros_like(drawn)
    for row, step in enumerate(ordered):
        for before in step.after:
            np.maximum(nights[row], nights[rows[before]], out=nights[row])
        if step.id in counting:
            nights[row] += drawn[row]
    return nights


def _draw(way: WayBack, undo: Mapping[StepId, ThreePoint | None], tick: timedelta) -> Rows:
    import numpy as np

    drawn = np.zeros((len(undo), way.nights), dtype=np.int32)
    for row, (step, duration) in enumerate(undo.items()):
        drawn[row] = draw_row(
            step,
            duration or _NOTHING,
            purpose=Purpose.BACKWARD,
            tick=tick,
            nights=way.nights,
            seed=way.seed,
        )
    return drawn


def _alike(known: Backouts, undo: Mapping[StepId, ThreePoint | None], way: WayBack) -> bool:
    """Tell whether known draws hold for this way back: the same durations, nights and seed."""
    return (
        (known.way.nights, known.way.seed) == (way.nights, way.seed)
        and known.undo == undo
        and tuple(known.rows) == tuple(undo)
    )

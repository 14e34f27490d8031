"""Seeded draws of durations, a row of nights for each step, and percentiles over a row.

Each step has a stream of its own, named by seed, purpose and step id: another step, another order
of the file or an amendment never changes what is drawn for it. Rows hold whole ticks, so that sums
are exact in whatever order they are taken. numpy is imported on first use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import StepId

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Row: TypeAlias = NDArray[np.int32]
    """One whole number of ticks a night."""
    Rows: TypeAlias = NDArray[np.int32]
    """A row for each step."""
    WideRow: TypeAlias = NDArray[np.int64]
    """A row that may hold instants far from the window."""

NIGHTS: Final = 10_000
SEED: Final = 0
"""The seed of every forecast and schedule unless another one is asked for."""
_TICKS: Final = tuple(timedelta(milliseconds=10**power) for power in range(10))
_HALF_RANGE: Final = 2**30
_MICROSECOND: Final = timedelta(microseconds=1)


class Purpose(IntEnum):
    """What a stream of draws is for; forward and backward durations are independent."""

    FORWARD = 1
    BACKWARD = 2


def choose_tick(durations: Iterable[ThreePoint]) -> timedelta:
    """Give the finest tick in which all worst cases in a row fill half of 32 bits.

    A millisecond for all plans below twelve days of work; the other half is for instants.
    """
    total = sum((duration.worst for duration in durations), timedelta(0))
    return next(tick for tick in _TICKS if total < tick * _HALF_RANGE)


def draw_row(
    step: StepId, duration: ThreePoint, *, purpose: Purpose, tick: timedelta, nights: int, seed: int
) -> Row:
    """Give a duration in each night, in ticks, rounded up.

    With a range it follows the PERT beta distribution: alpha = 1 + 4 (likely - best) / (worst -
    best), beta = 1 + 4 (worst - likely) / (worst - best), over [best, worst].
    """
    import numpy as np

    shortest = duration.best / tick
    width = (duration.worst - duration.best) / tick
    if not duration.has_range:
        return np.full(nights, -(-duration.best // tick), dtype=np.int32)
    lean = (duration.likely - duration.best) / (duration.worst - duration.best)
    name = int.from_bytes(hashlib.sha256(step.encode()).digest()[:8], "big")
    stream = np.random.SeedSequence(seed, spawn_key=(purpose, name))
    chance = np.random.Generator(np.random.PCG64(stream))
    drawn = chance.beta(1 + 4 * lean, 5 - 4 * lean, nights)
    drawn *= width
    drawn += shortest
    return np.ceil(drawn, out=drawn).astype(np.int32)


def percentile(row: Row | WideRow, share: float) -> float:
    """Give the value below which this share of the nights lies, in ticks.

    Interpolated between the two nearest nights (Hyndman and Fan's definition 7, numpy's default);
    ``share`` is at least 0 and at most 1.
    """
    import numpy as np

    place = (row.size - 1) * share
    below = int(place)
    parted = np.partition(row, below)
    lower = int(parted[below])
    if place == below:
        return float(lower)
    return lower + (place - below) * (int(parted[below + 1 :].min()) - lower)


def ticks_to(duration: timedelta, tick: timedelta) -> int:
    """Give a duration or an offset in ticks, rounded up."""
    return -(-duration // tick)


def microseconds_of(ticks: float, tick: timedelta) -> int:
    """Give ticks in microseconds, rounded up."""
    whole = tick // _MICROSECOND
    return -int(-ticks * whole // 1)

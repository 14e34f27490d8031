"""What every benchmark gives: rows of medians, candidates and peers measured in turn in one run.

Absolute times belong to one machine; ratios carry over. A peer that cannot be imported leaves its
row not measured, which is never the same as met.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One job, measured; ``peer`` and ``peer_measured`` in one unit, empty where there is none.

    ``limit`` says in words what was to be reached; ``met`` is None where nothing was measured that
    could tell.
    """

    job: str
    measured: float | None
    unit: str
    peer: str = ""
    peer_measured: float | None = None
    limit: str = ""
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Give ours over the peer's, None where one of them was not measured."""
        if self.measured is None or not self.peer_measured:
            return None
        return self.measured / self.peer_measured


def seconds_of(job: Callable[[], object]) -> float:
    """Give how long one call takes by the wall, without the garbage collector's pauses."""
    gc.collect()
    gc.disable()
    try:
        start = perf_counter()
        job()
        return perf_counter() - start
    finally:
        gc.enable()


def medians(jobs: Mapping[str, Callable[[], object]], *, rounds: int = 5) -> dict[str, float]:
    """Give the median seconds of each job, all taken in turn in every round.

    One round before is thrown away: it pays for imports and cold caches.
    """
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(rounds + 1):
        for name, job in jobs.items():
            seconds = seconds_of(job)
            if turn:
                taken[name].append(seconds)
    return {name: statistics.median(values) for name, values in taken.items()}


def at_most(row: Row, most: float) -> Row:
    """Give the row with ``met`` told by its measured value against a limit in the same unit."""
    met = None if row.measured is None else row.measured <= most
    return Row(
        job=row.job,
        measured=row.measured,
        unit=row.unit,
        peer=row.peer,
        peer_measured=row.peer_measured,
        limit=row.limit,
        met=met,
    )
